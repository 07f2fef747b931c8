#include "host/study/headlines.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/report.h"
#include "host/report/text.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"
#include "host/store/store.h"

struct collecting {
    const struct sc_scenario *scenario;
    struct headlines *headlines;
    bool failed, coexistence; /* a coexistence question was met already */
};

/* \return MM_OK; MM_USAGE: this version has no answer to it; MM_INTERNAL. */
static mm_status is_answered(const struct sc_scenario *scenario, const char *expression) {
    mm_messages *unheard = mm_messages_new();
    mm_status status = report_check(scenario->effective, expression, unheard);
    mm_messages_free(unheard);
    return status;
}

static void add_text(struct collecting *c, char *text) {
    char **texts = realloc(c->headlines->texts, (c->headlines->n + 1) * sizeof *texts);
    if (texts)
        c->headlines->texts = texts;
    if (!texts || !text) {
        c->failed = true;
        free(text);
        return;
    }
    texts[c->headlines->n++] = text;
}

static char *text_of(const char *format, va_list arguments) {
    char *text = NULL;
    return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

/* Adds an expression if this version answers it. */
static void add(struct collecting *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct collecting *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = text_of(format, arguments);
    va_end(arguments);
    const mm_status answered = text ? is_answered(c->scenario, text) : MM_INTERNAL;
    if (answered == MM_OK) {
        add_text(c, text);
    } else {
        c->failed = c->failed || answered != MM_USAGE;
        free(text);
    }
}

static void add_scope(struct collecting *c, int firm, int region, int generation) {
    const struct sc_scenario *s = c->scenario;
    add(c, "idle(%s%s%s%s%s)", s->firms[firm].name, region >= 0 ? ", " : "", region >= 0 ? s->regions[region] : "",
        generation >= 0 ? ", " : "", generation >= 0 ? s->generations[generation].name : "");
}

static void add_scopes(struct collecting *c, const struct sc_question *question) {
    const struct sc_scenario *s = c->scenario;
    bool firms = question->n_by == 0;
    if (c->coexistence)
        return;
    c->coexistence = true;
    for (int i = 0; i < question->n_by; i++)
        firms = firms || (!question->by[i].region && !question->by[i].generation);
    for (int firm = 0; firms && firm < s->n_firms; firm++)
        if (firm_holds_compute(s->effective, s->firms[firm].name))
            add_scope(c, firm, -1, -1);
    for (int i = 0; i < question->n_by && !firms; i++)
        for (int firm = 0; firm < s->n_firms; firm++)
            for (int r = question->by[i].region ? 0 : -1; r < (question->by[i].region ? s->n_regions : 0); r++)
                for (int g = question->by[i].generation ? 0 : -1;
                     g < (question->by[i].generation ? s->n_generations : 0); g++)
                    add_scope(c, firm, r, g);
}

static double distance(double a, double b) {
    return a > b ? a - b : b - a;
}

/* The quantile nearest the middle, in the last month of each calendar year. */
static void add_fan(struct collecting *c, const struct sc_question *question) {
    const struct sc_scenario *s = c->scenario;
    char quantile[TEXT_NUMBER], date[SCENARIO_DATE];
    double middle = 0.5;
    for (int i = 0; i < question->n_quantiles; i++)
        if (i == 0 || distance(question->quantiles[i], 0.5) < distance(middle, 0.5))
            middle = question->quantiles[i];
    text_number(middle, quantile);
    for (int month = 0; month < s->months && month < SCENARIO_DATED_MONTHS; month++) {
        if ((s->start_month - 1 + month) % 12 != 11 && month != s->months - 1)
            continue;
        scenario_month(s, month, date);
        add(c, "quantile(%s, %s, %s)", question->name, quantile, date);
    }
}

static void add_tail(struct collecting *c, const struct sc_question *question) {
    char level[TEXT_NUMBER];
    for (int i = 0; i < question->n_levels; i++) {
        text_number(question->levels[i], level);
        add(c, "cvar(%s, %s)", question->name, level);
    }
}

/* Of each firm the first piece by itself, then all of them. */
static void add_ladders(struct collecting *c, const struct sc_question *question, const char *function) {
    for (int i = 0; i < question->n_firms || i < 1; i++) {
        const bool named = question->n_firms > 0;
        const char *comma = named ? ", " : "", *firm = named ? c->scenario->firms[question->firms[i]].name : "";
        if (question->n_pieces > 1)
            add(c, "%s(%s%s%s, 1)", function, question->name, comma, firm);
        add(c, "%s(%s%s%s)", function, question->name, comma, firm);
    }
}

static void add_question(struct collecting *c, const struct sc_question *question) {
    const struct sc_scenario *s = c->scenario;
    switch (question->kind) {
    case SC_PROBABILITY:
        add(c, "%s", question->name);
        break;
    case SC_COEXISTENCE:
        add_scopes(c, question);
        break;
    case SC_FAN:
        add_fan(c, question);
        break;
    case SC_TAIL:
        add_tail(c, question);
        break;
    case SC_EVIDENCE:
        add_ladders(c, question, "bayes");
        add_ladders(c, question, "posterior");
        break;
    case SC_PATTERN:
        for (int i = 0; i < s->n_names; i++)
            add(c, "move(%s, %s)", question->name, s->names[i].name);
        for (int i = 0; i < s->n_names; i++)
            if (s->names[i].has_observed)
                add(c, "implied(%s, %s)", question->name, s->names[i].name);
        break;
    case SC_BINDING:
        break;
    }
}

static bool is_asked(const struct sc_scenario *s, int event) {
    for (int i = 0; i < s->n_questions; i++)
        if (s->questions[i].kind == SC_PROBABILITY && s->questions[i].event == event)
            return true;
    return false;
}

mm_status headlines_of(const mm_scenario *scenario, bool events, struct headlines *headlines, mm_messages *messages) {
    struct collecting c = {.scenario = scenario_data(scenario), .headlines = headlines};
    locale_t before = text_plain();
    *headlines = (struct headlines){0};
    for (int i = 0; i < c.scenario->n_questions && !c.failed; i++)
        add_question(&c, &c.scenario->questions[i]);
    for (int i = 0; events && i < c.scenario->n_events && !c.failed; i++) {
        char *text = NULL;
        if (c.scenario->events[i].uses_firm || is_asked(c.scenario, i))
            continue;
        if (asprintf(&text, "p(%s)", c.scenario->events[i].name) < 0)
            text = NULL;
        add_text(&c, text);
    }
    text_restore(before);
    if (!c.failed)
        return MM_OK;
    headlines_free(headlines);
    return store_no_memory(messages);
}

void headlines_free(struct headlines *headlines) {
    for (size_t i = 0; i < headlines->n; i++)
        free(headlines->texts[i]);
    free(headlines->texts);
    *headlines = (struct headlines){0};
}
