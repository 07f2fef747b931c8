/* mismatch: finds the subcommand and hands over to it. */
#include <jansson.h>
#include <mismatch/ranks.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/commands.h"
#include "host/cli/help.h"
#include "host/cli/talk.h"

#if defined(__has_include)
#if __has_include("mismatch_build.h")
#include "mismatch_build.h"
#endif
#endif
#ifndef MISMATCH_VERSION
#define MISMATCH_VERSION "unknown"
#define MISMATCH_GIT "unknown"
#define MISMATCH_COMPILER "unknown"
#define MISMATCH_FLAGS ""
#endif

const struct command command_table[] = {
    {"run", RUN, command_run, "CONFIG", "Simulates a configuration and tells how likely the mismatch is.",
     "  mismatch run configs/ai-2026.yaml\n"
     "  mismatch run configs/ai-2026.yaml --paths 1e7 --output result.json\n"
     "  mismatch run configs/ai-2026.yaml --overlay hot.yaml --set firms.meta.reserve=0.1\n"
     "  mismatch run configs/ai-2026.yaml -q --question 'idle(meta)' --expect 'p(glut by 2028-12) < 0.5'\n"
     "  mismatch run configs/ai-2026.yaml --sample-paths 20 --series gap,spare_share:meta -o paths.csv\n"
     "  mismatch run --from result.json\n"},
    {"compare", COMPARE, command_compare, "CONFIG --overlay FILE ...",
     "Puts a configuration and overlays of it side by side, on the same random numbers.",
     "  mismatch compare configs/ai-2026.yaml --overlay configs/scenarios/demand-failure.yaml\n"
     "  mismatch compare configs/ai-2026.yaml --overlay a.yaml --overlay b.yaml --question 'p(glut by 2028-12)'\n"
     "  mismatch compare configs/ai-2026.yaml --overlay a.yaml --expect 'a - baseline: p(glut) > 0'\n"},
    {"reverse", REVERSE, command_reverse, "CONFIG --target EXPR",
     "Tells what would have to be true: the smallest change of the inputs, within their ranges, that does it.",
     "  mismatch reverse configs/ai-2026.yaml --target 'p(glut by 2028-12) >= 0.5'\n"
     "  mismatch reverse configs/ai-2026.yaml --target 'idle(meta) <= 0.1' --paths 1e5 --json\n"
     "  mismatch reverse configs/ai-2026.yaml --target 'quantile(price, 0.5, 2028-12) < 1'\n"},
    {"merge", MERGE, command_merge, "RESULT.json|STORE ...",
     "Adds up results of disjoint paths, exactly; with --store it gathers results, whatever they are of.",
     "  mismatch run configs/ai-2026.yaml --paths 1e6 --output a.json\n"
     "  mismatch run configs/ai-2026.yaml --paths 1e6 --first-path 1e6 --output b.json\n"
     "  mismatch merge a.json b.json --output ab.json\n"
     "  mismatch run configs/ai-2026.yaml --paths 1e8 --shard 3/7 --output part-3.json\n"
     "  mismatch merge part-?.json --output whole.json\n"
     "  mismatch merge node-*.db --store all.db\n"},
    {"sweep", SWEEP, command_sweep, "CONFIG --vary KEY=... --store FILE",
     "Runs a configuration at many points, all on the same random numbers.",
     "  mismatch sweep configs/ai-2026.yaml --vary firms.meta.reserve=0:0.2:5 --store s.db\n"
     "  mismatch sweep configs/ai-2026.yaml --vary slips.power.median=1,2,4 \\\n"
     "      --vary market.elasticity=1:3:5 --paths 1e5 --store s.db\n"
     "  mismatch sweep configs/ai-2026.yaml --vary slips.power.median=1:8 \\\n"
     "      --vary inference.sigma=0.1:0.3 --design sobol --points 64 --store s.db --csv\n"},
    {"sensitivity", SENSITIVITY, command_sensitivity, "CONFIG --on QUESTION",
     "Tells which of the configuration's `ranges` an answer depends on.",
     "  mismatch sensitivity configs/ai-2026.yaml --on spare-at-meta-while-short\n"
     "  mismatch sensitivity configs/ai-2026.yaml --on 'p(glut by 2028-12)' --on 'idle(meta)'\n"
     "  mismatch sensitivity configs/ai-2026.yaml --on 'idle(meta)' --method morris --points 40\n"
     "  mismatch sensitivity configs/ai-2026.yaml --on 'idle(meta)' --method sobol --paths 1e4 --csv\n"},
    {"results", RESULTS, command_results, "STORE", "Lists the results of a store, a line for each run.",
     "  mismatch run configs/ai-2026.yaml --set firms.meta.reserve=0.1 --store s.db\n"
     "  mismatch results s.db\n"
     "  mismatch results s.db --where 'idle(meta) >= 0.1' --csv\n"
     "  mismatch results s.db --columns 'firms.meta.reserve,idle(meta,us-east),digest'\n"},
    {"check", CHECK, command_check, "CONFIG", "Checks a configuration and says what is wrong with it, and where.",
     "  mismatch check my.yaml\n"
     "  mismatch check my.yaml --overlay hot.yaml --set slips.power.median=4 --print\n"
     "  mismatch check --schema >mismatch.schema.json\n"},
    {"path", PATH, command_path, "CONFIG --path K", "Replays one path, month by month, by its number.",
     "  mismatch path configs/ai-2026.yaml --path 12345\n"
     "  mismatch path configs/ai-2026.yaml --path 12345 --seed 7 --json\n"},
    {"report", REPORT, command_report, "RESULT.json|STUDY.json|STORE ...",
     "Draws results: a folder with one page to look at, pictures, their scripts and data.",
     "  mismatch report result.json\n"
     "  mismatch report result.json --output july --png --html\n"
     "  mismatch report base.json hot.json --output compared\n"
     "  mismatch report s.db --where 'response.lead < 12'\n"
     "  mismatch report tornado.json result.json\n"},
    {"devices", DEVICES, command_devices, "",
     "Lists the devices that can simulate, and what is wrong with those that can't.",
     "  mismatch devices\n"
     "  mismatch devices --json\n"},
    {"selftest", SELFTEST, command_selftest, "", "Checks that the cores and the devices compute the same bits.",
     "  mismatch selftest\n"
     "  mismatch selftest --device gpu --json\n"
     "  mismatch selftest --full --device openmp --device gpu\n"},
    {"bench", BENCH, command_bench, "[CONFIG]",
     "Measures how fast this machine simulates, where the time goes, and how far that is from the machine's limit.",
     "  mismatch bench configs/ai-2026.yaml\n"
     "  mismatch bench configs/ai-2026.yaml --part stages --part variates\n"
     "  mismatch bench configs/ai-2026.yaml --json --output before.json\n"
     "  mismatch bench configs/ai-2026.yaml --compare before.json\n"},
    {"help", HELP, command_help, "[COMMAND|TOPIC]", "Tells how to use the program, one command, or of a topic.",
     "  mismatch help run\n"
     "  mismatch help expressions\n"
     "  mismatch help run --man | man -l -\n"
     "  source <(mismatch help --completion bash)\n"},
    {"version", VERSION, command_version, "", "Tells which program this is and how it was built.",
     "  mismatch version --json\n"},
};
const size_t command_count = sizeof command_table / sizeof command_table[0];
_Static_assert(sizeof command_table / sizeof command_table[0] <= MOST_COMMANDS, "names below");

const struct command *find_command(const char *name) {
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(command_table[i].name, name) == 0)
            return &command_table[i];
    return NULL;
}

static mm_status unknown_command(const char *name) {
    const char *names[MOST_COMMANDS + 1] = {NULL};
    for (size_t i = 0; i < command_count; i++)
        names[i] = command_table[i].name;
    const char *near = nearest_name(name, names);
    if (near)
        talk("unknown command '%s'; did you mean '%s'?", name, near);
    else
        talk("unknown command '%s' (mismatch --help lists them)", name);
    return MM_USAGE;
}

mm_status command_version(const struct options *options) {
    if (options->operands.n)
        return talk_usage("version", "nothing can follow it");
    if (options->json) {
        json_t *document =
            json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "schema_version", 1, "name", "mismatch", "version",
                      MISMATCH_VERSION, "git", MISMATCH_GIT, "compiler", MISMATCH_COMPILER, "flags", MISMATCH_FLAGS);
        json_dumpf(document, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(document);
    } else {
        printf("mismatch %s\ngit: %s\ncompiler: %s\nflags: %s\n", MISMATCH_VERSION, MISMATCH_GIT, MISMATCH_COMPILER,
               MISMATCH_FLAGS);
    }
    return streams_end(MM_OK);
}

/* Of the commands that simulate, `run` alone spreads over ranks; all others would do the same in each. */
static mm_status check_ranks(const struct command *command, const struct options *options) {
    if (mm_ranks_unheard() && command->bit == RUN && !options->shard)
        return talk_usage("run",
                          "mpirun started several processes, but this build has no MPI (cmake -DMISMATCH_MPI=ON)");
    for (size_t i = 0; mm_ranks_count() > 1 && command->bit != RUN && i < option_count; i++)
        if (strcmp(option_table[i].name, "threads") == 0 && (option_table[i].commands & command->bit))
            return talk_usage(command->name, "only `run` spreads over the ranks of an MPI job");
    return MM_OK;
}

static int run_program(int argc, char **argv) {
    if (argc < 2) {
        talk("which command? (mismatch --help lists them)");
        return (int)MM_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    if (strcmp(name, "--version") == 0)
        name = "version";
    const struct command *command = find_command(name);
    if (!command && name[0] == '-') {
        talk("the command comes first, then its options: mismatch COMMAND ... (mismatch --help lists them)");
        return (int)MM_USAGE;
    }
    if (!command)
        return (int)unknown_command(name);
    struct options options;
    mm_status code = options_parse(command, argc - 1, argv + 1, &options);
    if (code == MM_OK && options.help) {
        help_command(command);
        code = streams_end(MM_OK);
    } else if (code == MM_OK) {
        if (strncmp(command->operands, "CONFIG", 6) == 0)
            code = configs_find(&options);
        if (code == MM_OK)
            code = check_ranks(command, &options);
        if (code == MM_OK)
            code = command->run(&options);
    }
    code = talk_memory(code);
    options_free(&options);
    return (int)code;
}

/* A rank other than 0: it has something to say only when rank 0 is gone. */
static int serve(void) {
    mm_messages *messages = mm_messages_new();
    const int code = mm_ranks_serve(messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        talk("%s", mm_messages_text(messages, i));
    mm_messages_free(messages);
    return code;
}

int main(int argc, char **argv) {
    streams_start();
    mm_messages *messages = mm_messages_new();
    const mm_status status = mm_ranks_begin(messages);
    if (mm_ranks_own() == 0)
        talk_messages(messages);
    mm_messages_free(messages);
    int code = (int)status;
    if (status == MM_OK)
        code = mm_ranks_own() == 0 ? run_program(argc, argv) : serve();
    if (!mm_ranks_end(code)) { /* a rank has died, and MPI might wait for it */
        fflush(NULL);
        _exit(code);
    }
    return code;
}
