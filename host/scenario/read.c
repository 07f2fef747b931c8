/* YAML text to a tree of nodes, through libfyaml's events: they carry the place of every value, and let us refuse what
 * a configuration has no use for (anchors, aliases, tags, several documents) with its place. */
#include <errno.h>
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/load.h"

#define BRACKETS_MAX 10000
#define TOO_DEEP "too deep: more than 32 lists and maps inside each other"

static void release_file(void *file) {
    fclose(file);
}

static bool is_valid_text(const char *text, size_t length) {
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    while (at < end) {
        int more = *at < 0x80                  ? 0
                   : *at >= 0xc2 && *at < 0xe0 ? 1
                   : *at >= 0xe0 && *at < 0xf0 ? 2
                   : *at >= 0xf0 && *at < 0xf5 ? 3
                                               : -1;
        if (more < 0 || end - at <= more || (more == 0 && *at < 0x20 && *at != '\t' && *at != '\n' && *at != '\r'))
            return false;
        for (int i = 1; i <= more; i++)
            if ((at[i] & 0xc0) != 0x80)
                return false;
        at += more + 1;
    }
    return true;
}

/* Reads to the end in growing steps: a pipe doesn't tell its size. */
static char *read_all(struct load *load, FILE *file, size_t *length) {
    size_t room = (size_t)1 << 14, used = 0;
    char *text = memory_get(load->memory, room, 1);
    for (;;) {
        used += fread(text + used, 1, room - used, file);
        if (used < room || used > LOAD_MAX_BYTES)
            break;
        char *bigger = memory_get(load->memory, room * 2, 1);
        memcpy(bigger, text, used);
        text = bigger;
        room *= 2;
    }
    *length = used;
    return text;
}

char *read_file(struct load *load, const char *file, size_t *length, struct origin at, const char *path) {
    void **slot = memory_slot(load->memory, release_file);
    bool standard = strcmp(file, "-") == 0;
    FILE *stream = standard ? stdin : fopen(file, "rb");
    if (!standard)
        *slot = stream;
    errno = stream ? 0 : errno;
    char *text = stream ? read_all(load, stream, length) : NULL;
    bool failed = !stream || ferror(stream);
    int reason = errno;
    if (stream && !standard)
        fclose(stream);
    *slot = NULL;
    if (failed && reason == ENOMEM)
        memory_out(load->memory);
    if (failed) {
        load->unreadable = true;
        problem_add(load, at, path, "cannot read '%s': %s", file, strerror(reason));
        return NULL;
    }
    if (*length > LOAD_MAX_BYTES) {
        problem_add(load, at, path, "'%s' is too large: more than 16 MiB", file);
        return NULL;
    }
    if (!is_valid_text(text, *length)) {
        problem_add(load, at, path, "'%s' is not a text file in UTF-8", file);
        return NULL;
    }
    return text;
}

const char *read_folder(struct load *load, const char *file) {
    const char *slash = strrchr(file, '/');
    return slash ? memory_text(load->memory, file, (size_t)(slash - file) + 1) : "";
}

struct reader {
    struct load *load;
    int source;
    bool failed;
    struct node *root;
    int depth;
    struct node *stack[LOAD_MAX_DEPTH];
    const char *key; /* read, its value not yet */
    struct origin key_at;
    int documents;
};

static void refuse(struct reader *reader, struct origin at, const char *what) {
    reader->failed = true;
    problem_add(reader->load, at, "", "%s", what);
}

static struct origin mark_of(const struct reader *reader, struct fy_event *event) {
    struct origin at = {reader->source, 1, 1};
    const struct fy_mark *mark = fy_event_start_mark(event);
    if (mark) {
        at.line = mark->line + 1;
        at.column = mark->column + 1;
    } else if (reader->key) {
        at = reader->key_at;
    }
    if (event->type == FYET_SCALAR && event->scalar.value) {
        enum fy_scalar_style style = fy_token_scalar_style(event->scalar.value);
        if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) && at.column > 1)
            at.column--; /* the mark stands behind the quote */
    }
    return at;
}

/* The innermost list or map that is still open; NULL outside of all. */
static struct node *innermost(const struct reader *reader) {
    return reader->depth > 0 ? reader->stack[reader->depth - 1] : NULL;
}

static bool expects_key(const struct reader *reader) {
    const struct node *node = innermost(reader);
    return node && node->kind == NODE_MAP && !reader->key;
}

/* Puts a value where the reader stands: into the open list or map, or as the whole. */
static void place(struct reader *reader, struct node *node) {
    struct load *load = reader->load;
    if (++load->n_values > LOAD_MAX_VALUES) {
        refuse(reader, node->at, "too many values: more than 1000000");
        return;
    }
    struct node *parent = innermost(reader);
    if (!parent) {
        reader->root = node;
        return;
    }
    if (parent->kind == NODE_MAP) {
        node->key = reader->key;
        node->key_at = reader->key_at;
        reader->key = NULL;
        if (parent->n >= LOAD_MAX_KEYS) {
            refuse(reader, node->key_at, "too many keys in one map: more than 10000");
            return;
        }
    }
    node_append(load, parent, node);
}

static void open_node(struct reader *reader, enum node_kind kind, struct origin at) {
    if (expects_key(reader)) {
        refuse(reader, at, "a key must be a plain text, not a list or a map");
        return;
    }
    if (reader->depth == LOAD_MAX_DEPTH) {
        refuse(reader, at, TOO_DEEP);
        return;
    }
    struct node *node = node_new(reader->load, kind, at);
    place(reader, node);
    if (!reader->failed)
        reader->stack[reader->depth++] = node;
}

static bool is_null_word(const char *text) {
    return strcmp(text, "null") == 0 || strcmp(text, "~") == 0 || strcmp(text, "Null") == 0 ||
           strcmp(text, "NULL") == 0;
}

/* The text of a token, into `to` unless that is NULL; its length. Not by fy_token_get_text(), which loses memory over
 * quotes in quotes (libfyaml 0.7.12). */
static size_t token_text(struct load *load, struct fy_token *token, char *to) {
    struct fy_token_iter *pieces = fy_token_iter_create(token);
    const struct fy_iter_chunk *piece = NULL;
    size_t length = 0;
    int failed = pieces ? 0 : -1;
    while (!failed && (piece = fy_token_iter_chunk_next(pieces, piece, &failed))) {
        if (to)
            memcpy(to + length, piece->str, piece->len);
        length += piece->len;
    }
    fy_token_iter_destroy(pieces);
    if (failed)
        memory_out(load->memory);
    return length;
}

static void scalar(struct reader *reader, struct fy_event *event, struct origin at) {
    struct load *load = reader->load;
    size_t length = event->scalar.value ? token_text(load, event->scalar.value, NULL) : 0;
    char *text = memory_get(load->memory, length + 1, 1);
    if (length)
        token_text(load, event->scalar.value, text);
    bool quoted = event->scalar.value && fy_token_scalar_style(event->scalar.value) != FYSS_PLAIN;
    if (strlen(text) != length) {
        refuse(reader, at, "a text with a zero byte");
        return;
    }
    if (expects_key(reader)) {
        if (strcmp(text, "<<") == 0 && !quoted)
            refuse(reader, at, "merge keys (<<) are not allowed; lay an overlay over the configuration instead");
        reader->key = text;
        reader->key_at = at;
        return;
    }
    bool empty = !quoted && text[0] == '\0';
    struct node *node = node_new(load, empty || (!quoted && is_null_word(text)) ? NODE_NULL : NODE_TEXT, at);
    node->text = text;
    node->quoted = quoted;
    node->empty = empty;
    place(reader, node);
}

static int by_key(const void *a, const void *b) {
    const struct node *const *left = a, *const *right = b;
    int order = strcmp((*left)->key, (*right)->key);
    return order ? order : (*left)->index - (*right)->index;
}

/* Reports keys that stand twice, and leaves the first in place. */
static void find_duplicates(struct reader *reader, struct node *map) {
    struct load *load = reader->load;
    if (!map || map->n < 2)
        return;
    struct node **sorted = memory_get(load->memory, (size_t)map->n, sizeof *sorted);
    memcpy(sorted, map->items, (size_t)map->n * sizeof *sorted);
    qsort(sorted, (size_t)map->n, sizeof *sorted, by_key);
    int n = map->n, first = 0;
    for (int i = 1; i < n; i++) {
        if (strcmp(sorted[first]->key, sorted[i]->key) != 0) {
            first = i;
            continue;
        }
        problem_key(load, sorted[i], "duplicate key; it stands already at %s",
                    origin_place(load, sorted[first]->key_at));
        sorted[i]->bad = true;
    }
    map->n = 0;
    for (int i = 0; i < n; i++) {
        struct node *child = map->items[i];
        bool twice = child->bad;
        child->bad = false;
        child->index = map->n;
        if (!twice)
            map->items[map->n++] = child;
    }
}

static void handle(struct reader *reader, struct fy_event *event) {
    struct origin at = mark_of(reader, event);
    if (event->type == FYET_ALIAS) {
        refuse(reader, at, "aliases (*) are not allowed; write the value out");
        return;
    }
    if (fy_event_get_anchor_token(event)) {
        refuse(reader, at, "anchors (&) are not allowed; write the value out where it is needed");
        return;
    }
    if (fy_event_get_tag_token(event)) {
        refuse(reader, at, "tags (!) are not allowed");
        return;
    }
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (reader->documents++)
            refuse(reader, at, "a second document (---); only one is allowed");
        break;
    case FYET_SCALAR:
        scalar(reader, event, at);
        break;
    case FYET_MAPPING_START:
        open_node(reader, NODE_MAP, at);
        break;
    case FYET_SEQUENCE_START:
        open_node(reader, NODE_LIST, at);
        break;
    case FYET_MAPPING_END:
        find_duplicates(reader, innermost(reader));
        reader->depth--;
        break;
    case FYET_SEQUENCE_END:
        reader->depth--;
        break;
    default:
        break;
    }
}

static void syntax_error(struct reader *reader, struct fy_diag *diag) {
    void *next = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &next);
    struct origin at = {reader->source, 1, 1};
    if (error && error->line > 0)
        at = (struct origin){reader->source, error->line, error->column};
    problem_add(reader->load, at, "", "not valid YAML: %s", error && error->msg ? error->msg : "cannot be read");
    reader->failed = true;
}

/* What libfyaml holds while a text is read; released together, in this order. */
struct session {
    struct fy_diag *diag;
    struct fy_parser *parser;
    struct fy_event *event;
};

static void release_session(void *thing) {
    struct session *session = thing;
    if (session->event)
        fy_parser_event_free(session->parser, session->event);
    if (session->parser)
        fy_parser_destroy(session->parser);
    fy_diag_destroy(session->diag);
}

static void open_session(struct load *load, struct session *session, const char *text, size_t length) {
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    session->diag = fy_diag_create(&quiet);
    if (!session->diag)
        memory_out(load->memory);
    fy_diag_set_collect_errors(session->diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 |
                                           FYPCF_JSON_NONE | FYPCF_ALLOW_DUPLICATE_KEYS,
                                  .diag = session->diag};
    session->parser = fy_parser_create(&config);
    if (!session->parser || fy_parser_set_string(session->parser, text, length))
        memory_out(load->memory);
}

/* libfyaml reads ahead of the events it gives, for long where brackets go very deep: those texts it never gets. Quotes
 * and comments are counted too, but no text for people has this many brackets in them that are not closed. */
static bool is_bottomless(const char *text, size_t length) {
    long depth = 0;
    for (size_t i = 0; i < length && depth < BRACKETS_MAX; i++)
        depth += text[i] == '[' || text[i] == '{' ? 1 : (text[i] == ']' || text[i] == '}') && depth > 0 ? -1 : 0;
    return depth >= BRACKETS_MAX;
}

struct node *read_yaml(struct load *load, int source, const char *text, size_t length) {
    struct reader reader = {.load = load, .source = source};
    if (length > LOAD_MAX_BYTES || !is_valid_text(text, length)) { /* files are looked at before, other texts here */
        problem_add(load, (struct origin){source, 1, 1}, "",
                    length > LOAD_MAX_BYTES ? "too large: more than 16 MiB" : "not a text in UTF-8");
        return NULL;
    }
    if (is_bottomless(text, length)) {
        refuse(&reader, (struct origin){source, 1, 1}, TOO_DEEP);
        return NULL;
    }
    struct session *session = memory_get(load->memory, 1, sizeof *session);
    void **slot = memory_slot(load->memory, release_session);
    *slot = session;
    open_session(load, session, text, length);
    while (!reader.failed && (session->event = fy_parser_parse(session->parser))) {
        handle(&reader, session->event);
        fy_parser_event_free(session->parser, session->event);
        session->event = NULL;
    }
    if (!reader.failed && fy_parser_get_stream_error(session->parser))
        syntax_error(&reader, session->diag);
    release_session(session);
    *slot = NULL;
    if (!reader.failed && !reader.root) {
        reader.root = node_new(load, NODE_NULL, (struct origin){source, 1, 1});
        reader.root->empty = true;
    }
    return reader.failed ? NULL : reader.root;
}
