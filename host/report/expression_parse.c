/* Text to parts. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/expression.h"
#include "host/scenario/text.h"

static const struct function {
    const char *name, *form;
    enum expression_kind kind;
    int least, most; /* arguments */
} functions[] = {
    {"p", "p(EVENT-or-QUESTION [by DATE])", EXPRESSION_P, 1, 1},
    {"bayes", "bayes(QUESTION, FIRM [, STEP])", EXPRESSION_BAYES, 1, 3},
    {"posterior", "posterior(QUESTION, FIRM [, STEP])", EXPRESSION_POSTERIOR, 1, 3},
    {"idle", "idle(FIRM [, REGION] [, GENERATION])", EXPRESSION_IDLE, 1, 3},
    {"quantile", "quantile(QUESTION, Q, DATE)", EXPRESSION_QUANTILE, 3, 3},
    {"cvar", "cvar(QUESTION, LEVEL)", EXPRESSION_CVAR, 2, 2},
    {"move", "move(QUESTION, NAME)", EXPRESSION_MOVE, 2, 2},
    {"implied", "implied(QUESTION, NAME)", EXPRESSION_IMPLIED, 2, 2},
};
#define N_FUNCTIONS ((int)(sizeof functions / sizeof *functions))

struct parser {
    struct expression *expression;
    mm_messages *messages;
    const char *at;
    char *free; /* where the next word goes */
};

void expression_error(mm_messages *messages, const struct expression *expression, int column, const char *format, ...) {
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    mm_messages_add(messages, "'%s', column %d: %s", expression->source, column, text);
}

static int column(const struct parser *parser) {
    return (int)(parser->at - parser->expression->source) + 1;
}

static void skip_blanks(struct parser *parser) {
    while (isspace((unsigned char)*parser->at)) {
        parser->at++;
    }
}

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' || c == '+' || c == '$';
}

/* The next word, or one of no length. */
static struct expression_word next_word(struct parser *parser) {
    struct expression_word word;
    size_t length = 0;

    skip_blanks(parser);
    word.text = parser->free;
    word.column = column(parser);
    while (is_word(parser->at[length])) {
        length++;
    }
    memcpy(parser->free, parser->at, length);
    parser->free[length] = '\0';
    parser->free += length + 1;
    parser->at += length;
    return word;
}

/* What stands at this place, for messages. */
static void expected(const struct parser *parser, const char *what) {
    if (*parser->at == '\0') {
        expression_error(parser->messages, parser->expression, column(parser), "expected %s, but it ends here", what);
    } else {
        expression_error(parser->messages, parser->expression, column(parser), "expected %s, found '%c'", what,
                         isprint((unsigned char)*parser->at) ? *parser->at : '?');
    }
}

static mm_status parse_arguments(struct parser *parser, const struct function *function) {
    struct expression *expression = parser->expression;
    char what[96];

    for (;;) {
        const struct expression_word word = next_word(parser);
        if (*word.text == '\0') {
            snprintf(what, sizeof what, "an argument of %s", function->form);
            expected(parser, what);
            return MM_USAGE;
        }
        if (expression->n == function->most) {
            expression_error(parser->messages, expression, word.column, "too many arguments: %s", function->form);
            return MM_USAGE;
        }
        expression->arguments[expression->n++] = word;
        skip_blanks(parser);
        if (function->kind == EXPRESSION_P && is_word(*parser->at)) {
            const struct expression_word by = next_word(parser);
            if (strcmp(by.text, "by") != 0) {
                expression_error(parser->messages, expression, by.column, "expected 'by' or ')', found '%s'", by.text);
                return MM_USAGE;
            }
            expression->by = next_word(parser);
            if (*expression->by.text == '\0') {
                expected(parser, "a date (YYYY-MM)");
                return MM_USAGE;
            }
            skip_blanks(parser);
        }
        if (*parser->at != ',') {
            break;
        }
        parser->at++;
    }
    if (*parser->at != ')') {
        expected(parser, expression->by.text != NULL ? "')'" : "',' or ')'");
        return MM_USAGE;
    }
    if (expression->n < function->least) {
        expression_error(parser->messages, expression, column(parser), "too few arguments: %s", function->form);
        return MM_USAGE;
    }
    parser->at++;
    return MM_OK;
}

static const struct function *find_function(struct parser *parser, const struct expression_word *word) {
    const char *names[N_FUNCTIONS], *nearest;

    for (int i = 0; i < N_FUNCTIONS; i++) {
        names[i] = functions[i].name;
        if (strcmp(word->text, functions[i].name) == 0) {
            return &functions[i];
        }
    }
    nearest = text_nearest(word->text, names, N_FUNCTIONS);
    expression_error(parser->messages, parser->expression, word->column,
                     "no function '%s'; there are p, bayes, posterior, idle, quantile, cvar, move and implied%s%s%s",
                     word->text, nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?" : "");
    return NULL;
}

static mm_status parse_comparison(struct parser *parser) {
    struct expression *expression = parser->expression;
    struct expression_word number;
    bool equal;

    if (*parser->at != '<' && *parser->at != '>') {
        expected(parser, "<, <=, >, >= or the end");
        return MM_USAGE;
    }
    equal = parser->at[1] == '=';
    if (*parser->at == '<') {
        expression->comparison = equal ? COMPARE_AT_MOST : COMPARE_BELOW;
    } else {
        expression->comparison = equal ? COMPARE_AT_LEAST : COMPARE_ABOVE;
    }
    parser->at += equal ? 2 : 1;
    number = next_word(parser);
    if (*number.text == '\0') {
        expected(parser, "a number");
        return MM_USAGE;
    }
    if (!text_real(number.text, &expression->bound)) {
        expression_error(parser->messages, expression, number.column, "'%s' is not a number", number.text);
        return MM_USAGE;
    }
    skip_blanks(parser);
    if (*parser->at != '\0') {
        expected(parser, "the end");
        return MM_USAGE;
    }
    return MM_OK;
}

mm_status expression_parse(const char *source, struct expression *expression, mm_messages *messages) {
    struct parser parser = {.expression = expression, .messages = messages, .at = source};
    struct expression_word word;
    mm_status status = MM_OK;

    memset(expression, 0, sizeof *expression);
    expression->source = source;
    /* each word and its NUL: no longer than twice the text, and two words that are looked for where there is none */
    expression->words = malloc(2 * strlen(source) + EXPRESSION_ARGUMENTS + 8);
    if (expression->words == NULL) {
        return MM_INTERNAL;
    }
    parser.free = expression->words;
    word = next_word(&parser);
    if (*word.text == '\0') {
        expected(&parser, "a question's name or p, bayes, posterior, idle, quantile, cvar, move, implied");
        return MM_USAGE;
    }
    skip_blanks(&parser);
    if (*parser.at == '(') {
        const struct function *function = find_function(&parser, &word);
        if (function == NULL) {
            return MM_USAGE;
        }
        parser.at++;
        expression->kind = function->kind;
        status = parse_arguments(&parser, function);
        skip_blanks(&parser);
    } else {
        expression->kind = EXPRESSION_QUESTION;
        expression->arguments[expression->n++] = word;
    }
    if (status == MM_OK && *parser.at != '\0') {
        status = parse_comparison(&parser);
    }
    return status;
}

void expression_free(struct expression *expression) {
    free(expression->words);
    expression->words = NULL;
}
