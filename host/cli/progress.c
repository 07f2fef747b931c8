#include "host/cli/talk.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define STANDARD_WIDTH 80
#define MOST_NAME 60 /* of what is watched */

void progress_start(struct progress *progress, const struct options *options) {
    *progress = (struct progress){.allowed = !options->no_progress && options->verbosity >= 0 &&
                                             streams_terminal(STDERR_FILENO),
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

/* The parts of the line, the dearest first: where they don't fit, those behind are left out. */
enum { PARTS = 5 };
struct parts {
    char text[PARTS][160];
};

static void write_estimate(const mm_progress *now, char out[160]) {
    const mm_value *estimate = &now->estimate;
    out[0] = '\0';
    if (!now->watched || !estimate->known)
        return;
    if (isfinite(estimate->se) && estimate->se > 0) {
        const int decimals = (int)fmin(9, fmax(0, ceil(-log10(estimate->se))));
        snprintf(out, 160, "%.*s %.*f +- %.*f", MOST_NAME, now->watched, decimals, estimate->value, decimals,
                 estimate->se);
    } else {
        snprintf(out, 160, "%.*s %.4g", MOST_NAME, now->watched, estimate->value);
    }
}

static void write_parts(const mm_progress *now, struct parts *parts) {
    char done[32], paths[32], rate[32], left[32];
    talk_count((uint64_t)now->paths_per_second, rate);
    progress_time(now->seconds_left, left);
    *parts = (struct parts){0};
    if (now->points)
        snprintf(parts->text[0], 160, "%s of %s runs", talk_count(now->points_done, done),
                 talk_count(now->points, paths));
    else
        snprintf(parts->text[0], 160, "%3.0f %%", 100.0 * (double)now->done / (double)now->paths);
    snprintf(parts->text[1], 160, "%s left", left);
    write_estimate(now, parts->text[2]);
    if (now->paths_per_second >= 1)
        snprintf(parts->text[3], 160, "%s paths/s", rate);
    if (!now->points)
        snprintf(parts->text[4], 160, "%s of %s", talk_count(now->done, done), talk_count(now->paths, paths));
}

static size_t width_of_terminal(void) {
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : STANDARD_WIDTH;
}

void progress_tell(const mm_progress *now, void *context) {
    struct progress *progress = context;
    struct parts parts;
    progress->last = *now;
    if (!progress->allowed)
        return;
    write_parts(now, &parts);
    size_t used = 0, most = width_of_terminal() - 1;
    fputc('\r', stderr);
    for (int i = 0; i < PARTS; i++) {
        const size_t length = strlen(parts.text[i]), gap = i ? 2 : 0;
        if (length == 0 || used + gap + length > most)
            continue;
        fprintf(stderr, "%*s%s", (int)gap, "", parts.text[i]);
        used += gap + length;
    }
    fputs("\033[K", stderr);
    fflush(stderr);
    progress->shown = true;
}

void progress_end(struct progress *progress) {
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
