/* Numbers, dates and names as text. Numbers are read and written between text_plain() and text_restore(). */
#ifndef MISMATCH_HOST_SCENARIO_TEXT_H
#define MISMATCH_HOST_SCENARIO_TEXT_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

#define TEXT_NUMBER 40 /* room for any number of text_number() */

/* Numbers with a point whatever the user's locale, in this thread. Public functions do this around all they do.
 * \return what to give back to text_restore(). */
locale_t text_plain(void);
void text_restore(locale_t before);

/* A decimal number with optional exponent, the whole text; false for anything else, also for overflow. */
bool text_real(const char *text, double *value);
/* Whether the text has the form of a number, however large. */
bool text_real_form(const char *text);
bool text_real_fits(const char *text, double limit);
/* YYYY-MM as months since year 0. */
bool text_date(const char *text, int *months);
void text_from_date(int months, char out[TEXT_NUMBER]);
/* The shortest decimal that reads back as the same double; whole numbers below 1e15 without point and exponent. */
void text_number(double value, char out[TEXT_NUMBER]);
/* Small letters, digits and hyphens, first a letter or digit. */
bool text_is_name(const char *text);
/* The entry nearest to `text` by insertions, deletions, replacements and swaps; NULL when none is near. */
const char *text_nearest(const char *text, const char *const *names, int n);

#endif
