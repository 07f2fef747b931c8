/* What the pictures of a report share: where they go, one script and one data file for each, their months. */
#ifndef MISMATCH_HOST_REPORT_PICTURE_H
#define MISMATCH_HOST_REPORT_PICTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include <mismatch/report.h>

#include "host/report/folder.h"
#include "host/report/html.h"
#include "host/report/page.h"

/* One result with its name. */
struct exhibit {
    const json_t *document;
    const char *name;
};

struct studio {
    const struct exhibit *exhibits; /* of one configuration, the one that is shown first */
    size_t n_exhibits;
    const json_t *document; /* of the first */
    const char *prefix;     /* of the pictures' names: "", or "2-" */
    struct folder *folder;
    struct html html;
    const mm_report_options *options;
    json_t *documents; /* of the options, read */
    mm_messages *messages;
    bool no_gnuplot; /* it could not be started, and that has been said */
    FILE *nowhere;   /* takes what is written of a picture that is lost */
    int undrawn;     /* pictures that are missing */
    bool failed;     /* memory ran out */
};

struct picture {
    struct studio *studio;
    char stem[FOLDER_NAME], data_name[FOLDER_NAME];
    FILE *script, *data; /* never NULL: where something is wrong, what is written is lost */
    bool lost;
};

/* Opens STEM.gp, with all that is the same in every script, and STEM.csv. Heights in pixels: at a width of 900, and
 * narrow, at one of 400. */
void picture_begin(struct studio *studio, struct picture *picture, const char *stem, int height, int narrow_height);
/* Draws it, and lays it into the page with a caption and, for those who don't see it, an alternative. */
void picture_end(struct picture *picture, const char *alternative, const char *caption);

/* The stretch of months behind one point of a picture: as many as it takes for at most `most` points. */
struct bins {
    const json_t *months;
    int n, size, n_months;
};
struct bins bins_make(const json_t *document, int most);
/* Mean of what is known in it; NAN when nothing is. */
double bins_mean(const struct bins *bins, int bin, const json_t *array);
/* "month,x": the first month's name, and the middle of the stretch in months from 0. */
void bins_write(const struct bins *bins, int bin, FILE *data);
/* " Each point is the mean of 7 months.", or "". */
const char *bins_note(const struct bins *bins, char text[96]);
/* The horizontal axis of months. */
void bins_axis(const struct bins *bins, FILE *script);

/* A name in a data file: without commas, quotes and control characters. */
void picture_name(FILE *data, const char *name);
/* ",value", or "," where it is unknown. */
void picture_number(FILE *data, double value);
/* Ticks of a vertical axis of shares, from 0 to `top`, in per cent. */
void picture_shares(FILE *script, double top, const char *label);
/* The least of 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1 that is not below `largest`. */
double picture_top(double largest);
/* "2027-03" or "month 12". */
void picture_month(const struct bins *bins, int month, char text[32]);

/* The sections of a report: heading, pictures, tables. Each leaves itself out where the result has nothing for it. */
void site_states(struct studio *studio);
void site_events(struct studio *studio);
void site_map(struct studio *studio);
void site_odds(struct studio *studio);
void site_fans(struct studio *studio);
void site_tails(struct studio *studio);
void site_binding(struct studio *studio);
void site_names(struct studio *studio);
void site_convergence(struct studio *studio);
void site_provenance(struct studio *studio);
/* The first exhibits of all configurations side by side. */
void site_compare(struct studio *studio, const struct exhibit *exhibits, size_t n);

#endif
