#include "host/report/csv_text.h"

#include <string.h>

#include "host/scenario/text.h"

void csv_field(FILE *out, const char *text) {
    if (text == NULL) {
        return;
    }
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

void csv_number(FILE *out, const json_t *number) {
    char text[TEXT_NUMBER];

    if (json_is_integer(number)) {
        fprintf(out, "%lld", (long long)json_integer_value(number));
    } else if (json_is_real(number)) {
        text_number(json_real_value(number), text);
        fputs(text, out);
    }
}
