/* Estimates and intervals against paths, and results of several configurations side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/estimate/interval.h"
#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/picture.h"

#define QUESTIONS 6
#define FUNNEL 60 /* points of a curve */

static bool is_event(const json_t *answer) {
    return strcmp(document_text(answer, "type"), "probability") == 0 && !isnan(document_number(answer, "ever.p"));
}

static const json_t *answer_of(const struct exhibit *exhibit, const char *question) {
    return json_object_get(json_object_get(exhibit->document, "questions"), question);
}

/* Paths after which 1.96 standard errors of a share are `half`. */
static double paths_for(double p, double half) {
    return ceil(p * (1 - p) * (INTERVAL_Z / half) * (INTERVAL_Z / half));
}

static void convergence_row(struct html *html, const char *question, const struct exhibit *exhibit) {
    const json_t *answer = answer_of(exhibit, question), *ci = document_at(answer, "ever.ci");
    const double p = document_number(answer, "ever.p"), se = document_number(answer, "ever.se");
    char number[PAGE_NUMBER], low[PAGE_NUMBER], high[PAGE_NUMBER];

    page_count(number, document_number(exhibit->document, "run.paths"));
    html_cell(html, "%s", question);
    html_cell(html, "%s", exhibit->name);
    html_cell(html, "%s", number);
    page_share(number, p, se);
    html_cell(html, "%s", number);
    page_share(low, document_item(ci, 0), se);
    page_share(high, document_item(ci, 1), se);
    html_cell(html, "%s to %s", low, high);
    page_count(number, paths_for(p, 0.01));
    html_cell(html, "%s", number);
    page_count(number, paths_for(p, 0.001));
    html_cell(html, "%s", number);
}

static void convergence_table(struct studio *studio, json_t *questions) {
    struct html *const html = &studio->html;
    const char *name;
    json_t *answer;

    html_table(html, "llrrlrr", "Estimates, their 95 % intervals, and the paths that a narrower one takes");
    html_cell(html, "event");
    html_cell(html, "result");
    html_cell(html, "paths");
    html_cell(html, "ever");
    html_cell(html, "95 %%");
    html_cell(html, "paths for ± 0.01");
    html_cell(html, "for ± 0.001");
    json_object_foreach(questions, name, answer) {
        for (size_t i = 0; is_event(answer) && i < studio->n_exhibits; i++) {
            convergence_row(html, name, &studio->exhibits[i]);
        }
    }
    html_table_end(html);
}

/* The curves of the expected interval, then the results as points. *low, *high: the range of the axis. */
static void convergence_data(struct studio *studio, FILE *data, const char *question, double *low, double *high,
                             double *most) {
    const double p = document_number(answer_of(&studio->exhibits[0], question), "ever.p");
    const double paths = fmax(1, document_number(studio->document, "run.paths"));
    const double from = log10(fmin(100, paths)), to = log10(fmax(1000, 4 * paths));
    double ends[2];

    *low = 1;
    *high = 0;
    *most = to;
    fputs("kind,paths,estimate,low,high\n", data);
    for (int i = 0; i <= FUNNEL; i++) {
        const double n = pow(10, from + (to - from) * i / FUNNEL);
        interval_wilson(p, n, INTERVAL_Z, ends);
        fprintf(data, "0,%.6g", n);
        picture_number(data, p);
        picture_number(data, ends[0]);
        picture_number(data, ends[1]);
        fputc('\n', data);
        *low = fmin(*low, ends[0]);
        *high = fmax(*high, ends[1]);
    }
    for (size_t i = 0; i < studio->n_exhibits; i++) {
        const json_t *answer = answer_of(&studio->exhibits[i], question), *ci = document_at(answer, "ever.ci");
        if (!is_event(answer)) {
            continue;
        }
        fprintf(data, "1,%.6g", fmax(1, document_number(studio->exhibits[i].document, "run.paths")));
        picture_number(data, document_number(answer, "ever.p"));
        picture_number(data, document_item(ci, 0));
        picture_number(data, document_item(ci, 1));
        fputc('\n', data);
        *low = fmin(*low, document_number(answer, "ever.p"));
        *high = fmax(*high, document_number(answer, "ever.p"));
    }
}

static void convergence_picture(struct studio *studio, const char *question) {
    char alternative[512], caption[512];
    struct picture picture;
    double low, high, most;
    const json_t *answer = answer_of(&studio->exhibits[0], question), *ci = document_at(answer, "ever.ci");

    picture_begin(studio, &picture, "convergence", 340, 320);
    convergence_data(studio, picture.data, question, &low, &high, &most);
    fprintf(picture.script,
            "set logscale x\nset xrange [*:%g]\nset format x '10^%%L'\n"
            "if (narrow) { set xtics 100 } \nset xlabel 'paths'\n"
            "set yrange [%g:%g]\nset style fill solid 1 noborder\nset grid front\n"
            "plot data skip 1 using ($1 == 0 ? $2 : NaN):4:5 with filledcurves lc rgb f2 title 'what so many paths "
            "give', \\\n"
            "     data skip 1 using ($1 == 1 ? $2 : NaN):3:4:5 with yerrorbars pt 7 ps 1 lw 2 lc rgb c2 title "
            "'results'\n",
            pow(10, most), fmax(0, low - 0.02), fmin(1, high + 0.02));
    snprintf(alternative, sizeof alternative,
             "Estimate of %.64s against the number of paths: %.4g, 95 %% interval %.4g to %.4g, after %.0f paths; the "
             "interval narrows with the root of the number.",
             question, document_number(answer, "ever.p"), document_item(ci, 0), document_item(ci, 1),
             document_number(studio->document, "run.paths"));
    snprintf(
        caption, sizeof caption,
        "The estimate of %.64s with its 95 %% interval, %s, and the interval that any number of paths gives around "
        "it. It is the error of the simulation alone and says nothing about the assumptions.",
        question, studio->n_exhibits > 1 ? "one point for each result of this configuration" : "one point");
    picture_end(&picture, alternative, caption);
}

void site_convergence(struct studio *studio) {
    json_t *questions = json_object_get(studio->document, "questions"), *answer;
    const char *name, *first = NULL;

    json_object_foreach(questions, name, answer) {
        if (first == NULL && is_event(answer)) {
            first = name;
        }
    }
    if (first == NULL || !(document_number(studio->document, "run.paths") > 0)) {
        return;
    }
    html_element(&studio->html, "h2", "Are there paths enough?");
    convergence_picture(studio, first);
    convergence_table(studio, questions);
}

static void compare_data(struct picture *picture, json_t *questions, const struct exhibit *exhibits, size_t n) {
    const char *name;
    json_t *answer;
    int row = 0, shown = 0;

    fputs("question,result,row,kind,estimate,low,high\n", picture->data);
    fputs("set ytics (", picture->script);
    json_object_foreach(questions, name, answer) {
        if (!is_event(answer) || shown++ >= QUESTIONS) {
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            const json_t *own = answer_of(&exhibits[i], name), *ci = document_at(own, "ever.ci");
            char label[80];
            picture_name(picture->data, name);
            fputc(',', picture->data);
            picture_name(picture->data, exhibits[i].name);
            fprintf(picture->data, ",%d,%zu", row, i);
            picture_number(picture->data, document_number(own, "ever.p"));
            picture_number(picture->data, document_item(ci, 0));
            picture_number(picture->data, document_item(ci, 1));
            fputc('\n', picture->data);
            snprintf(label, sizeof label, "%.40s", i == 0 ? name : "");
            fputs(row > 0 ? ", " : "", picture->script);
            gnuplot_tick(picture->script, label);
            fprintf(picture->script, " %d", row++);
        }
        row++;
    }
    fprintf(picture->script, ") scale 0\nset yrange [%d:-1]\nset lmargin narrow ? 22 : 30\n", row > 0 ? row : 1);
}

void site_compare(struct studio *studio, const struct exhibit *exhibits, size_t n) {
    json_t *questions = json_object_get(exhibits[0].document, "questions"), *answer;
    struct html *const html = &studio->html;
    struct picture picture;
    const char *name;
    int events = 0;

    json_object_foreach(questions, name, answer) {
        events += is_event(answer);
    }
    if (events == 0) {
        return;
    }
    html_element(html, "h2", "Side by side");
    picture_begin(studio, &picture, "side-by-side", 150 + 22 * (int)(n + 1) * (events < QUESTIONS ? events : QUESTIONS),
                  180 + 22 * (int)(n + 1) * (events < QUESTIONS ? events : QUESTIONS));
    compare_data(&picture, questions, exhibits, n);
    fputs("set xrange [0:1]\nset xtics ('0' 0, '25 %%' 0.25, '50 %%' 0.5, '75 %%' 0.75, '100 %%' 1)\nset grid xtics\n"
          "unset grid\nset grid xtics lt 1 lc rgb grid\nset key maxcols narrow ? 1 : 3\nplot ",
          picture.script);
    for (size_t i = 0; i < n; i++) {
        fprintf(picture.script,
                "%sdata skip 1 using ($4 == %zu ? $5 : NaN):3:6:7 with xerrorbars pt %d ps 1 lw 2 lc rgb c%zu title ",
                i > 0 ? ", \\\n     " : "", i, (int)(5 + 2 * (i % 5)), i % LINES + 1);
        gnuplot_text(picture.script, exhibits[i].name);
    }
    fputc('\n', picture.script);
    picture_end(&picture, "Points with intervals: the probability of each event, result beside result.",
                "Probability that the event ever holds, with its 95 % interval of the simulation.");
    html_table(html, "llrl", "Probability that the event ever holds");
    html_cell(html, "event");
    html_cell(html, "result");
    html_cell(html, "ever");
    html_cell(html, "95 %%");
    json_object_foreach(questions, name, answer) {
        for (size_t i = 0; is_event(answer) && i < n; i++) {
            const json_t *own = answer_of(&exhibits[i], name), *ci = document_at(own, "ever.ci");
            const double se = document_number(own, "ever.se");
            char number[PAGE_NUMBER], low[PAGE_NUMBER], high[PAGE_NUMBER];
            page_share(number, document_number(own, "ever.p"), se);
            page_share(low, document_item(ci, 0), se);
            page_share(high, document_item(ci, 1), se);
            html_cell(html, "%s", name);
            html_cell(html, "%s", exhibits[i].name);
            html_cell(html, "%s", number);
            html_cell(html, "%s to %s", low, high);
        }
    }
    html_table_end(html);
}
