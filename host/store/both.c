#include "host/store/both.h"

#include <inttypes.h>
#include <limits.h>
#include <mismatch/file.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "host/estimate/hits.h"
#include "host/scenario/failures.h"
#include "host/store/base64.h"
#include "host/store/result_document.h"

#define MARK "both:"
#define QUICK 1        /* zlib's level */
#define MAX_RATIO 1040 /* zlib never shrinks more than 1032-fold, so a small text can't ask for much memory */
#define WHOLE_DIGITS 15
#define EXPONENT_DIGITS 2

/* What is left of the text. */
struct scan {
    const char *at, *end;
};

static void skip_blanks(struct scan *scan) {
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) && *scan->at)
        scan->at++;
}

/* Blanks, then this text. */
static bool take(struct scan *scan, const char *text) {
    const size_t length = strlen(text);
    skip_blanks(scan);
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, text, length) != 0)
        return false;
    scan->at += length;
    return true;
}

/* \return how many digits. */
static size_t take_digits(struct scan *scan) {
    const char *first = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return (size_t)(scan->at - first);
}

static bool at_one_of(const struct scan *scan, const char *characters) {
    return scan->at < scan->end && *scan->at && strchr(characters, *scan->at);
}

/* A number as JSON has it that neither overflows nor is too long for an integer; or null. */
static bool take_number(struct scan *scan) {
    skip_blanks(scan);
    if (take(scan, "null"))
        return true;
    scan->at += at_one_of(scan, "-");
    const char *whole = scan->at;
    size_t n = take_digits(scan);
    if (n == 0 || n > WHOLE_DIGITS || (*whole == '0' && n > 1))
        return false;
    if (at_one_of(scan, ".")) {
        scan->at++;
        if (take_digits(scan) == 0)
            return false;
    }
    if (at_one_of(scan, "eE")) {
        scan->at++;
        scan->at += at_one_of(scan, "+-");
        n = take_digits(scan);
        return n > 0 && n <= EXPONENT_DIGITS;
    }
    return true;
}

static bool take_numbers(struct scan *scan) {
    if (!take(scan, "["))
        return false;
    if (take(scan, "]"))
        return true;
    while (take_number(scan))
        if (!take(scan, ","))
            return take(scan, "]");
    return false;
}

bool both_is_plain(const char *text, size_t size) {
    static const char *const states[] = {"\"shortage\"", "\"glut\"", "\"friction\"", "\"balanced\""};
    struct scan scan = {text, text + size};
    bool good = take(&scan, "{");
    for (size_t i = 0; i < sizeof states / sizeof states[0] && good; i++)
        good = (i == 0 || take(&scan, ",")) && take(&scan, states[i]) && take(&scan, ":") && take(&scan, "{") &&
               take(&scan, "\"p\"") && take(&scan, ":") && take_numbers(&scan) && take(&scan, ",") &&
               take(&scan, "\"se\"") && take(&scan, ":") && take_numbers(&scan) && take(&scan, "}");
    return good && take(&scan, "}") && scan.at == scan.end;
}

char *both_shorten(const char *text, size_t size) {
    uLongf n = compressBound(size);
    unsigned char *bytes = malloc(n);
    char *made = NULL;
    size_t made_size;
    FILE *out = bytes ? mm_text_stream(&made, &made_size) : NULL;
    bool good = out && compress2(bytes, &n, (const unsigned char *)text, size, QUICK) == Z_OK;
    if (good) {
        struct base64 base64 = {.out = out};
        fprintf(out, "\"" MARK "%zu:", size);
        base64_write(&base64, bytes, n);
        base64_end(&base64);
        fputc('"', out);
    }
    free(bytes);
    good = out && fclose(out) == 0 && good;
    if (good)
        return made;
    free(made);
    return NULL;
}

/* Base64 of a zlib stream that gives exactly `size` bytes, which the caller frees. */
static unsigned char *inflated(const char *text, size_t length, size_t size) {
    size_t at = 0;
    uLongf n = size;
    unsigned char *packed = malloc(length + 3), *bytes = malloc(size);
    if (!packed || !bytes)
        memory_failed();
    long n_packed = packed ? base64_read(text, length, &at, packed, length + 3) : -1;
    if (bytes && n_packed >= 0 && at == length && uncompress(bytes, &n, packed, (uLong)n_packed) == Z_OK && n == size) {
        free(packed);
        return bytes;
    }
    free(packed);
    free(bytes);
    return NULL;
}

static json_t *open_text(const char *text, size_t length) {
    char *colon;
    const uintmax_t size = strtoumax(text, &colon, 10);
    const size_t left = length - (size_t)(colon - text);
    if (*colon != ':' || size == 0 || size > INT_MAX || size / MAX_RATIO > left)
        return NULL;
    unsigned char *bytes = inflated(colon + 1, left - 1, (size_t)size);
    json_t *curves = bytes ? json_loadb((const char *)bytes, (size_t)size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(bytes);
    return curves;
}

static bool is_shortened(const json_t *both) {
    const char *text = json_string_value(both);
    return text && strncmp(text, MARK, strlen(MARK)) == 0;
}

bool both_is_short(const json_t *both) {
    return is_shortened(both) || hits_are(both);
}

json_t *both_open(const json_t *both) {
    if (is_shortened(both))
        return open_text(json_string_value(both) + strlen(MARK), json_string_length(both) - strlen(MARK));
    if (hits_are(both))
        return hits_curves(both);
    return json_is_object(both) ? json_incref((json_t *)(uintptr_t)both) : NULL;
}

json_t *result_both(const json_t *entry) {
    return both_open(json_object_get(entry, "both"));
}
