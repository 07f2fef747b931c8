/* Events: how likely, and by when. */
#include <math.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/picture.h"

#define POINTS 400
#define CURVES 6 /* more are not told apart */

static bool is_event(const json_t *answer) {
    return strcmp(document_text(answer, "type"), "probability") == 0;
}

static void month_cell(struct html *html, const json_t *quantiles, const char *level) {
    const json_t *month = json_object_get(quantiles, level);

    if (json_is_string(month)) {
        html_cell(html, "%s", json_string_value(month));
    } else if (json_is_integer(month)) {
        html_cell(html, "month %lld", (long long)json_integer_value(month));
    } else {
        html_cell(html, "never");
    }
}

static void event_row(struct html *html, const char *name, const json_t *answer) {
    const double p = document_number(answer, "ever.p"), se = document_number(answer, "ever.se");
    const json_t *ci = document_at(answer, "ever.ci"), *quantiles = document_at(answer, "first_passage.quantiles");
    char text[PAGE_NUMBER], low[PAGE_NUMBER], high[PAGE_NUMBER];

    page_share(text, p, se);
    page_share(low, document_item(ci, 0), se);
    page_share(high, document_item(ci, 1), se);
    html_cell(html, "%s", name);
    html_cell(html, "%s", text);
    html_cell(html, "%s to %s", low, high);
    month_cell(html, quantiles, "0.1");
    month_cell(html, quantiles, "0.5");
    month_cell(html, quantiles, "0.9");
    page_plain(text, document_number(answer, "mean_months.value"));
    html_cell(html, "%s", text);
}

static void events_table(struct studio *studio, json_t *questions) {
    struct html *const html = &studio->html;
    const char *name;
    json_t *answer;

    html_table(html, "lrlrrrr", "Probability, its 95 % interval, when that share of all paths has had it, mean months");
    html_cell(html, "event");
    html_cell(html, "ever");
    html_cell(html, "95 %%");
    html_cell(html, "10 %% by");
    html_cell(html, "half by");
    html_cell(html, "90 %% by");
    html_cell(html, "months");
    json_object_foreach(questions, name, answer) {
        if (is_event(answer)) {
            event_row(html, name, answer);
        }
    }
    html_table_end(html);
}

/* Column for column the first events; \return how many, their names and ends in `alternative`. */
static int write_curves(struct picture *picture, const struct bins *bins, json_t *questions, double *largest) {
    const json_t *curves[CURVES];
    const char *name;
    json_t *answer;
    int n = 0;

    *largest = 0;
    fputs("month,x", picture->data);
    json_object_foreach(questions, name, answer) {
        const json_t *curve = document_at(answer, "first_passage.by_month.p");
        if (is_event(answer) && json_is_array(curve) && n < CURVES) {
            fprintf(picture->data, ",had-%d", n + 1);
            *largest = fmax(*largest, document_item(curve, json_array_size(curve) - 1));
            curves[n++] = curve;
        }
    }
    fputc('\n', picture->data);
    for (int bin = 0; n > 0 && bin < bins->n; bin++) {
        bins_write(bins, bin, picture->data);
        for (int i = 0; i < n; i++) {
            picture_number(picture->data, bins_mean(bins, bin, curves[i]));
        }
        fputc('\n', picture->data);
    }
    return n;
}

static void curves_script(FILE *script, json_t *questions, int n) {
    const char *name;
    json_t *answer;
    int i = 0;

    fputs("set key bottom outside center horizontal maxcols narrow ? 1 : 3\nplot ", script);
    json_object_foreach(questions, name, answer) {
        if (is_event(answer) && json_is_array(document_at(answer, "first_passage.by_month.p")) && i < n) {
            fprintf(script, "%sdata skip 1 using 2:%d with lines lw 2.5 dt %d lc rgb c%d title ",
                    i > 0 ? ", \\\n     " : "", i + 3, i % 3 + 1, i + 1);
            gnuplot_text(script, name);
            i++;
        }
    }
    fputc('\n', script);
}

void site_events(struct studio *studio) {
    json_t *questions = json_object_get(studio->document, "questions"), *answer;
    const struct bins bins = bins_make(studio->document, POINTS);
    char alternative[1024] = "", note[96], caption[256];
    struct picture picture;
    const char *name;
    int n = 0;
    size_t used;
    double largest;

    json_object_foreach(questions, name, answer) {
        n += is_event(answer);
    }
    if (n == 0) {
        return;
    }
    html_element(&studio->html, "h2", "How likely, and by when");
    if (bins.n > 0) {
        picture_begin(studio, &picture, "events", 380, 380);
        n = write_curves(&picture, &bins, questions, &largest);
        picture_shares(picture.script, picture_top(largest), "has had it by then");
        bins_axis(&bins, picture.script);
        if (n > 0) {
            curves_script(picture.script, questions, n);
        } else {
            fputs("plot NaN notitle\n", picture.script);
        }
        used = (size_t)snprintf(alternative, sizeof alternative,
                                "Lines: share of all paths in which an event has held by the end of the month. At the "
                                "end:");
        json_object_foreach(questions, name, answer) {
            if (is_event(answer) && used < sizeof alternative - 120) {
                used += (size_t)snprintf(alternative + used, sizeof alternative - used, " %.64s %.4g;", name,
                                         document_number(answer, "ever.p"));
            }
        }
        snprintf(caption, sizeof caption, "Share of all paths in which the event has held by the end of the month.%s%s",
                 n == CURVES ? " The first six events of the configuration." : "", bins_note(&bins, note));
        picture_end(&picture, alternative, caption);
    }
    events_table(studio, questions);
}
