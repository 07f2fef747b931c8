/* What an answer depends on: a tornado, or the indices of Morris or Sobol. */
#include <math.h>
#include <string.h>

#include "host/estimate/interval.h"
#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/site_study.h"
#include "host/report/text.h"

#define ROWS 20 /* inputs of a picture, those that matter most */
#define ANSWERS 6

enum { TORNADO, MORRIS, SOBOL, METHODS };
static const struct {
    const char *name, *title, *columns, *first, *second, *about;
} methods[METHODS] = {
    {"tornado", "Which inputs matter (tornado)", "lrrrrr", "change_low", "change_high",
     "Each input alone at its 5 % and its 95 % point, all others at their centres. The line in the middle is the "
     "answer "
     "with all of them at their centres; whiskers are 95 % intervals of the difference on common random numbers."},
    {"morris", "Which inputs matter (Morris)", "lrrrrr", "absolute", "deviation",
     "Elementary effects: how far the answer moves, in the mean, over the way from an input's 5 % to its 95 % point, "
     "and "
     "how much that differs with the other inputs; whiskers are 95 % intervals by the bootstrap over trajectories."},
    {"sobol", "Which inputs matter (Sobol)", "lrrrr", "total", "first",
     "Shares of the answer's variance over all inputs: what an input explains with all its interactions, and alone; "
     "whiskers are 95 % intervals by the bootstrap over rows."},
};

static int method_of(const json_t *study) {
    int method = METHODS - 1;

    while (method > 0 && strcmp(methods[method].name, document_text(study, "method")) != 0) {
        method--;
    }
    return method;
}

bool site_knows(const json_t *document, const char *name, mm_messages *messages) {
    const char *type = document_text(document, "type");

    if (json_is_array(json_object_get(document, "runs")) ||
        (strcmp(type, "sensitivity") == 0 &&
         strcmp(methods[method_of(document)].name, document_text(document, "method")) == 0)) {
        return true;
    }
    if (*type != '\0') {
        mm_messages_add(messages, "%s: a study of the type '%s'; a report shows results, stores and sensitivity", name,
                        type);
    } else {
        mm_messages_add(messages, "%s: neither a result nor a study", name);
    }
    return false;
}

/* Figures of one input: middle, low and high end of the first bar and of the second. */
static void figures(const json_t *answer, const json_t *input, int method, double out[6]) {
    const double base = method == TORNADO ? document_number(answer, "base.value") : 0;

    for (int k = 0; k < 2; k++) {
        const json_t *one = json_object_get(input, k == 0 ? methods[method].first : methods[method].second);
        out[3 * k] = base + document_number(one, "value");
        out[3 * k + 1] = base + document_item(json_object_get(one, "ci"), 0);
        out[3 * k + 2] = base + document_item(json_object_get(one, "ci"), 1);
    }
}

/* \return rows written; *low, *high: the ends of all. */
static int write_data(struct picture *picture, const json_t *answer, int method, double *low, double *high) {
    const json_t *inputs = json_object_get(answer, "inputs");
    int n = 0;

    fputs(method == TORNADO ? "input,row,at_low,low_from,low_to,at_high,high_from,high_to\n"
                            : "input,row,first,first_low,first_high,second,second_low,second_high\n",
          picture->data);
    *low = *high = method == TORNADO ? document_number(answer, "base.value") : 0;
    for (size_t i = 0; i < json_array_size(inputs) && n < ROWS; i++) {
        const json_t *input = json_array_get(inputs, i);
        double all[6];
        figures(answer, input, method, all);
        if (isnan(all[0]) && isnan(all[3])) {
            continue;
        }
        picture_name(picture->data, document_text(input, "key"));
        fprintf(picture->data, ",%d", n++);
        for (int k = 0; k < 6; k++) {
            picture_number(picture->data, all[k]);
            *low = fmin(*low, all[k]);
            *high = fmax(*high, all[k]);
        }
        fputc('\n', picture->data);
    }
    return n;
}

/* Names beside the bars; above them on small screens. */
static void write_names(FILE *script, const json_t *answer, int n) {
    const json_t *inputs = json_object_get(answer, "inputs");
    size_t longest = 8, row = 0;

    fputs("set ytics (", script);
    for (size_t i = 0; i < json_array_size(inputs) && (int)row < n; i++) {
        char label[80];
        snprintf(label, sizeof label, "%.60s", document_text(json_array_get(inputs, i), "key"));
        longest = strlen(label) > longest ? strlen(label) : longest;
        fputs(row > 0 ? ", " : "", script);
        gnuplot_tick(script, label);
        fprintf(script, " %zu", row++);
    }
    fprintf(script,
            ") scale 0\nset lmargin %zu\nif (narrow) { unset ytics; set lmargin 2 }\n"
            "set yrange [%g:(narrow ? -0.9 : -0.6)]\n",
            longest + 1, n - 0.4);
    fputs("if (narrow) {\n", script);
    for (int i = 0; i < n; i++) {
        char label[80];
        snprintf(label, sizeof label, "%.48s", document_text(json_array_get(inputs, (size_t)i), "key"));
        fputs("  set label ", script);
        gnuplot_text(script, label);
        fprintf(script, " at graph 0, first %g left tc rgb ink\n", i - 0.3);
    }
    fputs("}\n", script);
}

static void write_plot(FILE *script, const json_t *answer, int method, double low, double high) {
    const double base = method == TORNADO ? document_number(answer, "base.value") : 0, room = 0.03 * (high - low);
    static const char *const titles[METHODS][2] = {{"at the 5 % point", "at the 95 % point"},
                                                   {"mean size of the effects", "how much they differ"},
                                                   {"total", "alone"}};
    fprintf(script,
            "set xrange [%.9g:%.9g]\nunset grid\nset grid xtics lt 1 lc rgb grid\nset border 1 lc rgb soft\n"
            "set style fill solid 1 noborder\nset key maxcols narrow ? 1 : 2\n"
            "if (narrow) { set format x '%%.2g' }\n"
            "base = %.9g\nset arrow from base, graph 0 to base, graph 1 nohead front lc rgb ink\n"
            "up = narrow ? 0.05 : 0.3\ndown = 0.3\n",
            method == TORNADO ? low - room : 0, high + room, base);
    if (method == TORNADO) {
        fprintf(script,
                "plot data skip 1 using 3:2:(base):3:($2 - up):($2 + down) with boxxyerror lc rgb c1 title '%s', \\\n"
                "     data skip 1 using 6:2:(base):6:($2 - up):($2 + down) with boxxyerror lc rgb c2 title '%s', \\\n"
                "     data skip 1 using 3:($2 + 0.5 * (down - up)):4:5 with xerrorbars pt 0 lw 1.5 lc rgb ink notitle, "
                "\\\n"
                "     data skip 1 using 6:($2 + 0.5 * (down - up)):7:8 with xerrorbars pt 0 lw 1.5 lc rgb ink notitle",
                titles[method][0], titles[method][1]);
    } else {
        fprintf(script,
                "plot data skip 1 using 3:2:(0):3:($2 - up):($2 + 0.12) with boxxyerror lc rgb c1 title '%s', \\\n"
                "     data skip 1 using 6:2:(0):6:($2 + 0.12):($2 + 0.4) with boxxyerror lc rgb c2 title '%s', \\\n"
                "     data skip 1 using 3:($2 + 0.5 * (0.12 - up)):4:5 with xerrorbars pt 0 lw 1.5 lc rgb ink notitle, "
                "\\\n"
                "     data skip 1 using 6:($2 + 0.26):7:8 with xerrorbars pt 0 lw 1.5 lc rgb ink notitle",
                titles[method][0], titles[method][1]);
    }
    fputc('\n', script);
}

static void answer_picture(struct studio *studio, const json_t *answer, int method) {
    static const char *const stems[METHODS] = {"tornado", "morris", "sobol"};
    const char *expression = document_text(answer, "expression");
    const int most = (int)json_array_size(json_object_get(answer, "inputs")), rows = most < ROWS ? most : ROWS;
    struct picture picture;
    double low, high;
    char alternative[512], caption[700], base[PAGE_NUMBER];
    int n;

    picture_begin(studio, &picture, stems[method], 120 + 26 * rows, 150 + 38 * rows);
    n = write_data(&picture, answer, method, &low, &high);
    write_names(picture.script, answer, n);
    write_plot(picture.script, answer, method, low, high > low ? high : low + 1e-6);
    text_figure(base, document_number(answer, "base.value"), document_number(answer, "base.se"));
    snprintf(alternative, sizeof alternative,
             "Bars for each input, those that matter most above: %.100s moves %.80s most; the table has the figures.",
             document_text(json_array_get(json_object_get(answer, "inputs"), 0), "key"), expression);
    snprintf(caption, sizeof caption, "%.80s%s%s%s. %s%s", expression, method == TORNADO ? " (" : "",
             method == TORNADO ? base : "", method == TORNADO ? " with all inputs at their centres)" : "",
             methods[method].about, most > ROWS ? " The inputs that matter most; the table has all." : "");
    picture_end(&picture, alternative, caption);
}

static void figure_cell(struct html *html, double value, double se) {
    char figure[PAGE_NUMBER], error[PAGE_NUMBER];

    text_figure(figure, value, se);
    text_figure(error, se, se);
    html_cell(html, isnan(value) || isnan(se) ? "%s" : "%s ± %s", figure, error);
}

/* Half the width of a 95 % interval as a standard error. */
static double error_of(const json_t *index) {
    const json_t *ci = json_object_get(index, "ci");

    return (document_item(ci, 1) - document_item(ci, 0)) / (2 * INTERVAL_Z);
}

static void answer_table(struct html *html, const json_t *answer, int method) {
    static const char *const heads[METHODS][6] = {{"input", "from", "to", "answer there", "and there", "change"},
                                                  {"input", "from", "to", "mean size", "differs by", "grade"},
                                                  {"input", "grade", "total", "alone", "interactions", NULL}};
    json_t *inputs = json_object_get(answer, "inputs"), *input;
    char caption[160];
    size_t i;

    snprintf(caption, sizeof caption, "%.100s: every input, with standard errors", document_text(answer, "expression"));
    html_table(html, methods[method].columns, caption);
    for (i = 0; i < strlen(methods[method].columns); i++) {
        html_cell(html, "%s", heads[method][i]);
    }
    json_array_foreach(inputs, i, input) {
        const json_t *one = json_object_get(input, methods[method].first),
                     *other = json_object_get(input, methods[method].second);
        html_cell(html, "%s", document_text(input, "key"));
        if (method == SOBOL) {
            html_cell(html, "%s", document_text(input, "grade"));
        } else {
            html_cell(html, "%.4g", document_number(input, "low"));
            html_cell(html, "%.4g", document_number(input, "high"));
        }
        if (method == TORNADO) {
            figure_cell(html, document_number(input, "at_low.value"), document_number(input, "at_low.se"));
            figure_cell(html, document_number(input, "at_high.value"), document_number(input, "at_high.se"));
            figure_cell(html, document_number(input, "swing.value"), document_number(input, "swing.se"));
            continue;
        }
        figure_cell(html, document_number(one, "value"), error_of(one));
        figure_cell(html, document_number(other, "value"), error_of(other));
        if (method == SOBOL) {
            char figure[PAGE_NUMBER];
            text_figure(figure, document_number(one, "value") - document_number(other, "value"),
                        error_of(one) + error_of(other));
            html_cell(html, "%s", figure);
        } else {
            html_cell(html, "%s", document_text(input, "grade"));
        }
    }
    html_table_end(html);
}

void site_sensitivity(struct studio *studio, const json_t *study, const char *name) {
    const int method = method_of(study);
    char runs[PAGE_NUMBER], paths[PAGE_NUMBER];
    json_t *answer;
    size_t i;

    html_element(&studio->html, "h2", "%s", methods[method].title);
    json_array_foreach(json_object_get(study, "answers"), i, answer) {
        if (i < ANSWERS && json_array_size(json_object_get(answer, "inputs")) > 0) {
            answer_picture(studio, answer, method);
        }
        answer_table(&studio->html, answer, method);
    }
    page_count(runs, document_number(study, "run.evaluations"));
    page_count(paths, document_number(study, "run.paths"));
    html_element(&studio->html, "p class=\"note\"", "%s: %s runs of the same %s paths of %s (sha256 %.12s), by %s %s.",
                 name, runs, paths, document_text(study, "scenario.file"), document_text(study, "scenario.sha256"),
                 document_text(study, "program.name"), document_text(study, "program.version"));
}
