#include "host/study/design.h"

#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/text.h"
#include "host/store/store.h"
#include "host/study/gsl_errors.h"

#define MAX_POINTS ((size_t)1000000)
#define SOBOL_KEYS 40
#define HYPERCUBE_SEED 20260701 /* fixed: the points of a design do not depend on --seed */
#define DIGITS 12

void design_free(struct design *design) {
    for (size_t i = 0; i < design->n_axes; i++) {
        for (size_t j = 0; design->axes[i].values && j < design->axes[i].n; j++)
            free(design->axes[i].values[j]);
        free(design->axes[i].values);
        free(design->axes[i].key);
    }
    free(design->axes);
    free(design->unit);
    *design = (struct design){0};
}

static mm_status wrong(const char *vary, const char *why, mm_messages *messages) {
    mm_messages_add(messages, "--vary '%s': %s", vary, why);
    return MM_USAGE;
}

/* A number that ends at ':' or the end. */
static bool number_at(const char **text, double *value) {
    char number[64];
    size_t length = strcspn(*text, ":");
    if (length >= sizeof number)
        return false;
    memcpy(number, *text, length);
    number[length] = '\0';
    *text += length + ((*text)[length] == ':');
    return text_real(number, value);
}

/* "lo:hi", "lo:hi:n", "lo:hi:n:log". *is: it has the form of a range, right or wrong. */
static mm_status read_range(const char *vary, const char *text, mm_design kind, struct design_axis *axis, bool *is,
                            mm_messages *messages) {
    double count = 0;
    const char *at = text;
    *is = strchr(text, ':') && !strpbrk(text, ",[{\"'") && number_at(&at, &axis->low) && number_at(&at, &axis->high);
    if (!*is)
        return MM_OK;
    if (strcmp(at, "log") != 0 && *at) {
        if (!number_at(&at, &count) || !(count >= 1) || count > (double)MAX_POINTS || count > floor(count))
            return wrong(vary, "behind lo:hi comes how many values, a whole number from 1 on", messages);
        axis->n = (size_t)count;
    }
    axis->logarithmic = strcmp(at, "log") == 0;
    if (*at && !axis->logarithmic)
        return wrong(vary, "a range is lo:hi:n or lo:hi:n:log", messages);
    if (axis->logarithmic && !(axis->low > 0 && axis->high > 0))
        return wrong(vary, "both ends of a logarithmic range must be above 0", messages);
    if (kind == MM_DESIGN_GRID && axis->n == 0)
        return wrong(vary, "a grid needs to know how many values: lo:hi:n", messages);
    if (kind != MM_DESIGN_GRID && axis->n > 0)
        return wrong(vary, "--points says how many values; write lo:hi", messages);
    return MM_OK;
}

/* Splits at commas outside brackets and quotes. */
static mm_status read_values(const char *vary, const char *text, struct design_axis *axis, mm_messages *messages) {
    for (const char *at = text;;) {
        size_t length = 0;
        char quote = '\0';
        for (int depth = 0; at[length] && (at[length] != ',' || depth > 0 || quote); length++) {
            char c = at[length];
            if (quote)
                quote = c == quote ? '\0' : quote;
            else if (c == '"' || c == '\'')
                quote = c;
            else
                depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        }
        if (length == 0)
            return wrong(vary, "a value is missing; write key=lo:hi:n or key=a,b,c", messages);
        char **values = realloc(axis->values, (axis->n + 1) * sizeof(char *));
        char *value = strndup(at, length);
        if (values)
            axis->values = values;
        if (!values || !value) {
            free(value);
            return store_no_memory(messages);
        }
        values[axis->n++] = value;
        if (!at[length])
            return MM_OK;
        at += length + 1;
    }
}

static mm_status read_axis(const char *vary, mm_design kind, struct design *design, mm_messages *messages) {
    const char *equal = vary ? strchr(vary, '=') : NULL;
    if (!design->axes || !equal || equal == vary)
        return wrong(vary, "write key=lo:hi:n or key=a,b,c", messages);
    struct design_axis *axis = &design->axes[design->n_axes++];
    axis->key = strndup(vary, (size_t)(equal - vary));
    if (!axis->key)
        return store_no_memory(messages);
    for (size_t i = 0; i + 1 < design->n_axes; i++)
        if (design->axes[i].key && strcmp(design->axes[i].key, axis->key) == 0)
            return wrong(vary, "this key is varied twice", messages);
    bool is_range;
    mm_status status = read_range(vary, equal + 1, kind, axis, &is_range, messages);
    return is_range ? status : read_values(vary, equal + 1, axis, messages);
}

static mm_status count_grid(struct design *design, mm_messages *messages) {
    design->n_points = 1;
    for (size_t i = 0; i < design->n_axes; i++) {
        if (design->axes[i].n == 0 || design->axes[i].n > MAX_POINTS / design->n_points) {
            mm_messages_add(messages, "this grid has more than %zu points", MAX_POINTS);
            return MM_USAGE;
        }
        design->n_points *= design->axes[i].n;
    }
    return MM_OK;
}

/* Each axis in n_points strata, in an order of its own, and a place within each stratum. */
static bool fill_hypercube(struct design *design) {
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t *order = calloc(design->n_points, sizeof *order);
    for (size_t axis = 0; random && order && axis < design->n_axes; axis++) {
        gsl_rng_set(random, HYPERCUBE_SEED + axis);
        for (size_t i = 0; i < design->n_points; i++)
            order[i] = i;
        gsl_ran_shuffle(random, order, design->n_points, sizeof *order);
        for (size_t i = 0; i < design->n_points; i++)
            design->unit[i * design->n_axes + axis] =
                ((double)order[i] + gsl_rng_uniform(random)) / (double)design->n_points;
    }
    bool good = random && order;
    gsl_rng_free(random);
    free(order);
    return good;
}

/* The sequence without its first point, which would be all zeros. */
static bool fill_sobol(struct design *design) {
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)design->n_axes);
    for (size_t i = 0; sequence && i < design->n_points; i++)
        gsl_qrng_get(sequence, design->unit + i * design->n_axes);
    bool good = sequence != NULL;
    gsl_qrng_free(sequence);
    return good;
}

static mm_status fill_unit(struct design *design, mm_design kind, size_t points, mm_messages *messages) {
    if (points == 0 || points > MAX_POINTS) {
        mm_messages_add(messages, "a design of this kind needs --points, from 1 to %zu", MAX_POINTS);
        return MM_USAGE;
    }
    if (kind == MM_DESIGN_SOBOL && design->n_axes > SOBOL_KEYS) {
        mm_messages_add(messages, "a Sobol sequence is known for up to %d keys; a Latin hypercube takes any number",
                        SOBOL_KEYS);
        return MM_USAGE;
    }
    design->n_points = points;
    design->unit = calloc(points * design->n_axes, sizeof *design->unit);
    if (!design->unit)
        return store_no_memory(messages);
    gsl_errors_quiet();
    bool good = kind == MM_DESIGN_SOBOL ? fill_sobol(design) : fill_hypercube(design);
    gsl_errors_loud();
    return good ? MM_OK : store_no_memory(messages);
}

mm_status design_read(const char *const *vary, size_t n_vary, mm_design kind, size_t points, struct design *design,
                      mm_messages *messages) {
    *design = (struct design){0};
    if (n_vary == 0) {
        mm_messages_add(messages, "nothing is varied; write --vary key=lo:hi:n or --vary key=a,b,c");
        return MM_USAGE;
    }
    if (kind == MM_DESIGN_GRID && points > 0) {
        mm_messages_add(messages, "--points goes with --design lhs or sobol; a grid has its own number of them");
        return MM_USAGE;
    }
    design->axes = calloc(n_vary, sizeof *design->axes);
    if (!design->axes)
        return store_no_memory(messages);
    locale_t before = text_plain();
    mm_status status = MM_OK;
    for (size_t i = 0; i < n_vary && status == MM_OK; i++)
        status = read_axis(vary[i], kind, design, messages);
    if (status == MM_OK)
        status = kind == MM_DESIGN_GRID ? count_grid(design, messages) : fill_unit(design, kind, points, messages);
    text_restore(before);
    return status;
}

/* `t` from 0 to 1 along a range. */
static double along(const struct design_axis *axis, double t) {
    if (axis->logarithmic)
        return axis->low * exp(t * log(axis->high / axis->low));
    return axis->low + t * (axis->high - axis->low);
}

static char *setting(const struct design_axis *axis, size_t place, double unit, bool grid) {
    char number[64], *text;
    const char *value = number;
    if (axis->values) {
        value = axis->values[grid ? place : (size_t)(unit * (double)axis->n)];
    } else {
        double t = !grid ? unit : axis->n > 1 ? (double)place / (double)(axis->n - 1) : 0;
        double at = grid && place + 1 == axis->n && axis->n > 1 ? axis->high : along(axis, t);
        snprintf(number, sizeof number, "%.*g", DIGITS, at);
    }
    return asprintf(&text, "%s=%s", axis->key, value) < 0 ? NULL : text;
}

bool design_point(const struct design *design, size_t point, char **sets) {
    locale_t before = text_plain();
    size_t rest = point;
    bool good = true;
    for (size_t i = design->n_axes; i-- > 0;) {
        const struct design_axis *axis = &design->axes[i];
        double unit = design->unit ? design->unit[point * design->n_axes + i] : 0;
        sets[i] = setting(axis, design->unit ? 0 : rest % axis->n, unit, !design->unit);
        rest = design->unit ? 0 : rest / axis->n;
        good = good && sets[i];
    }
    text_restore(before);
    return good;
}
