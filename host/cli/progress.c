#include "host/cli/talk.h"

#include <math.h>
#include <unistd.h>

void progress_start(struct progress *progress, const struct options *options) {
    *progress = (struct progress){.allowed = !options->no_progress && options->verbosity >= 0 && isatty(STDERR_FILENO),
                                  .verbosity = options->verbosity};
}

const char *progress_time(double seconds, char text[32]) {
    if (seconds < 0)
        snprintf(text, 32, "?");
    else if (seconds < 120)
        snprintf(text, 32, "%.0f s", ceil(seconds));
    else if (seconds < 7200)
        snprintf(text, 32, "%.0f min", ceil(seconds / 60));
    else
        snprintf(text, 32, "%.1f h", seconds / 3600);
    return text;
}

void progress_tell(const mm_progress *now, void *context) {
    struct progress *progress = context;
    progress->last = *now;
    if (!progress->allowed)
        return;
    char done[32], paths[32], rate[32], left[32];
    talk_count((uint64_t)now->paths_per_second, rate);
    progress_time(now->seconds_left, left);
    if (now->points)
        fprintf(stderr, "\r%s of %s runs  %s paths/s  %s left\033[K", talk_count(now->points_done, done),
                talk_count(now->points, paths), rate, left);
    else
        fprintf(stderr, "\r%3.0f %%  %s of %s paths  %s/s  %s left\033[K",
                100.0 * (double)now->done / (double)now->paths, talk_count(now->done, done),
                talk_count(now->paths, paths), rate, left);
    fflush(stderr);
    progress->shown = true;
}

void progress_end(struct progress *progress) {
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
