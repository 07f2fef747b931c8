/* Reports to look at: pictures by gnuplot, with their scripts and data, and one page of HTML. */
#ifndef MISMATCH_REPORT_H
#define MISMATCH_REPORT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include <mismatch/result.h>
#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A document beside the results: what mm_store_list() writes as JSON, or mm_study_write_json() of a study of
 * sensitivity. */
typedef struct mm_report_document {
    const char *name; /* what the report calls it; UTF-8 */
    const char *json;
} mm_report_document;

/* Zero-initialise, then set what differs. */
typedef struct mm_report_options {
    const char *folder;  /* to be made, with everything in it; wanted */
    bool html, svg, png; /* a page, pictures as SVG, as PNG; none of them: the page. A page has its SVG files too */
    bool force;          /* replaces a folder that a report made, and holds nothing else */
    const mm_report_document *documents; /* shown before the results; n_documents of them */
    size_t n_documents;
    const char *gnuplot;         /* the program; NULL: gnuplot, found along PATH */
    volatile sig_atomic_t *stop; /* becomes non-zero when the work should stop; may be NULL */
    /* Called for every file of the finished report, the page first; may be NULL. */
    void (*file)(const char *name, void *context);
    void *file_context;
} mm_report_options;

/* Draws the `n` results, named in the report by `names` (such as their files; UTF-8). Results of one effective
 * configuration are one subject: the one with most paths is shown, all of them in the picture of convergence. Results
 * of several configurations, at most 8, are set side by side, and then shown one after the other. There may be none
 * where there are documents.
 *
 * The folder appears whole or not at all. No shell is started, and no name of a result becomes a file name as it is.
 * \return MM_OK: the folder is there; MM_USAGE: it can't be made as named, or exists (message), nothing is changed;
 * MM_IO: a file can't be written (message), nothing is changed; or pictures can't be drawn, since gnuplot is missing or
 * fails (message): the folder is there with its page, tables, data and scripts, without those pictures;
 * MM_INTERRUPTED: stopped, nothing is changed; MM_INTERNAL: memory ran out, nothing is changed. */
mm_status mm_report_write(mm_result *const *results, const char *const *names, size_t n,
                          const mm_report_options *options, mm_messages *messages);

/* Whether mm_report_write() could make the folder, to be asked before long work. \return MM_OK, MM_USAGE, MM_IO. */
mm_status mm_report_check(const char *folder, bool force, mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
