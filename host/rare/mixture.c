#include "host/rare/mixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum rare_shape rare_fitted_shape(int n_inputs) {
    return n_inputs <= RARE_FULL_INPUTS ? RARE_FULL : RARE_DIAGONAL;
}

size_t rare_scale_size(enum rare_shape shape, int n_inputs) {
    const size_t n = (size_t)n_inputs;
    return shape == RARE_ROUND ? 1 : shape == RARE_DIAGONAL ? n : n * n;
}

static struct rare_component *add_round(struct rare_mixture *mixture, double weight, const double *mean, double sigma) {
    struct rare_component *component = &mixture->components[mixture->n++];
    component->weight = weight;
    component->shape = RARE_ROUND;
    component->scale[0] = sigma;
    component->log_scale = mixture->n_inputs * log(sigma);
    for (int i = 0; i < mixture->n_inputs; i++)
        component->mean[i] = mean ? mean[i] : 0;
    return component;
}

struct rare_mixture *rare_mixture_new(int n_inputs) {
    const size_t n = (size_t)n_inputs, each = n + rare_scale_size(rare_fitted_shape(n_inputs), n_inputs);
    struct rare_mixture *mixture = calloc(1, sizeof *mixture);
    double *memory = calloc(RARE_MAX_COMPONENTS * each, sizeof *memory);
    if (!mixture || !memory) {
        free(mixture);
        free(memory);
        return NULL;
    }
    mixture->n_inputs = n_inputs;
    mixture->memory = memory;
    for (int c = 0; c < RARE_MAX_COMPONENTS; c++, memory += each) {
        mixture->components[c].mean = memory;
        mixture->components[c].scale = memory + n;
    }
    add_round(mixture, 1 - RARE_WIDE_SHARE, NULL, 1);
    add_round(mixture, RARE_WIDE_SHARE, NULL, 1 + 3 / sqrt(n_inputs));
    return mixture;
}

struct rare_mixture *rare_mixture_copy(const struct rare_mixture *mixture) {
    struct rare_mixture *copy = rare_mixture_new(mixture->n_inputs);
    if (!copy)
        return NULL;
    copy->n = mixture->n;
    for (int c = 0; c < mixture->n; c++) {
        const struct rare_component *from = &mixture->components[c];
        struct rare_component *to = &copy->components[c];
        to->weight = from->weight;
        to->shape = from->shape;
        to->log_scale = from->log_scale;
        memcpy(to->mean, from->mean, (size_t)mixture->n_inputs * sizeof *to->mean);
        memcpy(to->scale, from->scale, rare_scale_size(from->shape, mixture->n_inputs) * sizeof *to->scale);
    }
    return copy;
}

void rare_mixture_free(struct rare_mixture *mixture) {
    if (!mixture)
        return;
    free(mixture->memory);
    free(mixture);
}

void rare_mixture_add(struct rare_mixture *mixture, double weight, const double *mean, const double *scale) {
    const int n = mixture->n_inputs;
    struct rare_component *component = add_round(mixture, (1 - RARE_UNIT_SHARE) * weight, mean, 1);
    component->shape = rare_fitted_shape(n);
    memcpy(component->scale, scale, rare_scale_size(component->shape, n) * sizeof *scale);
    component->log_scale = 0;
    for (int i = 0; i < n; i++)
        component->log_scale += log(component->shape == RARE_FULL ? scale[i * n + i] : scale[i]);
    add_round(mixture, RARE_UNIT_SHARE * weight, mean, 1);
}

void rare_mixture_draw(const struct rare_mixture *mixture, const struct rare_address *address, double *z,
                       double *work) {
    const int n = mixture->n_inputs;
    uint32_t words[4];
    rare_block(address, 0, words);
    double u = rare_uniform(words[0]);
    int c = 0;
    while (c + 1 < mixture->n && u >= mixture->components[c].weight)
        u -= mixture->components[c++].weight;
    const struct rare_component *component = &mixture->components[c];
    rare_normals(address, n, work);
    for (int i = 0; i < n; i++) {
        double sum = 0;
        if (component->shape == RARE_FULL)
            for (int j = 0; j <= i; j++)
                sum += component->scale[i * n + j] * work[j];
        else
            sum = component->scale[component->shape == RARE_ROUND ? 0 : i] * work[i];
        z[i] = component->mean[i] + sum;
    }
}

double rare_component_log_density(const struct rare_component *component, int n, const double *z, double *work) {
    double square = 0;
    for (int i = 0; i < n; i++) {
        double x = z[i] - component->mean[i];
        if (component->shape == RARE_FULL) { /* solves L work = z - mean */
            for (int j = 0; j < i; j++)
                x -= component->scale[i * n + j] * work[j];
            work[i] = x / component->scale[i * n + i];
        } else {
            work[i] = x / component->scale[component->shape == RARE_ROUND ? 0 : i];
        }
        square += work[i] * work[i];
    }
    return -0.5 * square - component->log_scale;
}

double rare_mixture_log_ratio(const struct rare_mixture *mixture, const double *z, double *work) {
    double logs[RARE_MAX_COMPONENTS], most = -INFINITY, sum = 0, square = 0;
    for (int c = 0; c < mixture->n; c++) {
        const struct rare_component *component = &mixture->components[c];
        logs[c] = log(component->weight) + rare_component_log_density(component, mixture->n_inputs, z, work);
        most = fmax(most, logs[c]);
    }
    for (int c = 0; c < mixture->n; c++)
        sum += exp(logs[c] - most);
    for (int i = 0; i < mixture->n_inputs; i++)
        square += z[i] * z[i];
    return -0.5 * square - (most + log(sum));
}
