/* The table of options. Its order is that of the help. */
#include "host/cli/options.h"

#define AT(member) offsetof(struct options, member)
#define RESULT (RUN | MERGE)
#define EVERY (~0u)
#define CONFIGURED (RUN | CHECK | PATH | SWEEP)
#define STUDY (COMPARE)
#define PRINTED (RESULT | STUDY)
#define SIMULATED (RUN | STUDY | SWEEP)

const struct option_row option_table[] = {
    {"overlay", 0, OPTION_LIST, AT(overlays), "FILE", NULL,
     "lay this file over the configuration; may be given several times", CONFIGURED},
    {"overlay", 0, OPTION_LIST, AT(overlays), "FILE", NULL,
     "a scenario: the configuration with this file laid over it; may be given several times", COMPARE},
    {"set", 0, OPTION_LIST, AT(sets), "KEY=VALUE", NULL,
     "set one value, such as firms.meta.reserve=0.1; after the overlays, may be given several times",
     CONFIGURED | STUDY},
    {"paths", 0, OPTION_AMOUNT, AT(paths), "N", "1e6",
     "how many paths to simulate: 1000000, 1e6, 2.5e6; auto: 65536, and then on until every rung of every evidence "
     "question has 200 paths on its smaller side",
     RUN | SWEEP},
    {"paths", 0, OPTION_COUNT, AT(paths), "N", "1e5", "how many paths to simulate, the same in each scenario", COMPARE},
    {"max-paths", 0, OPTION_COUNT, AT(max_paths), "N", "16777216",
     "with --paths auto and --precision: where it ends at the latest", RUN},
    {"precision", 0, OPTION_SHARE, AT(precision), "REL", NULL,
     "go on until each --question and --expect, or else each probability question, has this relative standard error: "
     "0.01, 1%; where it ends does not depend on the machine",
     RUN},
    {"first-path", 0, OPTION_COUNT, AT(first_path), "K", "0",
     "number of the first path; pieces of one run are put together by `mismatch merge`", RUN | SWEEP},
    {"shard", 0, OPTION_TEXT, AT(shard), "I/N", NULL,
     "simulate part I of N of these paths, for N machines; `mismatch merge` of all parts is the whole run", RUN},
    {"seed", 0, OPTION_COUNT, AT(seed), "S", "1", "seed of the random numbers; 0 is a seed", SIMULATED | PATH},
    {"path", 0, OPTION_COUNT, AT(path), "K", NULL, "number of the path to replay", PATH},
    {"from", 0, OPTION_TEXT, AT(from), "RESULT.json", NULL,
     "repeat the run that made this result, and check that its digest comes out again", RUN},
    {"question", 0, OPTION_LIST, AT(questions), "EXPR", NULL,
     "print the value of this expression instead of the report; several: one a line, null where it is unknown", RESULT},
    {"question", 0, OPTION_LIST, AT(questions), "EXPR", "all answers",
     "compare the value of this expression; may be given several times", COMPARE},
    {"expect", 0, OPTION_LIST, AT(expects), "EXPR", NULL,
     "exit 3 unless this comparison holds, such as 'p(glut by 2028-12) >= 0.1'", RESULT},
    {"expect", 0, OPTION_LIST, AT(expects), "EXPR", NULL,
     "exit 3 unless this holds: 'p(glut) < 0.5' in every scenario, 'mine: p(glut) < 0.5' in one, 'mine - baseline: "
     "p(glut) > 0' for a difference",
     COMPARE},
    {"output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "save the result as JSON", PRINTED},
    {"output", 'o', OPTION_TEXT, AT(output), "FOLDER", "RESULT-report", "the folder to make", REPORT},
    {"html", 0, OPTION_FLAG, AT(html), NULL, NULL,
     "one page that needs no network, with its pictures beside it as SVG; made unless --svg or --png is given", REPORT},
    {"svg", 0, OPTION_FLAG, AT(svg), NULL, NULL, "the pictures as SVG", REPORT},
    {"png", 0, OPTION_FLAG, AT(png), NULL, NULL, "the pictures as PNG", REPORT},
    {"force", 'f', OPTION_FLAG, AT(force), NULL, NULL, "replace an existing output", PRINTED | REPORT},
    {"store", 0, OPTION_TEXT, AT(store), "FILE", NULL,
     "keep the result in this store (SQLite), which many processes may share; what is there already is not simulated "
     "again",
     RESULT | SWEEP},
    {"vary", 0, OPTION_LIST, AT(varies), "KEY=...", NULL,
     "vary this key: lo:hi:n, n values from lo to hi; lo:hi:n:log, in equal ratios; a,b,c, these; lo:hi with --design "
     "lhs or sobol; may be given several times",
     SWEEP},
    {"design", 0, OPTION_TEXT, AT(design), "KIND", "grid",
     "grid: every combination; lhs: a Latin hypercube; sobol: Sobol's sequence", SWEEP},
    {"points", 0, OPTION_COUNT, AT(points), "N", NULL, "with --design lhs and sobol: how many points", SWEEP},
    {"jobs", 'j', OPTION_ORDINAL, AT(jobs), "J", "as keeps all cores busy", "points at a time", SWEEP},
    {"recompute", 0, OPTION_FLAG, AT(recompute), NULL, NULL,
     "with --store: simulate also what is there, and replace it", RUN | SWEEP},
    {"where", 0, OPTION_LIST, AT(wheres), "EXPR", NULL,
     "only runs for which this comparison holds, such as 'idle(meta) >= 0.1' or 'firms.meta.reserve < 0.2'; may be "
     "given several times",
     RESULTS | SWEEP},
    {"columns", 0, OPTION_TEXT, AT(columns), "LIST", "what varies, and the headline answers",
     "which columns: keys of the configuration, expressions, and id, paths, first_path, seed, version, digest, sha256, "
     "created, seconds, stopped_by; comma-separated",
     RESULTS | SWEEP},
    {"pieces", 0, OPTION_FLAG, AT(pieces), NULL, NULL,
     "list each row by itself, instead of adding up disjoint paths of one run", RESULTS},
    {"no-tallies", 0, OPTION_FLAG, AT(no_tallies), NULL, NULL,
     "leave the exact integers out of the JSON; such a result can't be merged", RESULT},
    {"json", 0, OPTION_FLAG, AT(json), NULL, NULL, "print JSON",
     REPORT | PRINTED | CHECK | PATH | VERSION | RESULTS | SWEEP},
    {"csv", 0, OPTION_FLAG, AT(csv), NULL, NULL, "print CSV", PRINTED | RESULTS | SWEEP},
    {"sample-paths", 0, OPTION_COUNT, AT(sample_paths), "N", NULL,
     "write the series of N single paths as CSV, and nothing else", RUN},
    {"series", 0, OPTION_TEXT, AT(series), "LIST", NULL,
     "with --sample-paths: which, such as gap,price,spare_share:meta:us-east,late_mw:power", RUN},
    {"threads", 't', OPTION_ORDINAL, AT(threads), "N", "all cores", "threads to use; never changes a result",
     SIMULATED},
    {"backend", 0, OPTION_TEXT, AT(backend), "NAME", "auto",
     "auto (every GPU that is found, else OpenMP), openmp, opencl; never changes a result", RUN | SWEEP},
    {"device", 0, OPTION_LIST, AT(devices), "SELECTOR", NULL,
     "use this device: its number, type (gpu, cpu, accelerator), a part of its name, its PCI bus id, or openmp for "
     "this "
     "machine's cores; several times: all of them at once. `mismatch devices` lists them",
     RUN | SWEEP},
    {"no-cache", 0, OPTION_FLAG, AT(no_cache), NULL, NULL, "compile the kernels of devices anew, and keep nothing",
     RUN | SWEEP},
    {"lanes", 0, OPTION_ORDINAL, AT(lanes), "N", "the widest",
     "paths side by side in a thread: 1, 4, 8 or 16; never changes a result", SIMULATED | PATH},
    {"batch", 0, OPTION_COUNT, AT(batch), "N", "a fraction of a second",
     "paths between two looks at the clock; never changes a result", SIMULATED},
    {"memory", 0, OPTION_SIZE, AT(memory), "SIZE", "half of the machine's",
     "refuse a run that needs more: 800M, 2.5G (units of 1024)", SIMULATED},
    {"time-limit", 0, OPTION_TIME, AT(time_limit), "T", NULL,
     "stop after this time (90, 90s, 10m, 2h, 1d) as if interrupted: the same command goes on", SIMULATED},
    {"print", 0, OPTION_FLAG, AT(print), NULL, NULL, "print the effective configuration with the origin of each value",
     CHECK},
    {"reference", 0, OPTION_FLAG, AT(reference), NULL, NULL, "print the reference of all keys as Markdown", CHECK},
    {"schema", 0, OPTION_FLAG, AT(schema), NULL, NULL, "print a JSON Schema of the configuration, for editors", CHECK},
    {"quiet", 'q', OPTION_LEVEL, AT(verbosity), NULL, NULL, "print the answer alone; with --output nothing",
     REPORT | PRINTED | SWEEP},
    {"verbose", 'v', OPTION_LEVEL, AT(verbosity), NULL, NULL, "print every table in full, and say what is done",
     PRINTED | SWEEP},
    {"no-progress", 0, OPTION_FLAG, AT(no_progress), NULL, NULL, "show no progress; none is shown off a terminal",
     SIMULATED},
    {"color", 0, OPTION_WHEN, AT(color), "WHEN", "auto", "colours: auto, always, never; auto honours NO_COLOR",
     PRINTED | RESULTS | SWEEP},
    {"help", 'h', OPTION_FLAG, AT(help), NULL, NULL, "print this help", EVERY},
};
const size_t option_count = sizeof option_table / sizeof option_table[0];
_Static_assert(sizeof option_table / sizeof option_table[0] <= 64, "struct options has one bit for each row");
