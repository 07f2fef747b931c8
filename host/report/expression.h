/* The inside of expressions: text to parts, parts to what they ask for, and its value. docs/expressions.md is the
 * grammar. */
#ifndef MISMATCH_HOST_REPORT_EXPRESSION_H
#define MISMATCH_HOST_REPORT_EXPRESSION_H

#include <jansson.h>
#include <stdbool.h>

#include <mismatch/result.h>

enum expression_kind {
    EXPRESSION_QUESTION,
    EXPRESSION_P,
    EXPRESSION_BAYES,
    EXPRESSION_POSTERIOR,
    EXPRESSION_IDLE,
    EXPRESSION_QUANTILE,
    EXPRESSION_CVAR,
    EXPRESSION_MOVE,
    EXPRESSION_IMPLIED
};

struct expression_word {
    const char *text;
    int column; /* from 1 */
};

enum expression_comparison { COMPARE_NONE, COMPARE_BELOW, COMPARE_AT_MOST, COMPARE_ABOVE, COMPARE_AT_LEAST };

#define EXPRESSION_ARGUMENTS 3

struct expression {
    const char *source; /* borrowed */
    char *words;        /* the texts of all words */
    enum expression_kind kind;
    int n; /* arguments; a bare question is one */
    struct expression_word arguments[EXPRESSION_ARGUMENTS];
    struct expression_word by; /* text NULL: none */
    enum expression_comparison comparison;
    double bound;
};

/* Names that a configuration defines, borrowed from its JSON. */
struct expression_names {
    const char **names;
    int n;
};

struct expression_setting {
    const json_t *effective;
    const json_t *answers; /* the document's `questions`, or NULL: nothing has been run */
    int start, months;     /* months since year 0; length of the horizon */
    struct expression_names firms, regions, generations, events, questions, listed;
};

/* What an expression asks for, all names found. */
struct expression_target {
    enum expression_kind kind;
    const char *question;                   /* NULL for idle() */
    const char *firm, *region, *generation; /* NULL where not given */
    const char *name;                       /* of a pattern question's names */
    int month;                              /* -1: none */
    int step;                               /* of an evidence question, from 0; -1: the last */
    double quantile;                        /* or the level of a tail */
};

/* Says "'EXPRESSION', column N: ...". */
void expression_error(mm_messages *messages, const struct expression *expression, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* \return MM_OK; MM_USAGE with a message; MM_INTERNAL. Freed by expression_free() in any case. */
mm_status expression_parse(const char *source, struct expression *expression, mm_messages *messages);
void expression_free(struct expression *expression);

/* \return MM_OK, MM_INTERNAL; MM_USAGE when this is no effective configuration. Freed by expression_setting_free() in
 * any case. */
mm_status expression_setting_read(const json_t *effective, const json_t *answers, struct expression_setting *setting,
                                  mm_messages *messages);
void expression_setting_free(struct expression_setting *setting);
/* The question's kind ("probability", ...) and in *body its map; NULL when there is no such question. */
const char *expression_question(const struct expression_setting *setting, const char *name, const json_t **body);

/* \return MM_OK, MM_USAGE, MM_INTERNAL. */
mm_status expression_resolve(const struct expression *expression, const struct expression_setting *setting,
                             struct expression_target *target, mm_messages *messages);
/* The rest of it: questions that p() and a bare name may mean, firms, dates. */
mm_status expression_resolve_question(const struct expression *expression, const struct expression_setting *setting,
                                      const struct expression_word *word, const char *wanted,
                                      struct expression_target *target, mm_messages *messages);
mm_status expression_resolve_event(const struct expression *expression, const struct expression_setting *setting,
                                   struct expression_target *target, mm_messages *messages);
mm_status expression_resolve_evidence(const struct expression *expression, const struct expression_setting *setting,
                                      struct expression_target *target, mm_messages *messages);
mm_status expression_resolve_date(const struct expression *expression, const struct expression_setting *setting,
                                  const struct expression_word *word, struct expression_target *target,
                                  mm_messages *messages);
/* Value `name` and se of an object such as {"p": 0.5, "se": 0.01}. */
void expression_take(const json_t *figure, const char *name, mm_value *value);
/* bayes() and posterior(), from the answer to an evidence question. */
void expression_take_evidence(const json_t *answer, const struct expression_target *target, mm_value *value);
/* Finds a word among names; MM_USAGE with the nearest one. `what`: "firm". */
mm_status expression_find(const struct expression *expression, const struct expression_word *word, const char *what,
                          const struct expression_names *names, const char **found, mm_messages *messages);

#endif
