/* What the help tells beside commands and options: exit codes, and topics in a few words. */
#ifndef MISMATCH_CLI_TOPICS_H
#define MISMATCH_CLI_TOPICS_H

#include <stddef.h>

struct exit_code {
    int code;
    const char *meaning;
};
extern const struct exit_code exit_codes[];
extern const size_t exit_code_count;

/* Paragraphs stand between newlines; a line that begins with two blanks stands as it is. */
struct topic {
    const char *name;
    const char *about; /* a line */
    const char *text;  /* NULL: the exit codes */
};
extern const struct topic topic_table[];
extern const size_t topic_count;
#define MOST_TOPICS 16

#define PROGRAM_ABOUT "how likely is it that one firm has spare compute while the industry is short?"
#define PROGRAM_EXAMPLES                                                                                               \
    "  mismatch run ai-2026\n"                                                                                         \
    "  mismatch run ai-2026 --paths 1e7 --output result.json\n"                                                        \
    "  mismatch run ai-2026 --set firms.meta.reserve=0.1 --question 'idle(meta)'\n"                                    \
    "  mismatch report result.json\n"                                                                                  \
    "  mismatch check my.yaml\n"

#endif
