/* A replayed path told for people, from its JSON. */
#include <math.h>
#include <string.h>

#include "host/study/story.h"

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "?";
}

static double number_of(const json_t *object, const char *key) {
    return json_number_value(json_object_get(object, key));
}

static void print_phases(const json_t *list, FILE *out) {
    size_t i;
    const json_t *phase;
    json_array_foreach(list, i, phase) {
        fprintf(out, "    %-9s %s: %.4g MW %s in %s, planned %s", text_of(phase, "what"), text_of(phase, "firm"),
                number_of(phase, "mw"), text_of(phase, "generation"), text_of(phase, "region"),
                text_of(phase, "planned"));
        if (json_object_get(phase, "bound_by"))
            fprintf(out, ", %.1f months late, bound by %s", number_of(phase, "months_late"),
                    text_of(phase, "bound_by"));
        else if (strcmp(text_of(phase, "what"), "cancelled") != 0)
            fputs(", on time", out);
        fputc('\n', out);
    }
}

static void print_projects(const json_t *month, FILE *out) {
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(month, "launches"), i, item) {
        fprintf(out, "    launch    %s: planned %s, %.1f months late, uplift %.3g (planned %.3g)\n",
                text_of(item, "firm"), text_of(item, "planned"), number_of(item, "months_late"),
                number_of(item, "uplift"), number_of(item, "uplift_planned"));
    }
    json_array_foreach(json_object_get(month, "campaigns"), i, item) {
        fprintf(out, "    training  %s: campaign %lld of %.4g kH100e %s (planned %s)\n", text_of(item, "firm"),
                (long long)json_integer_value(json_object_get(item, "campaign")), number_of(item, "kh100e"),
                text_of(item, "what"), text_of(item, "planned"));
    }
}

static void print_strikes(const json_t *strikes, const char *month, FILE *out) {
    size_t i;
    const json_t *strike;
    json_array_foreach(strikes, i, strike) {
        if (strcmp(text_of(strike, "month"), month) == 0)
            fprintf(out, "    shock     %s strikes (%s): %+.3g\n", text_of(strike, "shock"), text_of(strike, "kind"),
                    number_of(strike, "size"));
    }
}

/* Firms with at least 5 % spare or 5 % unmet, and whoever starts or stops selling. */
static void print_firms(const json_t *month, const json_t *before, FILE *out) {
    size_t i;
    const json_t *firm;
    const json_t *firms = json_object_get(month, "firms");
    static const char *const key[] = {"spare_share", "unmet_share"};
    for (int k = 0; k < 2; k++) {
        int any = 0;
        json_array_foreach(firms, i, firm) {
            if (number_of(firm, key[k]) >= 0.05)
                fprintf(out, "%s %s %.0f %%",
                        any++ ? ","
                        : k   ? "    short    "
                              : "    spare    ",
                        text_of(firm, "firm"), 100.0 * number_of(firm, key[k]));
        }
        if (any)
            fputc('\n', out);
    }
    json_array_foreach(firms, i, firm) {
        const json_t *old = before ? json_array_get(json_object_get(before, "firms"), i) : NULL;
        int sells = json_is_true(json_object_get(firm, "selling"));
        int sold = old ? json_is_true(json_object_get(old, "selling")) : sells;
        if (sells != sold)
            fprintf(out, "    market    %s %s selling\n", text_of(firm, "firm"), sells ? "starts" : "stops");
    }
}

static void print_month(const json_t *document, const json_t *month, const json_t *before, FILE *out) {
    const json_t *late = json_object_get(month, "late_mw");
    fprintf(out, "%s  %-8s  gap %+6.1f %%  price %.3g  demand %.0f  supply %.0f kH100e  unmet %.1f %%",
            text_of(month, "month"), text_of(month, "state"), 100.0 * number_of(month, "gap"),
            number_of(month, "price"), number_of(month, "demand"), number_of(month, "supply"),
            100.0 * number_of(month, "unmet"));
    double sum =
        number_of(late, "gpu") + number_of(late, "power") + number_of(late, "shell") + number_of(late, "network");
    if (sum > 0.0)
        fprintf(out, "  late %.0f MW (power %.0f)", sum, number_of(late, "power"));
    fputc('\n', out);
    if (!before || strcmp(text_of(month, "regime"), text_of(before, "regime")) != 0)
        fprintf(out, "    regime    %s\n", text_of(month, "regime"));
    print_strikes(json_object_get(document, "strikes"), text_of(month, "month"), out);
    print_phases(json_object_get(month, "phases"), out);
    print_projects(month, out);
    print_firms(month, before, out);
}

void story_print(const json_t *document, FILE *out) {
    fprintf(out, "path %lld of %s, seed %s\n", (long long)json_integer_value(json_object_get(document, "path")),
            text_of(document, "file"), text_of(document, "seed"));
    size_t i;
    const json_t *month, *before = NULL;
    json_array_foreach(json_object_get(document, "months"), i, month) {
        print_month(document, month, before, out);
        before = month;
    }
}
