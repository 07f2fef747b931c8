/* mismatch run */
#include "host/cli/commands.h"

#include <mismatch/file.h>
#include <mismatch/run.h>
#include <mismatch/store.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/talk.h"

#define LOUD_MEMORY (UINT64_C(1) << 30) /* bytes from which on the need is always told */

struct job {
    const struct options *options;
    mm_messages *messages;
    mm_result *before; /* the result that --from repeats */
    mm_scenario *scenario;
    mm_run_options run;
    mm_store *store;
    char *checkpoint;
    const char **asked; /* all --question and --expect */
    struct progress progress;
    struct drawn drawn;
    bool done; /* the result is where it was wanted */
};

static mm_status check_usage(const struct options *options) {
    static const char *const fixed[] = {"overlay", "set",   "paths",     "max-paths", "first-path",
                                        "seed",    "shard", "precision", "sampler"};
    for (size_t i = 0; options->from && i < sizeof fixed / sizeof fixed[0]; i++)
        if (options_given(options, fixed[i]))
            return talk_usage("run", "--from repeats a run as it was; --%s can't go with it", fixed[i]);
    if (options->from && options->operands.n)
        return talk_usage("run", "--from takes the configuration from the result; '%s' can't go with it",
                          options->operands.items[0]);
    if (!options->from && options->operands.n != 1)
        return talk_usage("run", options->operands.n ? "one configuration is wanted" : "which configuration?");
    const bool ends_itself = options->paths == OPTION_AUTO || options->precision > 0;
    if (options_given(options, "max-paths") && !ends_itself)
        return talk_usage("run", "--max-paths goes with --paths auto or --precision");
    if (options->precision > 0 && options_given(options, "paths") && options->paths != OPTION_AUTO)
        return talk_usage("run", "--precision finds the number of paths; --max-paths limits it");
    if (options->shard && ends_itself)
        return talk_usage("run", "--shard splits a number of paths; --paths auto and --precision have none");
    bool samples = options_given(options, "sample-paths");
    if (samples != (options->series != NULL))
        return talk_usage("run", "--sample-paths and --series go together");
    if (samples && (options->json || options->csv || options->questions.n || options->expects.n))
        return talk_usage("run", "--sample-paths writes CSV and nothing else");
    if (options->store && (options->from || samples))
        return talk_usage("run", "--store keeps what a run of a configuration gives; it can't go with --%s",
                          options->from ? "from" : "sample-paths");
    const bool sobol = options->sampler && strcmp(options->sampler, "philox") != 0;
    if (sobol && (options->store || samples))
        return talk_usage("run", "--sampler %s can't go with --%s", options->sampler,
                          samples ? "sample-paths" : "store");
    if (options->recompute && !options->store)
        return talk_usage("run", "--recompute goes with --store");
    if (study_backend("run", options) != MM_OK)
        return MM_USAGE;
    mm_status status = drawn_check(options);
    return status == MM_OK ? output_check("run", options) : status;
}

/* The configuration, from the file or from the result that is repeated. */
static mm_status read_scenario(struct job *job) {
    const struct options *options = job->options;
    if (!options->from)
        return scenario_load(options, &job->scenario, job->messages);
    mm_status status = mm_result_load(options->from, &job->before, job->messages);
    if (status != MM_OK)
        return status;
    mm_run_origin origin;
    status = mm_result_origin(job->before, &origin);
    if (status == MM_USAGE)
        mm_messages_add(job->messages, "%s: its paths have gaps, so no single run makes it", options->from);
    if (status != MM_OK)
        return status;
    job->run.paths = origin.paths;
    job->run.first_path = origin.first_path;
    job->run.seed = origin.seed;
    job->run.sampler = origin.sampler;
    return mm_scenario_from_json(origin.file, origin.effective, strlen(origin.effective), &job->scenario,
                                 job->messages);
}

static mm_status read_run(struct job *job) {
    const struct options *options = job->options;
    size_t n = 0;
    job->asked = calloc(options->questions.n + options->expects.n + 1, sizeof *job->asked);
    if (!job->asked)
        return MM_INTERNAL;
    for (size_t i = 0; i < options->questions.n; i++)
        job->asked[n++] = options->questions.items[i];
    for (size_t i = 0; i < options->expects.n; i++)
        job->asked[n++] = options->expects.items[i];
    const bool until_enough = options->paths == OPTION_AUTO;
    const bool sobol = options->sampler && strcmp(options->sampler, "sobol") == 0;
    uint64_t paths = options_given(options, "paths") ? options->paths : sobol ? UINT64_C(1) << 20 : 1000000;
    if (until_enough || options->precision > 0)
        paths = options_given(options, "max-paths") ? options->max_paths : UINT64_C(1) << 24;
    job->run = study_run(options, &job->progress);
    job->run.paths = paths;
    job->run.sampler = options->sampler;
    job->run.until_enough = until_enough;
    job->run.precision = options->precision;
    job->run.asked = job->asked;
    job->run.n_asked = n;
    job->run.first_path = options->first_path;
    job->run.watch = !options->no_progress && options->verbosity >= 0 && streams_terminal(STDERR_FILENO);
    job->run.ranks = true;
    return MM_OK;
}

/* What --question and --expect ask for beyond the configuration becomes part of it. */
static mm_status ask_for_missing(struct job *job) {
    mm_scenario *asking;
    mm_status status = mm_scenario_asking(job->scenario, job->asked, job->run.n_asked, &asking, job->messages);
    if (status != MM_OK || !asking)
        return status;
    mm_scenario_free(job->scenario);
    job->scenario = asking;
    if (job->options->verbosity > 0 || (job->options->verbosity == 0 && (job->options->output || job->options->store)))
        talk("questions that the configuration does not have were added to it for this run");
    return MM_OK;
}

/* Everything that can be known to be wrong before the work begins. */
static mm_status check_job(struct job *job) {
    const struct options *options = job->options;
    mm_status status = MM_OK;
    if (job->run.paths == 0 || options_given(options, "batch") > (options->batch > 0)) {
        mm_messages_add(job->messages, "mismatch run: --paths and --batch start from 1");
        return MM_USAGE;
    }
    for (size_t i = 0; i < job->run.n_asked && status == MM_OK && job->before; i++)
        status = mm_expression_check(job->scenario, job->asked[i], job->messages);
    if (!job->before)
        status = ask_for_missing(job);
    if (status == MM_OK && options->output)
        status = mm_file_check(options->output, options->force, job->messages);
    if (status == MM_OK && options->store)
        status = store_open(options->store, true, options, &job->store, job->messages);
    return status;
}

static mm_status sample(struct job *job) {
    const struct options *options = job->options;
    if (!options->output)
        return mm_sample_paths(job->scenario, &job->run, options->sample_paths, options->series, stdout, job->messages);
    mm_file *file;
    mm_status status = mm_file_create(options->output, options->force, &file, job->messages);
    if (status != MM_OK)
        return status;
    status = mm_sample_paths(job->scenario, &job->run, options->sample_paths, options->series, mm_file_stream(file),
                             job->messages);
    if (status == MM_OK || status == MM_IO) /* a failed write shows when it is committed, with its cause */
        return mm_file_commit(file, job->messages);
    mm_file_abandon(file);
    return status;
}

static mm_status tell_memory(struct job *job) {
    uint64_t bytes;
    const char *question;
    char text[32];
    mm_status status = mm_run_memory(job->scenario, &job->run, &bytes, &question, job->messages);
    if (job->run.memory && bytes > job->run.memory)
        return status; /* the run will refuse, with the figure */
    if (status == MM_OK && (job->options->verbosity > 0 || (bytes > LOUD_MEMORY && job->options->verbosity == 0)))
        talk("this run needs %s of memory%s%s%s", talk_size(bytes, text), question ? "; most for question '" : "",
             question ? question : "", question ? "'" : "");
    return status;
}

static void tell_interrupted(const struct job *job) {
    char done[32], paths[32];
    if (job->options->verbosity < 0)
        return;
    talk_count(job->progress.last.done, done);
    talk_count(job->progress.last.paths, paths);
    if (job->checkpoint)
        talk("interrupted after %s of %s paths; the same command goes on from %s", done, paths, job->checkpoint);
    else
        talk("interrupted after %s of %s paths; nothing is kept of them, since neither XDG_STATE_HOME nor HOME says "
             "where",
             done, paths);
}

/* A repeated run must come out the same. */
static mm_status compare(const struct job *job, const mm_result *result) {
    if (!job->before)
        return MM_OK;
    if (strcmp(mm_result_digest(job->before), mm_result_digest(result)) != 0) {
        talk("the digest is %s, but %s has %s", mm_result_digest(result), job->options->from,
             mm_result_digest(job->before));
        return MM_SELFTEST;
    }
    if (job->options->verbosity >= 0)
        talk("the digest is that of %s", job->options->from);
    return MM_OK;
}

static mm_status run_alone(struct job *job, mm_result **result) {
    job->checkpoint = checkpoint_file(job->options, mm_scenario_sha256(job->scenario), job->run.seed,
                                      job->run.first_path, job->run.paths);
    job->run.checkpoint = job->checkpoint;
    return mm_run(job->scenario, &job->run, result, job->messages);
}

/* \return MM_IO or MM_INTERNAL also with a result, when it could not be stored. */
static mm_status run_stored(struct job *job, mm_result **result) {
    char *folder = checkpoint_folder();
    mm_stored_options stored = {.recompute = job->options->recompute,
                                .checkpoints = folder,
                                .begin = store_tell,
                                .begin_context = job->options};
    mm_status status = mm_run_stored(job->scenario, &job->run, job->store, &stored, result, job->messages);
    free(folder);
    if (status != MM_OK || stored.outcome != MM_STORE_DIFFERS)
        return status;
    talk("%s held these paths with another digest%s", job->options->store,
         job->options->recompute ? "; they are replaced" : "; they are kept");
    return MM_SELFTEST;
}

static mm_status simulate(struct job *job) {
    mm_status status = tell_memory(job);
    if (status != MM_OK)
        return status;
    mm_result *result = NULL;
    progress_start(&job->progress, job->options);
    signals_catch(job->options->verbosity < 0);
    status = drawn_make(&job->drawn, job->options, job->scenario, &job->run, job->messages);
    if (status == MM_OK)
        status = job->store ? run_stored(job, &result) : run_alone(job, &result);
    signals_release();
    progress_end(&job->progress);
    talk_messages(job->messages);
    mm_messages_free(job->messages);
    job->messages = NULL;
    if (status == MM_INTERRUPTED && job->options->over_ranges && !job->drawn.study)
        study_interrupted(&job->progress, job->drawn.checkpoint, job->options);
    else if (status == MM_INTERRUPTED)
        tell_interrupted(job);
    if (!result)
        return status;
    mm_status code = drawn_add(&job->drawn, result);
    if (code == MM_OK)
        code = output_save(result, job->options);
    if (code == MM_OK) {
        job->done = true;
        checkpoint_remove(job->checkpoint);
        code = status == MM_OK ? compare(job, result) : status;
    }
    code = output_print(result, job->options, code);
    mm_result_free(result);
    return code;
}

mm_status command_run(const struct options *options) {
    if (options->rare)
        return command_rare(options);
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    struct job job = {.options = options, .messages = mm_messages_new()};
    code = read_run(&job);
    if (code == MM_OK)
        code = shard_apply(options, &job.run.first_path, &job.run.paths);
    if (code == MM_OK)
        code = read_scenario(&job);
    if (code == MM_OK)
        code = check_job(&job);
    if (code == MM_OK)
        code = options_given(options, "sample-paths") ? streams_end(sample(&job)) : simulate(&job);
    talk_messages(job.messages);
    mm_messages_free(job.messages);
    mm_scenario_free(job.scenario);
    mm_result_free(job.before);
    mm_store_close(job.store);
    code = drawn_end(&job.drawn, code, job.done);
    free(job.checkpoint);
    free(job.asked);
    return code;
}
