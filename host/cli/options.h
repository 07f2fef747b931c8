/* The command line: one table of options, from which come parsing and help. */
#ifndef MISMATCH_CLI_OPTIONS_H
#define MISMATCH_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/status.h>

enum command_bit {
    RUN = 1,
    MERGE = 2,
    CHECK = 4,
    PATH = 8,
    HELP = 16,
    VERSION = 32,
    RESULTS = 64,
    REPORT = 128,
    COMPARE = 256,
    SWEEP = 512,
    DEVICES = 1024,
    SELFTEST = 2048,
    SENSITIVITY = 4096,
    REVERSE = 8192,
    BENCH = 16384
};

enum option_kind {
    OPTION_FLAG,    /* bool */
    OPTION_LEVEL,   /* int verbosity: -q is -1, -v is 1; the last one counts */
    OPTION_COUNT,   /* uint64_t: 1000000, 1e6, 2.5e6 */
    OPTION_AMOUNT,  /* the same, or `auto`: OPTION_AUTO */
    OPTION_ORDINAL, /* int, from 1 */
    OPTION_SIZE,    /* uint64_t bytes: 500M, 2GiB, units of 1024 */
    OPTION_TIME,    /* double seconds: 90, 90s, 10m, 2h, 1d */
    OPTION_TEXT,    /* const char * */
    OPTION_SHARE,   /* double between 0 and 1: 0.01, 1% */
    OPTION_LIST,    /* struct option_list: may be given several times */
    OPTION_WHEN     /* const char *: auto, always, never */
};

#define MOST_OPTIONS 128 /* rows of the table */
#define OPTION_AUTO UINT64_MAX

struct option_list {
    size_t n;
    const char **items;
};

/* What was asked for. Texts point into argv. */
struct options {
    bool json, csv, force, no_tallies, no_progress, print, reference, schema, help, recompute, pieces, no_cache;
    int verbosity, threads, lanes, jobs, pack;
    uint64_t over_ranges, range_paths;
    uint64_t paths, max_paths, first_path, seed, batch, memory, sample_paths, path, points;
    double time_limit, precision;
    const char *backend, *from, *output, *series, *color, *store, *columns, *shard, *design, *method, *target, *rare,
        *sampler;
    struct option_list devices, overlays, sets, questions, expects, wheres, varies, ons, parts;
    bool html, svg, png;      /* of report */
    bool quick;               /* of bench */
    int rounds;               /* the same */
    const char *beside;       /* the same */
    bool full;                /* of selftest */
    bool man, markdown;       /* of help; markdown also of what is printed */
    const char *completion;   /* of help */
    bool given[MOST_OPTIONS]; /* row i of the table was given */
    struct option_list operands;
    char **found; /* [n_found] files of configurations and overlays that were given by name */
    size_t n_found;
};

struct option_row {
    const char *name;
    char letter; /* 0: none */
    enum option_kind kind;
    size_t offset;        /* in struct options */
    const char *argument; /* NULL: takes none */
    const char *standard; /* default, NULL: none worth telling */
    const char *help;
    unsigned commands; /* enum command_bit */
};

struct command {
    const char *name;
    enum command_bit bit;
    mm_status (*run)(const struct options *options);
    const char *operands; /* for the synopsis */
    const char *about;
    const char *examples;
};

extern const struct option_row option_table[];
extern const size_t option_count;
extern const struct command command_table[];
extern const size_t command_count;
#define MOST_COMMANDS 32 /* rows of it */

/* main.c. \return NULL where there is none of that name. */
const struct command *find_command(const char *name);

/* Reads argv[1] ... of a subcommand (argv[0] is its name). \return MM_OK; MM_USAGE after a message on stderr;
 * MM_INTERNAL. options_free() in any case. */
mm_status options_parse(const struct command *command, int argc, char **argv, struct options *options);
void options_free(struct options *options);
bool options_given(const struct options *options, const char *name);

/* numbers.c: the whole text, or false. */
bool number_count(const char *text, uint64_t *value);
bool number_size(const char *text, uint64_t *value);
bool number_share(const char *text, double *value);
bool number_time(const char *text, double *value);

/* nearest.c: the name nearest to `text`, or NULL when none is near. `names` is NULL-terminated. */
const char *nearest_name(const char *text, const char *const *names);

#endif
