/* mismatch check */
#include "host/cli/commands.h"

#include <jansson.h>
#include <mismatch/file.h>
#include <mismatch/scenario.h>
#include <mismatch/summary.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/talk.h"

static mm_status check_usage(const struct options *options) {
    bool pages = options->reference || options->schema;
    if (options->reference && options->schema)
        return talk_usage("check", "--reference and --schema exclude each other");
    if (pages && (options->operands.n || options->print || options->overlays.n || options->sets.n))
        return talk_usage("check", "--reference and --schema stand alone");
    if (!pages && options->operands.n != 1)
        return talk_usage("check", options->operands.n ? "one configuration is wanted" : "which configuration?");
    return MM_OK;
}

static const char *plural(int n) {
    return n == 1 ? "" : "s";
}

static void print_text(const char *file, const mm_summary *s) {
    printf("%s: ok\n", file);
    printf("%d months from %04d-%02d; %d region%s, %d generation%s; %d firm%s with %d phase%s still to come; %d "
           "event%s, %d question%s\n",
           s->months, s->start_year, s->start_month, s->regions, plural(s->regions), s->generations,
           plural(s->generations), s->firms, plural(s->firms), s->phases, plural(s->phases), s->events,
           plural(s->events), s->questions, plural(s->questions));
}

/* {"effective": ..., "origins": ...}, or NULL. */
static json_t *effective_json(const mm_scenario *scenario) {
    char *text = NULL;
    size_t size = 0;
    FILE *memory = mm_text_stream(&text, &size);
    if (!memory)
        return NULL;
    mm_status status = mm_scenario_print_json(scenario, memory);
    json_t *value = NULL;
    if (fclose(memory) == 0 && status == MM_OK)
        value = json_loadb(text, size, 0, NULL);
    free(text);
    return value;
}

static json_t *summary_json(const mm_scenario *scenario, const mm_summary *s) {
    return json_pack("{s:s, s:[i, i], s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "sha256", mm_scenario_sha256(scenario),
                     "start", s->start_year, s->start_month, "months", s->months, "regions", s->regions, "generations",
                     s->generations, "firms", s->firms, "phases", s->phases, "events", s->events, "questions",
                     s->questions);
}

/* Errors too are told as JSON, so that an editor need not read stderr. */
static mm_status print_json(const struct options *options, const mm_scenario *scenario, const mm_summary *summary,
                            mm_status code, const mm_messages *messages) {
    json_t *texts = json_array(), *parts = code == MM_OK ? summary_json(scenario, summary) : NULL;
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        json_array_append_new(texts, json_string(mm_messages_text(messages, i)));
    json_t *document = json_pack("{s:i, s:s, s:b, s:o}", "schema_version", 1, "file", options->operands.items[0], "ok",
                                 code == MM_OK, "messages", texts);
    if (parts)
        json_object_update(document, parts);
    json_decref(parts);
    if (options->print && code == MM_OK) {
        parts = effective_json(scenario);
        if (!parts || json_object_update(document, parts) != 0)
            code = MM_INTERNAL;
        json_decref(parts);
    }
    if (!document || json_dumpf(document, stdout, JSON_INDENT(2)) != 0)
        code = code == MM_OK && !ferror(stdout) ? MM_INTERNAL : code;
    putchar('\n');
    json_decref(document);
    return code;
}

mm_status command_check(const struct options *options) {
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    if (options->reference || options->schema)
        return streams_end(options->reference ? mm_reference_markdown(stdout) : mm_reference_schema(stdout));
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    mm_summary summary;
    code = scenario_load(options, &scenario, messages);
    if (code == MM_OK)
        code = mm_scenario_summary(scenario, &summary, messages);
    if (options->json)
        code = print_json(options, scenario, &summary, code, messages);
    else
        talk_messages(messages);
    if (code == MM_OK && !options->json) {
        if (options->print)
            code = mm_scenario_print(scenario, stdout);
        else
            print_text(options->operands.items[0], &summary);
    }
    mm_messages_free(messages);
    mm_scenario_free(scenario);
    return streams_end(code);
}
