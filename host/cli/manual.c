/* Manual pages and the reference of the command line, from the tables. */
#include "host/cli/help.h"

#include <ctype.h>
#include <string.h>

#if defined(__has_include)
#if __has_include("mismatch_build.h")
#include "mismatch_build.h"
#endif
#endif
#ifndef MISMATCH_VERSION
#define MISMATCH_VERSION "unknown"
#endif

/* Text for roff: no character at the start of a line or behind a backslash means anything. */
static void roff(FILE *out, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if ((i == 0 || text[i - 1] == '\n') && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", out);
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else if (text[i] == '\'')
            fputs("\\(aq", out);
        else if (text[i] == '`')
            fputs("\\(ga", out);
        else
            fputc(text[i], out);
    }
}

static void roff_text(FILE *out, const char *text) {
    roff(out, text, strlen(text));
}

/* Lines as they stand. */
static void roff_lines(FILE *out, const char *text) {
    fputs(".nf\n", out);
    roff_text(out, text);
    if (*text && text[strlen(text) - 1] != '\n')
        fputc('\n', out);
    fputs(".fi\n", out);
}

static size_t line_length(const char *text) {
    size_t length = strcspn(text, "\n");
    return length + (text[length] == '\n');
}

static bool as_it_is(const char *line) {
    return line[0] == ' ' && line[1] == ' ';
}

/* A topic's paragraphs. */
static void roff_paragraphs(FILE *out, const char *text) {
    bool first = true, fresh = true, literal = false;
    for (; *text; text += line_length(text)) {
        if (*text == '\n') {
            fputs(literal ? ".fi\n" : "", out);
            fresh = true;
            literal = false;
            continue;
        }
        if (fresh && !first)
            fputs(".PP\n", out);
        first = false;
        if (as_it_is(text) && !literal) {
            fputs(".nf\n", out);
            literal = true;
        }
        roff(out, text, line_length(text));
        fresh = false;
    }
    fputs(literal ? ".fi\n" : "", out);
}

static void roff_codes(FILE *out) {
    for (size_t i = 0; i < exit_code_count; i++) {
        fprintf(out, ".TP\n.B %d\n", exit_codes[i].code);
        roff_text(out, exit_codes[i].meaning);
        fputc('\n', out);
    }
}

static void upper(FILE *out, const char *text) {
    for (; *text; text++)
        fputc(*text == '-' ? ' ' : toupper((unsigned char)*text), out);
}

static void roff_option(FILE *out, const struct option_row *row) {
    char text[HELP_TEXT];
    fputs(".TP\n", out);
    if (row->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
    fputs("\\fB\\-\\-", out);
    roff_text(out, row->name);
    fputs("\\fR", out);
    if (row->argument) {
        fputs(" \\fI", out);
        roff_text(out, row->argument);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    help_row_text(row, text);
    roff_text(out, text);
    fputc('\n', out);
}

static void roff_head(FILE *out, const char *name) {
    fprintf(out, ".\\\" Made from the program's tables.\n.TH \"");
    upper(out, name);
    fprintf(out, "\" 1 \"\" \"mismatch %s\" \"User Commands\"\n.nh\n.ad l\n", MISMATCH_VERSION);
}

void manual_program(FILE *out) {
    roff_head(out, "mismatch");
    fputs(".SH NAME\nmismatch \\- ", out);
    roff_text(out, PROGRAM_ABOUT);
    fputs("\n.SH SYNOPSIS\n.B mismatch\n.I COMMAND\n[\\fIoptions\\fR] ...\n.SH DESCRIPTION\n"
          "A Monte Carlo stress tester: it simulates an industry of firms month by month, many times over, and counts "
          "how\noften one firm has compute to spare while the industry as a whole is short of it, what that says about "
          "a glut,\nand how sure the figures are.\n.SH COMMANDS\n",
          out);
    for (size_t i = 0; i < command_count; i++) {
        fputs(".TP\n.BR mismatch\\-", out);
        roff_text(out, command_table[i].name);
        fputs(" (1)\n", out);
        roff_text(out, command_table[i].about);
        fputc('\n', out);
    }
    fputs(".SH EXAMPLES\n", out);
    roff_lines(out, PROGRAM_EXAMPLES);
    for (size_t i = 0; i < topic_count; i++) {
        fputs(".SH ", out);
        upper(out, topic_table[i].text ? topic_table[i].name : "exit-status");
        fputc('\n', out);
        if (topic_table[i].text)
            roff_paragraphs(out, topic_table[i].text);
        else
            roff_codes(out);
    }
}

void manual_command(const struct command *command, FILE *out) {
    char name[80];
    snprintf(name, sizeof name, "mismatch-%s", command->name);
    roff_head(out, name);
    fputs(".SH NAME\n", out);
    roff_text(out, name);
    fputs(" \\- ", out);
    roff_text(out, command->about);
    fprintf(out, "\n.SH SYNOPSIS\n.B mismatch %s\n", command->name);
    if (*command->operands) {
        roff_text(out, command->operands);
        fputc('\n', out);
    }
    fputs("[\\fIoptions\\fR]\n.SH DESCRIPTION\n", out);
    roff_text(out, command->about);
    fputs("\n.SH OPTIONS\n", out);
    for (size_t i = 0; i < option_count; i++)
        if (help_row_of(command, i))
            roff_option(out, &option_table[i]);
    fputs(".SH EXAMPLES\n", out);
    roff_lines(out, command->examples);
    fputs(".SH SEE ALSO\n.BR mismatch (1),\nwhich tells of exit codes, environment, numbers and expressions too.\n",
          out);
}

/* Text of a table in Markdown. */
static void markdown_cell(FILE *out, const char *text) {
    for (; *text; text++) {
        if (*text == '|' || *text == '<' || *text == '*' || *text == '_')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void markdown_option(FILE *out, const struct option_row *row) {
    fputs("| ", out);
    if (row->letter)
        fprintf(out, "`-%c`, ", row->letter);
    fprintf(out, "`--%s%s%s` | ", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
    markdown_cell(out, row->help);
    fputs(" | ", out);
    markdown_cell(out, row->standard ? row->standard : "");
    fputs(" |\n", out);
}

static void markdown_paragraphs(FILE *out, const char *text) {
    for (; *text; text += line_length(text)) {
        if (as_it_is(text))
            fputs("  ", out); /* four blanks: as it stands */
        fwrite(text, 1, line_length(text), out);
    }
}

void manual_markdown(FILE *out) {
    fputs("<!-- Made from the tables in host/cli by `mismatch help --markdown`; a test fails while it is stale. -->\n"
          "# The command line\n\n"
          "`mismatch COMMAND --help` shows the same, `man mismatch` and `man mismatch-COMMAND` too once it is "
          "installed.\n\n| command | |\n|---|---|\n",
          out);
    for (size_t i = 0; i < command_count; i++) {
        fprintf(out, "| [`%s`](#mismatch-%s) | ", command_table[i].name, command_table[i].name);
        markdown_cell(out, command_table[i].about);
        fputs(" |\n", out);
    }
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &command_table[i];
        fprintf(out,
                "\n## mismatch %s\n\n%s\n\n    mismatch %s%s%s [options]\n\n| option | | default |\n|---|---|---|\n",
                command->name, command->about, command->name, *command->operands ? " " : "", command->operands);
        for (size_t row = 0; row < option_count; row++)
            if (help_row_of(command, row))
                markdown_option(out, &option_table[row]);
        fputs("\nExamples:\n\n", out);
        markdown_paragraphs(out, command->examples);
    }
    for (size_t i = 0; i < topic_count; i++) {
        fprintf(out, "\n## Topic: %s\n\n%c%s.\n\n", topic_table[i].name,
                toupper((unsigned char)topic_table[i].about[0]), topic_table[i].about + 1);
        if (topic_table[i].text) {
            markdown_paragraphs(out, topic_table[i].text);
            continue;
        }
        fputs("| exit code | means |\n|---|---|\n", out);
        for (size_t code = 0; code < exit_code_count; code++)
            fprintf(out, "| %d | %s |\n", exit_codes[code].code, exit_codes[code].meaning);
    }
}
