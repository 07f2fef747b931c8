#include "host/store/json_text.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/store/both.h"

#define BROKEN_LEVELS 2
#define ESTIMATE_DIGITS 10 /* far more than any error of a simulation leaves, and the tallies are exact */
#define ERROR_DIGITS 6
#define EXACT_DIGITS 17

static int write_piece(const char *text, size_t size, void *out) {
    return fwrite(text, 1, size, out) == size ? 0 : -1;
}

void json_text_string(FILE *out, const char *text) {
    json_t *value = json_string(text);
    if (value)
        json_dump_callback(value, write_piece, out, JSON_ENCODE_ANY);
    else
        fputs("null", out); /* memory ran out, or not UTF-8: the file stays well formed */
    json_decref(value);
}

#define KNOWN 512 /* numbers whose texts are kept */

/* How real numbers are written. Long results hold few that differ, each many times. */
struct digits {
    int all, errors; /* significant digits, of standard errors; 0: the fewest that read back as the same number */
    bool no_memory;  /* out: for the curves of an entry */
    struct {
        double value; /* 0: none */
        int digits;
        char text[40];
    } known[KNOWN];
};

static void write_value(FILE *out, const json_t *value, int depth, struct digits *digits, bool is_error);

/* "%.17g" of what is neither large nor small, so that it reads back as the same number, a tenth of the time: 17 digits
 * are one more than a double needs at most, which leaves room for the rounding of a product of 64 bits. Trailing zeros
 * are left out. \return false where it is not to be had so. */
static bool format_fast(double value, char text[40]) {
    static const long double powers[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,
                                         1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L,
                                         1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L}; /* exact */
    const long double size = value < 0 ? -(long double)value : (long double)value;
    int before = 0, after = 16; /* digits before the point, and after it */
    if (LDBL_MANT_DIG < 64 || !(size >= 1e-5L && size < 1e9L))
        return false;
    while (size >= powers[before])
        before++;
    after = 17 - before;
    for (int zeros = 0; before == 0 && zeros < 5 && size * powers[zeros + 1] < 1; zeros++)
        after++;
    uint64_t digits = (uint64_t)(size * powers[after] + 0.5L);
    char *at = text + 39, *last;
    for (; after > 1 && digits % 10 == 0; after--)
        digits /= 10;
    *at = '\0';
    last = at;
    for (int i = 0; digits > 0 || i <= after; i++) {
        if (i == after)
            *--at = '.';
        *--at = (char)('0' + digits % 10);
        digits /= 10;
    }
    if (value < 0)
        *--at = '-';
    memmove(text, at, (size_t)(last - at) + 1);
    return true;
}

static void format_real(double value, int wanted, char text[40]) {
    if (wanted == EXACT_DIGITS && format_fast(value, text))
        return;
    for (int n = wanted ? wanted : 15; n <= 17; n++) {
        snprintf(text, 40, "%.*g", n, value);
        double back = wanted ? value : strtod(text, NULL);
        if (back <= value && back >= value)
            break;
    }
    char *comma = strchr(text, ','); /* the decimal sign of some locales */
    if (comma)
        *comma = '.';
    if ((!wanted || wanted == EXACT_DIGITS) && !strpbrk(text, ".e"))
        memcpy(text + strlen(text), ".0", sizeof ".0"); /* so that it reads back as a real number */
}

static size_t place_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (size_t)((bits * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % KNOWN;
}

static void write_real(FILE *out, double value, struct digits *digits, bool is_error) {
    const int wanted = is_error ? digits->errors : digits->all;
    if (!(value < 0 || value > 0)) { /* many are: what never happens has probability 0 */
        fputs(wanted && wanted != EXACT_DIGITS ? "0" : "0.0", out);
        return;
    }
    const size_t i = place_of(value);
    if (!(value <= digits->known[i].value && value >= digits->known[i].value) || digits->known[i].digits != wanted) {
        format_real(value, wanted, digits->known[i].text);
        digits->known[i].value = value;
        digits->known[i].digits = wanted;
    }
    fputs(digits->known[i].text, out);
}

static void indent(FILE *out, int depth) {
    fputc('\n', out);
    for (int i = 0; i < depth; i++)
        fputs("  ", out);
}

/* Curves in a short form are opened when they are written, one entry after the other. */
static void write_string(FILE *out, const json_t *value, const char *key, int depth, struct digits *digits) {
    if (strcmp(key, "both") != 0 || !both_is_short(value)) {
        json_dump_callback(value, write_piece, out, JSON_ENCODE_ANY);
        return;
    }
    json_t *curves = both_open(value);
    digits->no_memory = digits->no_memory || !curves;
    write_value(out, curves, depth, digits, false);
    json_decref(curves);
}

/* "se", "posterior_se". */
static bool names_error(const char *key) {
    const size_t length = strlen(key);
    return length >= 2 && strcmp(key + length - 2, "se") == 0 && (length == 2 || key[length - 3] == '_');
}

static void write_object(FILE *out, const json_t *value, int depth, struct digits *digits) {
    bool broken = depth < BROKEN_LEVELS, first = true;
    fputc('{', out);
    /* jansson's iterators take a non-const object, but only read it */
    json_t *object = (json_t *)(uintptr_t)value, *member;
    const char *key;
    json_object_foreach(object, key, member) {
        if (!first)
            fputs(broken ? "," : ", ", out);
        if (broken)
            indent(out, depth + 1);
        first = false;
        json_text_string(out, key);
        fputs(": ", out);
        if (json_is_string(member))
            write_string(out, member, key, depth + 1, digits);
        else
            write_value(out, member, depth + 1, digits, names_error(key));
    }
    if (broken && !first)
        indent(out, depth);
    fputc('}', out);
}

static void write_array(FILE *out, const json_t *value, int depth, struct digits *digits, bool is_error) {
    size_t n = json_array_size(value);
    const json_t *head = json_array_get(value, 0);
    bool broken = depth < BROKEN_LEVELS && (json_is_object(head) || json_is_array(head));
    const char *comma = broken || (digits->all && json_is_number(head)) ? "," : ", ";
    fputc('[', out);
    for (size_t i = 0; i < n; i++) {
        if (i)
            fputs(comma, out);
        if (broken)
            indent(out, depth + 1);
        write_value(out, json_array_get(value, i), depth + 1, digits, is_error);
    }
    if (broken)
        indent(out, depth);
    fputc(']', out);
}

static void write_value(FILE *out, const json_t *value, int depth, struct digits *digits, bool is_error) {
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        write_object(out, value, depth, digits);
        break;
    case JSON_ARRAY:
        write_array(out, value, depth, digits, is_error);
        break;
    case JSON_STRING:
        json_dump_callback(value, write_piece, out, JSON_ENCODE_ANY);
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(out, json_real_value(value), digits, is_error);
        break;
    case JSON_TRUE:
        fputs("true", out);
        break;
    case JSON_FALSE:
        fputs("false", out);
        break;
    case JSON_NULL:
        fputs("null", out);
        break;
    }
}

bool json_text_write(FILE *out, const json_t *value, int depth) {
    struct digits digits = {0};
    write_value(out, value, depth, &digits, false);
    return !digits.no_memory;
}

bool json_text_write_estimates(FILE *out, const json_t *value, int depth) {
    struct digits digits = {.all = ESTIMATE_DIGITS, .errors = ERROR_DIGITS};
    write_value(out, value, depth, &digits, false);
    return !digits.no_memory;
}

bool json_text_write_exact(FILE *out, const json_t *value) {
    struct digits digits = {.all = EXACT_DIGITS, .errors = EXACT_DIGITS};
    write_value(out, value, BROKEN_LEVELS, &digits, false);
    return !digits.no_memory;
}

json_t *json_text_u64(uint64_t value) {
    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

bool json_text_read_u64(const json_t *value, uint64_t *number) {
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *number = (uint64_t)json_integer_value(value);
        return true;
    }
    const char *text = json_string_value(value);
    if (!text || text[strspn(text, "0123456789")] != '\0' || !*text)
        return false;
    errno = 0;
    *number = strtoull(text, NULL, 10);
    return errno == 0;
}
