/* Small configurations whose answers are known, in closed form or from print: what `selftest --full` holds the program
 * to. */
#ifndef MISMATCH_HOST_KNOWN_H
#define MISMATCH_HOST_KNOWN_H

#include <stddef.h>

/* How an obtained figure is compared with the known one. */
enum known_kind {
    KNOWN_SHARE,  /* of the run's paths; the error follows from the known share */
    KNOWN_FIGURE, /* a mean or a ratio with the error that the result states: the members "value" or "p", and "se" */
    KNOWN_FACTOR  /* a Bayes factor, on the log scale, with the error that its interval states */
};

struct known_row {
    const char *quantity;
    const char *path; /* in the result: members and indices between slashes; of a share the number itself */
    enum known_kind kind;
};

#define KNOWN_ROWS 12

struct known_case {
    const char *subject;
    const char *source;   /* theorem, closed form or publication */
    const char *text;     /* the configuration, YAML or JSON */
    char *(*write)(void); /* or how it is made: new, or NULL when memory ran out */
    int weight;           /* paths of this case for each path that is asked for */
    struct known_row rows[KNOWN_ROWS];
    void (*expect)(double expected[KNOWN_ROWS]);
};

extern const struct known_case known_cases[];
extern const size_t known_count;

/* The IEEE Reliability Test System 1979: its configuration, and the loss of load (h) and unserved energy (MWh) of a
 * year. */
char *known_rts(void);
void known_rts_expect(double expected[KNOWN_ROWS]);

#endif
