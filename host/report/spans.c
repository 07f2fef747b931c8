/* Stretches of months for tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/estimate/interval.h"
#include "host/report/document.h"
#include "host/report/page.h"
#include "host/scenario/text.h"

static void label_span(struct span *span, bool dated, int start, int unit) {
    const int year = (start + span->first) / 12, half = (start + span->first) % 12 / 6;

    if (!dated) {
        snprintf(span->label, sizeof span->label, "%d–%d", span->first, span->last);
    } else if (unit == 6) {
        snprintf(span->label, sizeof span->label, "%d H%d", year, half + 1);
    } else if (unit == 12) {
        snprintf(span->label, sizeof span->label, "%d", year);
    } else {
        snprintf(span->label, sizeof span->label, "%d–%d", year, (start + span->last) / 12);
    }
}

bool spans_make(struct spans *spans, const json_t *months, int unit, int most) {
    static const int units[] = {6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000};
    const int n = (int)json_array_size(months);
    const char *first = json_string_value(json_array_get(months, 0));
    int start = 0, capacity;
    const bool dated = first != NULL && text_date(first, &start);

    for (size_t i = 0; i < sizeof units / sizeof *units && (most > 0 || !dated) && n / unit > (most > 0 ? most : 40);
         i++) {
        unit = units[i] > unit ? units[i] : unit;
    }
    capacity = n / unit + 2;
    spans->n = 0;
    spans->unit = !dated || unit > 12 ? "stretch" : unit == 12 ? "year" : "half-year";
    spans->spans = calloc((size_t)capacity, sizeof *spans->spans);
    if (spans->spans == NULL) {
        return false;
    }
    for (int month = 0; month < n;) {
        struct span *span = &spans->spans[spans->n++];
        span->first = month;
        span->last = month + unit - 1 - (start + month) % unit;
        span->last = span->last < n ? span->last : n - 1;
        label_span(span, dated, start, unit);
        month = span->last + 1;
    }
    return true;
}

void spans_free(struct spans *spans) {
    free(spans->spans);
    memset(spans, 0, sizeof *spans);
}

double span_mean(const struct span *span, const json_t *array) {
    double sum = 0;
    int n = 0;

    for (int month = span->first; month <= span->last; month++) {
        const double value = document_item(array, (size_t)month);
        if (!isnan(value)) {
            sum += value;
            n++;
        }
    }
    return n > 0 ? sum / n : (double)NAN;
}

#define MOST_LAYERS 8

static double share_reach(double own, double all, double own_se, double other_se) {
    const double share = own / all, se = ((1 - share) * own_se + share * other_se) / all;
    double ends[2];

    interval_share(share, se, NULL, ends);
    return share > 0 && share < 1 ? fmax(share - ends[0], ends[1] - share) : 0;
}

double span_shares_reach(const struct spans *spans, const json_t *layers) {
    double reach = 0;

    for (int row = 0; row < spans->n; row++) {
        const struct span *span = &spans->spans[row];
        double mw[MOST_LAYERS], se[MOST_LAYERS], all = 0, errors = 0;
        const char *key;
        const json_t *layer;
        int n = 0;
        json_object_foreach((json_t *)layers, key, layer) {
            if (n == MOST_LAYERS) {
                break;
            }
            mw[n] = span_mean(span, json_object_get(layer, "value"));
            se[n] = span_mean(span, json_object_get(layer, "se"));
            all += mw[n];
            errors += se[n++];
        }
        for (int i = 0; i < n && all > 0; i++) {
            reach = fmax(reach, share_reach(mw[i], all, se[i], errors - se[i]));
        }
    }
    return reach;
}
