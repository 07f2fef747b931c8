#include "host/store/packed.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

#define ENCODING "zlib+base64"
#define PIECE_WORDS ((size_t)2048)
#define PIECE (PIECE_WORDS * 8)
#define MAX_RATIO 1040 /* zlib never shrinks more than 1032-fold, so a small file can't ask for much memory */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Base64 by pieces: up to two bytes wait for a third. */
struct base64 {
    FILE *out;
    unsigned char waiting[3];
    int n;
};

static void base64_put(struct base64 *base64) {
    unsigned char *in = base64->waiting;
    char text[4] = {alphabet[in[0] >> 2], alphabet[(in[0] & 3) << 4 | in[1] >> 4],
                    base64->n > 1 ? alphabet[(in[1] & 15) << 2 | in[2] >> 6] : '=',
                    base64->n > 2 ? alphabet[in[2] & 63] : '='};
    fwrite(text, 1, sizeof text, base64->out);
    memset(in, 0, sizeof base64->waiting);
    base64->n = 0;
}

static void base64_write(struct base64 *base64, const unsigned char *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        base64->waiting[base64->n++] = bytes[i];
        if (base64->n == 3)
            base64_put(base64);
    }
}

static void deflate_words(z_stream *stream, struct base64 *base64, const struct tallies *tallies) {
    unsigned char in[PIECE], out[PIECE];
    size_t n_words = tallies_words(tallies), first = 0;
    int state = Z_OK;
    do {
        size_t n = n_words - first < PIECE_WORDS ? n_words - first : PIECE_WORDS;
        tallies_get_words(tallies, first, n, in);
        first += n;
        stream->next_in = in;
        stream->avail_in = (uInt)(n * 8);
        do {
            stream->next_out = out;
            stream->avail_out = PIECE;
            state = deflate(stream, first == n_words ? Z_FINISH : Z_NO_FLUSH);
            base64_write(base64, out, PIECE - stream->avail_out);
        } while (stream->avail_out == 0);
    } while (state != Z_STREAM_END);
    if (base64->n)
        base64_put(base64);
}

bool packed_write(FILE *out, const struct tallies *tallies) {
    z_stream stream = {0};
    if (deflateInit(&stream, Z_DEFAULT_COMPRESSION) != Z_OK)
        return false;
    fprintf(out, "{\"format\": %d, \"n_counts\": %zu, \"n_sums\": %zu, \"encoding\": \"" ENCODING "\", \"data\": \"",
            PACKED_FORMAT, tallies->n_counts, tallies->n_sums);
    struct base64 base64 = {.out = out};
    deflate_words(&stream, &base64, tallies);
    deflateEnd(&stream);
    fputs("\"}", out);
    return true;
}

/* Up to `n` bytes from the text at *at. \return how many; -1: not Base64. */
static long base64_read(const char *text, size_t length, size_t *at, unsigned char *bytes, size_t n) {
    size_t made = 0;
    while (*at < length && made + 3 <= n) {
        if (length - *at < 4)
            return -1;
        unsigned value = 0;
        int padding = 0;
        for (size_t i = 0; i < 4; i++) {
            char c = text[*at + i];
            const char *found = c && !padding ? strchr(alphabet, c) : NULL;
            if (!found && !(c == '=' && i >= 2 && *at + 4 == length))
                return -1;
            padding += !found;
            value = value << 6 | (found ? (unsigned)(found - alphabet) : 0);
        }
        *at += 4;
        for (int i = 0; i < 3 - padding; i++)
            bytes[made++] = (unsigned char)(value >> (16 - 8 * i));
    }
    return (long)made;
}

/* Words that have come out of the stream, laid into the tallies. */
struct filling {
    struct tallies *tallies;
    size_t filled; /* words */
    unsigned char bytes[PIECE];
    size_t n; /* bytes waiting */
};

static bool fill(struct filling *filling) {
    size_t n = filling->n / 8, room = tallies_words(filling->tallies) - filling->filled;
    if (n > room || (n == room && filling->n % 8))
        return false;
    tallies_set_words(filling->tallies, filling->filled, n, filling->bytes);
    filling->filled += n;
    filling->n -= n * 8;
    memmove(filling->bytes, filling->bytes + n * 8, filling->n);
    return true;
}

/* \return whether the whole text is one whole stream with exactly the words that are wanted. */
static bool inflate_words(z_stream *stream, const char *text, size_t length, struct filling *filling) {
    unsigned char in[PIECE];
    size_t at = 0;
    int state = Z_OK;
    while (state == Z_OK) {
        if (stream->avail_in == 0 && at < length) {
            long n = base64_read(text, length, &at, in, sizeof in);
            if (n < 0)
                return false;
            stream->next_in = in;
            stream->avail_in = (uInt)n;
        }
        stream->next_out = filling->bytes + filling->n;
        stream->avail_out = (uInt)(PIECE - filling->n);
        state = inflate(stream, Z_NO_FLUSH);
        filling->n = PIECE - stream->avail_out;
        if ((state != Z_OK && state != Z_STREAM_END) || !fill(filling))
            return false;
    }
    return stream->avail_in == 0 && at == length && filling->n == 0 &&
           filling->filled == tallies_words(filling->tallies);
}

static bool unpack(const char *text, size_t length, struct tallies *tallies) {
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK)
        return false;
    struct filling filling = {.tallies = tallies};
    bool whole = inflate_words(&stream, text, length, &filling);
    inflateEnd(&stream);
    return whole;
}

struct tallies *packed_read(const json_t *packed, json_int_t *format, const char **why) {
    json_int_t n_counts, n_sums;
    const char *encoding, *data;
    size_t length;
    json_error_t error;
    json_t *object = (json_t *)(uintptr_t)packed; /* only read */
    *why = "the tallies are incomplete";
    if (json_unpack_ex(object, &error, 0, "{s:I, s:I, s:I, s:s, s:s%}", "format", format, "n_counts", &n_counts,
                       "n_sums", &n_sums, "encoding", &encoding, "data", &data, &length) != 0)
        return NULL;
    *why = "the tallies are packed in a way that this version doesn't know";
    if (strcmp(encoding, ENCODING) != 0)
        return NULL;
    *why = "the tallies are damaged";
    json_int_t most = (json_int_t)(length < INT_MAX ? length : INT_MAX) * MAX_RATIO;
    if (n_counts < 0 || n_sums < 0 || n_counts > most || n_sums > most)
        return NULL;
    struct tallies *tallies = tallies_new((size_t)n_counts, (size_t)n_sums);
    if (!tallies) {
        *why = "memory ran out";
        return NULL;
    }
    if (unpack(data, length, tallies))
        return tallies;
    tallies_free(tallies);
    return NULL;
}
