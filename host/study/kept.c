/* Points as a journal and a store keep them: under what they hang on. */
#include <inttypes.h>
#include <math.h>
#include <mismatch/file.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

#include "host/store/packed.h"
#include "host/store/store.h"
#include "host/study/measure.h"
#include "host/study/store.h"

static bool key_of(const mm_scenario *scenario, const char *const *expressions, size_t n_expressions,
                   const struct problem_sample *sample, char key[65]) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = mm_text_stream(&text, &size);
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

/* ---- The store: a row for each point, the result of its run. Answers are read from it; what they are without each
 * piece of the paths can't be, so the document has a member for that:
 *
 *   "pieces": {"n": 32, "without": {EXPRESSION: [32 numbers]}} ---- */

static json_t *pieces_json(const char *const *expressions, const struct problem_point *point) {
    json_t *without = json_object();
    bool good = without != NULL;
    for (size_t i = 0; i < point->n_answers && good; i++) {
        json_t *numbers = json_array();
        for (size_t piece = 0; piece < point->n_pieces && good; piece++)
            good = json_array_append_new(numbers, number(point->without[piece * point->n_answers + i])) == 0;
        good = json_object_set_new(without, expressions[i], numbers) == 0 && good;
    }
    json_t *pieces = json_pack("{s:i, s:o}", "n", (int)point->n_pieces, "without", without);
    if (good)
        return pieces;
    json_decref(pieces);
    return NULL;
}

/* \return whether the result has the pieces of all expressions. */
static bool read_pieces(const json_t *pieces, const char *const *expressions, struct problem_point *point) {
    const json_t *without = json_object_get(pieces, "without");
    for (size_t i = 0; i < point->n_answers && point->n_pieces > 0; i++) {
        const json_t *numbers = json_object_get(without, expressions[i]);
        if (json_array_size(numbers) != point->n_pieces)
            return false;
        for (size_t piece = 0; piece < point->n_pieces; piece++)
            point->without[piece * point->n_answers + i] = real(json_array_get(numbers, piece));
    }
    return true;
}

/* The result of all paths of a sample; NULL where the store has not all of them. */
static mm_status find_result(mm_store *store, const char *sha256, const struct problem_sample *sample,
                             mm_result **result, mm_messages *messages) {
    const struct range wanted = {sample->first_path, sample->paths};
    mm_result **results = NULL;
    size_t n = 0;
    bool all = false;
    mm_status status = store_covers(store, sha256, sample->seed, &wanted, &all, messages);
    *result = NULL;
    if (status != MM_OK || !all)
        return status;
    status = store_find(store, sha256, sample->seed, &wanted, &results, &n, messages);
    if (status == MM_OK && n == 1) {
        *result = results[0];
        n = 0;
    } else if (status == MM_OK && n > 1) {
        status = mm_result_merge(results, n, result, messages);
    }
    store_free_results(results, n);
    return status;
}

/* *found: whether the store has the point. *pieces: a new reference to what it has of others of the same run, or NULL.
 */
static mm_status take_stored(const struct keeping *keeping, const mm_scenario *scenario, const char *const *expressions,
                             size_t n_expressions, const struct problem_sample *sample, struct problem_point *point,
                             bool *found, json_t **pieces, mm_messages *messages) {
    mm_result *result = NULL;
    *found = false;
    *pieces = NULL;
    if (keeping->store->recompute)
        return MM_OK;
    mm_status status = find_result(keeping->store->store, mm_scenario_sha256(scenario), sample, &result, messages);
    if (!result)
        return status;
    *pieces = json_incref(json_object_get(result->document, "pieces"));
    status = problem_point_make(point, n_expressions, measure_pieces(sample))
                 ? measure_read(result->document, expressions, sample->paths, point, messages)
                 : store_no_memory(messages);
    *found = status == MM_OK && read_pieces(*pieces, expressions, point);
    if (*found)
        measure_errors(point);
    mm_result_free(result);
    return status;
}

/* Puts what was simulated in. A row of the same run that lacked the pieces gives way. */
static mm_status put_stored(const struct keeping *keeping, mm_result *result, const char *const *expressions,
                            const struct problem_point *point, const json_t *others, mm_messages *messages) {
    mm_store_outcome outcome;
    json_t *pieces = point->n_pieces > 0 ? pieces_json(expressions, point) : NULL;
    if (point->n_pieces > 0 && (!pieces || json_object_set_new(result->document, "pieces", pieces) != 0 ||
                                (others && json_object_update_missing(json_object_get(pieces, "without"),
                                                                      json_object_get(others, "without")) != 0)))
        return store_no_memory(messages);
    mm_status status =
        mm_store_put(keeping->store->store, result, pieces || keeping->store->recompute, &outcome, messages);
    keeping->store->differ += status == MM_OK && outcome == MM_STORE_DIFFERS;
    return status;
}

/* A point that the journal lacks, from the store or simulated. */
static mm_status measure_stored(const struct keeping *keeping, const mm_scenario *scenario,
                                const char *const *expressions, size_t n_expressions, const mm_run_options *options,
                                const struct problem_sample *sample, struct problem_point *point, bool *found,
                                mm_messages *messages) {
    json_t *pieces;
    mm_result *result = NULL;
    mm_status status =
        take_stored(keeping, scenario, expressions, n_expressions, sample, point, found, &pieces, messages);
    if (status == MM_OK && !*found)
        status = measure(scenario, expressions, n_expressions, options, sample, point, &result, messages);
    if (result)
        status = put_stored(keeping, result, expressions, point, pieces, messages);
    if (status == MM_OK) {
        keeping->store->found += *found;
        keeping->store->simulated += !*found;
    }
    mm_result_free(result);
    json_decref(pieces);
    return status;
}

mm_status measure_kept(const struct keeping *keeping, const mm_scenario *scenario, const char *const *expressions,
                       size_t n_expressions, const mm_run_options *options, const struct problem_sample *sample,
                       struct problem_point *point, bool *remembered, mm_messages *messages) {
    char key[65];
    bool found = false;
    if (remembered)
        *remembered = false;
    if (!keeping)
        return measure(scenario, expressions, n_expressions, options, sample, point, NULL, messages);
    if (!key_of(scenario, expressions, n_expressions, sample, key))
        return store_no_memory(messages);
    if (from_json(journal_get(keeping->journal, key), n_expressions, point)) {
        if (remembered)
            *remembered = true;
        return MM_OK;
    }
    mm_status status =
        keeping->store
            ? measure_stored(keeping, scenario, expressions, n_expressions, options, sample, point, &found, messages)
            : measure(scenario, expressions, n_expressions, options, sample, point, NULL, messages);
    if (remembered)
        *remembered = found;
    return status == MM_OK ? journal_put(keeping->journal, key, to_json(point), messages) : status;
}
