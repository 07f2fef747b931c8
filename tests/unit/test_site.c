/* The parts of the report as a folder: quoting, the folder itself, SVG in the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/report/folder.h"
#include "host/report/gnuplot.h"
#include "host/report/html.h"
#include "host/report/picture.h"

static char *text;
static size_t size;

static FILE *open_text(void) {
    FILE *const out = open_memstream(&text, &size);

    assert_non_null(out);
    return out;
}

static void assert_text(FILE *out, const char *wanted) {
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_markup_is_text(void **state) {
    (void)state;
    FILE *out = open_text();

    html_text(out, "<b a='1' c=\"2\">&\x01\x7fgrüße</b>");
    assert_text(out, "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;??grüße&lt;/b&gt;");
}

static void test_scripts_quote(void **state) {
    (void)state;
    FILE *out = open_text();

    gnuplot_text(out, "it's \"50 %\" `id` $x\n\\");
    fputc('|', out);
    gnuplot_tick(out, "it's 50 %s");
    assert_text(out, "'it''s \"50 %\" `id` $x?\\'|'it''s 50 %%s'");
}

static void test_tables(void **state) {
    (void)state;
    struct html html = {.out = open_text()};

    html_table(&html, "lr", "a & b");
    html_cell(&html, "x");
    html_cell(&html, "y");
    html_cell(&html, "%d", 1);
    html_cell(&html, "<%d>", 2);
    html_table_end(&html);
    assert_text(html.out,
                "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"a &amp; b\"><table>\n"
                "<caption>a &amp; b</caption>\n<thead>\n"
                "<tr><th scope=\"col\">x</th><th class=\"r\" scope=\"col\">y</th></tr>\n</thead>\n<tbody>\n"
                "<tr><th scope=\"row\">1</th><td class=\"r\">&lt;2&gt;</td></tr>\n</tbody>\n</table></div>\n");
}

/* Colours get names inside of tags alone, in all three ways of writing them; identifiers a prefix. */
static void test_svg_goes_into_the_page(void **state) {
    (void)state;
    static const char svg[] =
        "<?xml version=\"1.0\"?>\n<svg width=\"9\" viewBox=\"0 0 9 8\">\n<title>Gnuplot</title>\n<desc>x</desc>\n"
        "<path id='gpDot' stroke='rgb(  0, 114, 178)' fill=\"#D55E00\"/><g color='rgb(0,158,115)'/>"
        "<use xlink:href='#gpDot' fill='rgb(1,2,3)'/><text>id='a' rgb(0,114,178) #0072b2</text></svg>";
    FILE *in = tmpfile(), *out = open_text();

    assert_non_null(in);
    fputs(svg, in);
    fflush(in);
    assert_true(svg_inline(in, out, "p1", "wide", "a < b"));
    assert_text(out, "<svg class=\"wide\" viewBox=\"0 0 9 8\" role=\"img\" aria-label=\"a &lt; b\" "
                     "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n"
                     "<path id='p1-gpDot' stroke='var(--c1)' fill=\"var(--c2)\"/><g color='var(--c3)'/>"
                     "<use xlink:href='#p1-gpDot' fill='rgb(1,2,3)'/><text>id='a' rgb(0,114,178) #0072b2</text></svg>");
    fclose(in);
    in = tmpfile();
    out = open_text();
    assert_non_null(in);
    fputs("half an <svg viewBox=\"0 0 9 8\"><desc></desc>", in);
    fflush(in);
    assert_false(svg_inline(in, out, "p1", "wide", "a"));
    assert_text(out, "");
    fclose(in);
}

/* No two names share a light colour: the page could not tell them apart. */
static void test_colours_differ(void **state) {
    (void)state;
    for (int i = 0; i < n_colours; i++) {
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(colours[i].light, colours[k].light);
            assert_string_not_equal(colours[i].name, colours[k].name);
        }
    }
}

static bool exists(const char *name) {
    struct stat at;

    return lstat(name, &at) == 0;
}

static void test_a_folder_appears_whole(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    struct folder folder;
    char name[FOLDER_NAME];
    FILE *file;

    assert_int_equal(folder_begin(&folder, "made//", false, messages), MM_OK);
    folder_stem(&folder, "../A b/ü", name);
    assert_string_equal(name, "---a-b---");
    folder_stem(&folder, "one", name);
    assert_string_equal(name, "one");
    file = folder_open(&folder, "one.csv");
    assert_non_null(file);
    fputs("x", file);
    folder_close(&folder, file);
    folder_stem(&folder, "one", name);
    assert_string_equal(name, "one-2");
    folder_stem(&folder, "on", name);
    assert_string_equal(name, "on");
    folder_stem(&folder, "", name);
    assert_string_equal(name, "picture");
    assert_false(folder_adopt(&folder, "none.svg"));
    assert_false(exists("made"));
    assert_int_equal(folder_commit(&folder), MM_OK);
    folder_abandon(&folder);
    assert_true(exists("made/one.csv"));
    assert_true(exists("made/" FOLDER_MANIFEST));

    /* kept, then replaced */
    assert_int_equal(folder_begin(&folder, "made", false, messages), MM_USAGE);
    folder_abandon(&folder);
    assert_int_equal(folder_begin(&folder, "made", true, messages), MM_OK);
    file = folder_open(&folder, "two.csv");
    folder_close(&folder, file);
    assert_true(exists("made/one.csv"));
    assert_int_equal(folder_commit(&folder), MM_OK);
    folder_abandon(&folder);
    assert_false(exists("made/one.csv"));
    assert_true(exists("made/two.csv"));

    /* somebody else's file comes while the report is made */
    assert_int_equal(folder_begin(&folder, "made", true, messages), MM_OK);
    file = fopen("made/notes", "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(folder_commit(&folder), MM_USAGE);
    folder_abandon(&folder);
    assert_true(exists("made/notes"));
    assert_true(exists("made/two.csv"));
    assert_false(exists(".mismatch-report"));
    mm_messages_free(messages);
}

static void test_tops(void **state) {
    (void)state;
    assert_true(picture_top(0) == 0.001);
    assert_true(picture_top(0.2) == 0.2);
    assert_true(picture_top(0.21) == 0.5);
    assert_true(picture_top(0.51) == 1);
}

static void test_months_in_bins(void **state) {
    (void)state;
    json_t *document = json_pack("{s:{s:[i,i,i,i,i]}}", "industry", "months", 0, 1, 2, 3, 4);
    json_t *values = json_pack("[f,f,n,f,f]", 1.0, 3.0, 7.0, 9.0);
    const struct bins bins = bins_make(document, 2);
    FILE *out = open_text();

    assert_int_equal(bins.size, 3);
    assert_int_equal(bins.n, 2);
    assert_true(bins_mean(&bins, 0, values) == 2);
    assert_true(bins_mean(&bins, 1, values) == 8);
    bins_write(&bins, 1, out);
    assert_text(out, "month 3,4");
    json_decref(values);
    json_decref(document);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markup_is_text), cmocka_unit_test(test_scripts_quote),
        cmocka_unit_test(test_tables),         cmocka_unit_test(test_svg_goes_into_the_page),
        cmocka_unit_test(test_colours_differ), cmocka_unit_test(test_a_folder_appears_whole),
        cmocka_unit_test(test_tops),           cmocka_unit_test(test_months_in_bins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
