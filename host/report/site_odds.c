/* The odds ladder: what each piece of evidence does to the probability of the hypothesis, firms side by side. */
#include <math.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/picture.h"
#include "host/report/text.h"

#define CASES 8 /* lines of a picture */

/* "meta", or "all" for a question without for_each. */
static const char *case_name(const json_t *one) {
    const char *firm = document_text(one, "firm");

    return *firm != '\0' ? firm : "all";
}

static double clip(double p, double edge) {
    return fmin(1 - edge, fmax(edge, p));
}

/* What a share is at least and 1 minus it, so that it is drawn where it lies: on an axis of odds 0 and 1 have no place.
 */
static double edge_for(const json_t *figure, double edge) {
    const double p = document_number(figure, "p"), least = fmin(p, 1 - p);

    return least > 0 ? fmax(1e-9, fmin(edge, least / 2)) : edge;
}

static double find_edge(const json_t *cases) {
    double edge = 1e-3;
    json_t *one, *item;
    size_t i, step;

    json_array_foreach(cases, i, one) {
        edge = edge_for(json_object_get(one, "prior"), edge);
        json_array_foreach(json_object_get(one, "steps"), step, item) {
            edge = edge_for(json_object_get(item, "posterior"), edge);
        }
    }
    return edge;
}

struct range {
    double low, high;
};

/* ",p,low,high", the interval within the edges; widens the range. */
static void write_share(FILE *data, const json_t *figure, double edge, struct range *range) {
    const double p = document_number(figure, "p");
    double ends[2], low, high;

    if (isnan(p)) {
        fputs(",,,", data);
        return;
    }
    document_interval(figure, "p", ends);
    low = clip(isnan(ends[0]) ? p : ends[0], edge);
    high = clip(isnan(ends[1]) ? p : ends[1], edge);
    picture_number(data, clip(p, edge));
    picture_number(data, low);
    picture_number(data, high);
    range->low = fmin(range->low, low);
    range->high = fmax(range->high, high);
}

static size_t write_steps(FILE *data, const json_t *cases, size_t n, double edge, struct range *range) {
    size_t most = 0, i, step;
    json_t *one, *item;

    fputs("case,step,event,p,low,high\n", data);
    json_array_foreach(cases, i, one) {
        const json_t *steps = json_object_get(one, "steps");
        if (i >= n) {
            break;
        }
        fprintf(data, "%zu,0,prior", i);
        write_share(data, json_object_get(one, "prior"), edge, range);
        fputc('\n', data);
        json_array_foreach(steps, step, item) {
            fprintf(data, "%zu,%zu,", i, step + 1);
            picture_name(data, document_text(item, "event"));
            write_share(data, json_object_get(item, "posterior"), edge, range);
            fputc('\n', data);
        }
        most = json_array_size(steps) > most ? json_array_size(steps) : most;
    }
    return most;
}

static double logit(double p) {
    return log(p / (1 - p));
}

/* Ticks of the logit axis. */
static void write_axis(FILE *script, const struct range *range) {
    static const double ticks[] = {1e-6, 1e-5, 0.0001, 0.001, 0.01, 0.05,  0.1,   0.25,
                                   0.5,  0.75, 0.9,    0.95,  0.99, 0.999, 0.9999};
    const int n = (int)(sizeof ticks / sizeof *ticks);

    fputs("logit(p) = log(p / (1 - p))\nset ytics (", script);
    for (int i = 0; i < n; i++) {
        fprintf(script, "%s'%g %%%%' logit(%g)", i > 0 ? ", " : "", 100 * ticks[i], ticks[i]);
    }
    if (range->low <= range->high) {
        fprintf(script, ")\nset yrange [%.4f:%.4f]\n", logit(range->low) - 0.3, logit(range->high) + 0.3);
    } else { /* nothing is known */
        fputs(")\nset yrange [logit(0.01):logit(0.99)]\n", script);
    }
}

static void write_ladder(FILE *script, const json_t *cases, size_t n, size_t most, const struct range *range) {
    const json_t *longest = json_array_get(cases, 0);
    json_t *one, *item;
    size_t i, step;

    json_array_foreach(cases, i, one) {
        if (i < n && json_array_size(json_object_get(one, "steps")) == most) {
            longest = one;
            break;
        }
    }
    write_axis(script, range);
    fprintf(script, "set xrange [-0.5:%zu.5]\nset xtics ('prior' 0", most);
    json_array_foreach(json_object_get(longest, "steps"), step, item) {
        char label[80];
        snprintf(label, sizeof label, "+ %.64s", document_text(item, "event"));
        fputs(", ", script);
        gnuplot_tick(script, label);
        fprintf(script, " %zu", step + 1);
    }
    fputs(")\nif (narrow) { set xtics rotate by -35 left; set rmargin 9 }\n"
          "if (!narrow) { set ylabel 'probability of the hypothesis' }\n"
          "set key maxcols narrow ? 3 : 8\nplot ",
          script);
    for (i = 0; i < n; i++) {
        const double shift = n > 1 ? ((double)i - 0.5 * (double)(n - 1)) * 0.5 / (double)n : 0;
        fprintf(
            script,
            "%sdata skip 1 using ($1 == %zu ? $2 + %.3f : NaN):(logit($4)):(logit($5)):(logit($6)) with yerrorbars "
            "pt %d ps 0.9 lw 1.5 lc rgb c%zu notitle, \\\n"
            "     data skip 1 using ($1 == %zu ? $2 + %.3f : NaN):(logit($4)) with linespoints pt %d ps 0.9 lw 2 dt "
            "%d lc rgb c%zu title ",
            i > 0 ? ", \\\n     " : "", i, shift, (int)(5 + 2 * (i % 5)), i + 1, i, shift, (int)(5 + 2 * (i % 5)),
            (int)(1 + i % 4), i + 1);
        gnuplot_text(script, case_name(json_array_get(cases, i)));
    }
    fputc('\n', script);
}

static void share_cell(struct html *html, const json_t *figure) {
    const double p = document_number(figure, "p"), se = document_number(figure, "se");
    char text[PAGE_NUMBER], error[PAGE_NUMBER];

    page_share(text, p, se);
    page_share(error, isnan(p) ? (double)NAN : se, se);
    html_cell(html, isnan(p) || isnan(se) ? "%s" : "%s ± %s", text, error);
}

static void number_cell(struct html *html, double value) {
    if (isnan(value)) {
        html_cell(html, "–");
    } else {
        html_cell(html, "%.3g", value);
    }
}

static void step_row(struct html *html, const char *name, size_t step, const json_t *item) {
    const json_t *ci = json_object_get(item, "ci");
    char with[PAGE_NUMBER], without[PAGE_NUMBER], needs[PAGE_NEED];

    html_cell(html, "%s", name);
    html_cell(html, "%zu. %s", step, document_text(item, "event"));
    share_cell(html, json_object_get(item, "evidence"));
    share_cell(html, json_object_get(item, "posterior"));
    number_cell(html, document_number(item, "bayes_factor"));
    if (isnan(document_item(ci, 0))) {
        html_cell(html, "–");
    } else {
        html_cell(html, "%.3g to %.3g", document_item(ci, 0), document_item(ci, 1));
    }
    number_cell(html, document_number(item, "single_factor"));
    page_count(with, document_number(item, "paths.with_hypothesis"));
    page_count(without, document_number(item, "paths.without"));
    html_cell(html, "%s / %s", with, without);
    text_step_need(needs, item);
    html_cell(html, "%s", isnan(document_number(item, "needs_paths")) ? "" : needs);
    html_cell(html, "%s", document_text(item, "verdict"));
}

static void odds_table(struct studio *studio, const json_t *cases) {
    struct html *const html = &studio->html;
    json_t *one, *item;
    size_t i, step;

    html_table(html, "llrrrlrrrl", "Every step, with the evidence so far; ± is one standard error");
    html_cell(html, "of");
    html_cell(html, "evidence");
    html_cell(html, "P(evidence)");
    html_cell(html, "P(hypothesis | evidence)");
    html_cell(html, "Bayes factor");
    html_cell(html, "95 %%");
    html_cell(html, "alone");
    html_cell(html, "paths with / without the hypothesis");
    html_cell(html, "paths needed");
    html_cell(html, "verdict");
    json_array_foreach(cases, i, one) {
        html_cell(html, "%s", case_name(one));
        html_cell(html, "prior");
        html_cell(html, "–");
        share_cell(html, json_object_get(one, "prior"));
        for (int k = 0; k < 6; k++) {
            html_cell(html, "%s", "");
        }
        json_array_foreach(json_object_get(one, "steps"), step, item) {
            step_row(html, case_name(one), step + 1, item);
        }
    }
    html_table_end(html);
    json_array_foreach(cases, i, one) {
        char product[TEXT_PRODUCT];
        if (text_product(product, one)) {
            html_element(html, "p", "%s: the %s", case_name(one), product);
        }
    }
}

static void describe(const json_t *cases, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size,
                                   "Lines from the prior to the posterior after each piece of evidence, on "
                                   "an axis of odds.");
    json_t *one;
    size_t i;

    json_array_foreach(cases, i, one) {
        const json_t *steps = json_object_get(one, "steps");
        const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
        if (used < size - 160) {
            used += (size_t)snprintf(text + used, size - used, " %.64s: from %.3g to %.3g.", case_name(one),
                                     document_number(one, "prior.p"), document_number(last, "posterior.p"));
        }
    }
}

static void one_ladder(struct studio *studio, const char *name, const json_t *answer) {
    const json_t *cases = json_object_get(answer, "cases");
    const size_t n = json_array_size(cases) < CASES ? json_array_size(cases) : CASES;
    const char *hypothesis = document_text(answer, "hypothesis");
    char stem[FOLDER_NAME], alternative[1024], caption[512];
    const json_t *month = json_object_get(answer, "as_of");
    char as_of[40];
    struct picture picture;
    struct range range = {1, 0};
    double edge;
    size_t most;

    if (json_is_integer(month)) {
        snprintf(as_of, sizeof as_of, "month %lld", (long long)json_integer_value(month));
    } else {
        snprintf(as_of, sizeof as_of, "%.32s", document_text(answer, "as_of"));
    }
    html_element(&studio->html, "h3", "%s", name);
    if (n == 0) {
        html_element(&studio->html, "p", "The result has no cases of it.");
        return;
    }
    snprintf(stem, sizeof stem, "odds-%.70s", name);
    picture_begin(studio, &picture, stem, 440, 460);
    edge = find_edge(cases);
    most = write_steps(picture.data, cases, n, edge, &range);
    write_ladder(picture.script, cases, n, most, &range);
    describe(cases, alternative, sizeof alternative);
    snprintf(caption, sizeof caption,
             "Probability of the hypothesis%s%.64s, as of %s, after each piece of evidence in turn, with 95 %% "
             "intervals. Equal steps of the axis are equal factors of the odds; what is nearer to 0 or 1 than %.2g %% "
             "stands "
             "there.%s",
             *hypothesis != '\0' ? " " : "", hypothesis, as_of, 100 * edge,
             json_array_size(cases) > n ? " The first eight cases." : "");
    picture_end(&picture, alternative, caption);
    odds_table(studio, cases);
}

void site_odds(struct studio *studio) {
    json_t *answer;
    const char *name;
    bool begun = false;

    json_object_foreach(json_object_get(studio->document, "questions"), name, answer) {
        if (strcmp(document_text(answer, "type"), "evidence") == 0) {
            if (!begun) {
                html_element(&studio->html, "h2", "What the evidence says");
            }
            begun = true;
            one_ladder(studio, name, answer);
        }
    }
}
