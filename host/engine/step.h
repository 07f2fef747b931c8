/* Counts the instructions of a piece of code by running it one instruction at a time: the processor's trap flag, and a
 * signal after each. On x86-64 under Linux; elsewhere it says that it can't. */
#ifndef MISMATCH_HOST_STEP_H
#define MISMATCH_HOST_STEP_H

#include <stdbool.h>
#include <stdint.h>

enum step_kind {
    STEP_FMA,
    STEP_MULTIPLY,
    STEP_ADD,     /* and subtract */
    STEP_DIVIDE,  /* and square root */
    STEP_COMPARE, /* minimum, maximum, comparison */
    STEP_CONVERT, /* and round */
    STEP_INTEGER, /* whole-number and logical operations on vectors */
    STEP_INTEGER_MULTIPLY,
    STEP_SHUFFLE, /* moves between lanes */
    STEP_MOVE,    /* loads, stores and copies of vectors */
    STEP_MASK,    /* on mask registers */
    STEP_SCALAR,  /* everything else */
    STEP_KINDS
};
enum { STEP_WIDTHS = 4 }; /* 32 bits (or a general register), 128, 256, 512 */
enum { STEP_STAGES = 16 };

struct step_counts {
    uint64_t n[STEP_STAGES][STEP_KINDS][STEP_WIDTHS];
    uint64_t loads[STEP_STAGES][STEP_WIDTHS], stores[STEP_STAGES][STEP_WIDTHS];
};

/* The instruction at `code`, which is read as far as it goes. */
struct step_instruction {
    enum step_kind kind;
    int width; /* index among the widths */
    bool loads, stores;
};
struct step_instruction step_decode(const unsigned char *code);

/* Whether this machine can step. */
bool step_possible(void);
/* Between the two, in this thread and in no other at that time, each instruction is added to `counts` under *stage,
 * which is below STEP_STAGES. */
void step_begin(struct step_counts *counts, const volatile int *stage);
void step_end(void);

#endif
