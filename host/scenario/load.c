/* mm_scenario: reading, overlays, settings, checks, in this order. */
#include <stdlib.h>
#include <string.h>

#include "host/scenario/check.h"
#include "host/scenario/effective.h"
#include "host/scenario/failures.h"
#include "host/scenario/mm_scenario.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/series.h"
#include "host/scenario/text.h"

#define PROBLEMS_SHOWN 20

struct input {
    const char *file, *text; /* text: NULL unless given instead of a file */
    size_t length;
    const char *const *overlays, *const *sets;
    size_t n_overlays, n_sets;
};

static struct node *read_one(struct load *load, const char *file, enum source_kind kind) {
    size_t length;
    const struct origin command_line = {-1, 0, 0};
    const char *text = read_file(load, file, &length, command_line, "");
    if (!text)
        return NULL;
    bool standard = strcmp(file, "-") == 0;
    int source = source_add(load, kind, standard ? "standard input" : file, read_folder(load, file));
    return read_yaml(load, source, text, length);
}

static struct node *read_base(struct load *load, const struct input *input) {
    if (!input->text)
        return read_one(load, input->file, SOURCE_FILE);
    int source = source_add(load, SOURCE_FILE, input->file, "");
    return read_yaml(load, source, input->text, input->length);
}

static void read_tree(struct load *load, const struct input *input) {
    bool complete = true;
    struct node *base = read_base(load, input);
    complete = base != NULL;
    struct node **overlays = memory_get(load->memory, input->n_overlays + 1, sizeof(struct node *));
    for (size_t i = 0; i < input->n_overlays; i++) {
        overlays[i] = read_one(load, input->overlays[i], SOURCE_OVERLAY);
        complete = complete && overlays[i];
    }
    if (!complete)
        return;
    load->root = node_new(load, NODE_MAP, base->at);
    merge_into(load, load->root, base);
    for (size_t i = 0; i < input->n_overlays; i++)
        merge_into(load, load->root, overlays[i]);
    for (size_t i = 0; i < input->n_sets; i++)
        set_apply(load, input->sets[i]);
}

static int by_place(const void *a, const void *b) {
    const struct problem *left = a, *right = b;
    int order = left->at.source - right->at.source;
    if (order == 0)
        order = left->at.line - right->at.line;
    if (order == 0)
        order = left->at.column - right->at.column;
    return order ? order : left->order - right->order;
}

static void report(struct load *load, mm_messages *messages) {
    int kept = load->n_problems < PROBLEMS_KEPT ? load->n_problems : PROBLEMS_KEPT;
    if (kept > 1)
        qsort(load->problems, (size_t)kept, sizeof *load->problems, by_place);
    int shown = 0;
    for (; shown < kept && shown < PROBLEMS_SHOWN; shown++)
        mm_messages_add(messages, "%s", load->problems[shown].text);
    if (load->n_problems > shown)
        mm_messages_add(messages, "and %d more", load->n_problems - shown);
}

static mm_status run(struct load *load, const struct input *input, mm_messages *messages) {
    load->suffix = "";
    load->keys = keys_build(load->memory);
    load->data = memory_get(load->memory, 1, sizeof *load->data);
    load->data->memory = load->memory;
    load->data->file = memory_copy(load->memory, input->file);
    check_collect_names(load); /* the fixed words, for messages while merging */
    read_tree(load, input);
    if (load->root) {
        profile_inline(load, load->root);
        competitor_inline(load);
        check_tree(load);
        bind_scenario(load);
        if (load->n_problems == 0)
            competitor_check(load);
        if (load->n_problems == 0)
            effective_set(load);
    }
    report(load, messages);
    return load->n_problems == 0 ? MM_OK : load->unreadable ? MM_IO : MM_USAGE;
}

static mm_status guarded(struct load *load, const struct input *input, mm_messages *messages) {
    jmp_buf escape;
    load->memory->escape = &escape;
    if (setjmp(escape)) {
        mm_messages_add(messages, "out of memory while reading '%s'", input->file);
        return MM_INTERNAL;
    }
    mm_status status = run(load, input, messages);
    load->memory->escape = NULL;
    return status;
}

static mm_status load_input(const struct input *input, mm_scenario **scenario, mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    *scenario = NULL;
    mm_scenario *made = calloc(1, sizeof *made);
    struct sc_memory *memory = memory_new();
    mm_status status = MM_INTERNAL;
    if (made && memory) {
        locale_t before = text_plain();
        made->load.memory = memory;
        status = guarded(&made->load, input, messages);
        text_restore(before);
        status = memory_check(failures, status, messages);
    } else {
        mm_messages_add(messages, "out of memory");
    }
    if (status == MM_OK) {
        *scenario = made;
        return MM_OK;
    }
    memory_free(memory);
    free(made);
    return status;
}

mm_status mm_scenario_load(const char *file, const char *const *overlays, size_t n_overlays, const char *const *sets,
                           size_t n_sets, mm_scenario **scenario, mm_messages *messages) {
    const struct input input = {
        .file = file, .overlays = overlays, .sets = sets, .n_overlays = n_overlays, .n_sets = n_sets};
    return load_input(&input, scenario, messages);
}

mm_status mm_scenario_from_json(const char *name, const char *text, size_t length, mm_scenario **scenario,
                                mm_messages *messages) {
    const struct input input = {.file = name, .text = text, .length = length};
    return load_input(&input, scenario, messages);
}

mm_status mm_scenario_vary(const mm_scenario *base, const char *const *sets, size_t n_sets, mm_scenario **varied,
                           mm_messages *messages) {
    *varied = NULL;
    char *text = scenario_json_text(base->load.data->effective, 0);
    if (!text) {
        mm_messages_add(messages, "out of memory");
        return MM_INTERNAL;
    }
    const struct input input = {
        .file = base->load.data->file, .text = text, .length = strlen(text), .sets = sets, .n_sets = n_sets};
    mm_status status = load_input(&input, varied, messages);
    free(text);
    return status;
}

void mm_scenario_free(mm_scenario *scenario) {
    if (!scenario)
        return;
    scenario_free(scenario->load.data);
    free(scenario);
}

void scenario_free(struct sc_scenario *scenario) {
    if (scenario)
        memory_free(scenario->memory);
}

const char *mm_scenario_sha256(const mm_scenario *scenario) {
    return scenario->load.data->sha256;
}

const struct sc_scenario *scenario_data(const mm_scenario *scenario) {
    return scenario->load.data;
}

const json_t *scenario_effective(const mm_scenario *scenario) {
    return scenario->load.data->effective;
}

void scenario_date(const struct sc_scenario *scenario, int month, char out[SCENARIO_DATE]) {
    char text[TEXT_NUMBER];
    text_from_date(scenario->start_year * 12 + scenario->start_month - 1 + month, text);
    strncpy(out, text, SCENARIO_DATE - 1);
    out[SCENARIO_DATE - 1] = '\0';
}

void scenario_month(const struct sc_scenario *scenario, int month, char out[SCENARIO_DATE]) {
    if (scenario->months > SCENARIO_DATED_MONTHS)
        snprintf(out, SCENARIO_DATE, "%d", month);
    else
        scenario_date(scenario, month, out);
}

const char *scenario_series_word(enum sc_series series) {
    return series_word(series);
}

const char *scenario_layer_word(int layer) {
    return layer >= 0 && layer < SC_LAYERS ? keys_words(OF_LAYER)[layer] : "?";
}
