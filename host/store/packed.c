#include "host/store/packed.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "host/scenario/failures.h"
#include "host/store/base64.h"

#define ENCODING "zlib+base64"
#define PIECE_WORDS ((size_t)2048)
#define PIECE (PIECE_WORDS * 8)
#define MAX_RATIO 1040 /* zlib never shrinks more than 1032-fold, so a small file can't ask for much memory */

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
    base64_end(base64);
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
        if (state == Z_MEM_ERROR)
            memory_failed();
        if ((state != Z_OK && state != Z_STREAM_END) || !fill(filling))
            return false;
    }
    return stream->avail_in == 0 && at == length && filling->n == 0 &&
           filling->filled == tallies_words(filling->tallies);
}

static bool unpack(const char *text, size_t length, struct tallies *tallies) {
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK) {
        memory_failed();
        return false;
    }
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
        memory_failed();
        *why = "memory ran out";
        return NULL;
    }
    if (unpack(data, length, tallies))
        return tallies;
    tallies_free(tallies);
    return NULL;
}
