/* What a sweep shows: answers against what varies, from the listing of a store (docs/store.md). */
#include "host/report/site_study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/estimate/interval.h"
#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/scenario/text.h"

#define KEYS 12        /* that vary, and are looked at */
#define PANELS 6       /* of a sweep over many keys */
#define CURVES 6       /* of one picture */
#define HEAT_MAPS 3    /* questions of a sweep over two keys */
#define MOST_VALUES 60 /* of a key, along the side of a heat map */
#define TABLE_ROWS 200

/* A key that varies: its values in order. */
struct axis {
    const char *key;
    json_t *values; /* distinct ones, in order */
    bool numeric;
};

struct sweep {
    json_t *runs, *keys; /* keys: {key: true} */
    struct axis axes[KEYS];
    int n_axes;
    const char *answers[64]; /* expressions that have a value somewhere, in the listing's order */
    int n_answers;
};

static double cell(const json_t *run, const char *expression, const char *part) {
    return document_number(json_object_get(json_object_get(run, "answers"), expression), part);
}

static int by_value(const void *a, const void *b) {
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;

    if (json_is_number(x) && json_is_number(y)) {
        const double p = json_number_value(x), q = json_number_value(y);
        return p < q ? -1 : p > q;
    }
    if (json_is_string(x) && json_is_string(y)) {
        return strcmp(json_string_value(x), json_string_value(y));
    }
    return (int)json_typeof(x) - (int)json_typeof(y);
}

/* Where a value stands among those of its axis; -1: the run has none. */
static int place_of(const struct axis *axis, const json_t *run) {
    const json_t *value = json_object_get(json_object_get(run, "parameters"), axis->key);

    for (size_t i = 0; value != NULL && i < json_array_size(axis->values); i++) {
        const json_t *other = json_array_get(axis->values, i);
        if (by_value(&value, &other) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The distinct values of one key in order. NULL when memory ran out. */
static json_t *values_of(json_t *runs, const char *key, bool *numeric) {
    const size_t n = json_array_size(runs);
    json_t **all = calloc(n + 1, sizeof *all), *values = json_array();
    size_t found = 0;

    *numeric = true;
    for (size_t i = 0; all != NULL && i < n; i++) {
        json_t *value = json_object_get(json_object_get(json_array_get(runs, i), "parameters"), key);
        if (value != NULL && !json_is_null(value) && !json_is_object(value) && !json_is_array(value)) {
            all[found++] = value;
            *numeric = *numeric && json_is_number(value);
        }
    }
    if (all != NULL) {
        qsort(all, found, sizeof *all, by_value);
    }
    for (size_t i = 0; all != NULL && i < found; i++) {
        if (i == 0 || by_value(&all[i], &all[i - 1]) != 0) {
            json_array_append(values, all[i]);
        }
    }
    free(all);
    return values;
}

static void find_axes(struct sweep *sweep) {
    json_t *run, *value;
    const char *key;
    size_t i;

    json_array_foreach(sweep->runs, i, run) {
        json_object_foreach(json_object_get(run, "parameters"), key, value) {
            json_object_set_new(sweep->keys, key, json_true());
        }
    }
    json_object_foreach(sweep->keys, key, value) {
        struct axis axis = {.key = key};
        axis.values = values_of(sweep->runs, key, &axis.numeric);
        if (json_array_size(axis.values) > 1 && sweep->n_axes < KEYS) {
            sweep->axes[sweep->n_axes++] = axis;
        } else {
            json_decref(axis.values);
        }
    }
}

/* A run and where it stands: the first axis first, then in the listing's order. */
struct standing {
    int places[KEYS];
    size_t i;
};

static int by_standing(const void *a, const void *b) {
    const struct standing *x = a, *y = b;

    for (int k = 0; k < KEYS; k++) {
        if (x->places[k] != y->places[k]) {
            return x->places[k] < y->places[k] ? -1 : 1;
        }
    }
    return x->i < y->i ? -1 : x->i > y->i;
}

static json_t *in_order(const struct sweep *sweep) {
    const size_t n = json_array_size(sweep->runs);
    struct standing *order = calloc(n + 1, sizeof *order);
    json_t *runs = json_array();

    for (size_t i = 0; order != NULL && i < n; i++) {
        order[i].i = i;
        for (int k = 0; k < sweep->n_axes; k++) {
            order[i].places[k] = place_of(&sweep->axes[k], json_array_get(sweep->runs, i));
        }
    }
    if (order != NULL) {
        qsort(order, n, sizeof *order, by_standing);
    }
    for (size_t i = 0; order != NULL && i < n; i++) {
        json_array_append(runs, json_array_get(sweep->runs, order[i].i));
    }
    free(order);
    return runs;
}

static void find_answers(struct sweep *sweep) {
    json_t *run, *value;
    const char *expression;
    size_t i;

    json_array_foreach(sweep->runs, i, run) {
        json_object_foreach(json_object_get(run, "answers"), expression, value) {
            bool known = isnan(document_number(value, "value"));
            for (int k = 0; k < sweep->n_answers && !known; k++) {
                known = strcmp(sweep->answers[k], expression) == 0;
            }
            if (!known && sweep->n_answers < (int)(sizeof sweep->answers / sizeof *sweep->answers)) {
                sweep->answers[sweep->n_answers++] = expression;
            }
        }
    }
}

/* Questions by their names, or shares of time by idle(): at most CURVES of them, idle() with the largest first. */
static int choose_curves(const struct sweep *sweep, bool idle, const char *chosen[CURVES]) {
    int n = 0;
    double sizes[CURVES];

    for (int i = 0; i < sweep->n_answers; i++) {
        const char *expression = sweep->answers[i];
        double largest = 0;
        int at = n;
        if (idle ? strncmp(expression, "idle(", 5) != 0 : strchr(expression, '(') != NULL) {
            continue;
        }
        for (size_t k = 0; k < json_array_size(sweep->runs); k++) {
            largest = fmax(largest, cell(json_array_get(sweep->runs, k), expression, "value"));
        }
        if (largest > 1) { /* no share */
            continue;
        }
        while (idle && at > 0 && sizes[at - 1] < largest) {
            at--;
        }
        for (int k = n < CURVES ? n : CURVES - 1; k > at; k--) {
            chosen[k] = chosen[k - 1];
            sizes[k] = sizes[k - 1];
        }
        if (at < CURVES) {
            chosen[at] = expression;
            sizes[at] = largest;
            n += n < CURVES;
        }
    }
    return n;
}

/* The horizontal axis: numbers as they are, anything else by its place. */
static void write_axis(const struct axis *axis, FILE *script) {
    const size_t n = json_array_size(axis->values);
    char label[160];

    snprintf(label, sizeof label, "%.150s", axis->key);
    fputs("set xlabel ", script);
    gnuplot_text(script, label);
    fputs(" offset 0,0.6\n", script);
    if (axis->numeric) {
        const double first = json_number_value(json_array_get(axis->values, 0)),
                     last = json_number_value(json_array_get(axis->values, n - 1));
        if (first > 0 && last / first > 50) {
            fputs("set logscale x\n", script);
        } else {
            fprintf(script, "set xrange [%.9g:%.9g]\n", first - 0.02 * (last - first), last + 0.02 * (last - first));
        }
        fputs("if (narrow) { set xtics rotate by -30 }\n", script);
        return;
    }
    fprintf(script, "set xrange [-0.3:%g]\nset xtics (", (double)n - 0.7);
    for (size_t i = 0; i < n && i < MOST_VALUES; i++) {
        snprintf(label, sizeof label, "%.40s",
                 json_is_string(json_array_get(axis->values, i)) ? json_string_value(json_array_get(axis->values, i))
                 : json_is_true(json_array_get(axis->values, i)) ? "true"
                                                                 : "false");
        fputs(i > 0 ? ", " : "", script);
        gnuplot_tick(script, label);
        fprintf(script, " %zu", i);
    }
    fputs(") rotate by -30\n", script);
}

/* An end of a share's 95 % interval; the share itself where it has no error. */
static double interval(double value, double se, int side) {
    double ends[2];

    interval_share(value, se, NULL, ends);
    return isfinite(se) ? ends[side > 0] : value;
}

/* Answers against one key. `name`: of the picture. */
static void curves(struct studio *studio, const struct sweep *sweep, const struct axis *axis, const char *const *chosen,
                   int n, const char *name, bool joined) {
    struct picture picture;
    double top = 0;
    char alternative[512], caption[512];

    picture_begin(studio, &picture, name, 380, 360);
    fputs("question,curve,value,estimate,low,high\n", picture.data);
    for (int k = 0; k < n; k++) {
        for (size_t i = 0; i < json_array_size(sweep->runs); i++) {
            const json_t *run = json_array_get(sweep->runs, i);
            const double p = cell(run, chosen[k], "value"), se = cell(run, chosen[k], "se");
            const int place = place_of(axis, run);
            if (isnan(p) || place < 0) {
                continue;
            }
            picture_name(picture.data, chosen[k]);
            fprintf(picture.data, ",%d", k);
            picture_number(picture.data,
                           axis->numeric ? json_number_value(json_array_get(axis->values, (size_t)place)) : place);
            picture_number(picture.data, p);
            picture_number(picture.data, interval(p, se, -1));
            picture_number(picture.data, interval(p, se, 1));
            fputc('\n', picture.data);
            top = fmax(top, interval(p, se, 1));
        }
    }
    write_axis(axis, picture.script);
    picture_shares(picture.script, picture_top(top), "");
    fputs("set key maxcols narrow ? 1 : 3\nplot ", picture.script);
    for (int k = 0; k < n; k++) {
        fputs(k > 0 ? ", \\\n     " : "", picture.script);
        if (joined) {
            fprintf(picture.script,
                    "data skip 1 using ($2 == %d ? $3 : NaN):4 smooth unique with lines lw 2 dt %d lc rgb c%d notitle, "
                    "\\\n     ",
                    k, k % 5 + 1, k % LINES + 1);
        }
        fprintf(picture.script,
                "data skip 1 using ($2 == %d ? $3 : NaN):4:5:6 with yerrorbars pt %d ps 0.8 lw 1.5 lc rgb c%d title ",
                k, 5 + 2 * (k % 5), k % LINES + 1);
        gnuplot_text(picture.script, chosen[k]);
    }
    fputc('\n', picture.script);
    snprintf(alternative, sizeof alternative, "%s of %.80s%s against %.100s; the table has the figures.",
             n > 1 ? "Points with intervals" : "Points with an interval", chosen[0], n > 1 ? " and others" : "",
             axis->key);
    snprintf(caption, sizeof caption,
             "What is asked against %.100s, each run with the 95 %% interval of its simulation.%s", axis->key,
             joined ? "" : " The other keys vary as well, so points at one value lie apart.");
    picture_end(&picture, alternative, caption);
}

static void value_text(const json_t *value, char out[64]) {
    char number[TEXT_NUMBER];

    if (json_is_number(value)) {
        text_number(json_number_value(value), number);
        snprintf(out, 64, "%s", number);
        if (strlen(number) > 7) {
            snprintf(out, 64, "%.4g", json_number_value(value));
        }
    } else {
        snprintf(out, 64, "%.40s",
                 json_is_string(value) ? json_string_value(value)
                 : json_is_true(value) ? "true"
                                       : "false");
    }
}

static void heat_ticks(FILE *script, char side, const struct axis *axis) {
    const size_t n = json_array_size(axis->values), step = (n + 11) / 12;
    char text[64];

    fprintf(script, "set %ctics (", side);
    for (size_t i = 0; i < n; i += step) {
        value_text(json_array_get(axis->values, i), text);
        fputs(i > 0 ? ", " : "", script);
        gnuplot_tick(script, text);
        fprintf(script, " %zu", i);
    }
    fprintf(script, ") scale 0\nset %crange [-0.5:%g]\nset %clabel ", side, (double)n - 0.5, side);
    gnuplot_text(script, axis->key);
    fprintf(script, "%s\n", side == 'x' ? " offset 0,0.6" : "");
}

static void heat_script(FILE *script, const struct axis *x, const struct axis *y, double low, double high) {
    const double step = (high - low) / HEAT_STEPS;
    char name[8];

    heat_ticks(script, 'x', x);
    heat_ticks(script, 'y', y);
    fprintf(script, "set lmargin 11\nunset grid\narray heat[%d] = [", HEAT_STEPS);
    for (int i = 1; i <= HEAT_STEPS; i++) {
        snprintf(name, sizeof name, "h%d", i);
        fprintf(script, "%s0x%s", i > 1 ? ", " : "", colour_of(name) + 1);
    }
    fprintf(script,
            "]\nlevel(p) = p >= %.9g ? %d : 1 + int((p - %.9g) / %.9g)\n"
            "set style fill solid 1 noborder\nset key maxcols narrow ? 3 : 5\n"
            "plot data skip 1 using 4:5:($4 - 0.48):($4 + 0.48):($5 - 0.48):($5 + 0.48):(heat[level($6)]) with "
            "boxxyerror lc rgb variable notitle",
            high, HEAT_STEPS, low, step);
    for (int i = 1; i <= HEAT_STEPS; i++) {
        fprintf(script, ", \\\n     NaN with boxes lc rgb h%d title 'to %.1f %%'", i, 100 * (low + i * step));
    }
    fputc('\n', script);
}

/* The figures in their cells, where the columns are wide enough. */
static void heat_words(FILE *script, const struct sweep *sweep, const char *expression, double low, double high) {
    const size_t nx = json_array_size(sweep->axes[0].values);

    if (nx > 14) {
        return;
    }
    fprintf(script, "if (!narrow || %zu <= 6) {\n", nx);
    for (size_t i = 0; i < json_array_size(sweep->runs); i++) {
        const json_t *run = json_array_get(sweep->runs, i);
        const double p = cell(run, expression, "value");
        const int column = place_of(&sweep->axes[0], run), row = place_of(&sweep->axes[1], run);
        if (!isnan(p) && column >= 0 && row >= 0) {
            fprintf(script, "  set label '%.1f' at %d,%d center front tc rgb %s\n", 100 * p, column, row,
                    p - low < 5 * (high - low) / HEAT_STEPS ? "ink" : "paper");
        }
    }
    fputs("}\n", script);
}

static void heat_map(struct studio *studio, const struct sweep *sweep, const char *expression) {
    const struct axis *x = &sweep->axes[0], *y = &sweep->axes[1];
    const int rows = (int)json_array_size(y->values);
    struct picture picture;
    double low = INFINITY, high = -INFINITY, largest = 0;
    char alternative[512], caption[512], text[64];

    picture_begin(studio, &picture, "sweep-map", 170 + 34 * rows, 220 + 34 * rows);
    fputs("question,x,y,column,row,estimate,se\n", picture.data);
    for (size_t i = 0; i < json_array_size(sweep->runs); i++) {
        const json_t *run = json_array_get(sweep->runs, i);
        const double p = cell(run, expression, "value");
        const int column = place_of(x, run), row = place_of(y, run);
        if (isnan(p) || column < 0 || row < 0) {
            continue;
        }
        picture_name(picture.data, expression);
        value_text(json_array_get(x->values, (size_t)column), text);
        fputc(',', picture.data);
        picture_name(picture.data, text);
        value_text(json_array_get(y->values, (size_t)row), text);
        fputc(',', picture.data);
        picture_name(picture.data, text);
        fprintf(picture.data, ",%d,%d", column, row);
        picture_number(picture.data, p);
        picture_number(picture.data, cell(run, expression, "se"));
        fputc('\n', picture.data);
        low = fmin(low, p);
        high = fmax(high, p);
        largest = fmax(largest, cell(run, expression, "se"));
    }
    high = high > low ? high : low + 0.001;
    heat_words(picture.script, sweep, expression, low, high);
    heat_script(picture.script, x, y, low, high);
    snprintf(alternative, sizeof alternative,
             "Heat map of %.80s over %.80s and %.80s: from %.1f to %.1f per cent; the table has the figures.",
             expression, x->key, y->key, 100 * low, 100 * high);
    snprintf(caption, sizeof caption,
             "%.80s, per cent, by %.100s (across) and %.100s (up); standard errors of up to %.2g.", expression, x->key,
             y->key, 100 * largest);
    picture_end(&picture, alternative, caption);
}

/* Whether two keys make a grid that is mostly filled. */
static bool is_grid(const struct sweep *sweep) {
    const size_t nx = json_array_size(sweep->axes[0].values), ny = json_array_size(sweep->axes[1].values);

    return nx <= MOST_VALUES && ny <= MOST_VALUES && 2 * json_array_size(sweep->runs) >= nx * ny;
}

static void sweep_table(struct studio *studio, const struct sweep *sweep, const char *const *chosen, int n) {
    struct html *const html = &studio->html;
    const size_t runs = json_array_size(sweep->runs);
    char columns[2 * KEYS + CURVES] = "", text[64], error[PAGE_NUMBER];

    memset(columns, 'r', (size_t)sweep->n_axes + (size_t)n + 1);
    columns[sweep->n_axes + n + 1] = '\0';
    html_table(html, columns, "Each run, with the standard errors of its answers");
    for (int k = 0; k < sweep->n_axes; k++) {
        html_cell(html, "%s", sweep->axes[k].key);
    }
    html_cell(html, "paths");
    for (int k = 0; k < n; k++) {
        html_cell(html, "%s", chosen[k]);
    }
    for (size_t i = 0; i < runs && i < TABLE_ROWS; i++) {
        const json_t *run = json_array_get(sweep->runs, i);
        for (int k = 0; k < sweep->n_axes; k++) {
            const json_t *value = json_object_get(json_object_get(run, "parameters"), sweep->axes[k].key);
            text[0] = '\0';
            if (value != NULL) {
                value_text(value, text);
            }
            html_cell(html, "%s", text);
        }
        page_count(text, document_number(run, "run.paths"));
        html_cell(html, "%s", text);
        for (int k = 0; k < n; k++) {
            const double p = cell(run, chosen[k], "value"), se = cell(run, chosen[k], "se");
            page_share(text, p, se);
            page_share(error, se, se);
            html_cell(html, isnan(p) || isnan(se) ? "%s" : "%s ± %s", text, error);
        }
    }
    html_table_end(html);
    if (runs > TABLE_ROWS) {
        html_element(html, "p class=\"note\"", "The first %d of %zu runs; the files of the pictures have all.",
                     TABLE_ROWS, runs);
    }
}

static void pictures(struct studio *studio, const struct sweep *sweep, const char *const *chosen, int n) {
    const char *idle[CURVES];

    if (sweep->n_axes == 1) {
        const int shares = choose_curves(sweep, true, idle);
        curves(studio, sweep, &sweep->axes[0], chosen, n, "sweep", true);
        if (shares > 0) {
            curves(studio, sweep, &sweep->axes[0], idle, shares, "sweep-idle", true);
        }
    } else if (sweep->n_axes == 2 && is_grid(sweep)) {
        for (int k = 0; k < n && k < HEAT_MAPS; k++) {
            heat_map(studio, sweep, chosen[k]);
        }
    } else {
        for (int k = 0; k < sweep->n_axes && k < PANELS; k++) {
            curves(studio, sweep, &sweep->axes[k], chosen, n < 3 ? n : 3, "sweep", false);
        }
    }
}

void site_sweep(struct studio *studio, const json_t *listing, const char *name) {
    struct sweep sweep = {.runs = json_object_get(listing, "runs"), .keys = json_object()};
    const char *chosen[CURVES];
    int n;

    find_axes(&sweep);
    sweep.runs = in_order(&sweep);
    find_answers(&sweep);
    n = choose_curves(&sweep, false, chosen);
    if (n == 0) {
        n = choose_curves(&sweep, true, chosen);
    }
    if (sweep.n_axes > 0 && n > 0) {
        html_element(&studio->html, "h2", "What changes the answers");
        html_element(&studio->html, "p", "%zu runs of %s, between which %d %s.", json_array_size(sweep.runs), name,
                     sweep.n_axes, sweep.n_axes == 1 ? "key differs" : "keys differ");
        pictures(studio, &sweep, chosen, n);
        sweep_table(studio, &sweep, chosen, n);
    }
    for (int k = 0; k < sweep.n_axes; k++) {
        json_decref(sweep.axes[k].values);
    }
    json_decref(sweep.keys);
    json_decref(sweep.runs);
}
