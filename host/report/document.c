#include "host/report/document.h"

#include <math.h>
#include <string.h>

#include "host/estimate/interval.h"

json_t *document_at(const json_t *from, const char *path) {
    json_t *found = NULL;
    char key[64];

    while (*path != '\0') {
        const size_t length = strcspn(path, ".");
        if (length >= sizeof key) {
            return NULL;
        }
        memcpy(key, path, length);
        key[length] = '\0';
        found = json_object_get(from, key);
        from = found;
        path += length + (path[length] == '.');
    }
    return found;
}

double document_number(const json_t *from, const char *path) {
    const json_t *number = document_at(from, path);

    return json_is_number(number) ? json_number_value(number) : (double)NAN;
}

double document_item(const json_t *array, size_t i) {
    const json_t *number = json_array_get(array, i);

    return json_is_number(number) ? json_number_value(number) : (double)NAN;
}

void document_interval(const json_t *figure, const char *part, double interval[2]) {
    const json_t *ci = json_object_get(figure, "ci");
    const double value = document_number(figure, part), se = document_number(figure, "se");

    if (ci != NULL) {
        interval[0] = document_item(ci, 0);
        interval[1] = document_item(ci, 1);
    } else if (strcmp(part, "p") == 0) {
        interval_share(value, se, NULL, interval);
    } else {
        interval[0] = value - INTERVAL_Z * se;
        interval[1] = value + INTERVAL_Z * se;
    }
}

const char *document_text(const json_t *from, const char *path) {
    const char *text = json_string_value(document_at(from, path));

    return text != NULL ? text : "";
}

const char *document_kind(const json_t *question, const json_t **body) {
    static const char *const kinds[] = {"probability", "coexistence", "evidence", "fan", "binding", "pattern", "tail"};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        *body = json_object_get(question, kinds[i]);
        if (*body != NULL) {
            return kinds[i];
        }
    }
    return "";
}
