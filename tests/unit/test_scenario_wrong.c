/* tests/data/wrong/cases.txt: each wrong configuration gets exactly the messages that stand there. */
#include "test_scenario.h"

#define TEXT_MAX 4096

struct wrong_case {
    int line;
    char name[TEXT_MAX], find[TEXT_MAX], put[TEXT_MAX];
    int n_expected;
    char *expected[24];
};

static void unescape(char *to, const char *from) {
    for (; *from; from++) {
        if (from[0] == '\\' && from[1]) {
            from++;
            *to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static char *changed(const char *base, const struct wrong_case *wrong) {
    const char *at = strstr(base, wrong->find);
    if (!at)
        fail_msg("line %d: the text to replace is not in base.yaml", wrong->line);
    char *text = calloc(1, strlen(base) + strlen(wrong->put) + 1);
    assert_non_null(text);
    snprintf(text, strlen(base) + strlen(wrong->put) + 1, "%.*s%s%s", (int)(at - base), base, wrong->put,
             at + strlen(wrong->find));
    return text;
}

static int same(const char *message, const char *expected) {
    size_t length = strlen(expected);
    if (length > 3 && strcmp(expected + length - 3, "...") == 0)
        return strncmp(message, expected, length - 3) == 0;
    return strcmp(message, expected) == 0;
}

static int run_case(const char *base, const struct wrong_case *wrong) {
    char *text = changed(base, wrong);
    struct loaded loaded = load_text("base.yaml", text);
    int n = (int)mm_messages_count(loaded.messages);
    int failed = loaded.status != MM_USAGE || loaded.scenario || n != wrong->n_expected;
    for (int i = 0; i < n && i < wrong->n_expected; i++)
        failed = failed || !same(mm_messages_text(loaded.messages, (size_t)i), wrong->expected[i]);
    for (int i = 0; failed && i < n; i++)
        print_message("case in line %d (%s) says: %s\n", wrong->line, wrong->name,
                      mm_messages_text(loaded.messages, (size_t)i));
    unload(loaded);
    free(text);
    return failed;
}

static void every_case(void **state) {
    (void)state;
    static struct wrong_case wrong;
    char *base = read_whole(source_file("tests/data/wrong/base.yaml"));
    char *cases = read_whole(source_file("tests/data/wrong/cases.txt"));
    int count = 0, failed = 0, line_number = 0;
    struct loaded right = load_text("base.yaml", base);
    good(right);
    unload(right);
    for (char *line = cases, *next; *line; line = next) {
        size_t length = strcspn(line, "\n");
        next = line + length + (line[length] == '\n');
        line[length] = '\0';
        line_number++;
        if (strncmp(line, "# ", 2) == 0) {
            wrong = (struct wrong_case){.line = line_number};
            snprintf(wrong.name, sizeof wrong.name, "%s", line + 2);
        } else if (strncmp(line, "- ", 2) == 0) {
            unescape(wrong.find, line + 2);
        } else if (strncmp(line, "+ ", 2) == 0) {
            unescape(wrong.put, line + 2);
        } else if (strncmp(line, "! ", 2) == 0 && wrong.n_expected < 24) {
            wrong.expected[wrong.n_expected++] = line + 2;
        }
        if (wrong.line && (!*line || !*next)) {
            count++;
            failed += run_case(base, &wrong);
            wrong.line = 0;
        }
    }
    assert_int_equal(failed, 0);
    assert_true(count >= 150);
    free(cases);
    free(base);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
