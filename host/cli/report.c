/* mismatch report */
#include "host/cli/commands.h"

#include <jansson.h>
#include <mismatch/file.h>
#include <mismatch/report.h>
#include <mismatch/store.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/talk.h"

/* "dir/result.json" gives "result-report", "s.db" gives "s-report". The caller frees it. */
static char *folder_name(const char *result) {
    const char *base = strrchr(result, '/') ? strrchr(result, '/') + 1 : result;
    size_t length = strlen(base);
    char *name = NULL;
    const char *end = strrchr(base, '.');
    if (end && end != base && (strcmp(end, ".json") == 0 || strcmp(end, ".db") == 0))
        length = (size_t)(end - base);
    return asprintf(&name, "%.*s-report", (int)length, base) < 0 ? NULL : name;
}

struct listing {
    json_t *files;
    bool page;
};

static void list_file(const char *name, void *context) {
    struct listing *listing = context;
    json_array_append_new(listing->files, json_string(name));
    listing->page = listing->page || strcmp(name, "report.html") == 0;
}

static void tell(const struct options *options, const char *folder, const struct listing *listing, bool drawn) {
    if (options->json) {
        json_t *document = json_pack("{s:i, s:s, s:O, s:b}", "schema_version", 1, "folder", folder, "files",
                                     listing->files, "drawn", drawn);
        json_dumpf(document, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(document);
    } else if (options->verbosity >= 0) {
        printf(listing->page ? "%s/report.html\n" : "%s\n", folder);
    }
}

#define SHOWN 8 /* configurations of a store that are shown one by one */

/* All results with their names, and the documents beside them. */
struct pile {
    mm_result **results;
    const char **names;
    size_t n;
    mm_report_document *documents;
    size_t n_documents;
    const char *file; /* that is being read */
    size_t of_file;   /* results of it so far */
    bool is_store;
};

/* The text becomes the pile's. */
static mm_status pile_document(struct pile *pile, char *text) {
    mm_report_document *documents = realloc(pile->documents, (pile->n_documents + 1) * sizeof *documents);
    if (documents)
        pile->documents = documents;
    if (!documents || !text) {
        free(text);
        return MM_INTERNAL;
    }
    documents[pile->n_documents++] = (mm_report_document){.name = pile->file, .json = text};
    return MM_OK;
}

static mm_status pile_add(mm_result *result, void *context) {
    struct pile *pile = context;
    char *name = NULL;
    mm_result **results = realloc(pile->results, (pile->n + 1) * sizeof *results);
    if (results)
        pile->results = results;
    const char **names = realloc(pile->names, (pile->n + 1) * sizeof *names);
    if (names)
        pile->names = names;
    int length =
        pile->is_store ? asprintf(&name, "%s #%zu", pile->file, ++pile->of_file) : asprintf(&name, "%s", pile->file);
    if (!results || !names || length < 0) {
        if (length >= 0)
            free(name);
        mm_result_free(result);
        return MM_INTERNAL;
    }
    pile->results[pile->n] = result;
    pile->names[pile->n++] = name;
    return MM_OK;
}

static void pile_free(struct pile *pile) {
    for (size_t i = 0; i < pile->n; i++) {
        mm_result_free(pile->results[i]);
        free((char *)(uintptr_t)pile->names[i]);
    }
    for (size_t i = 0; i < pile->n_documents; i++)
        free((char *)(uintptr_t)pile->documents[i].json);
    free(pile->documents);
    free(pile->results);
    free(pile->names);
}

/* How many configurations a listing has; *runs: lines. */
static size_t count_configurations(const char *text, size_t *runs) {
    json_t *listing = json_loads(text, 0, NULL), *seen = json_object(), *run;
    const json_t *lines = json_object_get(listing, "runs");
    size_t i, n;
    json_array_foreach(lines, i, run) {
        const char *sha256 = json_string_value(json_object_get(json_object_get(run, "run"), "sha256"));
        json_object_set_new(seen, sha256 ? sha256 : "", json_true());
    }
    *runs = json_array_size(lines);
    n = json_object_size(seen);
    json_decref(seen);
    json_decref(listing);
    return n;
}

/* The listing of a store, and its results unless they are too many to be shown one by one. */
static mm_status read_store(struct pile *pile, mm_store *store, const struct options *options, mm_messages *messages) {
    mm_listing listing = {.form = MM_LISTING_JSON,
                          .where = options->wheres.items,
                          .n_where = options->wheres.n,
                          .columns = options->columns};
    char *text = NULL;
    size_t size = 0, runs = 0, n;
    FILE *out = mm_text_stream(&text, &size);
    if (!out)
        return MM_INTERNAL;
    mm_status status = mm_store_list(store, &listing, out, messages);
    if (fclose(out) != 0 && status == MM_OK)
        status = MM_INTERNAL;
    if (status != MM_OK) {
        free(text);
        return status;
    }
    n = count_configurations(text, &runs);
    if (runs == 0) {
        free(text);
        return MM_USAGE; /* the listing has said why */
    }
    status = pile_document(pile, text);
    if (status == MM_OK && n > SHOWN && options->verbosity >= 0)
        talk("%s holds %zu configurations: they are compared, but not shown one by one (--where picks some; up to %d "
             "are "
             "shown)",
             pile->file, n, SHOWN);
    listing.pieces = true; /* each of them is a point of the convergence */
    return status == MM_OK && n <= SHOWN ? mm_store_select(store, &listing, pile_add, pile, messages) : status;
}

/* Where a look through a file's JSON stands. */
struct look {
    bool in_string, escaped, colon; /* colon: the last thing but blanks, behind `word` */
    char word[12];                  /* what the last string begins with */
    size_t length;                  /* of it; 0: something else was last */
    int depth;
};

static bool is_word(const struct look *look, const char *word) {
    return look->length == strlen(word) && memcmp(look->word, word, look->length) == 0;
}

static void look_at_string(struct look *look, char c) {
    if (c == '"' && !look->escaped) {
        look->in_string = false;
        return;
    }
    look->escaped = c == '\\' && !look->escaped;
    if (look->length < sizeof look->word)
        look->word[look->length++] = c;
}

/* \return 1: it is a study, which has a "type"; -1: it is a result, which has an "industry"; 0: more is to be seen. */
static int look_at(struct look *look, char c) {
    if (look->in_string) {
        look_at_string(look, c);
        return 0;
    }
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
        return 0;
    const bool key = look->depth == 1 && look->length > 0;
    if (c == '"' && look->colon && is_word(look, "type"))
        return 1;
    if (c == ':' && key && is_word(look, "industry"))
        return -1;
    look->colon = c == ':' && key;
    look->in_string = c == '"';
    look->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    if (!look->colon)
        look->length = 0;
    return 0;
}

/* Whether a file's JSON says that it is a study, without reading it into memory: a result may be large. */
static bool names_study(const char *file) {
    FILE *in = fopen(file, "re");
    struct look look = {0};
    char piece[1 << 14];
    int found = 0;
    for (size_t n; in && found == 0 && (n = fread(piece, 1, sizeof piece, in)) > 0;)
        for (size_t i = 0; i < n && found == 0; i++)
            found = look_at(&look, piece[i]);
    if (in)
        fclose(in);
    return found > 0;
}

/* Whether a file holds a study; its text is put in the pile then. */
static bool take_study(struct pile *pile, const char *file, mm_status *status) {
    json_t *document = names_study(file) ? json_load_file(file, 0, NULL) : NULL;
    const bool is_study = json_is_string(json_object_get(document, "type"));
    if (is_study)
        *status = pile_document(pile, json_dumps(document, 0));
    json_decref(document);
    return is_study;
}

/* A result or a study in a file, or all results of a store. */
static mm_status pile_read(struct pile *pile, const char *file, const struct options *options, mm_messages *messages) {
    mm_result *result;
    mm_store *store;
    mm_status status = MM_OK;
    pile->file = file;
    pile->of_file = 0;
    pile->is_store = mm_store_recognised(file);
    if (!pile->is_store) {
        if (take_study(pile, file, &status))
            return status;
        status = mm_result_load(file, &result, messages);
        return status == MM_OK ? pile_add(result, pile) : status;
    }
    status = store_open(file, false, options, &store, messages);
    if (status == MM_OK)
        status = read_store(pile, store, options, messages);
    mm_store_close(store);
    return status;
}

static mm_status write_report(const struct options *options, const struct pile *pile, const char *folder,
                              mm_messages *messages) {
    struct listing listing = {.files = json_array()};
    mm_report_options report = {.folder = folder,
                                .html = options->html,
                                .svg = options->svg,
                                .png = options->png,
                                .force = options->force,
                                .documents = pile->documents,
                                .n_documents = pile->n_documents,
                                .stop = signals_stop(),
                                .file = list_file,
                                .file_context = &listing};
    signals_catch(options->verbosity < 0);
    mm_status code = mm_report_write(pile->results, pile->names, pile->n, &report, messages);
    signals_release();
    talk_messages(messages);
    if (json_array_size(listing.files) > 0)
        tell(options, folder, &listing, code == MM_OK);
    json_decref(listing.files);
    return streams_end(code);
}

/* One result as Markdown, and no folder. */
static mm_status print_markdown(const struct options *options) {
    static const char *const apart[] = {"output", "html", "svg", "png", "force", "json"};
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        if (options_given(options, apart[i]))
            return talk_usage("report", "--markdown makes no folder; --%s can't go with it", apart[i]);
    mm_messages *messages = mm_messages_new();
    struct pile pile = {0};
    mm_status code = MM_OK;
    for (size_t i = 0; i < options->operands.n && code == MM_OK; i++)
        code = pile_read(&pile, options->operands.items[i], options, messages);
    if (code == MM_OK && pile.n != 1)
        code = talk_usage("report", "--markdown prints one result, and these are %zu", pile.n);
    else if (code == MM_OK)
        code = mm_result_write_markdown(pile.results[0], stdout);
    talk_messages(messages);
    mm_messages_free(messages);
    pile_free(&pile);
    return streams_end(code);
}

mm_status command_report(const struct options *options) {
    if (options->operands.n == 0)
        return talk_usage("report", "which results?");
    if (options->markdown)
        return print_markdown(options);
    mm_status usage = wheres_check("report", options);
    if (usage != MM_OK)
        return usage;
    char *made = options->output ? NULL : folder_name(options->operands.items[0]);
    const char *folder = options->output ? options->output : made;
    mm_messages *messages = mm_messages_new();
    struct pile pile = {0};
    mm_status code = folder ? mm_report_check(folder, options->force, messages) : MM_INTERNAL;
    for (size_t i = 0; i < options->operands.n && code == MM_OK; i++)
        code = pile_read(&pile, options->operands.items[i], options, messages);
    if (code == MM_OK)
        code = write_report(options, &pile, folder, messages);
    else
        talk_messages(messages);
    mm_messages_free(messages);
    pile_free(&pile);
    free(made);
    return code;
}
