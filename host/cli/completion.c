/* Completion for shells, from the tables. */
#include "host/cli/help.h"

#include <mismatch/bench.h>
#include <string.h>

/* What may stand for an option's value or a command's operand. */
enum fill { NOTHING, FILES, FOLDERS, WHEN, TOPICS, SHELLS, PARTS };

static enum fill fill_of(const char *argument) {
    static const struct {
        const char *word;
        enum fill fill;
    } words[] = {{"FOLDER", FOLDERS}, {"FILE", FILES},   {"RESULT", FILES}, {"STORE", FILES}, {"CONFIG", FILES},
                 {"WHEN", WHEN},      {"SHELL", SHELLS}, {"TOPIC", TOPICS}, {"PART", PARTS}};
    for (size_t i = 0; argument && i < sizeof words / sizeof words[0]; i++)
        if (strstr(argument, words[i].word))
            return words[i].fill;
    return NOTHING;
}

static void write_names(FILE *out, bool topics) {
    for (size_t i = 0; i < command_count; i++)
        fprintf(out, "%s%s", i ? " " : "", command_table[i].name);
    for (size_t i = 0; topics && i < topic_count; i++)
        fprintf(out, " %s", topic_table[i].name);
}

static void write_words(FILE *out, enum fill fill) {
    if (fill == WHEN)
        fputs("auto always never", out);
    else if (fill == SHELLS)
        fputs("bash zsh fish", out);
    else if (fill == TOPICS)
        write_names(out, true);
    for (size_t i = 0; fill == PARTS && mm_bench_part(i, NULL); i++)
        fprintf(out, "%s%s", i ? " " : "", mm_bench_part(i, NULL));
}

/* Text in single quotes of a shell, with a backslash before each of `special`. */
static void write_quoted(FILE *out, const char *text, const char *special, const char *quote) {
    for (; *text; text++) {
        if (strchr(special, *text))
            fputc('\\', out);
        if (*text == '\'')
            fputs(quote, out);
        else
            fputc(*text, out);
    }
}

/* The options of a command that take such a value, as a pattern; \return whether there are any. */
static bool bash_pattern(FILE *out, const struct command *command, enum fill fill) {
    bool any = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (!help_row_of(command, i) || !row->argument || fill_of(row->argument) != fill)
            continue;
        fprintf(out, "%s--%s", any ? " | " : "        ", row->name);
        if (row->letter)
            fprintf(out, " | -%c", row->letter);
        any = true;
    }
    return any;
}

static void bash_command(FILE *out, const struct command *command) {
    fprintf(out, "    %s)\n        case $before in\n", command->name);
    for (enum fill fill = NOTHING; fill <= PARTS; fill++) {
        if (!bash_pattern(out, command, fill))
            continue;
        fputs(") kind=", out);
        fputs(fill == NOTHING ? "none" : fill == FILES ? "files" : fill == FOLDERS ? "folders" : "words words='", out);
        write_words(out, fill);
        fputs(fill >= WHEN ? "' ;;\n" : " ;;\n", out);
    }
    enum fill operand = fill_of(command->operands);
    fprintf(out, "        *) kind=%s words='",
            operand == FILES || operand == FOLDERS ? "files"
            : operand == NOTHING                   ? "none"
                                                   : "words");
    write_words(out, operand);
    fputs("' ;;\n        esac\n        options='", out);
    bool any = false;
    for (size_t i = 0; i < option_count; i++)
        if (help_row_of(command, i)) {
            fprintf(out, "%s--%s", any ? " " : "", option_table[i].name);
            any = true;
        }
    fputs("'\n        ;;\n", out);
}

static void bash(FILE *out) {
    fputs("# Completion of mismatch for bash, made from the program's tables.\n"
          "_mismatch() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} kind=none words='' "
          "options=''\n"
          "    COMPREPLY=()\n"
          "    # bash splits --option=value in three\n"
          "    if [ \"$current\" = = ]; then\n        current=''\n"
          "    elif [ \"$before\" = = ] && [ \"$COMP_CWORD\" -ge 3 ]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]}\n    fi\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        mapfile -t COMPREPLY < <(compgen -W '",
          out);
    write_names(out, false);
    fputs(" --help --version' -- \"$current\")\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n", out);
    for (size_t i = 0; i < command_count; i++)
        bash_command(out, &command_table[i]);
    fputs("    *) return ;;\n    esac\n"
          "    case $current in\n"
          "    -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\") ;;\n"
          "    *)\n        case $kind in\n"
          "        files | folders)\n            compopt -o filenames 2>/dev/null\n"
          "            if [ \"$kind\" = files ]; then\n"
          "                mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n            else\n"
          "                mapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n            fi\n            ;;\n"
          "        words) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\") ;;\n"
          "        esac\n        ;;\n    esac\n}\ncomplete -F _mismatch mismatch\n",
          out);
}

static void zsh_value(FILE *out, const char *argument) {
    enum fill fill = fill_of(argument);
    fputc(':', out);
    write_quoted(out, argument, ":[]\\", "'\\''");
    fputc(':', out);
    if (fill == FILES || fill == FOLDERS) {
        fputs(fill == FILES ? "_files" : "_files -/", out);
    } else if (fill >= WHEN) {
        fputc('(', out);
        write_words(out, fill);
        fputc(')', out);
    } else {
        fputc(' ', out);
    }
}

static void zsh_option(FILE *out, const struct option_row *row) {
    fputs("            ", out);
    if (row->letter && row->kind != OPTION_LIST)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", row->letter, row->name, row->letter, row->argument ? "+" : "",
                row->name, row->argument ? "=" : "");
    else
        fprintf(out, "'%s--%s%s[", row->kind == OPTION_LIST ? "*" : "", row->name, row->argument ? "=" : "");
    char text[HELP_TEXT];
    help_row_text(row, text);
    write_quoted(out, text, ":[]\\", "'\\''");
    fputc(']', out);
    if (row->argument)
        zsh_value(out, row->argument);
    fputs("' \\\n", out);
}

static void zsh(FILE *out) {
    fputs("#compdef mismatch\n# Completion of mismatch for zsh, made from the program's tables.\n"
          "_mismatch() {\n    local -a commands\n    commands=(\n",
          out);
    for (size_t i = 0; i < command_count; i++) {
        fprintf(out, "        '%s:", command_table[i].name);
        write_quoted(out, command_table[i].about, "", "'\\''");
        fputs("'\n", out);
    }
    fputs("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
          "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n",
          out);
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &command_table[i];
        fprintf(out, "    %s)\n        _arguments -s \\\n", command->name);
        for (size_t row = 0; row < option_count; row++)
            if (help_row_of(command, row))
                zsh_option(out, &option_table[row]);
        fputs("            '*", out);
        zsh_value(out, *command->operands ? command->operands : " ");
        fputs("'\n        ;;\n", out);
    }
    fputs("    esac\n}\nif [ \"$funcstack[1]\" = _mismatch ]; then\n    _mismatch \"$@\"\nelse\n    compdef _mismatch "
          "mismatch\nfi\n",
          out);
}

static void fish_values(FILE *out, enum fill fill) {
    fputs(fill == FILES ? " -r -F" : fill == FOLDERS ? " -x -a '(__fish_complete_directories)'" : " -x", out);
    if (fill >= WHEN) {
        fputs(" -a '", out);
        write_words(out, fill);
        fputc('\'', out);
    }
}

static void fish(FILE *out) {
    fputs("# Completion of mismatch for fish, made from the program's tables.\ncomplete -c mismatch -f\n", out);
    for (size_t i = 0; i < command_count; i++) {
        fprintf(out, "complete -c mismatch -n __fish_use_subcommand -a %s -d '", command_table[i].name);
        write_quoted(out, command_table[i].about, "\\", "\\'");
        fputs("'\n", out);
    }
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &command_table[i];
        enum fill operand = fill_of(command->operands);
        if (operand == FILES)
            fprintf(out, "complete -c mismatch -n '__fish_seen_subcommand_from %s' -F\n", command->name);
        if (operand == TOPICS) {
            fprintf(out, "complete -c mismatch -n '__fish_seen_subcommand_from %s' -a '", command->name);
            write_words(out, operand);
            fputs("'\n", out);
        }
        for (size_t row = 0; row < option_count; row++) {
            if (!help_row_of(command, row))
                continue;
            const struct option_row *option = &option_table[row];
            char text[HELP_TEXT];
            fprintf(out, "complete -c mismatch -n '__fish_seen_subcommand_from %s' -l %s", command->name, option->name);
            if (option->letter)
                fprintf(out, " -s %c", option->letter);
            if (option->argument)
                fish_values(out, fill_of(option->argument));
            help_row_text(option, text);
            fputs(" -d '", out);
            write_quoted(out, text, "\\", "\\'");
            fputs("'\n", out);
        }
    }
}

bool completion_write(const char *shell, FILE *out) {
    static const struct {
        const char *name;
        void (*write)(FILE *out);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].write(out);
            return true;
        }
    return false;
}
