/* What an effective configuration defines, as far as expressions may name it. */
#include <stdlib.h>
#include <string.h>

#include "host/report/expression.h"
#include "host/scenario/text.h"

/* Names of a list of named items, of a list of names, or of a map. */
static mm_status read_names(json_t *from, struct expression_names *names) {
    const size_t n = json_is_object(from) ? json_object_size(from) : json_array_size(from);
    const char *key;
    json_t *item;
    size_t i;

    names->names = calloc(n + 1, sizeof *names->names);
    if (names->names == NULL) {
        return MM_INTERNAL;
    }
    if (json_is_object(from)) {
        json_object_foreach(from, key, item) {
            names->names[names->n++] = key;
        }
        return MM_OK;
    }
    json_array_foreach(from, i, item) {
        const char *name = json_string_value(json_is_object(item) ? json_object_get(item, "name") : item);
        if (name != NULL) {
            names->names[names->n++] = name;
        }
    }
    return MM_OK;
}

mm_status expression_setting_read(const json_t *effective, const json_t *answers, struct expression_setting *setting,
                                  mm_messages *messages) {
    const json_t *time = json_object_get(effective, "time");
    const char *start = json_string_value(json_object_get(time, "start"));
    mm_status status = MM_OK;

    memset(setting, 0, sizeof *setting);
    setting->effective = effective;
    setting->answers = answers;
    setting->months = (int)json_integer_value(json_object_get(time, "months"));
    if (start == NULL || !text_date(start, &setting->start) || setting->months < 1) {
        mm_messages_add(messages, "the result holds no effective configuration (time.start, time.months)");
        return MM_USAGE;
    }
    const struct {
        const char *key;
        struct expression_names *names;
    } lists[] = {
        {"firms", &setting->firms},   {"regions", &setting->regions},     {"generations", &setting->generations},
        {"events", &setting->events}, {"questions", &setting->questions}, {"names", &setting->listed}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists && status == MM_OK; i++) {
        status = read_names(json_object_get(effective, lists[i].key), lists[i].names);
    }
    return status;
}

void expression_setting_free(struct expression_setting *setting) {
    free(setting->firms.names);
    free(setting->regions.names);
    free(setting->generations.names);
    free(setting->events.names);
    free(setting->questions.names);
    free(setting->listed.names);
    memset(setting, 0, sizeof *setting);
}

const char *expression_question(const struct expression_setting *setting, const char *name, const json_t **body) {
    static const char *const kinds[] = {"probability", "coexistence", "evidence", "fan", "binding", "pattern", "tail"};
    json_t *question;
    size_t i;

    json_array_foreach(json_object_get(setting->effective, "questions"), i, question) {
        const char *found = json_string_value(json_object_get(question, "name"));
        if (found == NULL || strcmp(found, name) != 0) {
            continue;
        }
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            *body = json_object_get(question, kinds[k]);
            if (*body != NULL) {
                return kinds[k];
            }
        }
    }
    return NULL;
}
