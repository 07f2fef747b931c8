/* The competitor overlay of a `pattern` question: read with the configuration, kept inside it, and laid over it to see
 * that the result is a scenario too. */
#include <string.h>

#include "host/scenario/bind.h"
#include "host/scenario/effective.h"

static struct node *pattern_of(const struct node *question) {
    return node_child(question, "pattern");
}

/* One overlay must not bring another: it would never be used. */
static void refuse_inner(struct load *load, const struct node *overlay) {
    const struct node *questions = node_child(overlay, "questions");
    for (int i = 0; questions && i < questions->n; i++) {
        const struct node *inner = node_child(pattern_of(questions->items[i]), "competitor");
        if (inner && inner->kind != NODE_NULL)
            problem_key(load, inner, "not allowed here: a competitor overlay must not name another");
    }
}

static void inline_one(struct load *load, struct node *name) {
    const char *folder = name->text[0] == '/' ? "" : load->sources[name->at.source].folder;
    const char *file = memory_format(load->memory, "%s%s", folder, name->text);
    size_t length;
    name->bad = true; /* until it is replaced */
    if (strcmp(name->text, "-") == 0) {
        problem_value(load, name, "an overlay cannot come from standard input here; expected the name of a file");
        return;
    }
    const char *text = read_file(load, file, &length, name->at, node_path(load, name));
    if (!text)
        return;
    int source = source_add(load, SOURCE_OVERLAY, file, read_folder(load, file));
    struct node *overlay = read_yaml(load, source, text, length);
    if (!overlay)
        return;
    if (overlay->kind != NODE_MAP) {
        problem_value(load, overlay, "expected a map of keys in the competitor overlay");
        return;
    }
    refuse_inner(load, overlay);
    profile_inline(load, overlay);
    node_replace(name, overlay);
}

void competitor_inline(struct load *load) {
    const struct node *questions = node_child(load->root, "questions");
    for (int i = 0; questions && i < questions->n; i++) {
        struct node *overlay = node_child(pattern_of(questions->items[i]), "competitor");
        if (!overlay)
            continue;
        if (overlay->kind == NODE_TEXT) {
            inline_one(load, overlay);
        } else if (overlay->kind == NODE_MAP) {
            refuse_inner(load, overlay);
            profile_inline(load, overlay);
        }
    }
}

/* Values under the two must be of the same months and the same names, or they can't be compared. */
static void check_comparable(struct load *load, const struct node *overlay, const struct sc_question *question,
                             const struct sc_scenario *other) {
    const struct sc_scenario *data = load->data;
    bool same = data->n_names == other->n_names;
    if (data->months != other->months || data->start_year != other->start_year ||
        data->start_month != other->start_month)
        problem_value(load, overlay, "the competitor overlay changes `time`; expected the same months");
    for (int i = 0; same && i < data->n_names; i++)
        same = strcmp(data->names[i].name, other->names[i].name) == 0;
    if (!same)
        problem_value(load, overlay, "the competitor overlay changes which `names` there are; expected the same");
    const struct sc_question *again = NULL;
    for (int i = 0; i < other->n_questions; i++)
        if (strcmp(other->questions[i].name, question->name) == 0)
            again = &other->questions[i];
    if (!again || again->kind != SC_PATTERN || again->as_of != question->as_of)
        problem_value(
            load, overlay,
            "the competitor overlay takes question '%s' away, or changes its kind or `as_of`; expected the same",
            question->name);
    else if (data->horizon != other->horizon)
        problem_value(load, overlay, "the competitor overlay changes `valuation.horizon`; expected the same");
}

static struct sc_scenario *overlaid(struct load *load, const struct node *overlay, const char *question) {
    struct load *inner = memory_get(load->memory, 1, sizeof *inner);
    *inner = *load;
    inner->n_problems = inner->problems_room = 0;
    inner->problems = NULL;
    inner->nested = true;
    inner->suffix = memory_format(load->memory, " (under the competitor overlay of question '%s')", question);
    inner->data = memory_get(load->memory, 1, sizeof *inner->data);
    inner->data->file = load->data->file;
    inner->root = node_copy(load, load->root);
    const struct node *questions = node_child(inner->root, "questions");
    for (int i = 0; questions && i < questions->n; i++) {
        struct node *own = node_child(pattern_of(questions->items[i]), "competitor");
        if (own)
            node_remove(own);
    }
    merge_into(inner, inner->root, overlay);
    check_tree(inner);
    bind_scenario(inner);
    for (int i = 0; i < inner->n_problems && i < PROBLEMS_KEPT; i++) {
        struct problem *to = MEMORY_GROW(load->memory, load->problems, load->n_problems, load->problems_room);
        *to = inner->problems[i];
        to->order = load->n_problems;
    }
    if (inner->n_problems)
        return NULL;
    effective_set(inner);
    return inner->data;
}

static int count_values(const struct node *node) {
    int count = 1;
    for (int i = 0; i < node->n; i++)
        count += count_values(node->items[i]);
    return count;
}

void competitor_check(struct load *load) {
    const struct node *questions = node_child(load->root, "questions");
    for (int i = 0; questions && questions->kind == NODE_LIST && i < questions->n; i++) {
        const struct node *overlay = node_child(pattern_of(questions->items[i]), "competitor");
        if (!overlay)
            continue;
        load->n_values += count_values(load->root); /* a whole scenario for each overlay */
        if (load->n_values > LOAD_MAX_VALUES) {
            problem_value(load, overlay,
                          "too many values: the configuration and what its competitor overlays make of "
                          "it come to more than %d",
                          LOAD_MAX_VALUES);
            return;
        }
        struct sc_scenario *other = overlaid(load, overlay, load->data->questions[i].name);
        if (other)
            check_comparable(load, overlay, &load->data->questions[i], other);
        load->data->questions[i].competitor = other;
    }
}
