#include "host/report/picture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/scenario/failures.h"
#include "host/scenario/text.h"

#define WIDE 900
#define NARROW 400

static FILE *open_part(struct picture *picture, const char *extension, char name[FOLDER_NAME]) {
    FILE *file;

    snprintf(name, FOLDER_NAME, "%.80s%s", picture->stem, extension);
    file = folder_open(picture->studio->folder, name);
    if (file == NULL) {
        picture->lost = true;
        file = picture->studio->nowhere;
    }
    return file;
}

static void close_part(struct picture *picture, FILE *file) {
    if (file != picture->studio->nowhere) {
        folder_close(picture->studio->folder, file);
    }
}

static void write_head(const struct picture *picture, int height, int narrow_height) {
    const char *const stem = picture->stem;
    FILE *const script = picture->script;

    fprintf(script,
            "# %s, from the figures in %s. To draw it anew, in this folder:\n"
            "#   gnuplot -d -c %s.gp svg        or narrow, for a small screen, or png\n"
            "kind = ARGC > 0 ? ARG1 : 'svg'\n"
            "narrow = kind eq 'narrow'\n"
            "if (kind eq 'png') {\n"
            "  set terminal pngcairo noenhanced size %d,%d fontscale 2 linewidth 2 pointscale 2 background '#ffffff'\n"
            "  set output '%s.png'\n"
            "} else { if (narrow) {\n"
            "  set terminal svg noenhanced size %d,%d font 'sans-serif,13' background '#ffffff'\n"
            "  set output '%s-narrow.svg'\n"
            "} else {\n"
            "  set terminal svg noenhanced size %d,%d font 'sans-serif,15' background '#ffffff'\n"
            "  set output '%s.svg'\n"
            "} }\n",
            stem, picture->data_name, stem, 2 * WIDE, 2 * height, stem, NARROW, narrow_height, stem, WIDE, height,
            stem);
    for (int i = 0; i < n_colours; i++) {
        fprintf(script, "%s = '%s'%s", colours[i].name, colours[i].light, i % 6 == 5 ? "\n" : "; ");
    }
    fprintf(script, "\ndata = '%s'\n", picture->data_name);
    fputs("set datafile separator comma\n"
          "set encoding utf8\n"
          "set border 3 lc rgb soft\n"
          "set tics nomirror scale 0.5 textcolor rgb ink\n"
          "set grid ytics lt 1 lw 1 lc rgb grid\n"
          "set xlabel textcolor rgb ink\n"
          "set ylabel textcolor rgb ink\n"
          "set key bottom outside center horizontal textcolor rgb ink samplen 2\n"
          "set lmargin narrow ? 8 : 9\n"
          "set rmargin 3\n",
          script);
}

void picture_begin(struct studio *studio, struct picture *picture, const char *stem, int height, int narrow_height) {
    char wanted[FOLDER_NAME], name[FOLDER_NAME];

    *picture = (struct picture){.studio = studio};
    snprintf(wanted, sizeof wanted, "%s%.80s", studio->prefix, stem);
    folder_stem(studio->folder, wanted, picture->stem);
    picture->data = open_part(picture, ".csv", picture->data_name);
    picture->script = open_part(picture, ".gp", name);
    write_head(picture, height, narrow_height);
}

/* Draws one kind. \return whether NAME is there. */
static bool draw(struct picture *picture, const char *kind, const char *ending) {
    struct studio *const studio = picture->studio;
    const char *const program = studio->options->gnuplot != NULL ? studio->options->gnuplot : "gnuplot";
    char script[FOLDER_NAME], name[FOLDER_NAME], said[256];
    int status;

    if (studio->no_gnuplot || picture->lost || studio->folder->status != MM_OK) {
        return false;
    }
    if (studio->options->stop != NULL && *studio->options->stop != 0) {
        folder_fail(studio->folder, MM_INTERRUPTED);
        return false;
    }
    snprintf(script, sizeof script, "%.80s.gp", picture->stem);
    snprintf(name, sizeof name, "%.80s%s", picture->stem, ending);
    status = gnuplot_run(program, studio->folder->part, script, kind, said);
    if (status < 0) {
        mm_messages_add(studio->messages,
                        "%s can't be started (%s): the report is made without pictures, with its tables, data and "
                        "scripts; on Debian and Ubuntu the package is gnuplot-nox",
                        program, strerror(errno));
        studio->no_gnuplot = true;
        return false;
    }
    if (status == 0 && folder_adopt(studio->folder, name)) {
        /* such as a font that is not there; keys with long names take care of themselves */
        if (said[0] != '\0' && strstr(said, "fitting plot titles into key") == NULL) {
            mm_messages_add(studio->messages, "%s: gnuplot says: %s", name, said);
        }
        return true;
    }
    folder_remove(studio->folder, name);
    if (studio->options->stop != NULL && *studio->options->stop != 0) {
        folder_fail(studio->folder, MM_INTERRUPTED);
    } else {
        mm_messages_add(studio->messages, "%s can't be drawn: %s (status %d)%s", name,
                        said[0] != '\0' ? said : "gnuplot failed", status,
                        strcmp(kind, "png") == 0 ? "; PNG needs a font, such as the package fonts-dejavu-core" : "");
    }
    return false;
}

/* Lays a drawn file into the page. */
static bool lay(struct picture *picture, const char *ending, const char *classes, const char *alternative) {
    char *path = NULL, prefix[2 * FOLDER_NAME];
    bool done = false;
    FILE *file;

    if (asprintf(&path, "%s/%s%s", picture->studio->folder->part, picture->stem, ending) < 0) {
        memory_failed();
        return false;
    }
    file = fopen(path, "re");
    if (file == NULL && errno == ENOMEM) {
        memory_failed();
    }
    if (file != NULL) {
        snprintf(prefix, sizeof prefix, "%s-%.1s", picture->stem, classes);
        done = svg_inline(file, picture->studio->html.out, prefix, classes, alternative);
        fclose(file);
    }
    free(path);
    return done;
}

static void write_figure(struct picture *picture, bool drawn, const char *alternative, const char *caption) {
    struct html *const html = &picture->studio->html;

    if (html->out == NULL) {
        return;
    }
    fprintf(html->out, "<figure id=\"%s\">\n", picture->stem);
    if (!drawn || !lay(picture, ".svg", "wide", alternative) || !lay(picture, "-narrow.svg", "narrow", alternative)) {
        html_element(html, "p class=\"missing\"", "This picture could not be drawn. What it shows: %s", alternative);
    }
    html_element(html, "figcaption", "%s", caption);
    fputs("</figure>\n", html->out);
    fputs("<p class=\"files\">Figures: <code>", html->out);
    html_text(html->out, picture->data_name);
    fputs("</code>, script: <code>", html->out);
    html_text(html->out, picture->stem);
    fputs(".gp</code></p>\n", html->out);
}

void picture_end(struct picture *picture, const char *alternative, const char *caption) {
    const mm_report_options *const options = picture->studio->options;
    const bool page = picture->studio->html.out != NULL;
    bool svg = true, png = true;

    close_part(picture, picture->script);
    close_part(picture, picture->data);
    if (page || options->svg) {
        svg = draw(picture, "svg", ".svg");
        svg = svg && (!page || draw(picture, "narrow", "-narrow.svg"));
    }
    if (options->png) {
        png = draw(picture, "png", ".png");
    }
    picture->studio->undrawn += !svg || !png;
    write_figure(picture, svg, alternative, caption);
}

struct bins bins_make(const json_t *document, int most) {
    struct bins bins = {.months = document_at(document, "industry.months"), .size = 1};

    bins.n_months = (int)json_array_size(bins.months);
    bins.size = bins.n_months > most ? (bins.n_months + most - 1) / most : 1;
    bins.n = (bins.n_months + bins.size - 1) / bins.size;
    return bins;
}

double bins_mean(const struct bins *bins, int bin, const json_t *array) {
    const int first = bin * bins->size, last = first + bins->size - 1;
    const struct span span = {.first = first, .last = last < bins->n_months ? last : bins->n_months - 1};

    return span_mean(&span, array);
}

void picture_month(const struct bins *bins, int month, char text[32]) {
    const json_t *name = json_array_get(bins->months, (size_t)month);

    if (json_is_string(name)) {
        snprintf(text, 32, "%.16s", json_string_value(name));
    } else {
        snprintf(text, 32, "month %d", month);
    }
}

void picture_name(FILE *data, const char *name) {
    for (; *name != '\0'; name++) {
        fputc(*name == ',' || *name == '"' || (unsigned char)*name < ' ' || *name == 127 ? '?' : *name, data);
    }
}

void bins_write(const struct bins *bins, int bin, FILE *data) {
    const int first = bin * bins->size,
              last = first + bins->size < bins->n_months ? first + bins->size : bins->n_months;
    char name[32], number[TEXT_NUMBER];

    picture_month(bins, first, name);
    text_number(0.5 * (first + last), number);
    picture_name(data, name);
    fprintf(data, ",%s", number);
}

const char *bins_note(const struct bins *bins, char text[96]) {
    text[0] = '\0';
    if (bins->size > 1) {
        snprintf(text, 96, " Each point is the mean of %d months.", bins->size);
    }
    return text;
}

/* Ticks at most `most`, at years for dated months. */
static void write_ticks(const struct bins *bins, FILE *script, int most) {
    static const int steps[] = {1, 3, 6, 12, 24, 36, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 60000, 600000};
    static const int plain[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 100000, 1000000};
    const char *first = json_string_value(json_array_get(bins->months, 0));
    int start = 0, step = 0, at;
    const bool dated = first != NULL && text_date(first, &start);
    const char *comma = "";

    while (step < 15 && bins->n_months / (dated ? steps : plain)[step] >= most) {
        step++;
    }
    step = (dated ? steps : plain)[step];
    at = dated ? (step - start % step) % step : 0;
    fputs("(", script);
    for (; at <= bins->n_months; at += step) {
        if (dated && step >= 12) {
            fprintf(script, "%s'%d' %d", comma, (start + at) / 12, at);
        } else if (dated) {
            fprintf(script, "%s'%04d-%02d' %d", comma, (start + at) / 12, (start + at) % 12 + 1, at);
        } else {
            fprintf(script, "%s'%d' %d", comma, at, at);
        }
        comma = ", ";
    }
    fputs(")", script);
}

void bins_axis(const struct bins *bins, FILE *script) {
    fprintf(script, "set xrange [0:%d]\nif (narrow) { set xtics ", bins->n_months > 0 ? bins->n_months : 1);
    write_ticks(bins, script, 6);
    fputs(" } else { set xtics ", script);
    write_ticks(bins, script, 14);
    fputs(" }\n", script);
    if (!json_is_string(json_array_get(bins->months, 0))) {
        fputs("set xlabel 'month'\n", script);
    }
}

void picture_number(FILE *data, double value) {
    char text[TEXT_NUMBER];

    fputc(',', data);
    if (isfinite(value)) {
        text_number(value, text);
        fputs(text, data);
    }
}

double picture_top(double largest) {
    static const double tops[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5};

    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
        if (largest <= tops[i]) {
            return tops[i];
        }
    }
    return 1;
}

void picture_shares(FILE *script, double top, const char *label) {
    fprintf(script, "set yrange [0:%g]\nset ytics (", top);
    for (int i = 0; i <= 5; i++) {
        fprintf(script, "%s'%g %%%%' %g", i > 0 ? ", " : "", 100 * top * i / 5, top * i / 5);
    }
    fputs(")\n", script);
    if (*label != '\0') {
        fputs("if (!narrow) { set ylabel ", script);
        gnuplot_text(script, label);
        fputs(" }\n", script);
    }
}
