/* docs/result.md and the output name the same fields. */
#include <stdbool.h>

#include <jansson.h>
#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/study.h>

#include "test_scenario.h"

#define MOST 400
#define LONGEST 160

/* A set of field paths. */
struct fields {
    int n;
    char paths[MOST][LONGEST];
};

static void add_field(struct fields *fields, const char *path) {
    for (int i = 0; i < fields->n; i++) {
        if (strcmp(fields->paths[i], path) == 0) {
            return;
        }
    }
    assert_true(fields->n < MOST);
    assert_true(strlen(path) < LONGEST);
    snprintf(fields->paths[fields->n++], LONGEST, "%s", path);
}

static bool has_field(const struct fields *fields, const char *path) {
    for (int i = 0; i < fields->n; i++) {
        if (strcmp(fields->paths[i], path) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_among(const char *word, const char *const *words) {
    while (*words != NULL && strcmp(*words, word) != 0) {
        words++;
    }
    return *words != NULL;
}

/* The page's word for a key of an object: NAME, EXPRESSION, LISTED, READING, STATE, LAYER, Q or the key itself. */
static const char *placeholder(const char *path, const char *key) {
    static const char *const states[] = {"shortage", "glut", "friction", "balanced", NULL};
    static const char *const layers[] = {"gpu", "power", "shell", "network", NULL};
    static const char *const readings[] = {"mismatch", "competitor", "demand_failing", NULL};
    const char *last = strrchr(path, '.');

    last = last != NULL ? last + 1 : path;
    if (strcmp(path, "questions") == 0) {
        return "NAME";
    }
    if (strcmp(last, "names") == 0 || strcmp(last, "by_name") == 0) {
        return "LISTED";
    }
    if (strcmp(last, "readings") == 0 && is_among(key, readings)) {
        return "READING";
    }
    if (strcmp(path, "ranges") == 0) {
        return "EXPRESSION";
    }
    if (strcmp(last, "quantiles") == 0 || strcmp(last, "levels") == 0 || strcmp(last, "intervals") == 0) {
        return "Q";
    }
    if ((strcmp(path, "industry") == 0 || strcmp(last, "both") == 0) && is_among(key, states)) {
        return "STATE";
    }
    if (strcmp(last, "scope") != 0 && is_among(key, layers)) {
        return "LAYER";
    }
    return key;
}

/* Adds the path of every value in `value`; the effective configuration has a page of its own. */
static void walk(const json_t *value, const char *path, struct fields *fields) {
    char longer[2 * LONGEST];

    if (json_is_object(value) && strcmp(path, "scenario.effective") != 0) {
        const char *key;
        json_t *member;
        json_object_foreach((json_t *)(uintptr_t)value, key, member) {
            snprintf(longer, sizeof longer, "%s%s%s", path, *path != '\0' ? "." : "", placeholder(path, key));
            walk(member, longer, fields);
        }
    } else if (json_is_array(value)) {
        json_t *item;
        size_t i;
        snprintf(longer, sizeof longer, "%s[]", path);
        json_array_foreach(value, i, item) {
            walk(item, longer, fields);
        }
    } else {
        add_field(fields, path);
    }
}

/* The first columns of the tables whose head begins with `field`. */
static void read_page(char *page, struct fields *fields) {
    bool inside = false;

    for (char *line = strtok(page, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *end;
        if (strncmp(line, "| field |", 9) == 0) {
            inside = true;
        } else if (line[0] != '|') {
            inside = false;
        } else if (inside && strncmp(line, "| `", 3) == 0) {
            end = strchr(line + 3, '`');
            assert_non_null(end);
            *end = '\0';
            assert_false(has_field(fields, line + 3)); /* each field once */
            add_field(fields, line + 3);
        }
    }
}

/* The document of a short run, tallies included. */
static json_t *run_document(void) {
    static const char *const overlay[] = {"fields.yaml"};
    const mm_run_options options = {.paths = 300};
    const mm_over_ranges_options drawn = {.draws = 20, .run = {.paths = 50}};
    mm_study *study = NULL;
    mm_result *result = NULL;
    struct loaded loaded;
    json_t *document;
    char *text = NULL;
    size_t size = 0;
    FILE *out;

    /* every part of a fan's scope; a move that stands alone and contradicts others */
    write_file("fields.yaml",
               "names: [{name: optics, observed: 5}]\n"
               "questions:\n"
               "  - {name: of-a-layer, fan: {series: late_mw, layer: power}}\n"
               "  - {name: of-a-cell, fan: {series: idle_share, firm: alpha, region: south, generation: new}}\n"
               "  - {name: of-a-name, fan: {series: revenue, name: chips}}\n");
    loaded = load_with(source_file("tests/data/every-key.yaml"), overlay, 1, NULL, 0);
    assert_int_equal(loaded.status, MM_OK);
    assert_int_equal(mm_run(loaded.scenario, &options, &result, loaded.messages), MM_OK);
    assert_int_equal(mm_over_ranges(loaded.scenario, &drawn, &study, NULL, loaded.messages), MM_OK);
    assert_int_equal(mm_result_add_ranges(result, study), MM_OK);
    mm_study_free(study);
    out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(mm_result_write_json(result, out, true), MM_OK);
    assert_int_equal(fclose(out), 0);
    document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    free(text);
    mm_result_free(result);
    mm_scenario_free(loaded.scenario);
    mm_messages_free(loaded.messages);
    return document;
}

static void test_fields(void **state) {
    (void)state;
    static struct fields there_fields, told_fields;
    struct fields *const there = &there_fields, *const told = &told_fields;
    char *page = read_whole(source_file("docs/result.md"));
    json_t *document = run_document();
    int wrong = 0;

    walk(document, "", there);
    read_page(page, told);
    for (int i = 0; i < there->n; i++) {
        if (!has_field(told, there->paths[i])) {
            print_error("docs/result.md does not tell of %s\n", there->paths[i]);
            wrong++;
        }
    }
    for (int i = 0; i < told->n; i++) {
        if (!has_field(there, told->paths[i])) {
            print_error("docs/result.md tells of %s, which the output lacks\n", told->paths[i]);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    assert_true(told->n > 80);
    json_decref(document);
    free(page);
}

/* The statistics of the CSV, Q, SERIES and STATE aside, are on the page. */
static void test_csv(void **state) {
    (void)state;
    char *page = read_whole(source_file("docs/result.md")), *text = NULL, *csv = strstr(page, "## CSV");
    struct loaded loaded = load_with(source_file("tests/data/every-key.yaml"), NULL, 0, NULL, 0);
    const mm_run_options options = {.paths = 300};
    mm_result *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(csv);
    assert_non_null(out);
    assert_int_equal(loaded.status, MM_OK);
    assert_int_equal(mm_run(loaded.scenario, &options, &result, loaded.messages), MM_OK);
    assert_int_equal(mm_result_write_csv(result, out), MM_OK);
    assert_int_equal(fclose(out), 0);
    static const char *const levels[] = {"quantile_0", "cvar_0"};
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char name[128];
        int comma = 0;
        while (*line != '\0' && comma < 6) {
            comma += *line++ == ',';
        }
        snprintf(name, sizeof name, "%.*s", (int)strcspn(line, ","), line);
        if (strncmp(name, "first_passage_", 14) == 0) {
            snprintf(name, sizeof name, "first_passage_Q");
        } else if (strncmp(name, "idle_and_", 9) == 0) {
            snprintf(name, sizeof name, "idle_and_STATE");
        } else if (strncmp(name, "spare_share_0", 13) == 0) {
            snprintf(name, sizeof name, "SERIES_Q");
        }
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
            const size_t word = strlen(levels[i]) - 1; /* without the 0 that a level begins with */
            if (strncmp(name, levels[i], word + 1) == 0) {
                const char *end = strrchr(name, '.') != NULL ? strchr(strrchr(name, '.'), '_') : NULL;
                char own[128];
                snprintf(own, sizeof own, "%.*sQ%.32s", (int)word, name, end != NULL ? end : "");
                snprintf(name, sizeof name, "%s", own);
            }
        }
        if (strcmp(name, "statistic") != 0 && strstr(csv, name) == NULL) {
            fail_msg("docs/result.md does not tell of the statistic %s", name);
        }
    }
    mm_result_free(result);
    mm_scenario_free(loaded.scenario);
    mm_messages_free(loaded.messages);
    free(text);
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fields), cmocka_unit_test(test_csv)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
