#include "host/cli/options.h"

#include <string.h>

#define MAX_LENGTH 40

static size_t least(size_t a, size_t b, size_t c) {
    size_t least_of_two = a < b ? a : b;
    return least_of_two < c ? least_of_two : c;
}

/* Insertions, deletions and replacements that make one name of the other. */
static size_t distance(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b), row[MAX_LENGTH + 1];
    if (n > MAX_LENGTH || m > MAX_LENGTH)
        return MAX_LENGTH;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}

const char *nearest_name(const char *text, const char *const *names) {
    const char *nearest = NULL;
    size_t best = strlen(text) / 3 + 2; /* what is farther is no slip of the fingers */
    for (; *names; names++) {
        size_t far = distance(text, *names);
        if (far < best) {
            best = far;
            nearest = *names;
        }
    }
    return nearest;
}
