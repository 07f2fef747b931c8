/* Points as a journal keeps them: under a key that stands for all that they hang on. */
#include <inttypes.h>
#include <math.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

#include "host/store/packed.h"
#include "host/store/store.h"
#include "host/study/measure.h"

static bool key_of(const mm_scenario *scenario, const char *const *expressions, size_t n_expressions,
                   const struct problem_sample *sample, char key[65]) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return false;
    fprintf(out, "%d %s %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %zu\n", PACKED_FORMAT, STORE_SAMPLER,
            mm_scenario_sha256(scenario), sample->seed, sample->first_path, sample->paths, sample->pieces);
    for (size_t i = 0; i < n_expressions; i++)
        fprintf(out, "%s\n", expressions[i]);
    bool good = fclose(out) == 0;
    if (good)
        SHA256Data((const uint8_t *)text, size, key);
    free(text);
    return good;
}

static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *to_json(const struct problem_point *point) {
    json_t *answers = json_array(), *without = json_array();
    bool good = answers && without;
    for (size_t i = 0; i < point->n_answers && good; i++) {
        const struct problem_answer *answer = &point->answers[i];
        json_t *numbers = json_pack("[o, o, o]", number(answer->value), number(answer->se), number(answer->resolution));
        good = json_array_append_new(answers, numbers) == 0;
    }
    for (size_t i = 0; i < point->n_answers * point->n_pieces && good; i++)
        good = json_array_append_new(without, number(point->without[i])) == 0;
    json_t *json = json_pack("{s:o, s:o}", "answers", answers, "without", without);
    if (good)
        return json;
    json_decref(json);
    return NULL;
}

static double real(const json_t *value) {
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* \return false where it does not have this form, or memory ran out. */
static bool from_json(const json_t *json, size_t n_answers, struct problem_point *point) {
    const json_t *answers = json_object_get(json, "answers"), *without = json_object_get(json, "without");
    size_t n = json_array_size(without);
    if (json_array_size(answers) != n_answers || n_answers == 0 || n % n_answers != 0 ||
        !problem_point_make(point, n_answers, n / n_answers))
        return false;
    for (size_t i = 0; i < n_answers; i++) {
        const json_t *numbers = json_array_get(answers, i);
        double value = real(json_array_get(numbers, 0));
        point->answers[i] = (struct problem_answer){!isnan(value), value, real(json_array_get(numbers, 1)),
                                                    real(json_array_get(numbers, 2))};
    }
    for (size_t i = 0; i < n; i++)
        point->without[i] = real(json_array_get(without, i));
    return true;
}

mm_status measure_kept(struct journal *journal, const mm_scenario *scenario, const char *const *expressions,
                       size_t n_expressions, const mm_run_options *options, const struct problem_sample *sample,
                       struct problem_point *point, bool *remembered, mm_messages *messages) {
    char key[65];
    if (remembered)
        *remembered = false;
    if (!journal)
        return measure(scenario, expressions, n_expressions, options, sample, point, messages);
    if (!key_of(scenario, expressions, n_expressions, sample, key))
        return store_no_memory(messages);
    if (from_json(journal_get(journal, key), n_expressions, point)) {
        if (remembered)
            *remembered = true;
        return MM_OK;
    }
    mm_status status = measure(scenario, expressions, n_expressions, options, sample, point, messages);
    if (status == MM_OK)
        status = journal_put(journal, key, to_json(point), messages);
    return status;
}
