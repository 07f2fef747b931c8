/* What the program says on stderr, and how results reach stdout. */
#ifndef MISMATCH_CLI_TALK_H
#define MISMATCH_CLI_TALK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/store.h>
#include <mismatch/study.h>

#include "host/cli/options.h"

/* "mismatch: ...", with a newline. */
void talk(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* All messages of the library, a line each. */
void talk_messages(const mm_messages *messages);
/* A usage error. \return MM_USAGE. */
mm_status talk_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* At the end of a command: what it would exit with, or MM_INTERNAL where memory ran out unnoticed. Says so, unless it
 * was said. */
mm_status talk_memory(mm_status status);

/* "1,234,567" */
const char *talk_count(uint64_t value, char text[32]);
/* "1.2 GiB" */
const char *talk_size(uint64_t bytes, char text[32]);

/* streams.c. At start: standard streams that were closed are closed for us too, and not the next file that is opened.
 */
void streams_start(void);
/* Whether stdout was open at start. */
bool streams_stdout(void);
/* Whether a stream is a terminal that somebody looks at. */
bool streams_terminal(int stream);
/* Flushes stdout. \return `status`, or MM_IO when stdout could not be written: after a message, but without one where
 * the reader of a pipe has gone. */
mm_status streams_end(mm_status status);

/* signals.c: between the two, the first INT or TERM sets *signals_stop(); the second ends the process. */
void signals_catch(bool quiet);
void signals_release(void);
volatile sig_atomic_t *signals_stop(void);

/* shard.c: the part of the paths that --shard asks for. \return MM_OK or, after a message, MM_USAGE. */
mm_status shard_apply(const struct options *options, uint64_t *first_path, uint64_t *paths);

/* progress.c: one line on a terminal. */
#define NOTICES 8
struct progress {
    bool shown; /* the terminal holds a line */
    bool allowed;
    int verbosity;
    mm_progress last;
    char told[NOTICES][160]; /* what the runs have said so far, each once */
    size_t n_told;
};
void progress_start(struct progress *progress, const struct options *options);
void progress_tell(const mm_progress *now, void *context);
/* "90 s", "3 min"; "?" for a negative time. */
const char *progress_time(double seconds, char text[32]);
void progress_end(struct progress *progress);

/* output.c: what `run` and `merge` do with a result. */
/* Options that contradict each other. \return MM_OK or, after a message, MM_USAGE. */
mm_status output_check(const char *command, const struct options *options);
/* Width, colours and wordiness as asked for. */
mm_text_style output_style(const struct options *options);
/* Saves it where --output says. \return exit code. */
mm_status output_save(const mm_result *result, const struct options *options);
/* Prints it, then looks at --expect. `status`: how things stood before. \return exit code. */
mm_status output_print(const mm_result *result, const struct options *options, mm_status status);

/* store.c. Opens a store and warns of a network file system. \return MM_OK or, with messages, another. */
mm_status store_open(const char *file, bool writing, const struct options *options, mm_store **store,
                     mm_messages *messages);
/* Every --where must compare. \return MM_OK or, after a message, MM_USAGE. */
mm_status wheres_check(const char *command, const struct options *options);
/* Says what the store held, as begin() of struct mm_stored_options; its context is the options. */
void store_tell(const mm_stored_options *stored, const void *context);

/* Says so when an expectation failed. \return MM_OK or MM_EXPECT_FAILED. */
mm_status output_expectation(const char *expression, const mm_value *value);

/* study.c: what the studies have in common. */
/* The options of their runs and of `run`, as far as all have them; no checkpoint. */
mm_run_options study_run(const struct options *options, struct progress *progress);
/* Whether --backend names one. \return MM_OK or, after a message, MM_USAGE. */
mm_status study_backend(const char *command, const struct options *options);
/* \return MM_OK or, after a message, MM_USAGE, MM_IO. */
mm_status study_check(const char *command, const struct options *options);
/* Saves it where --output says, then prints it. \return exit code; stdout is still to be flushed. */
mm_status study_output(const mm_study *study, const struct options *options);
/* --store of a study: opens it, and closes it after saying what it held. \return MM_OK or, with messages, another. */
mm_status study_store_open(const struct options *options, mm_study_store *kept, mm_messages *messages);
/* \return `code`, or MM_SELFTEST where runs came out otherwise than they were kept. */
mm_status study_store_close(const struct options *options, mm_study_store *kept, mm_status code);
/* Says how far an interrupted study has come. */
void study_interrupted(const struct progress *progress, const char *checkpoint, const struct options *options);

/* over_ranges.c: what --over-ranges draws beside a run. Zero-initialise it. */
struct drawn {
    mm_study *study;
    char *checkpoint;
    uint64_t failed;
};
/* \return MM_OK or, after a message, MM_USAGE. */
mm_status drawn_check(const struct options *options);
/* Draws, where it is asked for; the time that takes is taken off run->time_limit. \return as mm_over_ranges(). */
mm_status drawn_make(struct drawn *drawn, const struct options *options, const mm_scenario *scenario,
                     mm_run_options *run, mm_messages *messages);
/* \return as mm_result_add_ranges(). */
mm_status drawn_add(const struct drawn *drawn, mm_result *result);
/* Frees it; when all is `done`, removes what it kept. \return `code`, or MM_STUDY_PARTIAL where draws failed. */
mm_status drawn_end(struct drawn *drawn, mm_status code, bool done);

/* configs.c: puts the file in the place of the first operand where that is the bare name of a configuration.
 * \return MM_OK; MM_IO after a message: there is neither such a file nor such a configuration. */
mm_status configs_find(struct options *options);

/* The scenario of the first operand with --overlay and --set. \return as mm_scenario_load(). */
mm_status scenario_load(const struct options *options, mm_scenario **scenario, mm_messages *messages);

/* checkpoint.c: the folder of state; NULL: nowhere can be found. The caller frees it. */
char *checkpoint_folder(void);
/* Where the checkpoint of a run lies; NULL: nowhere can be found. The caller frees it. */
char *checkpoint_file(const struct options *options, const char *sha256, uint64_t seed, uint64_t first_path,
                      uint64_t paths);
/* The same for a study, from a text that holds everything which it hangs on. */
char *checkpoint_study(const struct options *options, const char *command, const char *text);
void checkpoint_remove(const char *file);

#endif
