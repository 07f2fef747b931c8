/* Events in words. */
#include <math.h>
#include <mismatch/file.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

#define DEEPEST 12 /* events inside events; a checked configuration has no loops, a damaged document may */

/* %F firm, %C its compute with the scope, %Q a share, %X a number, %L the layer, %N the name. `no`: what `below` says
 * of a series that is 0 or 1. */
static const struct wording {
    const char *series, *yes, *no;
} wordings[] = {
    {"gap", "the gap is %Q of demand", NULL},
    {"slack", "the slack is %Q of supply", NULL},
    {"unmet", "%Q of demand stays unmet after the market", NULL},
    {"price", "the price is %X", NULL},
    {"demand", "demand is %X kH100e", NULL},
    {"supply", "supply is %X kH100e", NULL},
    {"state_shortage", "the industry is short", "the industry is not short"},
    {"state_glut", "there is a glut", "there is no glut"},
    {"state_friction", "there is friction", "there is no friction"},
    {"state_balanced", "the industry is in balance", "the industry is out of balance"},
    {"late_mw", "%X MW%L are late", NULL},
    {"stranded_mw", "%X MW%L are stranded", NULL},
    {"late_share", "%Q of all capacity is late%L", NULL},
    {"stranded_share", "%Q of all capacity is stranded%L", NULL},
    {"spare_share", "%F has %Q of %C spare", NULL},
    {"unsold_share", "%F has %Q of %C unsold", NULL},
    {"idle_share", "%F has %Q of %C idle", NULL},
    {"utilisation", "%F uses %Q of %C", NULL},
    {"selling", "%F sells compute", "%F sells no compute"},
    {"starts_selling", "%F starts to sell compute", "%F does not start to sell compute"},
    {"unmet_share", "%F lacks compute for %Q of its demand", NULL},
    {"bought_share", "%F buys compute for %Q of its demand", NULL},
    {"pressure", "the demand of %F is %X times its compute", NULL},
    {"build_response", "%F builds %X times what it had planned", NULL},
    {"revenue", "the revenue of %N is %X $M", NULL},
};

static const char *firm_of(const json_t *item, const char *firm) {
    const char *own = document_text(item, "firm");

    if (strcmp(own, "$firm") == 0) {
        return firm != NULL ? firm : "the firm";
    }
    return *own != '\0' ? own : "a firm";
}

static void write_compute(FILE *out, const json_t *item) {
    const char *region = document_text(item, "region"), *generation = document_text(item, "generation");

    fprintf(out, "its %s%scompute%s%s", generation, *generation != '\0' ? " " : "", *region != '\0' ? " in " : "",
            region);
}

static void write_wording(FILE *out, const char *wording, const json_t *item, const char *firm) {
    const json_t *low = json_object_get(item, "at_least"), *high = json_object_get(item, "below");
    const double threshold = json_number_value(low != NULL ? low : high);
    const char *bound = low != NULL ? "at least" : "less than", *layer = document_text(item, "layer");

    for (; *wording != '\0'; wording++) {
        if (*wording != '%') {
            fputc(*wording, out);
            continue;
        }
        switch (*++wording) {
        case 'F':
            fputs(firm_of(item, firm), out);
            break;
        case 'C':
            write_compute(out, item);
            break;
        case 'Q':
            fprintf(out, "%s %.4g %%", bound, 100 * threshold);
            break;
        case 'X':
            fprintf(out, "%s %.6g", bound, threshold);
            break;
        case 'L':
            fprintf(out, "%s%s%s", *layer != '\0' ? " (" : "", layer, *layer != '\0' ? ")" : "");
            break;
        default:
            fputs(document_text(item, "name"), out);
            break;
        }
    }
}

static void write_condition(FILE *out, const json_t *item, const char *firm) {
    const char *series = document_text(item, "series");
    const bool at_least = json_object_get(item, "at_least") != NULL;

    if (strncmp(series, "regime_", 7) == 0) {
        fprintf(out, "the regime is %s%s", at_least ? "" : "not ", series + 7);
        return;
    }
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
        if (strcmp(wordings[i].series, series) == 0) {
            write_wording(out, at_least || wordings[i].no == NULL ? wordings[i].yes : wordings[i].no, item, firm);
            return;
        }
    }
    write_wording(out, "the series is %X", item, firm);
}

static void write_event(FILE *out, const json_t *effective, const char *name, const char *firm, int depth) {
    static const char *const operators[] = {"all_of", "any_of", "not"};
    const json_t *event = json_object_get(json_object_get(effective, "events"), name), *items = NULL;
    const double months = document_number(event, "for");
    size_t op = 0, n;

    while (op < 3 && (items = json_object_get(event, operators[op])) == NULL) {
        op++;
    }
    if (items == NULL || depth > DEEPEST) {
        fprintf(out, "'%s' holds", name);
        return;
    }
    n = json_is_array(items) ? json_array_size(items) : 1;
    if (op == 2) {
        fputs("it is not so that ", out);
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_is_array(items) ? json_array_get(items, i) : items;
        const char *inner = document_text(item, "event");
        if (i > 0 && op == 1) {
            fputs(" or ", out);
        } else if (i > 0) {
            fputs(i == 1 && n == 2 ? " while " : " and ", out);
        }
        if (*inner != '\0') {
            write_event(out, effective, inner, firm, depth + 1);
        } else {
            write_condition(out, item, firm);
        }
    }
    if (months > 1) {
        fprintf(out, " for %.0f months running", months);
    }
    if (*document_text(event, "from") != '\0') {
        fprintf(out, " from %s on", document_text(event, "from"));
    }
    if (*document_text(event, "to") != '\0') {
        fprintf(out, " until %s", document_text(event, "to"));
    }
}

/* Closes a memory stream. */
static char *finished(FILE *out, char **text) {
    const bool bad = ferror(out) != 0;

    if (fclose(out) != 0 || bad) {
        free(*text);
        return NULL;
    }
    return *text;
}

char *phrase_event(const json_t *effective, const char *event, const char *firm) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = mm_text_stream(&text, &size);

    if (out == NULL) {
        return NULL;
    }
    write_event(out, effective, event, firm, 0);
    return finished(out, &text);
}

char *phrase_idle(const json_t *coexistence) {
    const char *series = document_text(coexistence, "series");
    const double at_least = document_number(coexistence, "at_least"), months = document_number(coexistence, "for");
    char *text = NULL;
    size_t size = 0;
    FILE *out = mm_text_stream(&text, &size);

    if (out == NULL) {
        return NULL;
    }
    if (strcmp(series, "idle_share") == 0) {
        fprintf(out,
                "at least %.4g %% of the compute in the scope is unsold after the market (merchants) or spare before "
                "it (all others)",
                100 * at_least);
    } else if (strcmp(series, "spare_share") == 0) {
        fprintf(out, "at least %.4g %% of the compute in the scope is spare before the market", 100 * at_least);
    } else if (strcmp(series, "unsold_share") == 0) {
        fprintf(out, "at least %.4g %% of the compute in the scope is unsold after the market", 100 * at_least);
    } else {
        fprintf(out, "%s is at least %.6g", series, at_least);
    }
    if (months > 1) {
        fprintf(out, ", for %.0f months running", months);
    }
    return finished(out, &text);
}

bool firm_holds_compute(const json_t *effective, const char *firm) {
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(effective, "firms"), i, item) {
        if (strcmp(document_text(item, "name"), firm) == 0 &&
            (json_object_size(json_object_get(item, "installed")) > 0 || json_object_get(item, "build") != NULL ||
             json_array_size(json_object_get(item, "phases")) > 0)) {
            return true;
        }
    }
    json_array_foreach(json_object_get(effective, "contracts"), i, item) {
        if (strcmp(document_text(item, "lessee"), firm) == 0) {
            return true;
        }
    }
    return false;
}
