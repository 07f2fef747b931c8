/* A listing as text, CSV and JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/page.h"
#include "host/scenario/failures.h"
#include "host/scenario/text.h"
#include "host/store/json_text.h"
#include "host/store/store.h"
#include "host/study/listing.h"

#define PAGE_WIDTH 100
#define CELL 256

/* A value as plain text; "" for none. */
static void plain(const json_t *value, char out[CELL]) {
    out[0] = '\0';
    if (json_is_string(value))
        snprintf(out, CELL, "%s", json_string_value(value));
    else if (json_is_boolean(value))
        snprintf(out, CELL, "%s", json_is_true(value) ? "true" : "false");
    else if (json_is_number(value))
        text_number(json_number_value(value), out);
}

static void cell_text(const struct listing_line *line, const struct listing_column *column, char out[CELL]) {
    double se;
    const json_t *value = listing_cell(line, column, &se);
    if (column->kind == LISTING_RUN && strstr(column->name, "path")) {
        page_count(out, json_number_value(value));
    } else if (column->kind == LISTING_ANSWER && value && isfinite(se)) {
        int decimals = page_decimals(se);
        snprintf(out, CELL, "%.*f ± %.*f", decimals, json_number_value(value), decimals, se);
    } else if (json_is_real(value) && column->kind != LISTING_KEY) {
        page_plain(out, json_number_value(value));
    } else {
        plain(value, out);
    }
    if (!*out)
        snprintf(out, CELL, "–");
}

static mm_status write_text(struct listing *listing, FILE *out) {
    const mm_text_style *style = &listing->options->style;
    struct page page = {.out = out,
                        .width = style->width > 0 ? style->width : PAGE_WIDTH,
                        .colour = style->colour,
                        .ascii = style->ascii,
                        .verbosity = style->verbosity};
    char *sides = malloc(listing->n_columns + 1);
    if (!sides)
        return store_no_memory(listing->messages);
    memset(sides, 'r', listing->n_columns);
    sides[listing->n_columns] = '\0';
    struct table table;
    table_begin(&table, sides);
    for (size_t i = 0; i < listing->n_columns; i++)
        table_cell(&table, "%s", listing->columns[i].name);
    for (size_t i = 0; i < listing->n_lines; i++)
        for (size_t j = 0; j < listing->n_columns && !listing->lines[i].dropped; j++) {
            char text[CELL];
            cell_text(&listing->lines[i], &listing->columns[j], text);
            table_cell(&table, "%s", text);
        }
    table_end(&table, &page, listing->n_columns > 1 ? 1 : 0);
    free(sides);
    if (page.failed)
        return store_no_memory(listing->messages);
    json_t *failure;
    size_t i;
    json_array_foreach(listing->failures, i, failure) {
        char *point = json_dumps(json_object_get(failure, "point"), JSON_COMPACT);
        if (i == 0)
            fputc('\n', out);
        page_paragraph(&page, 2, "failed: %s: %s", point ? point : "",
                       json_string_value(json_object_get(failure, "message")));
        free(point);
    }
    if (listing->n_left_out)
        fprintf(out, "\n%zu more keys differ between these runs; --csv and --json show them all.\n",
                listing->n_left_out);
    return MM_OK;
}

static void write_field(FILE *out, const char *text) {
    if (!strpbrk(text, ",\"\n\r")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static mm_status write_csv(struct listing *listing, FILE *out) {
    char text[CELL];
    for (size_t j = 0; j < listing->n_columns; j++) {
        const struct listing_column *column = &listing->columns[j];
        fputs(j ? "," : "", out);
        write_field(out, column->name);
        if (column->kind != LISTING_ANSWER)
            continue;
        snprintf(text, sizeof text, "%.240s.se", column->name);
        fputc(',', out);
        write_field(out, text);
    }
    fputc('\n', out);
    for (size_t i = 0; i < listing->n_lines; i++) {
        for (size_t j = 0; j < listing->n_columns && !listing->lines[i].dropped; j++) {
            double se;
            plain(listing_cell(&listing->lines[i], &listing->columns[j], &se), text);
            fputs(j ? "," : "", out);
            write_field(out, text);
            if (listing->columns[j].kind != LISTING_ANSWER)
                continue;
            fputc(',', out);
            if (isfinite(se)) {
                text_number(se, text);
                fputs(text, out);
            }
        }
        if (!listing->lines[i].dropped)
            fputc('\n', out);
    }
    return MM_OK;
}

static json_t *line_json(const struct listing *listing, const struct listing_line *line) {
    json_t *parameters = json_object(), *answers = json_object(), *ids = json_array();
    int bad = 0;
    for (size_t j = 0; j < listing->n_columns; j++) {
        const struct listing_column *column = &listing->columns[j];
        double se;
        const json_t *cell = listing_cell(line, column, &se);
        json_t *value = cell ? json_incref((json_t *)(uintptr_t)cell) : json_null();
        if (column->kind == LISTING_KEY)
            bad |= json_object_set_new(parameters, column->name, value);
        else if (column->kind == LISTING_ANSWER)
            bad |= json_object_set_new(
                answers, column->name,
                json_pack("{s:o, s:o}", "value", value, "se", isfinite(se) ? json_real(se) : json_null()));
        else
            json_decref(value);
    }
    for (size_t i = 0; i < line->n_ids; i++)
        bad |= json_array_append_new(ids, json_integer((json_int_t)line->ids[i]));
    json_t *run = json_deep_copy(line->run);
    bad |= json_object_set_new(run, "ids", ids);
    bad |= json_object_set_new(run, "ranges", ranges_to_json(&line->ranges));
    json_t *made = json_pack("{s:o, s:o, s:o}", "run", run, "parameters", parameters, "answers", answers);
    if (made && !bad)
        return made;
    json_decref(made);
    return NULL;
}

static mm_status write_json(struct listing *listing, FILE *out) {
    json_t *runs = json_array();
    bool good = runs != NULL;
    for (size_t i = 0; i < listing->n_lines && good; i++)
        good = listing->lines[i].dropped || json_array_append_new(runs, line_json(listing, &listing->lines[i])) == 0;
    json_t *document = good ? json_pack("{s:i, s:s, s:O, s:O}", "schema_version", 1, "store", listing->store->file,
                                        "runs", runs, "failures", listing->failures)
                            : NULL;
    json_decref(runs);
    if (!document)
        return store_no_memory(listing->messages);
    json_text_write(out, document, 0);
    fputc('\n', out);
    json_decref(document);
    return MM_OK;
}

mm_status listing_write(struct listing *listing, FILE *out) {
    mm_status status = listing->options->form == MM_LISTING_JSON  ? write_json(listing, out)
                       : listing->options->form == MM_LISTING_CSV ? write_csv(listing, out)
                                                                  : write_text(listing, out);
    return status == MM_OK && ferror(out) ? MM_IO : status;
}

/* The lines that are wanted. */
static mm_status find_lines(struct listing *listing) {
    const mm_listing *wanted = listing->options;
    mm_status status = listing_read(listing);
    if (status == MM_OK && !wanted->pieces)
        status = listing_group(listing);
    if (status == MM_OK && wanted->points)
        status = listing_points(listing);
    return status == MM_OK ? listing_filter(listing) : status;
}

mm_status mm_store_select(mm_store *store, const mm_listing *wanted, mm_store_visitor visitor, void *context,
                          mm_messages *messages) {
    struct listing listing = {.store = store, .options = wanted, .messages = messages};
    const size_t failures = mm_memory_failures();
    locale_t before = text_plain();
    mm_status status = db_hold(store->db, messages);
    if (status == MM_OK) {
        status = memory_check(failures, find_lines(&listing), messages);
        for (size_t i = 0; i < listing.n_lines && status == MM_OK; i++) {
            mm_result *result;
            if (listing.lines[i].dropped)
                continue;
            status = listing_load(&listing, &listing.lines[i], &result);
            if (status == MM_OK)
                status = visitor(result, context);
        }
        db_release(store->db);
    }
    listing_free(&listing);
    text_restore(before);
    return status;
}

mm_status mm_store_list(mm_store *store, const mm_listing *wanted, FILE *out, mm_messages *messages) {
    struct listing listing = {.store = store, .options = wanted, .messages = messages};
    const size_t failures = mm_memory_failures();
    locale_t before = text_plain();
    mm_status status = db_hold(store->db, messages);
    if (status == MM_OK) {
        status = find_lines(&listing);
        if (status == MM_OK)
            status = listing_choose(&listing);
        db_release(store->db);
    }
    status = memory_check(failures, status, messages);
    size_t kept = 0;
    for (size_t i = 0; i < listing.n_lines; i++)
        kept += !listing.lines[i].dropped;
    if (status == MM_OK && kept == 0)
        mm_messages_add(messages, "%s: %s", store->file,
                        listing.n_lines ? "no result fulfils what is asked for" : "there are no results in it yet");
    if (status == MM_OK)
        status = memory_check(failures, listing_write(&listing, out), messages);
    listing_free(&listing);
    text_restore(before);
    return status;
}
