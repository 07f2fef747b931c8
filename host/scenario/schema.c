/* docs/configuration.schema.json from the option table: JSON Schema, draft 2020-12, for editors. It says what the table
 * says of each value; what hangs on several values at once, only the program checks. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <mismatch/scenario.h>

#include "host/scenario/keys.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"

#define NAME_PATTERN "^[a-z0-9][a-z0-9-]*$"
#define DATE_PATTERN "^[0-9]{4}-(0[1-9]|1[0-2])$"

struct writer {
    struct sc_memory *memory;
    bool failed;
};

static void set(struct writer *writer, json_t *object, const char *key, json_t *value) {
    if (json_object_set_new(object, key, value))
        writer->failed = true;
}

static json_t *value_schema(struct writer *writer, const struct key_node *key);

static void number(struct writer *writer, json_t *to, const struct key *row) {
    set(writer, to, "type", json_string(row->kind == KEY_INT ? "integer" : "number"));
    if (row->low > -KEY_ANY)
        set(writer, to, row->flags & KEY_ABOVE ? "exclusiveMinimum" : "minimum", json_real(row->low));
    if (row->high < KEY_ANY)
        set(writer, to, row->flags & KEY_BELOW ? "exclusiveMaximum" : "maximum", json_real(row->high));
}

static void words(struct writer *writer, json_t *to, const struct key *row) {
    const char *const *all = keys_words(row->of);
    set(writer, to, "type", json_string("string"));
    if (!all)
        return;
    json_t *list = json_array();
    for (int i = 0; all[i]; i++)
        if (json_array_append_new(list, json_string(all[i])))
            writer->failed = true;
    set(writer, to, "enum", list);
}

static void list_schema(struct writer *writer, json_t *to, const struct key_node *key) {
    set(writer, to, "type", json_string("array"));
    set(writer, to, "items", value_schema(writer, key->item));
    if (key->row->low > 0)
        set(writer, to, "minItems", json_integer((json_int_t)key->row->low));
    set(writer, to, "maxItems", json_integer((json_int_t)key->row->high));
}

/* Keys that are names: the pattern they follow. */
static void any_keys(struct writer *writer, json_t *to, const struct key_node *key) {
    const char *pattern = key->row->of == OF_DATE    ? DATE_PATTERN
                          : key->row->of == OF_LAYER ? "^(gpu|power|shell|network)$"
                          : key->row->of == OF_KEY   ? "\\."
                                                     : NAME_PATTERN;
    json_t *patterns = json_object();
    set(writer, patterns, pattern, value_schema(writer, key->any));
    set(writer, to, "patternProperties", patterns);
}

static void map(struct writer *writer, json_t *to, const struct key_node *key) {
    json_t *properties = json_object(), *required = json_array();
    for (const struct key_node *child = key->first; child; child = child->next) {
        set(writer, properties, child->name, value_schema(writer, child));
        if ((child->row->flags & KEY_REQUIRED) && json_array_append_new(required, json_string(child->name)))
            writer->failed = true;
    }
    set(writer, to, "type", json_string("object"));
    set(writer, to, "additionalProperties", json_false());
    set(writer, to, "properties", properties);
    if (json_array_size(required))
        set(writer, to, "required", required);
    else
        json_decref(required);
    if (key->any)
        any_keys(writer, to, key);
}

/* Either of two: a single item or a list, a file or its content. */
static json_t *either(struct writer *writer, json_t *one, json_t *other) {
    json_t *both = json_pack("{s:[o, o]}", "anyOf", one, other);
    writer->failed = writer->failed || !both;
    return both;
}

static void kind(struct writer *writer, json_t *to, const struct key_node *key) {
    switch (key->row->kind) {
    case KEY_MAP:
        map(writer, to, key);
        break;
    case KEY_LIST:
    case KEY_PROFILE:
        list_schema(writer, to, key);
        break;
    case KEY_REAL:
    case KEY_INT:
        number(writer, to, key->row);
        break;
    case KEY_BOOL:
        set(writer, to, "type", json_string("boolean"));
        break;
    case KEY_DATE:
        set(writer, to, "type", json_string("string"));
        set(writer, to, "pattern", json_string(DATE_PATTERN));
        break;
    case KEY_NAME:
        set(writer, to, "type", json_string("string"));
        set(writer, to, "pattern", json_string(NAME_PATTERN));
        break;
    case KEY_REF:
        words(writer, to, key->row);
        break;
    case KEY_OVERLAY:
        set(writer, to, "type", json_string("object"));
        break;
    }
}

static const char *description(struct writer *writer, const struct key *row) {
    const char *text = row->help;
    if (row->unit[0])
        text = memory_format(writer->memory, "%s Unit: %s.", text, row->unit);
    if (!row->standard)
        return text;
    bool plain = row->standard[0] != '(';
    int length = (int)strlen(row->standard) - (plain ? 0 : 2);
    return memory_format(writer->memory, "%s Default: %.*s.", text, length, row->standard + (plain ? 0 : 1));
}

static json_t *value_schema(struct writer *writer, const struct key_node *key) {
    json_t *to = json_object();
    kind(writer, to, key);
    if (key->row->flags & KEY_ONE)
        to = either(writer, to, value_schema(writer, key->item));
    else if (key->row->kind == KEY_PROFILE || key->row->kind == KEY_OVERLAY)
        to = either(writer, to, json_pack("{s:s}", "type", "string"));
    set(writer, to, "description", json_string(description(writer, key->row)));
    return to;
}

static json_t *build(struct writer *writer) {
    jmp_buf escape;
    writer->memory->escape = &escape;
    if (setjmp(escape))
        return NULL;
    json_t *schema = value_schema(writer, keys_build(writer->memory));
    set(writer, schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    set(writer, schema, "title", json_string("mismatch configuration"));
    return schema;
}

mm_status mm_reference_schema(FILE *out) {
    struct writer writer = {memory_new(), false};
    json_t *schema = writer.memory ? build(&writer) : NULL;
    char *text = schema && !writer.failed ? scenario_json_text(schema, 2) : NULL;
    mm_status status = text ? MM_OK : MM_INTERNAL;
    if (text && (fprintf(out, "%s\n", text) < 0 || fflush(out)))
        status = MM_IO;
    free(text);
    json_decref(schema);
    memory_free(writer.memory);
    return status;
}
