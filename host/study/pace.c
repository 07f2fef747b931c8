#include "host/study/pace.h"

#include <time.h>

#include "host/engine/engine.h"

#define TALKS_A_SECOND 5

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void tell(struct pace *pace, double part, uint64_t paths, bool always) {
    double time = now();
    if (!pace->outer->progress || (!always && time - pace->told < 1.0 / TALKS_A_SECOND))
        return;
    pace->told = time;
    double seconds = time - pace->began, computed = (double)pace->computed + part;
    double left = (double)(pace->points - pace->points_done) - part;
    mm_progress progress = {.done = pace->paths_done + paths,
                            .paths = pace->paths_done + paths,
                            .seconds = seconds,
                            .paths_per_second = seconds > 0 ? (double)(pace->paths_done + paths) / seconds : 0,
                            .seconds_left = computed > 0 ? seconds / computed * (left > 0 ? left : 0) : -1,
                            .points_done = pace->points_done,
                            .points = pace->points};
    pace->outer->progress(&progress, pace->outer->progress_context);
}

bool pace_should_stop(struct pace *pace) {
    if (engine_asked_to_stop(pace->outer->stop))
        pace->stop = 1;
    /* a point is finished at least, so that a study gets on however short its limit is */
    if (pace->outer->time_limit > 0 && pace->computed > 0 && now() - pace->began >= pace->outer->time_limit)
        pace->stop = 1;
    if (pace->stop)
        tell(pace, 0, 0, true); /* how far it came */
    return pace->stop != 0;
}

/* The progress inside a point. */
static void inside(const mm_progress *progress, void *context) {
    struct pace *pace = context;
    (void)pace_should_stop(pace);
    tell(pace, (double)progress->done / (double)progress->paths, progress->done, false);
    if (progress->done == progress->paths)
        pace->paths_done += progress->paths;
}

void pace_begin(struct pace *pace, const mm_run_options *outer, uint64_t points) {
    static const mm_run_options defaults;
    *pace = (struct pace){.outer = outer ? outer : &defaults, .points = points, .began = now()};
    pace->inner = *pace->outer;
    pace->inner.time_limit = 0;
    pace->inner.checkpoint = NULL;
    pace->inner.stop = &pace->stop;
    pace->inner.progress = inside;
    pace->inner.progress_context = pace;
}

void pace_point(struct pace *pace, bool computed) {
    pace->points_done++;
    if (pace->points < pace->points_done)
        pace->points = pace->points_done;
    pace->computed += computed;
    tell(pace, 0, 0, pace->points_done == pace->points);
}
