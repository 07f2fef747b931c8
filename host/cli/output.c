#include "host/cli/talk.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

mm_status output_check(const char *command, const struct options *options) {
    if (options->json && options->csv)
        return talk_usage(command, "--json and --csv exclude each other");
    if (options->markdown && (options->json || options->csv || options->questions.n))
        return talk_usage(command, "--markdown and --%s exclude each other",
                          options->json  ? "json"
                          : options->csv ? "csv"
                                         : "question");
    if (options->csv && options->questions.n)
        return talk_usage(command, "--csv and --question exclude each other");
    for (size_t i = 0; i < options->expects.n; i++)
        if (!strpbrk(options->expects.items[i], "<>"))
            return talk_usage(command, "--expect: '%s' compares nothing; write for example '%s >= 0.1'",
                              options->expects.items[i], options->expects.items[i]);
    if (!streams_stdout() && !(options->output && options->verbosity < 0)) {
        talk("standard output is closed");
        return MM_IO;
    }
    return MM_OK;
}

mm_status output_save(const mm_result *result, const struct options *options) {
    if (!options->output)
        return MM_OK;
    if (mm_memory_failures() > 0)
        return MM_INTERNAL; /* talk_memory() says why */
    mm_messages *messages = mm_messages_new();
    mm_status status = mm_result_save(result, options->output, options->force, !options->no_tallies, messages);
    talk_messages(messages);
    mm_messages_free(messages);
    if (status == MM_OK && options->verbosity > 0)
        talk("saved %s, digest %s", options->output, mm_result_digest(result));
    return status;
}

static bool wants_colour(const struct options *options) {
    const char *when = options->color ? options->color : "auto", *off = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    return streams_terminal(STDOUT_FILENO) && !(off && *off) && !(terminal && strcmp(terminal, "dumb") == 0);
}

/* COLUMNS goes before what the terminal says; 0: neither tells. */
static int terminal_width(void) {
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (columns && *columns && strlen(columns) < 6 && strspn(columns, "0123456789") == strlen(columns)) {
        const long width = strtol(columns, NULL, 10);
        if (width > 0)
            return (int)width;
    }
    return streams_terminal(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Whether the user's locale is one of UTF-8. By its name, since the locale itself may not be installed. */
static bool is_utf8(void) {
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
    }
    return false;
}

mm_text_style output_style(const struct options *options) {
    return (mm_text_style){.width = terminal_width(),
                           .colour = wants_colour(options),
                           .ascii = !is_utf8(),
                           .verbosity = options->verbosity};
}

/* The fewest digits that read back as the same number. */
static void print_number(double value) {
    char text[32];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (back <= value && back >= value)
            break;
    }
    printf("%s\n", text);
}

static void print_answer(const mm_value *value) {
    if (!value->known)
        puts("null");
    else if (value->compared)
        puts(value->holds ? "true" : "false");
    else
        print_number(value->value);
}

static json_t *answer_json(const char *expression, const mm_value *value) {
    json_t *answer = json_pack("{s:s}", "expression", expression);
    json_object_set_new(answer, "value", value->known ? json_real(value->value) : json_null());
    json_object_set_new(answer, "se", value->known && isfinite(value->se) ? json_real(value->se) : json_null());
    if (value->compared)
        json_object_set_new(answer, "holds", json_boolean(value->holds));
    return answer;
}

/* Why a value is not known, and what would help. */
static void write_unknown(const mm_value *value, char *out, size_t size) {
    if (value->why)
        snprintf(out, size, "the evidence was %s", value->why);
    else if (value->needs_paths > 0)
        snprintf(out, size, "that takes %s %.2g paths", value->needs_more ? "more than" : "about", value->needs_paths);
    else
        snprintf(out, size, "no path bears on it");
}

/* The values of all --question expressions. */
static mm_status print_questions(const mm_result *result, const struct options *options, mm_messages *messages) {
    json_t *answers = json_array();
    mm_status status = MM_OK;
    for (size_t i = 0; i < options->questions.n && status == MM_OK; i++) {
        char why[128];
        mm_value value;
        status = mm_result_evaluate(result, options->questions.items[i], &value, messages);
        if (status == MM_OK && !value.known) {
            write_unknown(&value, why, sizeof why);
            talk("%s is unknown: %s", options->questions.items[i], why);
        }
        if (status == MM_OK && options->json)
            json_array_append_new(answers, answer_json(options->questions.items[i], &value));
        else if (status == MM_OK)
            print_answer(&value);
    }
    if (status == MM_OK && options->json) {
        json_t *document = json_pack("{s:i, s:O}", "schema_version", 1, "answers", answers);
        if (json_dumpf(document, stdout, JSON_INDENT(2)) != 0)
            status = ferror(stdout) ? MM_IO : MM_INTERNAL;
        putchar('\n');
        json_decref(document);
    }
    json_decref(answers);
    return status;
}

static mm_status print_result(const mm_result *result, const struct options *options, mm_messages *messages) {
    if (options->questions.n)
        return print_questions(result, options, messages);
    if (options->json)
        return mm_result_write_json(result, stdout, !options->no_tallies);
    if (options->csv)
        return mm_result_write_csv(result, stdout);
    if (options->markdown)
        return mm_result_write_markdown(result, stdout);
    if (options->output && options->verbosity < 0)
        return MM_OK;
    mm_text_style style = output_style(options);
    return mm_result_write_text(result, &style, stdout);
}

mm_status output_expectation(const char *expression, const mm_value *value) {
    if (value->holds)
        return MM_OK;
    if (!value->known) {
        char why[128];
        write_unknown(value, why, sizeof why);
        talk("expectation failed: %s (unknown: %s)", expression, why);
    } else if (isfinite(value->se))
        talk("expectation failed: %s (it is %.6g, standard error %.2g)", expression, value->value, value->se);
    else
        talk("expectation failed: %s (it is %.6g)", expression, value->value);
    return MM_EXPECT_FAILED;
}

static mm_status check_expectation(const mm_result *result, const char *expression, mm_messages *messages) {
    mm_value value;
    mm_status status = mm_result_evaluate(result, expression, &value, messages);
    return status == MM_OK ? output_expectation(expression, &value) : status;
}

mm_status output_print(const mm_result *result, const struct options *options, mm_status status) {
    mm_messages *messages = mm_messages_new();
    mm_status printed = print_result(result, options, messages);
    if (status == MM_OK && printed != MM_IO) /* streams_end() speaks for stdout */
        status = printed;
    for (size_t i = 0; i < options->expects.n; i++) {
        mm_status held = check_expectation(result, options->expects.items[i], messages);
        if (status == MM_OK)
            status = held;
    }
    talk_messages(messages);
    mm_messages_free(messages);
    return streams_end(status);
}
