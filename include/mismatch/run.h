/* Running a scenario: paths in, a result out. */
#ifndef MISMATCH_RUN_H
#define MISMATCH_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/result.h>
#include <mismatch/scenario.h>
#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a running simulation tells about itself. */
typedef struct mm_progress {
    uint64_t done, paths;         /* paths done so far (those of a resumed checkpoint included), and asked for */
    double seconds;               /* since this process began to simulate */
    double paths_per_second;      /* of this process */
    double seconds_left;          /* estimate; negative when unknown */
    const char *watched;          /* the expression whose estimate this is; NULL: none is watched, or none known yet */
    mm_value estimate;            /* of the paths done a moment ago */
    uint64_t points_done, points; /* of a study that evaluates many points, as far as it knows; 0 for a single run */
} mm_progress;

/* Told while a run is under way: which devices it takes and why, which one it drops. `important`: to be shown unless
 * the user wants quiet; else only where he wants every detail. Called from one thread at a time. */
typedef void (*mm_notice_function)(const char *text, bool important, void *context);

typedef void (*mm_progress_function)(const mm_progress *progress, void *context);

/* Zero-initialise, then set what differs: a zero member means its default. */
typedef struct mm_run_options {
    uint64_t paths;    /* 1 ... 2^40; default 1,000,000 */
    bool until_enough; /* ends as soon as every rung of every evidence question has the paths that its factor needs
                        * (docs/result.md); `paths` is then the most it may take, default 2^24. Where it ends follows
                        * from the scenario, the seed and the first path alone */
    double precision;  /* ends as soon as each of `asked` has this relative standard error, 0 < precision < 1, with
                        * `paths` as with until_enough, and both where both are set; 0: not wanted */
    const char *const *asked; /* expressions; none: all probability questions */
    size_t n_asked;
    uint64_t first_path; /* number of the first path; first_path + paths <= 2^40 */
    const char *sampler; /* "philox": every path is drawn; "sobol": scrambled Sobol points, on the cores
                          * (docs/sampling.md); NULL: philox */
    uint64_t seed;       /* used when seed_given, otherwise 1; 0 is a seed */
    bool seed_given;
    int threads;                /* default: the cores this process may use */
    int lanes;                  /* 1, 4, 8, 16; default: what suits the machine, or each device */
    const char *backend;        /* "auto": every GPU that is found, else OpenMP; "openmp"; "opencl". NULL: auto */
    const char *const *devices; /* the n_devices selectors of those to use at once: a number, a type (gpu, cpu,
                                 * accelerator), a part of the name, a PCI bus id, or "openmp" for the cores */
    size_t n_devices;
    bool ranks;             /* the other processes of an MPI job take part (mismatch/ranks.h); does nothing alone */
    bool no_cache;          /* compile the kernels of devices anew, and keep nothing */
    uint64_t batch;         /* paths handed out at a time; default chosen from the scenario. Never changes a result */
    double time_limit;      /* seconds after which the run stops as if interrupted; default none */
    uint64_t memory;        /* bytes; a run that needs more is refused; default half of the machine's memory */
    const char *checkpoint; /* file to resume from when it exists, and to write now and then and when interrupted; NULL:
                             * neither */
    volatile sig_atomic_t *stop;   /* becomes non-zero when the run should stop at the next batch; may be NULL. A signal
                                    * handler or another thread may set it: it is read as an atomic, relaxed */
    mm_progress_function progress; /* called from one thread, at most some times a second; may be NULL */
    void *progress_context;
    bool watch; /* progress brings the current estimate of the first of `asked`, or else of the first probability */
    mm_notice_function notice; /* may be NULL */
    void *notice_context;
} mm_run_options;

/* Checks expressions (docs/expressions.md) against a scenario, and adds the questions that they need: p(EVENT) of an
 * event that no question asks for, idle() of scopes that the first coexistence question does not list. *asking is then
 * a new scenario, freed with mm_scenario_free(), with the same paths but a digest of its own; NULL where nothing is
 * missing. \return MM_OK; MM_USAGE: an expression is wrong, or can't be answered so (message); MM_INTERNAL. */
mm_status mm_scenario_asking(const mm_scenario *base, const char *const *expressions, size_t n, mm_scenario **asking,
                             mm_messages *messages);

/* Simulates. The scenario must outlive the result.
 * \return MM_OK: *result is new, freed with mm_result_free();
 * \return MM_INTERRUPTED: stopped by `stop` or the time limit; the checkpoint, when one was named, is written;
 * \return MM_USAGE: options out of range, or more memory needed than allowed (the message has the figure and the
 *         question that causes it); MM_IO: the checkpoint can't be read or written; MM_NO_DEVICE: `lanes` is not to be
 *         had on this machine, or a device that was asked for (message); MM_DEVICE_FAILED: a device failed and no other
 *         is left (message); the checkpoint, when one was named, is written; MM_SELFTEST: a device computes otherwise
 *         than the host (message); MM_INTERNAL: memory ran out. */
mm_status mm_run(const mm_scenario *scenario, const mm_run_options *options, mm_result **result, mm_messages *messages);

/* mm_run() with the defaults but for these two: for callers from other languages, which would have to spell the
 * structure out anew whenever it grows. \return as mm_run(). */
mm_status mm_run_simple(const mm_scenario *scenario, uint64_t paths, uint64_t seed, mm_result **result,
                        mm_messages *messages);

/* The bytes that a run with these options would need, and in *question (may be NULL) the name of the question whose
 * tallies need most, or NULL; valid as long as the scenario.
 * \return MM_OK, MM_USAGE, MM_INTERNAL. */
mm_status mm_run_memory(const mm_scenario *scenario, const mm_run_options *options, uint64_t *bytes,
                        const char **question, mm_messages *messages);

/* Series of the first `n_paths` paths from options->first_path on, written to `out` as CSV: path, month, one column for
 * each series. `series` is a comma-separated list such as "gap,price,spare_share:meta,late_mw:power,
 * spare_share:meta:us-east:hopper". The same bits as inside a run.
 * \return MM_OK, MM_USAGE (unknown series or scope, message), MM_IO, MM_INTERNAL. */
mm_status mm_sample_paths(const mm_scenario *scenario, const mm_run_options *options, uint64_t n_paths,
                          const char *series, FILE *out, mm_messages *messages);

/* Replays path number `path` alone and tells its story month by month: arrivals and what bound them, campaigns,
 * launches, shocks, regimes, who was short, who had spare, who sold. Text, or JSON when `json`.
 * \return MM_OK, MM_IO, MM_INTERNAL. */
mm_status mm_path_story(const mm_scenario *scenario, const mm_run_options *options, uint64_t path, bool json, FILE *out,
                        mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
