#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/text.h"

locale_t text_plain(void) {
    /* "C" is a constant object of the C library: nothing to free, and asking for it doesn't fail */
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return plain ? uselocale(plain) : (locale_t)0;
}

void text_restore(locale_t before) {
    if (before)
        uselocale(before);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *digits(const char *at) {
    while (is_digit(*at))
        at++;
    return at;
}

/* Checked before strtod, which would also take hexadecimal, inf, nan and leading blanks. */
static bool is_decimal(const char *at) {
    if (*at == '+' || *at == '-')
        at++;
    const char *whole = at;
    at = digits(at);
    bool any = at > whole;
    if (*at == '.') {
        const char *part = ++at;
        at = digits(at);
        any = any || at > part;
    }
    if (!any)
        return false;
    if (*at == 'e' || *at == 'E') {
        at++;
        if (*at == '+' || *at == '-')
            at++;
        const char *exponent = at;
        at = digits(at);
        if (at == exponent)
            return false;
    }
    return *at == '\0';
}

bool text_real(const char *text, double *value) {
    if (!is_decimal(text))
        return false;
    *value = strtod(text, NULL);
    return isfinite(*value) != 0;
}

bool text_real_form(const char *text) {
    return is_decimal(text);
}

bool text_real_fits(const char *text, double limit) {
    double value;
    return text_real(text, &value) && fabs(value) <= limit;
}

bool text_date(const char *text, int *months) {
    if (strlen(text) != 7 || text[4] != '-')
        return false;
    for (int i = 0; i < 7; i++)
        if (i != 4 && !is_digit(text[i]))
            return false;
    int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
    int month = (text[5] - '0') * 10 + (text[6] - '0');
    if (month < 1 || month > 12)
        return false;
    *months = year * 12 + month - 1;
    return true;
}

void text_from_date(int months, char out[TEXT_NUMBER]) {
    int year = months >= 0 ? months / 12 : -((11 - months) / 12);
    snprintf(out, TEXT_NUMBER, "%04d-%02d", year, months - year * 12 + 1);
}

void text_number(double value, char out[TEXT_NUMBER]) {
    if (value == floor(value) && fabs(value) < 1e15) {
        snprintf(out, TEXT_NUMBER, "%.0f", value == 0 ? 0.0 : value);
        return;
    }
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(out, TEXT_NUMBER, "%.*g", precision, value);
        if (strtod(out, NULL) == value)
            return;
    }
}

bool text_is_name(const char *text) {
    for (const char *at = text; *at; at++)
        if (!(*at >= 'a' && *at <= 'z') && !is_digit(*at) && (*at != '-' || at == text))
            return false;
    return text[0] != '\0';
}

#define LONGEST 64   /* longer names are not compared */
#define COMPARED 300 /* nor more names than this: a message is not worth a wait */

static int smaller(int a, int b) {
    return a < b ? a : b;
}

static int distance(const char *a, size_t n, const char *b, size_t m) {
    int rows[3][LONGEST + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int cost = a[i - 1] == b[j - 1] ? 0 : 1;
            now[j] = smaller(smaller(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
        int *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[m];
}

const char *text_nearest(const char *text, const char *const *names, int n) {
    const char *nearest = NULL;
    size_t length = strlen(text);
    int best = 0;
    if (length > LONGEST)
        return NULL;
    if (n > COMPARED)
        n = COMPARED;
    for (int i = 0; i < n; i++) {
        size_t other = strlen(names[i]);
        if (other > LONGEST)
            continue;
        int away = distance(text, length, names[i], other);
        int limit = 1 + (int)(length > other ? length : other) / 4;
        if (away <= limit && away < (int)other && (!nearest || away < best)) {
            nearest = names[i];
            best = away;
        }
    }
    return nearest;
}
