/* A store: many results in one SQLite file, written by many processes at once; docs/store.md describes it. */
#ifndef MISMATCH_STORE_H
#define MISMATCH_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open store. One thread at a time may use it; each process and each thread opens its own. */
typedef struct mm_store mm_store;

typedef enum mm_store_access {
    MM_STORE_READ, /* it must exist; nothing is changed */
    MM_STORE_WRITE /* made where it does not exist */
} mm_store_access;

/* Whether a file begins as a store does, so that it is no JSON. False too for what can't be read. */
bool mm_store_recognised(const char *file);

/* \return MM_OK: *store is new, closed with mm_store_close(); MM_USAGE: the file is no store, is damaged, or is of a
 * later version (message); MM_IO: it can't be read or written (message); MM_INTERNAL: memory ran out. */
mm_status mm_store_open(const char *file, mm_store_access access, mm_store **store, mm_messages *messages);
/* NULL is allowed. */
void mm_store_close(mm_store *store);
/* The name it was opened by. */
const char *mm_store_file(const mm_store *store);
/* The kind of the network file system that the store lies on ("NFS"), where locks of several machines can't be relied
 * on; NULL: it lies on a local one. */
const char *mm_store_network(const mm_store *store);

typedef enum mm_store_outcome {
    MM_STORE_ADDED,    /* it was not there */
    MM_STORE_KEPT,     /* it was there already, with this digest */
    MM_STORE_REPLACED, /* it was there, with this digest, and was replaced */
    MM_STORE_DIFFERS   /* it was there with another digest, although the program is the same; replaced when asked */
} mm_store_outcome;

/* Puts a result in, in one short transaction: whole or not at all. What identifies it is the effective configuration,
 * the seed, the paths and the version of the program that made it. `outcome` may be NULL.
 * \return MM_OK; MM_USAGE: it has no tallies (message); MM_IO: it can't be written, nothing has changed (message);
 * MM_INTERNAL: memory ran out. */
mm_status mm_store_put(mm_store *store, const mm_result *result, bool replace, mm_store_outcome *outcome,
                       mm_messages *messages);

/* Shows all results of a store, one after the other, in the order they came in; each belongs to the visitor. It ends
 * early when the visitor returns anything but MM_OK. \return what the visitor returned; MM_USAGE: one is damaged
 * (message); MM_IO; MM_INTERNAL. */
typedef mm_status (*mm_store_visitor)(mm_result *result, void *context);
mm_status mm_store_each(mm_store *store, mm_store_visitor visitor, void *context, mm_messages *messages);

typedef struct mm_stored_options {
    bool recompute;           /* simulate also what is there, and replace it */
    const char *checkpoints;  /* folder for the checkpoints of what is being simulated; NULL: none are written */
    uint64_t found, paths;    /* out: of `paths` paths asked for, those that the store held */
    mm_store_outcome outcome; /* out: of the last one put in */
    /* Called once, before anything is simulated, when found and paths are known; may be NULL. */
    void (*begin)(const struct mm_stored_options *stored, const void *context);
    const void *begin_context;
} mm_stored_options;

/* mm_run() with a store: what it holds of these paths is taken from there, only the rest is simulated, put in, and
 * added to it exactly. options->checkpoint is not used.
 * \return as mm_run(). Where what was simulated can't be stored, *result is new and the status is MM_IO or
 * MM_INTERNAL (message). */
mm_status mm_run_stored(const mm_scenario *scenario, const mm_run_options *options, mm_store *store,
                        mm_stored_options *stored, mm_result **result, mm_messages *messages);

typedef enum mm_listing_form { MM_LISTING_TEXT, MM_LISTING_CSV, MM_LISTING_JSON } mm_listing_form;

/* Zero-initialise, then set what differs. */
typedef struct mm_listing {
    mm_listing_form form;
    const char *const *where; /* comparisons that a run must fulfil, all of them */
    size_t n_where;
    const char *columns;       /* comma-separated names or expressions; NULL: what varies, and the headline answers */
    const char *const *points; /* NULL, or: only runs of these configurations (SHA-256), in this order, of `seed` and of
                                * this version of the program; pointers may be NULL */
    size_t n_points;
    uint64_t seed;
    bool pieces; /* each row by itself, instead of disjoint paths of one run added up */
    mm_text_style style;
} mm_listing;

/* One line for each run of the store: the parameters that vary among them, and the answers with their errors.
 * \return MM_OK; MM_USAGE: an expression or a column that no run knows (message), or a damaged row; MM_IO;
 * MM_INTERNAL. */
mm_status mm_store_list(mm_store *store, const mm_listing *wanted, FILE *out, mm_messages *messages);

/* The results that mm_store_list() would give lines, as mm_store_each() shows them; `form`, `columns` and `style` are
 * not looked at. \return as both do. */
mm_status mm_store_select(mm_store *store, const mm_listing *wanted, mm_store_visitor visitor, void *context,
                          mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
