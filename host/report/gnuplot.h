/* Running gnuplot, and its language. */
#ifndef MISMATCH_HOST_REPORT_GNUPLOT_H
#define MISMATCH_HOST_REPORT_GNUPLOT_H

#include <stdbool.h>
#include <stdio.h>

/* A colour of the pictures: as scripts write it, and what it is called in the style of the page, where it changes with
 * the theme. All of them can be told apart with every common kind of colour blindness (after Okabe and Ito), and the
 * steps of the maps by lightness alone. */
struct colour {
    const char *name, *light, *dark;
};
extern const struct colour colours[];
extern const int n_colours;
#define HEAT_STEPS 9 /* h1 ... h9, little to much; h0: nothing at all */
#define LINES 8      /* c1 ... c8 */
/* "#0072b2"; black for a name that there is not. */
const char *colour_of(const char *name);

/* Writes a text in single quotes, in which gnuplot replaces nothing; control characters become '?'. */
void gnuplot_text(FILE *script, const char *text);
/* The same for the label of a tick, which gnuplot reads as a format. */
void gnuplot_tick(FILE *script, const char *text);

/* Runs `program -d -c script kind` in `folder`, without a shell, and waits for it. *said: the first line that it wrote
 * to its standard error, "" for none. \return 0: done; -1: it can't be started, errno says why; else its status. */
int gnuplot_run(const char *program, const char *folder, const char *script, const char *kind, char said[256]);

#endif
