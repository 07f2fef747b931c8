/* The industry: its states by month, and what holds racks back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/picture.h"

#define POINTS 400
#define ROWS 24

static const char *const states[] = {"shortage", "friction", "balanced", "glut"};
static const char *const layers[] = {"gpu", "power", "shell", "network"};

/* Areas on top of each other: column 3 is the lowest, and so on. */
static void stack_script(FILE *script, const char *const names[], int n) {
    fputs("set style fill solid 1 noborder\nplot ", script);
    for (int i = n - 1; i >= 0; i--) {
        fprintf(script, "%sdata skip 1 using 2:(0", i == n - 1 ? "" : ", \\\n     ");
        for (int k = 0; k < i; k++) {
            fprintf(script, "+column(%d)", k + 3);
        }
        fputs("):(0", script);
        for (int k = 0; k <= i; k++) {
            fprintf(script, "+column(%d)", k + 3);
        }
        fprintf(script, ") with filledcurves lc rgb %s title '%s'", names[i], names[i]);
    }
    fputc('\n', script);
}

/* The month in which a state is likeliest, in words. */
static void likeliest(const struct bins *bins, const json_t *p, char text[64]) {
    double most = -1;
    int at = 0;
    char month[32];

    for (int i = 0; i < bins->n_months; i++) {
        const double value = document_item(p, (size_t)i);
        if (value > most) {
            most = value;
            at = i;
        }
    }
    picture_month(bins, at, month);
    if (most < 0) {
        snprintf(text, 64, "unknown");
    } else if (most == 0) {
        snprintf(text, 64, "in no month");
    } else {
        snprintf(text, 64, "at most %.0f %%, in %s", 100 * most, month);
    }
}

static void states_table(struct studio *studio, const json_t *industry) {
    struct html *const html = &studio->html;
    struct spans spans;
    char number[PAGE_NUMBER];

    if (!spans_make(&spans, json_object_get(industry, "months"), 6, ROWS)) {
        studio->failed = true;
        return;
    }
    html_table(html, "lrrrr", "Share of the months of each stretch in each state, %");
    html_cell(html, "%s", spans.unit);
    for (int i = 0; i < 4; i++) {
        html_cell(html, "%s", states[i]);
    }
    for (int row = 0; row < spans.n; row++) {
        html_cell(html, "%s", spans.spans[row].label);
        for (int i = 0; i < 4; i++) {
            const json_t *curve = json_object_get(industry, states[i]);
            page_percent(number, span_mean(&spans.spans[row], json_object_get(curve, "p")),
                         span_mean(&spans.spans[row], json_object_get(curve, "se")), 1);
            html_cell(html, "%s", number);
        }
    }
    html_table_end(html);
    spans_free(&spans);
}

void site_states(struct studio *studio) {
    const json_t *industry = json_object_get(studio->document, "industry");
    const struct bins bins = bins_make(studio->document, POINTS);
    char text[4][64], note[96], alternative[512], caption[512];
    struct picture picture;

    html_element(&studio->html, "h2", "The industry, month by month");
    if (bins.n == 0) {
        html_element(&studio->html, "p", "The result has no months.");
        return;
    }
    picture_begin(studio, &picture, "states", 400, 360);
    fputs("month,x,shortage,friction,balanced,glut\n", picture.data);
    for (int bin = 0; bin < bins.n; bin++) {
        bins_write(&bins, bin, picture.data);
        for (int i = 0; i < 4; i++) {
            picture_number(picture.data, bins_mean(&bins, bin, document_at(json_object_get(industry, states[i]), "p")));
        }
        fputc('\n', picture.data);
    }
    picture_shares(picture.script, 1, "share of all paths");
    bins_axis(&bins, picture.script);
    stack_script(picture.script, states, 4);
    for (int i = 0; i < 4; i++) {
        likeliest(&bins, document_at(json_object_get(industry, states[i]), "p"), text[i]);
    }
    snprintf(alternative, sizeof alternative,
             "Stacked areas: probability of each state of the industry by month. Shortage %s; friction %s; balanced "
             "%s; glut %s.",
             text[0], text[1], text[2], text[3]);
    snprintf(caption, sizeof caption,
             "How many of all paths are in each state. Friction: enough compute in sum, in the wrong hands, place or "
             "generation.%s",
             bins_note(&bins, note));
    picture_end(&picture, alternative, caption);
    states_table(studio, industry);
}

static void binding_table(struct studio *studio, const json_t *industry, const char *kind, const char *caption) {
    const json_t *mw = json_object_get(industry, kind);
    struct html *const html = &studio->html;
    struct spans spans;
    char number[PAGE_NUMBER], title[160];
    double reach;

    if (!spans_make(&spans, json_object_get(industry, "months"), 12, ROWS)) {
        studio->failed = true;
        return;
    }
    reach = span_shares_reach(&spans, mw);
    if (reach > 0) {
        snprintf(title, sizeof title,
                 "%s; 95 %% intervals of the layers' shares reach at most %.2g points to either side", caption,
                 100 * reach);
    } else {
        snprintf(title, sizeof title, "%s", caption);
    }
    html_table(html, "lrrrrr", title);
    html_cell(html, "%s", spans.unit);
    html_cell(html, "in all");
    for (int i = 0; i < 4; i++) {
        html_cell(html, "%s", layers[i]);
    }
    for (int row = 0; row < spans.n; row++) {
        double value[4], sum = 0;
        html_cell(html, "%s", spans.spans[row].label);
        for (int i = 0; i < 4; i++) {
            value[i] = span_mean(&spans.spans[row], document_at(json_object_get(mw, layers[i]), "value"));
            sum += isnan(value[i]) ? 0 : value[i];
        }
        page_count(number, sum);
        html_cell(html, "%s", number);
        for (int i = 0; i < 4; i++) {
            page_count(number, value[i]);
            html_cell(html, "%s", number);
        }
    }
    html_table_end(html);
    spans_free(&spans);
}

/* docs/model.md, section 1: late is what is planned for month t + 1 at most, and programmes end before month T. */
static const char last_month[] =
    "A block counts from the month before its planned one; programmes plan none beyond the "
    "horizon, so that the last month lacks those that would be due next, and drops.";

/* One of late_mw and stranded_mw. \return whether there is anything of it. */
static void binding_picture(struct studio *studio, const json_t *industry, const char *kind, const char *stem,
                            const char *what) {
    const json_t *mw = json_object_get(industry, kind);
    const struct bins bins = bins_make(studio->document, POINTS);
    double sums[4] = {0}, sum = 0;
    char note[96], alternative[512], caption[512];
    struct picture picture;

    picture_begin(studio, &picture, stem, 340, 320);
    fputs("month,x,gpu,power,shell,network\n", picture.data);
    for (int bin = 0; bin < bins.n; bin++) {
        bins_write(&bins, bin, picture.data);
        for (int i = 0; i < 4; i++) {
            const double value = bins_mean(&bins, bin, document_at(json_object_get(mw, layers[i]), "value"));
            picture_number(picture.data, value);
            sums[i] += isnan(value) ? 0 : value;
        }
        fputc('\n', picture.data);
    }
    for (int i = 0; i < 4; i++) {
        sum += sums[i];
    }
    bins_axis(&bins, picture.script);
    fputs(sum > 0 ? "set yrange [0:*]\n" : "set yrange [0:1]\n", picture.script);
    fputs("set format y '%.0f'\nif (!narrow) { set ylabel 'MW' }\n", picture.script);
    stack_script(picture.script, layers, 4);
    snprintf(alternative, sizeof alternative,
             "Stacked areas: mean MW of %s by month and by the layer that comes last. Over all months gpu %.0f %%, "
             "power %.0f %%, shell %.0f %%, network %.0f %%.",
             what, sum > 0 ? 100 * sums[0] / sum : 0, sum > 0 ? 100 * sums[1] / sum : 0,
             sum > 0 ? 100 * sums[2] / sum : 0, sum > 0 ? 100 * sums[3] / sum : 0);
    snprintf(caption, sizeof caption, "%s, mean over all paths, by the layer that comes last. %s%s",
             strcmp(kind, "late_mw") == 0 ? "Capacity past its planned month (MW of IT load)"
                                          : "Late capacity whose GPUs are there (MW of IT load)",
             last_month, bins_note(&bins, note));
    picture_end(&picture, alternative, caption);
}

void site_binding(struct studio *studio) {
    const json_t *industry = json_object_get(studio->document, "industry");

    if (json_array_size(json_object_get(industry, "months")) == 0 || json_object_get(industry, "late_mw") == NULL) {
        return;
    }
    html_element(&studio->html, "h2", "What holds racks back");
    html_element(&studio->html, "h3", "Late");
    binding_picture(studio, industry, "late_mw", "late", "late capacity");
    binding_table(studio, industry, "late_mw", "Late capacity, mean MW");
    if (json_object_get(industry, "stranded_mw") != NULL) {
        html_element(&studio->html, "h3", "Stranded: its GPUs are there");
        binding_picture(studio, industry, "stranded_mw", "stranded", "stranded capacity");
        binding_table(studio, industry, "stranded_mw", "Stranded capacity, mean MW");
    }
}
