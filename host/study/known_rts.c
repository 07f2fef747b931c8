/* IEEE Reliability Test System 1979 (IEEE Trans. Power Apparatus and Systems 98(6), 1979): 32 units, a year of 8,736
 * hours. The same as configs/adequacy/ieee-rts-79.yaml, made from the tables in print. */
#include "host/study/known.h"

#include <mismatch/file.h>
#include <stdio.h>
#include <stdlib.h>

#define WEEKS 52
#define HOURS (WEEKS * 7 * 24)
#define PEAK 2850.0 /* MW */
#define ALL_MW 3405

/* Table 1: weekly peak in per cent of the annual peak. */
static const double weekly[WEEKS] = {86.2, 90.0, 87.8, 83.4, 88.0, 84.1, 83.2, 80.6, 74.0, 73.7, 71.5, 72.7, 70.4,
                                     75.0, 72.1, 80.0, 75.4, 83.7, 87.0, 88.0, 85.6, 81.1, 90.0, 88.7, 89.6, 86.1,
                                     75.5, 81.6, 80.1, 88.0, 72.2, 77.6, 80.0, 72.9, 72.6, 70.5, 78.0, 69.5, 72.4,
                                     72.4, 74.3, 74.4, 80.0, 88.1, 88.5, 90.9, 94.0, 89.0, 94.2, 97.0, 100,  95.2};
/* Table 2: daily peak in per cent of the weekly peak, Monday first. */
static const double daily[7] = {93, 100, 98, 96, 94, 77, 75};
/* Table 3: hourly load in per cent of the daily peak: winter, summer, spring and fall; weekdays, weekend. */
static const double hourly[3][2][24] = {
    {{67, 63, 60, 59, 59, 60, 74, 86, 95, 96, 96, 95, 95, 95, 93, 94, 99, 100, 100, 96, 91, 83, 73, 63},
     {78, 72, 68, 66, 64, 65, 66, 70, 80, 88, 90, 91, 90, 88, 87, 87, 91, 100, 99, 97, 94, 92, 87, 81}},
    {{64, 60, 58, 56, 56, 58, 64, 76, 87, 95, 99, 100, 99, 100, 100, 97, 96, 96, 93, 92, 92, 93, 87, 72},
     {74, 70, 66, 65, 64, 62, 62, 66, 81, 86, 91, 93, 93, 92, 91, 91, 92, 94, 95, 95, 100, 93, 88, 80}},
    {{63, 62, 60, 58, 59, 65, 72, 85, 95, 99, 100, 99, 93, 92, 90, 88, 90, 92, 96, 98, 96, 90, 80, 70},
     {75, 73, 69, 66, 65, 65, 68, 74, 83, 89, 92, 94, 91, 90, 90, 86, 85, 88, 92, 100, 97, 95, 90, 85}}};

/* Tables 5 and 6: MW, units, forced outage rate. */
static const struct {
    int mw, units;
    double outage;
} groups[] = {{12, 5, 0.02},  {20, 4, 0.10},  {50, 6, 0.01},  {76, 4, 0.02}, {100, 3, 0.04},
              {155, 4, 0.04}, {197, 3, 0.05}, {350, 1, 0.08}, {400, 2, 0.12}};
#define GROUPS (sizeof groups / sizeof *groups)

static double factor(int hour) {
    const int week = hour / 168, day = hour / 24 % 7;
    const int season = week < 8 || week >= 43 ? 0 : week >= 17 && week < 30 ? 1 : 2;
    return 1e-6 * weekly[week] * daily[day] * hourly[season][day >= 5][hour % 24];
}

char *known_rts(void) {
    char *text = NULL;
    size_t length;
    FILE *out = mm_text_stream(&text, &length);
    if (!out)
        return NULL;
    fprintf(out,
            "{'mismatch':1,'time':{'start':'2001-01','months':%d},'regions':['area'],"
            "'generations':[{'name':'unit','kh100e_per_mw':1}],'thresholds':{'shortage':2e-6},"
            "'firms':[{'name':'utility','phases':[",
            HOURS);
    for (size_t g = 0; g < GROUPS; g++)
        for (int i = 0; i < groups[g].units; i++)
            fprintf(out,
                    "%s{'name':'u%d-%d','region':'area','generation':'unit','mw':%d,'ready':'2000-11','cancel':%g}",
                    g + (size_t)i > 0 ? "," : "", groups[g].mw, i + 1, groups[g].mw, groups[g].outage);
    fprintf(out, "]},{'name':'load','inference':%g,'demand_shares':{'area':1},'profile':[", PEAK);
    for (int hour = 0; hour < HOURS; hour++)
        fprintf(out, "%s%.9g", hour > 0 ? "," : "", factor(hour));
    fprintf(out, "]}]}");
    const int failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

/* The distribution of the capacity, unit by unit, against every hour's load. */
void known_rts_expect(double expected[KNOWN_ROWS]) {
    double up[ALL_MW + 1] = {1};
    int most = 0;
    for (size_t g = 0; g < GROUPS; g++)
        for (int i = 0; i < groups[g].units; i++) {
            for (int c = most; c >= 0; c--) {
                up[c + groups[g].mw] += up[c] * (1 - groups[g].outage);
                up[c] *= groups[g].outage;
            }
            most += groups[g].mw;
        }
    expected[0] = expected[1] = 0;
    for (int hour = 0; hour < HOURS; hour++) {
        const double load = PEAK * factor(hour);
        for (int c = 0; c < load * (1 - 1e-6) && c <= most; c++) {
            expected[0] += up[c];
            expected[1] += up[c] * (load - c);
        }
    }
}
