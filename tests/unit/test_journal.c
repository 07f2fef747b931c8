/* The journal of a study: what was put is there again, a torn line is not, others' files are left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/store/journal.h"

static struct journal *opened(const char *file) {
    struct journal *journal;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(journal_open(file, &journal, messages), MM_OK);
    mm_messages_free(messages);
    return journal;
}

static void put(struct journal *journal, const char *key, int value) {
    mm_messages *messages = mm_messages_new();
    assert_int_equal(journal_put(journal, key, json_integer(value), messages), MM_OK);
    mm_messages_free(messages);
}

static int value_of(const struct journal *journal, const char *key) {
    const json_t *value = journal_get(journal, key);
    return value ? (int)json_integer_value(value) : -1;
}

static void append(const char *file, const char *text) {
    FILE *out = fopen(file, "a");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void what_was_put_is_there(void **state) {
    (void)state;
    struct journal *journal = opened("a/b/journal");
    assert_int_equal(access("a", F_OK), -1); /* nothing is written before there is something */
    assert_int_equal(value_of(journal, "x"), -1);
    put(journal, "x", 1);
    put(journal, "y", 2);
    put(journal, "x", 3);
    assert_int_equal(value_of(journal, "x"), 3);
    journal_close(journal);
    journal = opened("a/b/journal");
    assert_int_equal(value_of(journal, "x"), 3);
    assert_int_equal(value_of(journal, "y"), 2);
    journal_close(journal);
    journal = opened(NULL);
    put(journal, "x", 4);
    assert_int_equal(value_of(journal, "x"), 4);
    journal_close(journal);
    journal_close(NULL);
}

static void a_torn_line_is_dropped(void **state) {
    static const char *const torn[] = {"[\"z\", 5]", "[\"z\", 5\n", "\n", "[\"z\"]\n[\"u\", 6]\n"};
    (void)state;
    for (size_t i = 0; i < sizeof torn / sizeof torn[0]; i++) {
        remove("journal");
        struct journal *journal = opened("journal");
        put(journal, "x", 1);
        journal_close(journal);
        append("journal", torn[i]);
        journal = opened("journal");
        assert_int_equal(value_of(journal, "x"), 1);
        assert_int_equal(value_of(journal, "z"), -1);
        assert_int_equal(value_of(journal, "u"), -1);
        put(journal, "y", 2);
        journal_close(journal);
        journal = opened("journal");
        assert_int_equal(value_of(journal, "x"), 1);
        assert_int_equal(value_of(journal, "y"), 2);
        journal_close(journal);
    }
    remove("journal");
    append("journal", "{\"mismatch_j"); /* torn in its first line */
    struct journal *journal = opened("journal");
    put(journal, "x", 1);
    journal_close(journal);
    journal = opened("journal");
    assert_int_equal(value_of(journal, "x"), 1);
    journal_close(journal);
}

static void others_files_are_left_alone(void **state) {
    (void)state;
    struct journal *journal, *second;
    mm_messages *messages = mm_messages_new();
    append("letter", "Dear friend,\n");
    assert_int_equal(journal_open("letter", &journal, messages), MM_USAGE);
    assert_non_null(strstr(mm_messages_text(messages, 0), "letter: not what an interrupted study left"));
    journal = opened("shared");
    second = opened("shared");
    put(journal, "x", 1);
    assert_int_equal(journal_put(second, "y", json_integer(2), messages), MM_USAGE);
    assert_non_null(strstr(mm_messages_text(messages, 1), "another process works on this study"));
    journal_close(journal);
    journal_close(second);
    if (geteuid() != 0) {
        assert_int_equal(journal_open("/proc/nobody", &journal, messages), MM_OK);
        assert_int_equal(journal_put(journal, "x", json_integer(1), messages), MM_IO);
        journal_close(journal);
    }
    mm_messages_free(messages);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_there),
        cmocka_unit_test(a_torn_line_is_dropped),
        cmocka_unit_test(others_files_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
