/* mismatch help */
#include <string.h>

#include "host/cli/commands.h"
#include "host/cli/help.h"
#include "host/cli/talk.h"

static const struct topic *find_topic(const char *name) {
    for (size_t i = 0; i < topic_count; i++)
        if (strcmp(topic_table[i].name, name) == 0)
            return &topic_table[i];
    return NULL;
}

/* Neither a command nor a topic. */
static mm_status unknown_name(const char *name) {
    const char *names[MOST_COMMANDS + MOST_TOPICS + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < command_count; i++)
        names[n++] = command_table[i].name;
    for (size_t i = 0; i < topic_count; i++)
        names[n++] = topic_table[i].name;
    const char *near = nearest_name(name, names);
    if (near)
        talk("no command or topic is called '%s'; did you mean '%s'?", name, near);
    else
        talk("no command or topic is called '%s' (mismatch help lists them)", name);
    return MM_USAGE;
}

static mm_status check_usage(const struct options *options) {
    int forms = options->man + options->markdown + options->json + (options->completion != NULL);
    if (options->operands.n > 1)
        return talk_usage("help", "one command or topic is wanted");
    if (forms > 1)
        return talk_usage("help", "--man, --markdown, --json and --completion exclude each other");
    if (options->operands.n && forms && !options->man)
        return talk_usage("help", "--markdown, --json and --completion are of all commands; '%s' can't go with them",
                          options->operands.items[0]);
    return MM_OK;
}

static mm_status print_all(const struct options *options) {
    if (options->json)
        return manual_json(stdout);
    if (options->completion && !completion_write(options->completion, stdout))
        return talk_usage("help", "--completion: '%s' is not bash, zsh or fish", options->completion);
    if (options->markdown)
        manual_markdown(stdout);
    else if (options->man)
        manual_program(stdout);
    else if (!options->completion)
        help_program();
    return MM_OK;
}

mm_status command_help(const struct options *options) {
    mm_status status = check_usage(options);
    if (status != MM_OK)
        return status;
    if (options->operands.n == 0)
        return streams_end(print_all(options));
    const char *name = options->operands.items[0];
    const struct command *command = find_command(name);
    const struct topic *topic = find_topic(name);
    if (!command && !topic)
        return unknown_name(name);
    if (!command && options->man)
        return talk_usage("help", "the topic '%s' is in the manual page of the program: mismatch help --man", name);
    if (!command)
        help_topic(topic);
    else if (options->man)
        manual_command(command, stdout);
    else
        help_command(command);
    return streams_end(MM_OK);
}
