/* Limit states of structural reliability, as problems for the rare-event methods: failure where g < 0, so that the
 * score is -g. Every one has another score too. Their probabilities are integrated here to nine digits; beside them
 * stands the published figure.
 *
 * RP22, RP28 and RP111 are problems of TNO's black-box reliability challenge (Rozsas and Slobbe, "Repository and
 * Black-box Reliability Challenge 2019", https://rprepo.readthedocs.io), with the constants and the references of
 * otbenchmark (https://github.com/openturns/otbenchmark; for RP28 that of its tests, 1.46e-7; its RP111 is 0.6 % too
 * high). The series system of four branches is there too; it is Waarts' (2000, "Structural reliability using finite
 * element methods", Delft). */
#ifndef TEST_SUPPORT_LIMIT_STATES_H
#define TEST_SUPPORT_LIMIT_STATES_H

#include "host/rare/rare.h"

struct limit_state {
    const char *name;
    struct rare_problem problem;
    double p;         /* integrated */
    double published; /* to the digits below; 0: none */
    double digits;    /* relative */
};

/* A tail beyond beta of the mean direction of n inputs. In one of 16 problems in turn. */
struct limit_state normal_tail(int n_inputs, double beta);
/* The same of (3 X + Y) / sqrt(10), X the mean direction, Y a normal that follows from the rest. */
struct limit_state tail_with_rest(int n_inputs, double beta);
/* A tail of 60 inputs of which only so many are seen; the others follow from the rest. The fine problem sees all. */
struct limit_state hidden_tail(int n_inputs, double beta);
struct limit_state rp22(void);
struct limit_state rp28(void);
struct limit_state rp111(void);
struct limit_state four_branch(void);
/* Two tails, beyond beta on one side and beyond beta + 0.5 on the other of another input. */
struct limit_state two_tails(int n_inputs, double beta);

#endif
