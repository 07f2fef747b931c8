/* The pattern of names: what moved, what the news explains, which probability of the outcome that implies. */
#include <math.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/picture.h"

static void write_moves(FILE *data, json_t *names) {
    static const char *const figures[] = {"move", "if_outcome", "if_not"};
    const char *name;
    json_t *item;
    int row = 0;

    fputs("name,row,observed,move,move_low,move_high,if_outcome,if_not,implied,implied_low,implied_high\n", data);
    json_object_foreach(names, name, item) {
        const double move = document_number(item, "move.value");
        const json_t *ci = document_at(item, "implied.ci");
        double ends[2];
        document_interval(json_object_get(item, "move"), "value", ends);
        picture_name(data, name);
        fprintf(data, ",%d", row++);
        picture_number(data, document_number(item, "observed"));
        picture_number(data, move);
        picture_number(data, isnan(ends[0]) ? move : ends[0]);
        picture_number(data, isnan(ends[1]) ? move : ends[1]);
        for (int i = 1; i < 3; i++) {
            picture_number(data, document_number(json_object_get(item, figures[i]), "value"));
        }
        picture_number(data, document_number(item, "implied.value"));
        picture_number(data, document_item(ci, 0));
        picture_number(data, document_item(ci, 1));
        fputc('\n', data);
    }
}

static void write_rows(FILE *script, json_t *names) {
    int n = (int)json_object_size(names), row = 0, longest = 4;
    const char *name;
    json_t *item;

    fprintf(script, "set yrange [%d.5:-0.5]\nset ytics (", n - 1);
    json_object_foreach(names, name, item) {
        char label[72];
        const int length = page_width_of(name);
        longest = length > longest ? length : longest;
        snprintf(label, sizeof label, "%.64s", name);
        fputs(row > 0 ? ", " : "", script);
        gnuplot_tick(script, label);
        fprintf(script, " %d", row++);
    }
    fprintf(script, ") scale 0\nset lmargin %d\nset grid xtics ytics\n", (longest < 40 ? longest : 40) + 2);
}

/* A picture with a row for each name. */
static void names_begin(struct studio *studio, struct picture *picture, const char *kind, const char *question,
                        json_t *names) {
    const int rows = 30 * (int)json_object_size(names);
    char stem[FOLDER_NAME];
    snprintf(stem, sizeof stem, "%s-%.70s", kind, question);
    picture_begin(studio, picture, stem, 130 + rows, 150 + rows);
    write_moves(picture->data, names);
    write_rows(picture->script, names);
}

static void moves_picture(struct studio *studio, const char *question, json_t *names) {
    char alternative[1200];
    struct picture picture;
    const char *name;
    json_t *item;
    size_t used;

    names_begin(studio, &picture, "moves", question, names);
    fputs("set xtics autofreq\nif (narrow) { set xtics rotate by -35 left }\nset format x '%.0f %%'\nset offsets graph "
          "0.03, graph 0.03, 0, "
          "0\nset arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb soft back\n"
          "set key maxcols narrow ? 1 : 4\nset bars 0\n"
          "plot data skip 1 using (100*$8):2:(100*($7-$8)):(0) with vectors nohead lw 6 lc rgb f2 title 'to the "
          "outcome', \\\n"
          "     data skip 1 using (100*$8):2 with points pt 6 ps 0.9 lc rgb c1 title 'no outcome', \\\n"
          "     data skip 1 using (100*$4):2:(100*$5):(100*$6) with xerrorbars pt 7 ps 0.9 lw 1.5 lc rgb c1 title "
          "'worth of the news', \\\n"
          "     data skip 1 using (100*$3):2 with points pt 13 ps 1.4 lc rgb c2 title 'observed'\n",
          picture.script);
    used = (size_t)snprintf(alternative, sizeof alternative,
                            "Points by name: the move observed, and the move that the "
                            "news is worth.");
    json_object_foreach(names, name, item) {
        const double observed = document_number(item, "observed");
        if (used < sizeof alternative - 160 && !isnan(observed)) {
            used += (size_t)snprintf(alternative + used, sizeof alternative - used,
                                     " %.64s: observed %.1f %%, the news is worth %.1f %%.", name, 100 * observed,
                                     100 * document_number(item, "move.value"));
        }
    }
    picture_end(&picture, alternative,
                "The move of the day, what the model gives the news alone, and how far that goes without and with the "
                "outcome. Intervals are 95 %.");
}

static void implied_picture(struct studio *studio, const char *question, json_t *names) {
    char alternative[1200];
    struct picture picture;
    const char *name;
    json_t *item;
    size_t used;

    names_begin(studio, &picture, "implied", question, names);
    fputs("set object 1 rectangle from 0, graph 0 to 1, graph 1 fc rgb h0 fs solid noborder behind\n"
          "set xrange [-1:2]\nset xtics ('-100 %%' -1, '-50 %%' -0.5, '0 %%' 0, '50 %%' 0.5, '100 %%' 1, '150 %%' 1.5, "
          "'200 %%' 2)\nif (narrow) { set xtics ('-100 %%' -1, '0 %%' 0, '100 %%' 1, '200 %%' 2) }\n"
          "edge(w) = w < -1 ? -1 : w > 2 ? 2 : w\nunset key\n"
          "plot data skip 1 using (edge($9)):2:(edge($10)):(edge($11)) with xerrorbars pt 7 ps 1.1 lw 2 lc rgb c2\n",
          picture.script);
    used = (size_t)snprintf(alternative, sizeof alternative,
                            "Points by name: the probability of the outcome that its observed move implies.");
    json_object_foreach(names, name, item) {
        const double implied = document_number(item, "implied.value");
        if (used < sizeof alternative - 120 && !isnan(implied)) {
            used +=
                (size_t)snprintf(alternative + used, sizeof alternative - used, " %.64s %.0f %%;", name, 100 * implied);
        }
    }
    picture_end(&picture, alternative,
                "The probability of the outcome that would explain each observed move, with its 95 % interval. Outside "
                "the shaded band no probability explains it; what lies beyond -100 % or 200 % stands at the edge.");
}

static void percent_cell(struct html *html, double value, double se) {
    if (isnan(value)) {
        html_cell(html, "–");
    } else if (isnan(se)) {
        html_cell(html, "%.1f", 100 * value);
    } else {
        html_cell(html, "%.1f ± %.1f", 100 * value, 100 * se);
    }
}

static void names_table(struct studio *studio, json_t *names) {
    struct html *const html = &studio->html;
    const char *name;
    json_t *item;

    html_table(html, "lrrrrrrl", "Moves and implied probabilities, %; ± is one standard error");
    html_cell(html, "name");
    html_cell(html, "observed");
    html_cell(html, "the news is worth");
    html_cell(html, "without the outcome");
    html_cell(html, "with it");
    html_cell(html, "part of the observed move");
    html_cell(html, "implied");
    html_cell(html, "95 %%");
    json_object_foreach(names, name, item) {
        const json_t *ci = document_at(item, "implied.ci");
        html_cell(html, "%s", name);
        percent_cell(html, document_number(item, "observed"), (double)NAN);
        percent_cell(html, document_number(item, "move.value"), document_number(item, "move.se"));
        percent_cell(html, document_number(item, "if_not.value"), document_number(item, "if_not.se"));
        percent_cell(html, document_number(item, "if_outcome.value"), document_number(item, "if_outcome.se"));
        percent_cell(html, document_number(item, "explained.value"), document_number(item, "explained.se"));
        percent_cell(html, document_number(item, "implied.value"), (double)NAN);
        if (isnan(document_item(ci, 0))) {
            html_cell(html, "–");
        } else {
            html_cell(html, "%.0f to %.0f", 100 * document_item(ci, 0), 100 * document_item(ci, 1));
        }
    }
    html_table_end(html);
}

/* All pairs in one sentence. */
static void say_contradictions(struct html *html, const json_t *pairs) {
    const size_t n = json_array_size(pairs);

    if (n == 0 || html->out == NULL) {
        return;
    }
    fputs("<p>", html->out);
    html_print(html, "No one probability explains both moves of %s: ",
               n == 1 ? "this pair of names, which contradict each other"
                      : "these pairs of names, which contradict each other");
    for (size_t i = 0; i < n; i++) {
        const char *a = json_string_value(json_array_get(json_array_get(pairs, i), 0)),
                   *b = json_string_value(json_array_get(json_array_get(pairs, i), 1));
        html_print(html, "%s%s and %s", i > 0 ? "; " : "", a != NULL ? a : "?", b != NULL ? b : "?");
    }
    fputs(".</p>\n", html->out);
}

static const char *reading_words(const char *key) {
    return strcmp(key, "demand_failing") == 0 ? "demand failing" : key;
}

static void likelihood_cell(struct html *html, const json_t *of) {
    const double likelihood = document_number(of, "log_likelihood");
    if (isnan(likelihood)) {
        html_cell(html, "–");
    } else {
        html_cell(html, "%.2f", likelihood);
    }
}

static void readings_table(struct html *html, json_t *readings) {
    static const char *const shares[] = {"posterior", "posterior_at_split"};
    const char *key;
    json_t *item;

    html_table(html, "lrrr",
               "Readings of the news, compared: posterior, %, with all alike before, and with the model's own split");
    html_cell(html, "reading");
    html_cell(html, "log likelihood");
    html_cell(html, "posterior");
    html_cell(html, "at the model's split");
    json_object_foreach(readings, key, item) {
        if (!json_is_object(item)) {
            continue;
        }
        html_cell(html, "%s", reading_words(key));
        likelihood_cell(html, item);
        for (int i = 0; i < 2; i++) {
            char text[PAGE_NUMBER];
            page_nearly(text, document_number(item, shares[i]));
            html_cell(html, "%s", text);
        }
    }
    html_table_end(html);
}

/* What each reading predicts, and how far each name's move speaks for it. */
static void readings_by_name(struct html *html, json_t *readings, json_t *names) {
    char columns[16] = "lrrrrrrr"; /* of three readings at most */
    const char *key, *name;
    json_t *reading, *item;

    columns[2 + 2 * (json_object_size(readings) < 3 ? json_object_size(readings) : 3)] = '\0';
    html_table(html, columns, "Moves that each reading predicts, %, and the log likelihood of the observed one");
    html_cell(html, "name");
    html_cell(html, "observed");
    json_object_foreach(readings, key, reading) {
        html_cell(html, "%s", reading_words(key));
        html_cell(html, "log likelihood");
    }
    json_object_foreach(names, name, item) {
        if (isnan(document_number(item, "observed"))) {
            continue;
        }
        html_cell(html, "%s", name);
        percent_cell(html, document_number(item, "observed"), (double)NAN);
        json_object_foreach(readings, key, reading) {
            const json_t *own = json_object_get(json_object_get(reading, "by_name"), name);
            percent_cell(html, document_number(own, "predicted"), (double)NAN);
            likelihood_cell(html, own);
        }
    }
    html_table_end(html);
}

/* Which names contradict each other or stand alone, and how the readings compare. */
static void conclusions(struct studio *studio, const json_t *answer) {
    struct html *const html = &studio->html;
    json_t *readings = json_object_get(answer, "readings"), *item;
    size_t i;

    say_contradictions(html, json_object_get(answer, "contradictions"));
    json_array_foreach(json_object_get(answer, "alone"), i, item) {
        if (json_is_string(item)) {
            html_element(html, "p", "%s stands alone: no probability of the outcome explains its move.",
                         json_string_value(item));
        }
    }
    if (json_object_size(readings) > 0) {
        readings_table(html, readings);
        readings_by_name(html, readings, json_object_get(answer, "names"));
    }
}

static bool has_implied(json_t *names) {
    const char *name;
    json_t *item;

    json_object_foreach(names, name, item) {
        if (!isnan(document_number(item, "implied.value"))) {
            return true;
        }
    }
    return false;
}

void site_names(struct studio *studio) {
    json_t *answer;
    const char *name;
    bool begun = false;

    json_object_foreach(json_object_get(studio->document, "questions"), name, answer) {
        json_t *names = json_object_get(answer, "names");
        if (strcmp(document_text(answer, "type"), "pattern") != 0) {
            continue;
        }
        if (!begun) {
            html_element(&studio->html, "h2", "What the news is worth to whom");
        }
        begun = true;
        html_element(&studio->html, "h3", "%s", name);
        html_element(&studio->html, "p", "Probability of the news: %.3g; of the outcome, given the news: %.3g.",
                     document_number(answer, "news.p"), document_number(answer, "outcome_given_news.p"));
        if (json_object_size(names) == 0) {
            html_element(&studio->html, "p", "The result has no names.");
            continue;
        }
        moves_picture(studio, name, names);
        if (has_implied(names)) {
            implied_picture(studio, name, names);
        }
        names_table(studio, names);
        conclusions(studio, answer);
    }
}
