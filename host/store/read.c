#include "host/store/read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/store/both.h"

#define PIECE ((size_t)1 << 16)
#define KEY "both"

struct bytes {
    char *at;
    size_t n, capacity;
};

struct filter {
    struct read_source *source;
    char piece[PIECE];
    bool ended;
    struct bytes out; /* for the reader */
    size_t taken;     /* of `out` */
    /* Where the text stands. */
    bool in_string, escaped;
    char word[sizeof KEY];          /* what the last string begins with, 0 behind it */
    size_t word_length;             /* as far as it is held */
    bool behind_word, behind_colon; /* the last thing but blanks was the string KEY; and a colon after it */
    struct bytes held;              /* a value of KEY so far */
    int depth;                      /* of braces in it; 0: none is held */
};

static bool add(struct bytes *bytes, const char *text, size_t n) {
    if (n == 0)
        return true;
    if (bytes->n + n > bytes->capacity) {
        const size_t capacity = 2 * (bytes->n + n);
        char *at = realloc(bytes->at, capacity);
        if (!at)
            return false;
        bytes->at = at;
        bytes->capacity = capacity;
    }
    memcpy(bytes->at + bytes->n, text, n);
    bytes->n += n;
    return true;
}

/* Lays a held value before the reader, in short if it can be. */
static bool release(struct filter *filter) {
    struct bytes *held = &filter->held;
    bool good;
    if (held->n < BOTH_SHORTEST || !both_is_plain(held->at, held->n)) {
        good = add(&filter->out, held->at, held->n);
    } else {
        char *text = both_shorten(held->at, held->n);
        good = text && add(&filter->out, text, strlen(text));
        free(text);
        for (size_t i = 0; i < held->n && good; i++) /* so that lines are counted right */
            good = held->at[i] != '\n' || add(&filter->out, "\n", 1);
    }
    held->n = 0;
    filter->depth = 0;
    return good;
}

/* A character of a string, its closing quote included. */
static void follow_string(struct filter *filter, char c) {
    if (filter->escaped || c == '\\' || c != '"') {
        filter->escaped = !filter->escaped && c == '\\';
        if (filter->word_length < sizeof filter->word)
            filter->word[filter->word_length++] = c;
        return;
    }
    filter->in_string = false;
    filter->behind_word = filter->word_length == strlen(KEY) && memcmp(filter->word, KEY, strlen(KEY)) == 0;
}

static void follow(struct filter *filter, char c) {
    if (filter->in_string) {
        follow_string(filter, c);
    } else if (c == '"') {
        filter->in_string = true;
        filter->word_length = 0;
        filter->behind_word = filter->behind_colon = false;
    } else if (c == ':') {
        filter->behind_colon = filter->behind_word;
    } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        filter->behind_word = filter->behind_colon = false;
    }
}

/* How many characters from here on neither begin nor end anything. */
static size_t plain_length(const struct filter *filter, const char *text, size_t n) {
    size_t i = 0;
    if (filter->in_string && !filter->escaped && filter->word_length == sizeof filter->word)
        while (i < n && text[i] != '"' && text[i] != '\\')
            i++;
    else if (!filter->in_string && !filter->behind_word)
        while (i < n && text[i] != '"' && text[i] != '{' && text[i] != '}')
            i++;
    return i;
}

static bool pass(struct filter *filter, const char *text, size_t n) {
    for (size_t i = 0; i < n;) {
        const size_t plain = plain_length(filter, text + i, n - i);
        struct bytes *to = filter->depth > 0 ? &filter->held : &filter->out;
        if (plain > 0) {
            if (!add(to, text + i, plain))
                return false;
            i += plain;
            continue;
        }
        const char c = text[i++];
        const bool brace = !filter->in_string;
        if (brace && c == '{' && (filter->depth > 0 || filter->behind_colon)) {
            filter->depth++;
            to = &filter->held;
        }
        if (!add(to, &c, 1))
            return false;
        follow(filter, c);
        if (brace && c == '}' && filter->depth > 0 && --filter->depth == 0 && !release(filter))
            return false;
    }
    return true;
}

/* Lays more before the reader. \return false at the end, and where that fails. */
static bool fill(struct filter *filter) {
    filter->out.n = filter->taken = 0;
    while (filter->out.n == 0 && !filter->ended) {
        const size_t n = filter->source->more(filter->piece, sizeof filter->piece, filter->source->context);
        filter->ended = n == 0 || n == (size_t)-1;
        filter->source->failed = n == (size_t)-1;
        const bool good =
            filter->ended ? add(&filter->out, filter->held.at, filter->held.n) : pass(filter, filter->piece, n);
        if (!good) {
            filter->source->no_memory = filter->ended = true;
            return false;
        }
    }
    return filter->out.n > 0;
}

static size_t give(void *buffer, size_t n, void *context) {
    struct filter *filter = context;
    if (filter->taken == filter->out.n && !fill(filter))
        return filter->source->failed || filter->source->no_memory ? (size_t)-1 : 0;
    const size_t left = filter->out.n - filter->taken;
    n = n < left ? n : left;
    memcpy(buffer, filter->out.at + filter->taken, n);
    filter->taken += n;
    return n;
}

json_t *read_json(struct read_source *source, json_error_t *error) {
    struct filter *filter = calloc(1, sizeof *filter);
    source->failed = false;
    source->no_memory = !filter;
    if (!filter)
        return NULL;
    filter->source = source;
    json_t *read = json_load_callback(give, filter, JSON_REJECT_DUPLICATES, error);
    free(filter->out.at);
    free(filter->held.at);
    free(filter);
    return read;
}
