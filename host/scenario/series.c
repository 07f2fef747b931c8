#include <string.h>

#include "host/scenario/series.h"

enum scope { SCOPE_INDUSTRY, SCOPE_LAYER, SCOPE_FIRM, SCOPE_CELLS, SCOPE_NAME };

static const struct {
    const char *word;
    enum scope scope;
} rules[SC_SERIES_COUNT] = {
    [SC_GAP] = {"gap", SCOPE_INDUSTRY},
    [SC_SLACK] = {"slack", SCOPE_INDUSTRY},
    [SC_UNMET] = {"unmet", SCOPE_INDUSTRY},
    [SC_PRICE] = {"price", SCOPE_INDUSTRY},
    [SC_DEMAND] = {"demand", SCOPE_INDUSTRY},
    [SC_SUPPLY] = {"supply", SCOPE_INDUSTRY},
    [SC_STATE_SHORTAGE] = {"state_shortage", SCOPE_INDUSTRY},
    [SC_STATE_GLUT] = {"state_glut", SCOPE_INDUSTRY},
    [SC_STATE_FRICTION] = {"state_friction", SCOPE_INDUSTRY},
    [SC_STATE_BALANCED] = {"state_balanced", SCOPE_INDUSTRY},
    [SC_REGIME] = {"regime_", SCOPE_INDUSTRY},
    [SC_LATE_MW] = {"late_mw", SCOPE_LAYER},
    [SC_STRANDED_MW] = {"stranded_mw", SCOPE_LAYER},
    [SC_LATE_SHARE] = {"late_share", SCOPE_LAYER},
    [SC_STRANDED_SHARE] = {"stranded_share", SCOPE_LAYER},
    [SC_SPARE_SHARE] = {"spare_share", SCOPE_CELLS},
    [SC_UNSOLD_SHARE] = {"unsold_share", SCOPE_CELLS},
    [SC_IDLE_SHARE] = {"idle_share", SCOPE_CELLS},
    [SC_UTILISATION] = {"utilisation", SCOPE_CELLS},
    [SC_SELLING] = {"selling", SCOPE_FIRM},
    [SC_STARTS_SELLING] = {"starts_selling", SCOPE_FIRM},
    [SC_UNMET_SHARE] = {"unmet_share", SCOPE_FIRM},
    [SC_BOUGHT_SHARE] = {"bought_share", SCOPE_FIRM},
    [SC_PRESSURE] = {"pressure", SCOPE_FIRM},
    [SC_BUILD_RESPONSE] = {"build_response", SCOPE_FIRM},
    [SC_REVENUE] = {"revenue", SCOPE_NAME},
};

const char *series_word(enum sc_series series) {
    return series < SC_SERIES_COUNT ? rules[series].word : "?";
}

bool series_has_cells(enum sc_series series) {
    return rules[series].scope == SCOPE_CELLS;
}

static bool find(struct view word, struct sc_series_ref *ref) {
    if (!view_ok(word) || word.node->kind != NODE_TEXT)
        return false;
    const char *text = word.node->text;
    if (strncmp(text, "regime_", strlen("regime_")) == 0) {
        const struct sc_scenario *data = word.load->data;
        for (int i = 0; i < data->n_regimes; i++)
            if (data->regimes[i] && strcmp(data->regimes[i], text + strlen("regime_")) == 0) {
                ref->series = SC_REGIME;
                ref->regime = i;
                return true;
            }
        return false;
    }
    for (int i = 0; i < SC_SERIES_COUNT; i++)
        if (i != SC_REGIME && strcmp(rules[i].word, text) == 0) {
            ref->series = (enum sc_series)i;
            return true;
        }
    return false;
}

static void check_scope(struct view map, enum sc_series series) {
    enum scope scope = rules[series].scope;
    const char *word = view_get(map, "series").node->text;
    struct sc_memory *memory = map.load->memory;
    bool of_firm = scope == SCOPE_FIRM || scope == SCOPE_CELLS;
    if (of_firm)
        view_need(map, "firm", memory_format(memory, "'%s' is a series of a firm", word));
    if (!of_firm)
        view_refuse(map, "firm", memory_format(memory, "'%s' is no series of a firm", word));
    if (scope != SCOPE_CELLS) {
        const char *because = memory_format(memory, "'%s' has no regions and generations", word);
        view_refuse(map, "region", because);
        view_refuse(map, "generation", because);
    }
    if (scope != SCOPE_LAYER)
        view_refuse(map, "layer", memory_format(memory, "'%s' has no layers", word));
    if (scope == SCOPE_NAME)
        view_need(map, "name", "'revenue' is a series of a name");
    else
        view_refuse(map, "name", memory_format(memory, "'%s' is no series of a name", word));
}

struct sc_series_ref series_bind(struct view map, bool of_each_firm) {
    struct sc_series_ref ref = {SC_GAP, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
    if (!find(view_get(map, "series"), &ref))
        return ref;
    if (of_each_firm) { /* the map has no scope of its own: the question goes through them */
        if (rules[ref.series].scope != SCOPE_FIRM && rules[ref.series].scope != SCOPE_CELLS) {
            struct view word = view_get(map, "series");
            view_problem(word, word, "found '%s', which is no series of a firm; expected one, such as idle_share",
                         word.node->text);
        }
        return ref;
    }
    check_scope(map, ref.series);
    ref.firm = view_ref(view_get(map, "firm"));
    ref.region = view_ref(view_get(map, "region"));
    ref.generation = view_ref(view_get(map, "generation"));
    ref.layer = view_ref(view_get(map, "layer"));
    ref.name = view_ref(view_get(map, "name"));
    return ref;
}
