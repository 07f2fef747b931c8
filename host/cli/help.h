/* Everything that is made from the tables of commands, options and topics. */
#ifndef MISMATCH_CLI_HELP_H
#define MISMATCH_CLI_HELP_H

#include <stdio.h>

#include "host/cli/options.h"
#include "host/cli/topics.h"

#define HELP_TEXT 512

/* Whether row i of the option table is one of the command. */
bool help_row_of(const struct command *command, size_t i);
/* What it does, and its default. */
void help_row_text(const struct option_row *row, char text[HELP_TEXT]);

void help_program(void);
void help_command(const struct command *command);
void help_topic(const struct topic *topic);

/* manual.c: manual pages, for `man`; the reference of the command line as Markdown. */
void manual_program(FILE *out);
void manual_command(const struct command *command, FILE *out);
void manual_markdown(FILE *out);

/* manual_json.c: all tables as JSON. */
mm_status manual_json(FILE *out);

/* completion.c: for bash, zsh or fish. \return false for another shell. */
bool completion_write(const char *shell, FILE *out);

#endif
