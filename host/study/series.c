#include "host/study/series.h"

#include <stdlib.h>
#include <string.h>

#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"

#define REGIME "regime_"

static bool has_layers(enum sc_series series) {
    return series == SC_LATE_MW || series == SC_STRANDED_MW || series == SC_LATE_SHARE || series == SC_STRANDED_SHARE;
}

/* May be narrowed to a region and a generation. */
static bool has_cells(enum sc_series series) {
    return series == SC_SPARE_SHARE || series == SC_UNSOLD_SHARE || series == SC_IDLE_SHARE || series == SC_UTILISATION;
}

static bool is_of_firm(enum sc_series series) {
    return has_cells(series) || series == SC_SELLING || series == SC_STARTS_SELLING || series == SC_UNMET_SHARE ||
           series == SC_BOUGHT_SHARE || series == SC_PRESSURE || series == SC_BUILD_RESPONSE;
}

static int find_text(const char *text, const char *const *names, int n) {
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return SC_NONE;
}

static mm_status unknown(const char *what, const char *word, const char *text, const char *const *names, int n,
                         mm_messages *messages) {
    const char *near = text_nearest(word, names, n);
    if (near)
        mm_messages_add(messages, "series '%s': %s '%s' is not known; did you mean '%s'?", text, what, word, near);
    else
        mm_messages_add(messages, "series '%s': %s '%s' is not known", text, what, word);
    return MM_USAGE;
}

static mm_status find_series(const struct sc_scenario *s, const char *word, const char *text, struct sc_series_ref *ref,
                             mm_messages *messages) {
    if (strncmp(word, REGIME, strlen(REGIME)) == 0) {
        ref->series = SC_REGIME;
        ref->regime = find_text(word + strlen(REGIME), (const char *const *)s->regimes, s->n_regimes);
        if (ref->regime == SC_NONE)
            return unknown("regime", word + strlen(REGIME), text, (const char *const *)s->regimes, s->n_regimes,
                           messages);
        return MM_OK;
    }
    const char *words[SC_SERIES_COUNT];
    for (int i = 0; i < SC_SERIES_COUNT; i++)
        words[i] = scenario_series_word((enum sc_series)i);
    int found = find_text(word, words, SC_SERIES_COUNT);
    if (found == SC_NONE || found == SC_REGIME)
        return unknown("series", word, text, words, SC_SERIES_COUNT, messages);
    ref->series = (enum sc_series)found;
    return MM_OK;
}

static mm_status find_name(const struct sc_scenario *s, const char *word, const char *text, struct sc_series_ref *ref,
                           mm_messages *messages) {
    const char **names = calloc((size_t)(s->n_names ? s->n_names : 1), sizeof *names);
    if (!names)
        return MM_INTERNAL;
    for (int i = 0; i < s->n_names; i++)
        names[i] = s->names[i].name;
    ref->name = find_text(word, names, s->n_names);
    mm_status status = ref->name == SC_NONE ? unknown("name", word, text, names, s->n_names, messages) : MM_OK;
    free(names);
    return status;
}

static const char **firm_names(const struct sc_scenario *s) {
    const char **names = calloc((size_t)(s->n_firms ? s->n_firms : 1), sizeof *names);
    for (int i = 0; names && i < s->n_firms; i++)
        names[i] = s->firms[i].name;
    return names;
}

static mm_status find_firm(const struct sc_scenario *s, const char *word, const char *text, struct sc_series_ref *ref,
                           mm_messages *messages) {
    const char **names = firm_names(s);
    if (!names)
        return MM_INTERNAL;
    ref->firm = find_text(word, names, s->n_firms);
    mm_status status = ref->firm == SC_NONE ? unknown("firm", word, text, names, s->n_firms, messages) : MM_OK;
    free(names);
    return status;
}

/* A region or a generation; where a word is both, the region is meant. */
static mm_status find_cell(const struct sc_scenario *s, const char *word, const char *text, struct sc_series_ref *ref,
                           mm_messages *messages) {
    int region = find_text(word, (const char *const *)s->regions, s->n_regions);
    if (region != SC_NONE && ref->region == SC_NONE) {
        ref->region = region;
        return MM_OK;
    }
    for (int i = 0; i < s->n_generations && ref->generation == SC_NONE; i++)
        if (strcmp(s->generations[i].name, word) == 0) {
            ref->generation = i;
            return MM_OK;
        }
    return unknown("region or generation", word, text, (const char *const *)s->regions, s->n_regions, messages);
}

static mm_status find_scope(const struct sc_scenario *s, const char *word, const char *text, struct sc_series_ref *ref,
                            mm_messages *messages) {
    if (is_of_firm(ref->series) && ref->firm == SC_NONE)
        return find_firm(s, word, text, ref, messages);
    if (ref->series == SC_REVENUE && ref->name == SC_NONE)
        return find_name(s, word, text, ref, messages);
    if (has_cells(ref->series))
        return find_cell(s, word, text, ref, messages);
    if (has_layers(ref->series) && ref->layer == SC_NONE) {
        const char *layers[SC_LAYERS];
        for (int i = 0; i < SC_LAYERS; i++)
            layers[i] = scenario_layer_word(i);
        ref->layer = find_text(word, layers, SC_LAYERS);
        return ref->layer == SC_NONE ? unknown("layer", word, text, layers, SC_LAYERS, messages) : MM_OK;
    }
    mm_messages_add(messages, "series '%s': '%s' is one scope too many", text, word);
    return MM_USAGE;
}

/* One series; `words` is a copy of `text` that is taken apart. */
static mm_status parse_one(const struct sc_scenario *s, char *words, const char *text, struct sc_series_ref *ref,
                           mm_messages *messages) {
    *ref = (struct sc_series_ref){.firm = SC_NONE,
                                  .region = SC_NONE,
                                  .generation = SC_NONE,
                                  .layer = SC_NONE,
                                  .name = SC_NONE,
                                  .regime = SC_NONE};
    char *rest = words, *word = strsep(&rest, ":");
    mm_status status = find_series(s, word, text, ref, messages);
    while (status == MM_OK && (word = strsep(&rest, ":")))
        status = find_scope(s, word, text, ref, messages);
    if (status == MM_OK && is_of_firm(ref->series) && ref->firm == SC_NONE) {
        mm_messages_add(messages, "series '%s': it is a series of a firm; write '%s:FIRM'", text, text);
        status = MM_USAGE;
    }
    if (status == MM_OK && ref->series == SC_REVENUE && ref->name == SC_NONE) {
        mm_messages_add(messages, "series '%s': it is a series of a name; write '%s:NAME'", text, text);
        status = MM_USAGE;
    }
    return status;
}

void series_free(struct series_list *list) {
    for (int i = 0; i < list->n; i++)
        free(list->texts[i]);
    free(list->texts);
    free(list->refs);
    *list = (struct series_list){0};
}

mm_status series_parse(const struct sc_scenario *scenario, const char *text, struct series_list *list,
                       mm_messages *messages) {
    size_t most = 1;
    for (const char *c = text; *c; c++)
        most += *c == ',';
    *list = (struct series_list){.texts = calloc(most, sizeof *list->texts), .refs = calloc(most, sizeof *list->refs)};
    char *copy = strdup(text), *rest = copy, *item;
    mm_status status = copy && list->texts && list->refs ? MM_OK : MM_INTERNAL;
    while (status == MM_OK && (item = strsep(&rest, ","))) {
        char *words = strdup(item);
        list->texts[list->n] = strdup(item);
        if (words && list->texts[list->n])
            status = parse_one(scenario, words, item, &list->refs[list->n++], messages);
        else
            status = MM_INTERNAL;
        free(words);
    }
    free(copy);
    if (status == MM_INTERNAL)
        mm_messages_add(messages, "memory ran out");
    if (status != MM_OK)
        series_free(list);
    return status;
}
