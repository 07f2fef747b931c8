#include "host/cli/options.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_EXPONENT 30
#define KIB 1024.0

static bool times_ten(uint64_t *value) {
    return !__builtin_mul_overflow(*value, UINT64_C(10), value);
}

/* Digits, perhaps a point and more digits, perhaps an exponent; exact, and whole in the end. */
bool number_count(const char *text, uint64_t *value) {
    uint64_t number = 0;
    int decimals = 0, digits = 0;
    bool point = false;
    for (; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        if (!times_ten(&number) || __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
            return false;
        digits++;
        decimals += point;
    }
    long exponent = 0;
    if (digits && (*text == 'e' || *text == 'E')) {
        text += 1 + (text[1] == '+');
        char *end;
        if (!isdigit((unsigned char)*text))
            return false;
        exponent = strtol(text, &end, 10);
        text = end;
    }
    if (!digits || *text || exponent > MAX_EXPONENT)
        return false;
    for (; exponent > decimals; exponent--)
        if (!times_ten(&number))
            return false;
    for (; decimals > exponent; decimals--) {
        if (number % 10)
            return false;
        number /= 10;
    }
    *value = number;
    return true;
}

/* A positive decimal number without sign, exponent or hexadecimal digits; *rest: what follows it. */
static bool plain_number(const char *text, double *value, const char **rest) {
    size_t length = strspn(text, "0123456789.");
    char copy[32];
    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *end;
    *value = strtod(copy, &end);
    *rest = text + length;
    return *end == '\0' && *value > 0;
}

bool number_size(const char *text, uint64_t *value) {
    static const char units[] = "KMGTP";
    double number;
    if (!plain_number(text, &number, &text))
        return false;
    const char *unit = *text ? strchr(units, toupper((unsigned char)*text)) : NULL;
    for (const char *u = units; unit && u <= unit; u++)
        number *= KIB;
    text += unit != NULL;
    if (unit && *text == 'i')
        text++;
    if (*text == 'B')
        text++;
    if (*text || !(number >= 1) || number >= 0x1p63)
        return false;
    *value = (uint64_t)number;
    return true;
}

bool number_share(const char *text, double *value) {
    if (!plain_number(text, value, &text))
        return false;
    if (*text == '%') {
        *value /= 100;
        text++;
    }
    return *text == '\0' && *value > 0 && *value < 1;
}

bool number_time(const char *text, double *value) {
    static const struct {
        char letter;
        double seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    if (!plain_number(text, value, &text))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (*text == units[i].letter && !text[1]) {
            *value *= units[i].seconds;
            return true;
        }
    return *text == '\0';
}
