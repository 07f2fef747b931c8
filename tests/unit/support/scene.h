/* What the closed-form tests share: scenarios from a text, paths stepped in groups of lanes over all threads, the whole
 * history of one path, results as JSON. All of it fails the running test when something goes wrong. */
#ifndef TEST_SUPPORT_SCENE_H
#define TEST_SUPPORT_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <mismatch/run.h>

#include "host/plan/plan.h"
#include "host/scenario/scenario_data.h"

struct scene {
    mm_scenario *scenario;
    const struct sc_scenario *data;
    struct plan *plan; /* with `extra` given, so that all draws stand in the scratch area */
    uint64_t seed;     /* 7 unless set; MISMATCH_TEST_SEED=n: n * 1000 more */
};

/* Month 0 of all scenes is 2030-01. "2030-01" + months, in one of 64 buffers in turn; not for use in threads. */
const char *date(int month);
/* A scene from the text of a configuration. It is written to a temporary file and read from there. */
struct scene scene_new(const char *text);
struct scene scene_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A file of the source tree, with settings on top, "dotted.key=value". */
struct scene scene_file(const char *name, const char *const *sets, size_t n_sets);
void scene_free(struct scene *scene);
/* Builds the plan anew with the series, whose slots are then 0 ... n - 1. */
void scene_series(struct scene *scene, int n, const struct sc_series_ref *refs);
/* A series without a scope, or of a firm; the other scopes are SC_NONE. */
struct sc_series_ref series_of(enum sc_series series, int firm);

/* The phase of the plan in this cell that is planned for this month; there must be one. */
int phase_of(const struct plan *plan, int firm, int region, int generation, int month);

/* MISMATCH_TEST_PATHS, or 1,000,000. */
uint64_t test_paths(void);

/* A group of lanes as it stands after a month. */
struct group {
    const struct plan *plan;
    const struct mm_head *head;
    const void *scratch;
    int width;
};
static inline double real_at(const struct group *group, int offset, int lane) {
    return (double)((const float *)group->scratch)[(ptrdiff_t)offset * group->width + lane];
}
static inline int whole_at(const struct group *group, int offset, int lane) {
    return ((const int32_t *)group->scratch)[(ptrdiff_t)offset * group->width + lane];
}

/* Called for each path after each month, and with month -1 after its beginning; from many threads, each with sums of
 * its own. What it adds to the sums is added up in an order that does not depend on the threads. */
typedef void (*visit_function)(const struct group *group, int lane, int month, double *sums, const void *context);

/* Runs `paths` paths through months 0 ... months - 1; sums[n_sums] are set. */
void visit_paths(const struct scene *scene, uint64_t paths, int months, visit_function visit, const void *context,
                 int n_sums, double *sums);

/* The first path of a scene, month by month. */
struct history {
    struct scene scene;
    const struct mm_head *head;
    int width;
    unsigned char *memory;
};
/* Takes the scene over. */
struct history history_of(struct scene scene);
void history_free(struct history *history);
double history_at(const struct history *history, int month, int offset);
int history_whole_at(const struct history *history, int month, int offset);

/* A run of the scene and its result as JSON; the caller frees with json_decref(). */
json_t *scene_run(const struct scene *scene, uint64_t paths);
/* Runs it at seed 7; the digest is that of the result. \return MM_OK; MM_NO_DEVICE: no such lanes or device here, and
 * the digest is left alone. Anything else fails the test. */
mm_status scene_digest(const struct scene *scene, mm_run_options options, char digest[65]);
/* Whether OpenCL shows a device that can be used; what stands in its way is printed. */
bool scene_has_device(void);
/* The node at a path like "questions/map/entries/0/ever/p"; keys and indices between slashes. */
const json_t *json_at(const json_t *root, const char *path);
double number_at(const json_t *root, const char *path);
double number_in(const json_t *root, const char *path, int index);
/* The value of an expression on a run of the scene. */
mm_value scene_value(const struct scene *scene, uint64_t paths, const char *expression);

#endif
