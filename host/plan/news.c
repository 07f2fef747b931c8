/* Evidence questions: which events are looked for in which months, and where they are counted. */
#include "host/plan/build.h"

/* An event in the months from ... to. `firm` stands for `$firm` where the question gives the event none of its own.
 * \return its index among the withins, or -1. */
static int add_within(struct build *b, const struct sc_within *asked, int firm, int from, int to) {
    int node = build_event(b, asked->event, from, to, asked->firm >= 0 ? asked->firm : firm);
    struct mm_within *item = node >= 0 ? build_add(b, &b->withins, sizeof *item) : NULL;
    if (item == NULL)
        return -1;
    const struct mm_node *root = BUILD_ITEM(b->nodes, mm_node, node);
    *item = (struct mm_within){.node = node, .from = root->from, .to = root->to};
    return b->withins.n - 1;
}

int build_within_ahead(struct build *b, const struct sc_within *asked, int firm, int as_of) {
    return add_within(b, asked, firm, as_of + 1, as_of + asked->within);
}

int build_within_back(struct build *b, const struct sc_within *asked, int firm, int as_of) {
    return add_within(b, asked, firm, as_of - asked->within + 1, as_of);
}

static bool add_case(struct build *b, int q, int firm) {
    const struct sc_question *question = &b->s->questions[q];
    int first = b->withins.n, counts, no_sum;
    bool good = build_within_ahead(b, &question->hypothesis, firm, question->as_of) >= 0;
    for (int i = 0; good && i < question->n_pieces; i++)
        good = build_within_back(b, &question->pieces[i], firm, question->as_of) >= 0;
    if (!good || !build_take(b, q, 1 + (long long)MM_CASE_STEP * question->n_pieces, 0, &counts, &no_sum))
        return false;
    struct mm_case *item = build_add(b, &b->cases, sizeof *item);
    if (item == NULL)
        return false;
    *item = (struct mm_case){.first = first, .n_pieces = question->n_pieces, .counts = counts};
    return true;
}

bool build_evidence(struct build *b, int q) {
    const struct sc_question *question = &b->s->questions[q];
    struct plan_question *own = &b->plan->questions[q];
    own->first_case = b->cases.n;
    own->n_cases = question->n_firms > 0 ? question->n_firms : 1;
    for (int i = 0; i < own->n_cases; i++)
        if (!add_case(b, q, question->n_firms > 0 ? question->firms[i] : SC_NONE))
            return false;
    return true;
}
