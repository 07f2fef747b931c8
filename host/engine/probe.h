/* Every function of the kernels on awkward arguments, as the host's compiler makes them: what a device is held to. */
#ifndef MISMATCH_HOST_PROBE_H
#define MISMATCH_HOST_PROBE_H

#include <stddef.h>
#include <stdint.h>

#define PROBE_ARGUMENTS 1024 /* for each function: a multiple of every lane width */

/* Functions and record sizes; the enumeration in kernels/probe.h has the order. */
size_t probe_functions(void);
const char *probe_name(size_t function);
size_t probe_sizes(void);

/* Fills a[function][i] and b[function][i], i < PROBE_ARGUMENTS: bit patterns within the domain of each function, its
 * edges first. */
void probe_arguments(uint32_t *a, uint32_t *b);
/* What they give: out[function][i], and sizes[]. */
void probe_answers(const uint32_t *a, const uint32_t *b, uint32_t *out, uint32_t *sizes);
/* Random123's known answer for Philox4x32-10, folded as kernels/probe.h does, and the counter's first two words. */
uint32_t probe_known_philox(uint32_t *a, uint32_t *b);

#endif
