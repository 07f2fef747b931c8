#include "host/cli/help.h"

#include <stdio.h>
#include <string.h>

#include "host/cli/topics.h"

#define WIDTH 92
#define INDENT 26

/* Wrapped text behind a column that already holds `used` characters. */
static void print_wrapped(const char *text, int used, int indent) {
    if (used > indent - 2) {
        putchar('\n');
        used = 0;
    }
    printf("%*s", indent - used, "");
    int column = indent;
    while (*text) {
        int length = (int)strcspn(text, " \n");
        if (column > indent && column + 1 + length > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, text);
        column += length;
        text += length + (text[length] != '\0');
    }
    putchar('\n');
}

bool help_row_of(const struct command *command, size_t i) {
    return (option_table[i].commands & command->bit) != 0;
}

void help_row_text(const struct option_row *row, char text[HELP_TEXT]) {
    if (row->standard)
        snprintf(text, HELP_TEXT, "%s (default: %s)", row->help, row->standard);
    else
        snprintf(text, HELP_TEXT, "%s", row->help);
}

static void print_option(const struct option_row *row) {
    int used = row->letter ? printf("  -%c, --%s", row->letter, row->name) : printf("      --%s", row->name);
    if (row->argument)
        used += printf(" %s", row->argument);
    char text[HELP_TEXT];
    help_row_text(row, text);
    print_wrapped(text, used, INDENT);
}

void help_command(const struct command *command) {
    printf("%s\n\nExamples:\n%s\n", command->about, command->examples);
    printf("Usage: mismatch %s%s%s [options]\n\nOptions:\n", command->name, *command->operands ? " " : "",
           command->operands);
    for (size_t i = 0; i < option_count; i++)
        if (help_row_of(command, i))
            print_option(&option_table[i]);
}

static void print_codes(void) {
    for (size_t i = 0; i < exit_code_count; i++)
        print_wrapped(exit_codes[i].meaning, printf("  %4d", exit_codes[i].code), 8);
}

void help_topic(const struct topic *topic) {
    printf("%s: %s\n\n", topic->name, topic->about);
    if (topic->text)
        fputs(topic->text, stdout);
    else
        print_codes();
}

void help_program(void) {
    fputs("mismatch: " PROGRAM_ABOUT "\n\nExamples:\n" PROGRAM_EXAMPLES "\nCommands:\n", stdout);
    for (size_t i = 0; i < command_count; i++)
        print_wrapped(command_table[i].about, printf("  %s", command_table[i].name), INDENT);
    fputs("\nTopics, for mismatch help TOPIC:\n", stdout);
    for (size_t i = 0; i < topic_count; i++)
        print_wrapped(topic_table[i].about, printf("  %s", topic_table[i].name), INDENT);
    fputs("\nmismatch COMMAND --help tells more; mismatch --version tells what this is.\n\nExit codes:\n", stdout);
    print_codes();
}
