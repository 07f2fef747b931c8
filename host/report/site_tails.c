/* Tails: exceedance curves with their intervals, and the means of the worst paths. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/picture.h"
#include "host/report/text.h"

static void figure_cells(struct html *html, const json_t *figure, double unit) {
    const json_t *ci = json_object_get(figure, "ci");
    const double low = document_item(ci, 0), high = document_item(ci, 1);
    char text[3][PAGE_NUMBER];

    unit = isfinite(unit) && unit > 0 ? unit : (high - low) / 4;
    text_figure(text[0], document_number(figure, "value"), unit);
    text_figure(text[1], low, unit);
    text_figure(text[2], high, unit);
    html_cell(html, "%s", text[0]);
    html_cell(html, "%s to %s", text[1], text[2]);
}

static void levels_table(struct html *html, const json_t *answer) {
    const char *key;
    json_t *level;

    html_table(html, "lrrrr", "The worst paths: where they begin, and their mean (expected shortfall, CVaR)");
    html_cell(html, "worst");
    html_cell(html, "begin at");
    html_cell(html, "95 %%");
    html_cell(html, "mean");
    html_cell(html, "95 %%");
    json_object_foreach(json_object_get(answer, "levels"), key, level) {
        const json_t *cvar = json_object_get(level, "cvar");
        html_cell(html, "%.4g %%", 100 * (1 - strtod(key, NULL)));
        figure_cells(html, json_object_get(level, "quantile"), NAN);
        figure_cells(html, cvar, document_number(cvar, "se"));
    }
    html_table_end(html);
}

/* \return the least share that some path has; 1 when all points are 0. */
static double write_curve(struct picture *picture, const json_t *answer) {
    struct tail_point point;
    double least = 1;

    fputs("at,p,low,high\n", picture->data);
    for (size_t i = 0; text_tail_point(answer, i, &point); i++) {
        fprintf(picture->data, "%.9g", point.at);
        picture_number(picture->data, point.p > 0 ? point.p : (double)NAN); /* the scale is logarithmic */
        picture_number(picture->data, fmax(point.low, 1e-300));
        picture_number(picture->data, point.high);
        fputc('\n', picture->data);
        least = point.p > 0 ? fmin(least, point.p) : least;
    }
    return least;
}

static bool any_reached(const json_t *answer) {
    struct tail_point point;
    for (size_t i = 0; text_tail_point(answer, i, &point); i++) {
        if (point.p > 0) {
            return true;
        }
    }
    return false;
}

static void one_tail(struct studio *studio, const char *name, const json_t *answer) {
    const size_t n = json_array_size(document_at(answer, "exceed.at"));
    const json_t *outside = json_object_get(answer, "outside");
    char stem[FOLDER_NAME], subject[PAGE_SUBJECT], alternative[640];
    struct tail_point first = {0}, last = {0};
    struct picture picture;
    double least;

    text_tail_subject(subject, answer);
    html_element(&studio->html, "h3", "%s: %s", name, subject);
    levels_table(&studio->html, answer);
    if (document_item(outside, 0) + document_item(outside, 1) > 0) {
        html_element(&studio->html, "p class=\"note\"",
                     "Outside the bins lie %.2g %% of the paths below and %.2g %% above; they count as the edge.",
                     100 * document_item(outside, 0), 100 * document_item(outside, 1));
    }
    if (n < 2 || !text_tail_point(answer, 0, &first) || !text_tail_point(answer, n - 1, &last)) {
        return;
    }
    if (!any_reached(answer)) { /* a logarithmic scale has no place for it */
        html_element(&studio->html, "p", "No path reached any of the values of the curve.");
        return;
    }
    snprintf(stem, sizeof stem, "tail-%.70s", name);
    picture_begin(studio, &picture, stem, 340, 320);
    least = write_curve(&picture, answer);
    fprintf(picture.script,
            "set logscale y\nset yrange [%.9g:1]\nset format y '%%g'\nset ylabel 'share of paths'\n"
            "set style fill solid 1 noborder\nset grid front\n"
            "plot data skip 1 using 1:(column(3) > %.9g ? column(3) : %.9g):4 with filledcurves lc rgb f2 title "
            "'95 %%', \\\n     data skip 1 using 1:2 with lines lw 2.5 lc rgb c1 title 'at least so much'\n",
            least / 2, least / 2, least / 2);
    snprintf(alternative, sizeof alternative,
             "Line: share of the paths whose %s is at least so much, with its 95 %% interval, on a logarithmic scale. "
             "It goes from %.4g at %.4g to %.4g at %.4g.",
             subject, first.p, first.at, last.p, last.at);
    picture_end(&picture, alternative, "Share of the paths that reach a value, with the 95 % Wilson interval.");
}

void site_tails(struct studio *studio) {
    json_t *answer;
    const char *name;
    bool begun = false;

    json_object_foreach(json_object_get(studio->document, "questions"), name, answer) {
        if (strcmp(document_text(answer, "type"), "tail") == 0) {
            if (!begun) {
                html_element(&studio->html, "h2", "How bad the worst are");
            }
            begun = true;
            one_tail(studio, name, answer);
        }
    }
}
