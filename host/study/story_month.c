/* What happened in one month of a replayed path, read from the scratch area of its one lane. */
#include <math.h>
#include <string.h>

#include "host/scenario/scenario_data.h"
#include "host/study/story.h"

static const char *const layer_names[MM_LAYERS] = {"gpu", "power", "shell", "network"};
static const char *const state_names[MM_STATES] = {"shortage", "glut", "friction", "balanced"};

static json_t *date_value(const struct story *story, int t) {
    char text[SCENARIO_DATE];
    scenario_month(story->scenario, t, text);
    return json_string(text);
}

/* Six digits say all that matters in a story, and keep it readable. */
static json_t *rounded(double value) {
    char text[40];
    snprintf(text, sizeof text, "%.6g", value);
    return json_real(strtod(text, NULL));
}

static double slot(const struct story *story, int index) {
    return (double)story->real[story->plan->head.s_slot + index];
}

json_t *story_strikes(const struct story *story) {
    const struct mm_head *head = &story->plan->head;
    const struct mm_shock *shock = PLAN_TABLE(story->plan, mm_shock, shocks);
    json_t *list = json_array();
    for (int s = 0; s < head->n_shocks; s++, shock++) {
        for (int i = shock->first_strike; i < shock->first_strike + shock->times; i++) {
            double tau = (double)story->real[head->s_strike + 3 * i];
            if (tau >= head->months)
                continue;
            json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s, s:o}", "shock",
                                                  story->scenario->shocks[shock->id].name, "month",
                                                  date_value(story, (int)floor(tau)), "at", rounded(tau), "kind",
                                                  shock->layer < 0 ? "demand" : layer_names[shock->layer], "size",
                                                  rounded((double)story->real[head->s_strike + 3 * i + 2])));
        }
    }
    return list;
}

static json_t *phase_value(const struct story *story, int j, const char *what) {
    const struct sc_scenario *scenario = story->scenario;
    const struct mm_head *head = &story->plan->head;
    const struct mm_phase *phase = PLAN_TABLE(story->plan, mm_phase, phases) + j;
    double scale = phase->decision < 0 ? 1.0 : (double)story->real[head->s_decision + phase->decision];
    json_t *value =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "what", what, "firm", scenario->firms[phase->firm].name, "region",
                  scenario->regions[phase->region], "generation", scenario->generations[phase->generation].name, "mw",
                  rounded((double)phase->mw * scale), "planned", date_value(story, phase->month));
    int bind = story->whole[head->s_bind + j];
    if (bind >= 0) {
        double arrival = (double)story->real[head->s_arrival + j];
        json_object_set_new(value, "months_late", rounded(arrival - (double)phase->month));
        if (arrival > (double)phase->month)
            json_object_set_new(value, "bound_by", json_string(layer_names[bind]));
    }
    return value;
}

/* A phase arrives in the month that first gives usable compute; a cancelled one is told when it was due. */
static json_t *phases_of_month(const struct story *story, int t) {
    const struct mm_head *head = &story->plan->head;
    const struct mm_phase *phase = PLAN_TABLE(story->plan, mm_phase, phases);
    json_t *list = json_array();
    for (int j = 0; j < head->n_phases; j++) {
        if (story->whole[head->s_bind + j] < 0) {
            if (phase[j].month == t)
                json_array_append_new(list, phase_value(story, j, "cancelled"));
            continue;
        }
        double arrival = (double)story->real[head->s_arrival + j];
        if (arrival < t + 1 && (arrival >= t || (t == 0 && arrival < 0.0 && phase[j].month > -12)))
            json_array_append_new(list, phase_value(story, j, arrival < 0.0 ? "up before" : "arrives"));
        else if (phase[j].month == t && arrival >= t + 1)
            json_array_append_new(list, phase_value(story, j, "late"));
    }
    return list;
}

static json_t *campaigns_of_month(const struct story *story, int t) {
    const struct mm_head *head = &story->plan->head;
    const struct mm_firm *firm = PLAN_TABLE(story->plan, mm_firm, firms);
    const struct mm_campaign *campaign = PLAN_TABLE(story->plan, mm_campaign, campaigns);
    json_t *list = json_array();
    for (int f = 0; f < head->n_firms; f++, firm++) {
        for (int i = firm->first_campaign; i < firm->first_campaign + firm->n_campaigns; i++) {
            double start = ceil((double)story->real[head->s_start + i]),
                   end = ceil((double)story->real[head->s_end + i]);
            if (!(start < end) || (start != t && end != t))
                continue; /* runs in months start <= t < end */
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:i, s:o, s:o}", "what", start == t ? "starts" : "ends", "firm",
                                            story->scenario->firms[f].name, "campaign", (int)campaign[i].c2, "planned",
                                            date_value(story, campaign[i].planned), "kh100e",
                                            rounded((double)story->real[head->s_size + i])));
        }
    }
    return list;
}

static json_t *launches_of_month(const struct story *story, int t) {
    const struct mm_head *head = &story->plan->head;
    const struct mm_launch *launch = PLAN_TABLE(story->plan, mm_launch, launches);
    json_t *list = json_array();
    for (int i = 0; i < head->n_launches; i++, launch++) {
        double comes = (double)story->real[head->s_launch + i];
        int entry = (int)(launch->c3 & 0xffffffu);
        if (floor(comes) != t)
            continue;
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:o}", "firm",
                                              story->scenario->firms[story->scenario->launches[entry].firm].name,
                                              "planned", date_value(story, launch->planned), "months_late",
                                              rounded(comes - launch->planned), "uplift",
                                              rounded((double)story->real[head->s_gain + i]), "uplift_planned",
                                              rounded((double)launch->uplift)));
    }
    return list;
}

static json_t *firms_of_month(const struct story *story) {
    const struct mm_head *head = &story->plan->head;
    json_t *list = json_array();
    for (int f = 0; f < head->n_firms; f++) {
        const int at = STORY_INDUSTRY_SLOTS + f * STORY_FIRM_SLOTS;
        double demand = (double)story->real[head->s_inference + f] + (double)story->real[head->s_training + f];
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "firm", story->scenario->firms[f].name,
                      "inference", rounded((double)story->real[head->s_inference + f]), "training",
                      rounded(demand - (double)story->real[head->s_inference + f]), "usable",
                      rounded((double)story->real[head->s_capacity + f]), "spare_share",
                      rounded(slot(story, at + STORY_SPARE)), "unsold_share", rounded(slot(story, at + STORY_UNSOLD)),
                      "unmet_share", rounded(slot(story, at + STORY_LACK)), "bought_share",
                      rounded(slot(story, at + STORY_BOUGHT)), "selling", story->whole[head->s_selling + f] != 0,
                      "starts_selling", story->whole[head->s_starts + f] != 0));
    }
    return list;
}

static json_t *layers_of_month(const struct story *story, int at) {
    json_t *layers = json_object();
    for (int l = 0; l < MM_LAYERS; l++)
        json_object_set_new(layers, layer_names[l],
                            rounded((double)story->real[story->plan->head.s_industry + at + l]));
    return layers;
}

json_t *story_month(const struct story *story, int t) {
    const struct mm_head *head = &story->plan->head;
    const char *state = state_names[MM_STATES - 1];
    for (int s = 0; s < MM_STATES; s++)
        if (story->whole[head->s_industry + MM_I_STATE + s])
            state = state_names[s];
    int regime = story->whole[head->s_index + MM_S_REGIME];
    json_t *month =
        json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "month", date_value(story, t), "state", state,
                  "regime", story->scenario->regimes[regime], "gap", rounded(slot(story, STORY_GAP)), "price",
                  rounded(slot(story, STORY_PRICE)), "demand", rounded(slot(story, STORY_DEMAND)), "supply",
                  rounded(slot(story, STORY_SUPPLY)), "unmet", rounded(slot(story, STORY_UNMET)), "late_mw",
                  layers_of_month(story, MM_I_LATE), "stranded_mw", layers_of_month(story, MM_I_STRANDED));
    if (!month)
        return NULL;
    json_object_set_new(month, "phases", phases_of_month(story, t));
    json_object_set_new(month, "campaigns", campaigns_of_month(story, t));
    json_object_set_new(month, "launches", launches_of_month(story, t));
    json_object_set_new(month, "firms", firms_of_month(story));
    return month;
}
