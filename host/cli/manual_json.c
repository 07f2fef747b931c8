/* The tables as JSON, for tools that wrap the program, and for the build. */
#include <jansson.h>

#include "host/cli/help.h"

static json_t *option_json(const struct option_row *row) {
    const char letter[2] = {row->letter, '\0'};
    return json_pack("{s:s, s:s*, s:s*, s:s*, s:s, s:b}", "name", row->name, "letter", row->letter ? letter : NULL,
                     "argument", row->argument, "default", row->standard, "help", row->help, "repeated",
                     row->kind == OPTION_LIST);
}

static json_t *command_json(const struct command *command) {
    json_t *options = json_array();
    for (size_t i = 0; i < option_count; i++)
        if (help_row_of(command, i))
            json_array_append_new(options, option_json(&option_table[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", command->name, "about", command->about, "operands",
                     command->operands, "examples", command->examples, "options", options);
}

mm_status manual_json(FILE *out) {
    json_t *commands = json_array(), *topics = json_array(), *codes = json_array();
    for (size_t i = 0; i < command_count; i++)
        json_array_append_new(commands, command_json(&command_table[i]));
    for (size_t i = 0; i < topic_count; i++)
        json_array_append_new(topics, json_pack("{s:s, s:s, s:s*}", "name", topic_table[i].name, "about",
                                                topic_table[i].about, "text", topic_table[i].text));
    for (size_t i = 0; i < exit_code_count; i++)
        json_array_append_new(codes,
                              json_pack("{s:i, s:s}", "code", exit_codes[i].code, "meaning", exit_codes[i].meaning));
    json_t *document = json_pack("{s:i, s:o, s:o, s:o}", "schema_version", 1, "commands", commands, "topics", topics,
                                 "exit_codes", codes);
    mm_status status = document && json_dumpf(document, out, JSON_INDENT(2)) == 0 ? MM_OK : MM_INTERNAL;
    fputc('\n', out);
    json_decref(document);
    return status;
}
