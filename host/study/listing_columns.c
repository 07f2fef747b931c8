/* Which lines and which columns. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/report.h"
#include "host/scenario/text.h"
#include "host/store/result_document.h"
#include "host/store/store.h"
#include "host/study/listing.h"

#define MOST_KEYS 16 /* varying keys that a page shows */

static const char *const run_fields[] = {"id",     "paths",   "first_path", "seed",       "version", "digest",
                                         "sha256", "created", "seconds",    "stopped_by", NULL};

static bool is_run_field(const char *name) {
    for (const char *const *field = run_fields; *field; field++)
        if (strcmp(*field, name) == 0)
            return true;
    return false;
}

static const json_t *find_answer(const struct listing_line *line, const char *name) {
    const json_t *answer;
    size_t i;
    json_array_foreach(line->answers, i,
                       answer) if (strcmp(json_string_value(json_array_get(answer, 0)), name) == 0) return answer;
    return NULL;
}

const json_t *listing_cell(const struct listing_line *line, const struct listing_column *column, double *se) {
    *se = NAN;
    if (column->kind == LISTING_RUN)
        return json_object_get(line->run, column->name);
    if (column->kind == LISTING_KEY)
        return json_object_get(line->flat, column->name);
    const json_t *answer = find_answer(line, column->name), *worked = json_object_get(line->cells, column->name);
    const json_t *value = answer ? json_array_get(answer, 1) : json_array_get(worked, 0);
    const json_t *error = answer ? json_array_get(answer, 2) : json_array_get(worked, 1);
    if (json_is_number(error))
        *se = json_number_value(error);
    return json_is_null(value) ? NULL : value;
}

/* Works an expression out for one line, unless it is there already. */
static mm_status work_out(struct listing *listing, struct listing_line *line, mm_result **result, const char *name) {
    if (find_answer(line, name) || json_object_get(line->cells, name))
        return MM_OK;
    mm_status status = *result ? MM_OK : listing_load(listing, line, result);
    if (status != MM_OK)
        return status;
    mm_value value;
    mm_messages *quiet = mm_messages_new();
    status = report_evaluate(result_document(*result), name, &value, quiet);
    mm_messages_free(quiet);
    if (status != MM_OK) /* this run does not know it */
        return status == MM_USAGE ? MM_OK : status;
    json_t *cell = json_pack("[o, o]", value.known ? json_real(value.value) : json_null(),
                             value.known && isfinite(value.se) ? json_real(value.se) : json_null());
    return json_object_set_new(line->cells, name, cell) == 0 ? MM_OK : store_no_memory(listing->messages);
}

static mm_status work_out_all(struct listing *listing, const struct listing_column *column) {
    for (size_t i = 0; i < listing->n_lines; i++) {
        struct listing_line *line = &listing->lines[i];
        mm_result *result = NULL;
        mm_status status = line->dropped ? MM_OK : work_out(listing, line, &result, column->name);
        mm_result_free(result);
        if (status != MM_OK)
            return status;
    }
    return MM_OK;
}

/* Whether some line knows it. Where none does, the last line's message says why. */
static mm_status check_known(struct listing *listing, const char *name) {
    struct listing_line *last = NULL;
    for (size_t i = 0; i < listing->n_lines; i++) {
        struct listing_line *line = &listing->lines[i];
        if (find_answer(line, name) || json_object_get(line->cells, name))
            return MM_OK;
        last = line->dropped ? last : line;
    }
    if (!last)
        return MM_OK;
    mm_result *result;
    mm_value value;
    mm_status status = listing_load(listing, last, &result);
    if (status == MM_OK)
        status = report_evaluate(result_document(result), name, &value, listing->messages);
    mm_result_free(result);
    return status;
}

/* What a name stands for; expressions lose their blanks. */
static mm_status read_column(struct listing *listing, const char *text, size_t length, struct listing_column *column) {
    char *name = calloc(length + 1, 1), *at = name;
    if (!name)
        return store_no_memory(listing->messages);
    for (size_t i = 0; i < length; i++) {
        bool by = i > 0 && i + 3 < length && strncmp(text + i, " by ", 4) == 0;
        if (by) {
            memcpy(at, " by ", 4);
            at += 4;
            i += 3;
        } else if (!isspace((unsigned char)text[i])) {
            *at++ = text[i];
        }
    }
    *column = (struct listing_column){.name = name, .kind = LISTING_ANSWER};
    if (is_run_field(name))
        column->kind = LISTING_RUN;
    else if (json_object_get(listing->keys, name))
        column->kind = LISTING_KEY;
    if (column->kind != LISTING_ANSWER || !strchr(name, '.') || strchr(name, '('))
        return MM_OK;
    size_t n = json_object_size(listing->keys), i = 0;
    const char **names = malloc((n + 1) * sizeof *names), *key;
    json_t *ignored;
    json_object_foreach(listing->keys, key, ignored) if (names) names[i++] = key;
    const char *near = names ? text_nearest(name, names, (int)n) : NULL;
    mm_messages_add(listing->messages, "no run of this store sets '%s'%s%s%s", name, near ? "; did you mean '" : "",
                    near ? near : "", near ? "'?" : "");
    free(names);
    return MM_USAGE;
}

static bool holds(const struct expression *expression, double value) {
    switch (expression->comparison) {
    case COMPARE_BELOW:
        return value < expression->bound;
    case COMPARE_AT_MOST:
        return value <= expression->bound;
    case COMPARE_ABOVE:
        return value > expression->bound;
    case COMPARE_AT_LEAST:
        return value >= expression->bound;
    case COMPARE_NONE:
        break;
    }
    return false;
}

static bool number_of(const json_t *cell, double *value) {
    if (json_is_string(cell)) /* a seed */
        return text_real(json_string_value(cell), value);
    *value = json_number_value(cell);
    return json_is_number(cell);
}

static mm_status filter_by(struct listing *listing, struct listing_where *where) {
    mm_status status = MM_OK;
    if (where->subject.kind == LISTING_ANSWER) {
        status = work_out_all(listing, &where->subject);
        if (status == MM_OK)
            status = check_known(listing, where->subject.name);
    }
    for (size_t i = 0; i < listing->n_lines && status == MM_OK; i++) {
        double se, value;
        const json_t *cell = listing_cell(&listing->lines[i], &where->subject, &se);
        if (!number_of(cell, &value) || !holds(&where->expression, value))
            listing->lines[i].dropped = true;
    }
    return status;
}

mm_status listing_filter(struct listing *listing) {
    listing->wheres = calloc(listing->options->n_where + 1, sizeof *listing->wheres);
    if (!listing->wheres)
        return store_no_memory(listing->messages);
    for (size_t i = 0; i < listing->options->n_where; i++) {
        struct listing_where *where = &listing->wheres[i];
        const char *text = listing->options->where[i];
        mm_status status = expression_parse(text, &where->expression, listing->messages);
        if (status == MM_OK && where->expression.comparison == COMPARE_NONE) {
            mm_messages_add(listing->messages, "'%s' compares nothing", text);
            status = MM_USAGE;
        }
        if (status == MM_OK)
            status = read_column(listing, text, strcspn(text, "<>"), &where->subject);
        if (status == MM_OK)
            status = filter_by(listing, where);
        if (status != MM_OK)
            return status;
    }
    return MM_OK;
}

static mm_status add_column(struct listing *listing, const struct listing_column *column) {
    struct listing_column *columns = realloc(listing->columns, (listing->n_columns + 1) * sizeof *columns);
    if (!columns) {
        free(column->name);
        return store_no_memory(listing->messages);
    }
    listing->columns = columns;
    columns[listing->n_columns++] = *column;
    return MM_OK;
}

static mm_status add_named(struct listing *listing, enum listing_kind kind, const char *name) {
    const struct listing_column column = {.name = strdup(name), .kind = kind};
    return column.name ? add_column(listing, &column) : store_no_memory(listing->messages);
}

/* Those that the user names: split at commas outside parentheses. */
static mm_status add_asked(struct listing *listing) {
    const char *at = listing->options->columns;
    while (*at) {
        size_t length = 0;
        for (int depth = 0; at[length] && (at[length] != ',' || depth > 0); length++)
            depth += (at[length] == '(') - (at[length] == ')');
        struct listing_column column = {.kind = LISTING_RUN};
        mm_status status = read_column(listing, at, length, &column);
        if (status == MM_OK && column.kind == LISTING_ANSWER) {
            status = work_out_all(listing, &column);
            if (status == MM_OK)
                status = check_known(listing, column.name);
        }
        if (status != MM_OK) {
            free(column.name);
            return status;
        }
        status = add_column(listing, &column);
        if (status != MM_OK)
            return status;
        at += length + (at[length] == ',');
    }
    return MM_OK;
}

/* Whether a column's cells are not all the same. */
static bool varies(const struct listing *listing, const struct listing_column *column) {
    const json_t *first = NULL;
    bool any = false;
    double se;
    for (size_t i = 0; i < listing->n_lines; i++) {
        if (listing->lines[i].dropped)
            continue;
        const json_t *cell = listing_cell(&listing->lines[i], column, &se);
        if (any && (cell ? !first || !json_equal(cell, first) : first != NULL))
            return true;
        first = cell;
        any = true;
    }
    return false;
}

static mm_status add_answers(struct listing *listing) {
    json_t *seen = json_object();
    mm_status status = seen ? MM_OK : store_no_memory(listing->messages);
    for (size_t i = 0; i < listing->n_lines; i++) {
        const json_t *answer;
        size_t j;
        json_array_foreach(listing->lines[i].answers, j, answer) {
            const char *name = json_string_value(json_array_get(answer, 0));
            if (listing->lines[i].dropped || status != MM_OK || json_object_get(seen, name))
                continue;
            json_object_set_new(seen, name, json_true());
            status = add_named(listing, LISTING_ANSWER, name);
        }
    }
    json_decref(seen);
    return status;
}

/* What tells the runs apart, then their answers. */
mm_status listing_choose(struct listing *listing) {
    if (listing->options->columns)
        return add_asked(listing);
    static const char *const always[] = {"id", "paths", "seed"}, *const maybe[] = {"first_path", "version",
                                                                                   "stopped_by"};
    mm_status status = MM_OK;
    for (size_t i = 0; i < 3 && status == MM_OK; i++)
        status = add_named(listing, LISTING_RUN, always[i]);
    for (size_t i = 0; i < 3 && status == MM_OK; i++) {
        const struct listing_column column = {.name = (char *)(uintptr_t)maybe[i], .kind = LISTING_RUN};
        if (varies(listing, &column))
            status = add_named(listing, LISTING_RUN, maybe[i]);
    }
    const char *key;
    json_t *ignored;
    size_t n = 0;
    json_object_foreach(listing->keys, key, ignored) {
        const struct listing_column column = {.name = (char *)(uintptr_t)key, .kind = LISTING_KEY};
        if (status != MM_OK || !varies(listing, &column))
            continue;
        if (n++ < MOST_KEYS || listing->options->form != MM_LISTING_TEXT)
            status = add_named(listing, LISTING_KEY, key);
        else
            listing->n_left_out++;
    }
    return status == MM_OK ? add_answers(listing) : status;
}
