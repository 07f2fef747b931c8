/* What the tests of host/scenario share: files of their own, loading with messages. */
#ifndef TEST_SCENARIO_H
#define TEST_SCENARIO_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/scenario/scenario_data.h"

/* Path of a file of the source tree; one of four buffers, in turn. */
static inline const char *source_file(const char *name) {
    static char paths[4][1024];
    static int next;
    char *path = paths[next++ % 4];
    const char *folder = getenv("SOURCE_DIR");
#ifdef SOURCE_DIR
    folder = SOURCE_DIR;
#endif
    snprintf(path, sizeof paths[0], "%s/%s", folder ? folder : ".", name);
    return path;
}

static inline char *read_whole(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, (size_t)1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, ((size_t)1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

static inline void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

struct loaded {
    mm_status status;
    mm_scenario *scenario;
    mm_messages *messages;
};

static inline struct loaded load_with(const char *file, const char *const *overlays, size_t n_overlays,
                                      const char *const *sets, size_t n_sets) {
    struct loaded loaded = {MM_INTERNAL, NULL, mm_messages_new()};
    assert_non_null(loaded.messages);
    loaded.status = mm_scenario_load(file, overlays, n_overlays, sets, n_sets, &loaded.scenario, loaded.messages);
    return loaded;
}

static inline struct loaded load_text(const char *name, const char *text) {
    struct loaded loaded = {MM_INTERNAL, NULL, mm_messages_new()};
    assert_non_null(loaded.messages);
    loaded.status = mm_scenario_from_json(name, text, strlen(text), &loaded.scenario, loaded.messages);
    return loaded;
}

static inline void unload(struct loaded loaded) {
    mm_scenario_free(loaded.scenario);
    mm_messages_free(loaded.messages);
}

static inline const struct sc_scenario *good(struct loaded loaded) {
    for (size_t i = 0; i < mm_messages_count(loaded.messages); i++)
        print_message("%s\n", mm_messages_text(loaded.messages, i));
    assert_int_equal(loaded.status, MM_OK);
    return scenario_data(loaded.scenario);
}

/* Exactly one message, and it is this. */
static inline void bad(struct loaded loaded, const char *message) {
    assert_int_equal(loaded.status, MM_USAGE);
    assert_null(loaded.scenario);
    assert_string_equal(mm_messages_text(loaded.messages, 0), message);
    assert_int_equal(mm_messages_count(loaded.messages), 1);
    unload(loaded);
}

#define assert_near(a, b) assert_true((a) - (b) < 1e-12 && (b) - (a) < 1e-12)

#endif
