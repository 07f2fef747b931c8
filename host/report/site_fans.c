/* Fans: quantiles of a series by month. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/picture.h"

#define POINTS 400
#define ROWS 24
#define QUANTILES 32
#define SHADES 4

struct fan {
    const char *name, *series;
    char scope[200];
    const json_t *curves[QUANTILES];
    double levels[QUANTILES];
    int n, middle; /* middle: the curve at 0.5, or -1 */
};

static int by_level(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The curves in order of their levels. */
static void read_fan(struct fan *fan, const char *name, const json_t *answer) {
    json_t *quantiles = json_object_get(answer, "quantiles"), *item;
    struct {
        double level;
        const json_t *curve;
    } rows[QUANTILES];
    const char *key;

    *fan = (struct fan){.name = name, .series = document_text(answer, "series"), .middle = -1};
    json_object_foreach(json_object_get(answer, "scope"), key, item) {
        const size_t used = strlen(fan->scope);
        snprintf(fan->scope + used, sizeof fan->scope - used, " %.64s",
                 json_is_string(item) ? json_string_value(item) : "");
    }
    json_object_foreach(quantiles, key, item) {
        const double level = strtod(key, NULL);
        if (fan->n < QUANTILES && level > 0 && level < 1 && json_is_array(item)) {
            rows[fan->n].level = level;
            rows[fan->n++].curve = item;
        }
    }
    qsort(rows, (size_t)fan->n, sizeof *rows, by_level);
    for (int i = 0; i < fan->n; i++) {
        fan->levels[i] = rows[i].level;
        fan->curves[i] = rows[i].curve;
        fan->middle = fabs(rows[i].level - 0.5) < 1e-9 ? i : fan->middle;
    }
}

/* The range that shows everything but the outermost flights of a few months. */
static void write_range(const struct fan *fan, const struct bins *bins, FILE *script) {
    double low = INFINITY, high = -INFINITY;

    for (int i = 0; i < fan->n; i++) {
        for (int bin = 0; bin < bins->n; bin++) {
            const double value = bins_mean(bins, bin, fan->curves[i]);
            low = isfinite(value) ? fmin(low, value) : low;
            high = isfinite(value) ? fmax(high, value) : high;
        }
    }
    if (!(low <= high)) {
        fputs("set yrange [0:1]\n", script);
    } else if (high - low < 1e-12 * fmax(1, fabs(high))) {
        fprintf(script, "set yrange [%.9g:%.9g]\n", low - fmax(1e-3, 0.1 * fabs(low)),
                high + fmax(1e-3, 0.1 * fabs(high)));
    } else {
        fprintf(script, "set yrange [%.9g:%.9g]\n", low - 0.03 * (high - low), high + 0.03 * (high - low));
    }
}

static void write_plot(const struct fan *fan, FILE *script) {
    const int bands = fan->n / 2;
    const char *comma = "";

    fputs("set style fill solid 1 noborder\nset grid front\nplot ", script);
    for (int i = 0; i < bands; i++) {
        const int shade = bands == 1 ? 2 : 1 + i * (SHADES - 1) / (bands - 1 > 0 ? bands - 1 : 1);
        fprintf(script, "%sdata skip 1 using 2:%d:%d with filledcurves lc rgb f%d title '%g to %g %%'", comma, i + 3,
                fan->n - 1 - i + 3, bands == 2 ? 1 + 2 * i : shade, 100 * fan->levels[i],
                100 * fan->levels[fan->n - 1 - i]);
        comma = ", \\\n     ";
    }
    if (fan->n % 2 == 1) {
        fprintf(script, "%sdata skip 1 using 2:%d with lines lw 2.5 lc rgb c1 title '%s'", comma, fan->n / 2 + 3,
                fan->middle == fan->n / 2 ? "median" : "middle");
        comma = ", \\\n     ";
    }
    fprintf(script, "%s0 with lines lw 1 lc rgb soft notitle\n", comma);
}

static void fan_table(struct studio *studio, const struct fan *fan, const json_t *answer) {
    const json_t *outside = json_object_get(answer, "outside");
    const double below = document_item(outside, 0), above = document_item(outside, 1);
    struct html *const html = &studio->html;
    char columns[QUANTILES + 2] = "l", number[PAGE_NUMBER];
    struct spans spans;

    if (!spans_make(&spans, document_at(studio->document, "industry.months"), 6, ROWS)) {
        studio->failed = true;
        return;
    }
    for (int i = 0; i < fan->n; i++) {
        columns[i + 1] = 'r';
        columns[i + 2] = '\0';
    }
    html_table(html, columns, "Quantiles in the last month of each stretch");
    html_cell(html, "%s", spans.unit);
    for (int i = 0; i < fan->n; i++) {
        html_cell(html, "%g %%", 100 * fan->levels[i]);
    }
    for (int row = 0; row < spans.n; row++) {
        html_cell(html, "%s", spans.spans[row].label);
        for (int i = 0; i < fan->n; i++) {
            page_plain(number, document_item(fan->curves[i], (size_t)spans.spans[row].last));
            html_cell(html, "%s", number);
        }
    }
    html_table_end(html);
    if (below > 0 || above > 0) {
        html_element(html, "p class=\"note\"",
                     "Outside the bins lie %.2g %% of all months below and %.2g %% above; there the bins' edge is "
                     "shown.",
                     100 * below, 100 * above);
    }
    spans_free(&spans);
}

static void one_fan(struct studio *studio, const char *name, const json_t *answer) {
    const struct bins bins = bins_make(studio->document, POINTS);
    char stem[FOLDER_NAME], alternative[512], caption[512], note[96], first[32], last[32];
    struct picture picture;
    struct fan fan;

    read_fan(&fan, name, answer);
    if (strcmp(name, fan.series) == 0 && fan.scope[0] == '\0') {
        html_element(&studio->html, "h3", "%s", name);
    } else {
        html_element(&studio->html, "h3", "%s: %s%s", name, fan.series, fan.scope);
    }
    if (fan.n == 0 || bins.n == 0) {
        html_element(&studio->html, "p", "The result has no quantiles of it.");
        return;
    }
    snprintf(stem, sizeof stem, "fan-%.70s", name);
    picture_begin(studio, &picture, stem, 380, 340);
    fputs("month,x", picture.data);
    for (int i = 0; i < fan.n; i++) {
        fprintf(picture.data, ",%g", fan.levels[i]);
    }
    fputc('\n', picture.data);
    for (int bin = 0; bin < bins.n; bin++) {
        bins_write(&bins, bin, picture.data);
        for (int i = 0; i < fan.n; i++) {
            picture_number(picture.data, bins_mean(&bins, bin, fan.curves[i]));
        }
        fputc('\n', picture.data);
    }
    bins_axis(&bins, picture.script);
    write_range(&fan, &bins, picture.script);
    write_plot(&fan, picture.script);
    picture_month(&bins, 0, first);
    picture_month(&bins, bins.n_months - 1, last);
    const int middle = fan.middle >= 0 ? fan.middle : fan.n / 2;
    snprintf(alternative, sizeof alternative,
             "Fan of %.64s by month, quantiles %g %% to %g %%. The %g %% quantile goes from %.4g in %s to %.4g in %s.",
             fan.series, 100 * fan.levels[0], 100 * fan.levels[fan.n - 1], 100 * fan.levels[middle],
             document_item(fan.curves[middle], 0), first, document_item(fan.curves[middle], (size_t)bins.n_months - 1),
             last);
    snprintf(caption, sizeof caption, "Quantiles over all paths of each month; no single path runs along a line.%s",
             bins_note(&bins, note));
    picture_end(&picture, alternative, caption);
    fan_table(studio, &fan, answer);
}

void site_fans(struct studio *studio) {
    json_t *answer;
    const char *name;
    bool begun = false;

    json_object_foreach(json_object_get(studio->document, "questions"), name, answer) {
        if (strcmp(document_text(answer, "type"), "fan") == 0) {
            if (!begun) {
                html_element(&studio->html, "h2", "How far it may go");
            }
            begun = true;
            one_fan(studio, name, answer);
        }
    }
}
