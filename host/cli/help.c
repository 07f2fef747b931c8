#include "host/cli/options.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 92
#define INDENT 26

/* Wrapped text behind a column that already holds `used` characters. */
static void print_wrapped(const char *text, int used) {
    if (used > INDENT - 2) {
        putchar('\n');
        used = 0;
    }
    printf("%*s", INDENT - used, "");
    int column = INDENT;
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (column > INDENT && column + 1 + length > WIDTH) {
            printf("\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, text);
        column += length;
        text += length + (text[length] == ' ');
    }
    putchar('\n');
}

static void print_option(const struct option_row *row) {
    int used = row->letter ? printf("  -%c, --%s", row->letter, row->name) : printf("      --%s", row->name);
    if (row->argument)
        used += printf(" %s", row->argument);
    char text[512];
    if (row->standard)
        snprintf(text, sizeof text, "%s (default: %s)", row->help, row->standard);
    else
        snprintf(text, sizeof text, "%s", row->help);
    print_wrapped(text, used);
}

void help_command(const struct command *command) {
    printf("%s\n\nExamples:\n%s\n", command->about, command->examples);
    printf("Usage: mismatch %s%s%s [options]\n\nOptions:\n", command->name, *command->operands ? " " : "",
           command->operands);
    for (size_t i = 0; i < option_count; i++)
        if (option_table[i].commands & command->bit)
            print_option(&option_table[i]);
}

void help_program(void) {
    fputs("mismatch: how likely is it that one firm has spare compute while the industry is short?\n\nExamples:\n"
          "  mismatch run configs/ai-2026.yaml\n"
          "  mismatch run configs/ai-2026.yaml --paths 1e7 --output result.json\n"
          "  mismatch run configs/ai-2026.yaml --set firms.meta.reserve=0.1 --question 'idle(meta)'\n"
          "  mismatch check my.yaml\n\nCommands:\n",
          stdout);
    for (size_t i = 0; i < command_count; i++)
        print_wrapped(command_table[i].about, printf("  %s", command_table[i].name));
    fputs("\nmismatch COMMAND --help tells more; mismatch --version tells what this is.\n\n"
          "Exit codes: 0 done; 1 internal error; 2 usage or configuration, nothing was run; 3 done, but an --expect\n"
          "failed; 4 no usable device; 6 reading or writing failed (also: the reader of a pipe is gone, said without\n"
          "words); 7 a repeated run did not come out the same; 75 interrupted, and the same command goes on.\n",
          stdout);
}
