#include <mismatch/summary.h>

#include "host/plan/plan.h"
#include "host/scenario/scenario_data.h"

mm_status mm_scenario_summary(const mm_scenario *scenario, mm_summary *summary, mm_messages *messages) {
    const struct sc_scenario *data = scenario_data(scenario);
    struct plan *plan = NULL;
    mm_status status = plan_build(data, NULL, &plan, messages);
    if (status != MM_OK)
        return status;
    *summary = (mm_summary){.start_year = data->start_year,
                            .start_month = data->start_month,
                            .months = data->months,
                            .firms = data->n_firms,
                            .regions = data->n_regions,
                            .generations = data->n_generations,
                            .events = data->n_events,
                            .questions = data->n_questions,
                            .phases = plan->head.n_phases,
                            .tallies = (uint64_t)plan_counts(plan) + (uint64_t)plan_sums(plan)};
    plan_free(plan);
    return MM_OK;
}
