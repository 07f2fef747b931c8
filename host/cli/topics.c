#include "host/cli/topics.h"

/* As in README.md; a test compares them. */
const struct exit_code exit_codes[] = {
    {0, "done"},
    {1, "internal error"},
    {2, "usage or configuration; nothing was run (also: the output exists and there is no `--force`)"},
    {3, "done, but an `--expect` failed"},
    {4, "no usable device"},
    {5, "a device failed"},
    {6, "input or output (also: the reader of a pipe is gone, said without words)"},
    {7, "the self-test found a difference (also: a repeated run did not come out the same)"},
    {8, "done, but some points of a study failed"},
    {75, "interrupted; the same command resumes"},
};
const size_t exit_code_count = sizeof exit_codes / sizeof exit_codes[0];

const struct topic topic_table[] = {
    {"configurations", "where configurations are found, and how they are changed",
     "A configuration is a YAML file; `-` is standard input. A name without a slash and without an ending, such as\n"
     "ai-2026, that is no file here is looked for as ai-2026.yaml in the folder MISMATCH_CONFIGS names, and then "
     "among\n"
     "those that were installed with the program.\n"
     "\n"
     "Overlays are laid over it in their order, then single settings. Names stand for items of lists, numbers count\n"
     "from 0, null takes a key or an item away:\n"
     "\n"
     "  mismatch run ai-2026 --overlay hot.yaml --set firms.meta.reserve=0.1 --set events.glut.for=6\n"
     "\n"
     "`mismatch check --print` shows what came out, and where each value is from. `mismatch check --reference` is the\n"
     "reference of all keys.\n"},
    {"expressions", "asking for one number, and comparing it: --question, --expect, --where",
     "  QUESTION                           the headline number of a question\n"
     "  p(EVENT [by DATE])                 the probability that an event ever holds, or by then\n"
     "  idle(FIRM [, REGION] [, GENERATION])   P(idle, given shortage)\n"
     "  quantile(QUESTION, Q, DATE)        a quantile of a fan\n"
     "  cvar(QUESTION, LEVEL)              the mean of the worst paths of a tail question\n"
     "  bayes(QUESTION, FIRM [, STEP])     a Bayes factor\n"
     "  posterior(QUESTION, FIRM [, STEP]) the probability of a hypothesis\n"
     "  move(QUESTION, NAME)               the move of a name\n"
     "  implied(QUESTION, NAME)            the probability that its move implies\n"
     "\n"
     "Each may be followed by <, <=, > or >= and a number. They are checked before anything is simulated. With -q,\n"
     "`--question` prints the number and nothing else:\n"
     "\n"
     "  p=$(mismatch run ai-2026 -q --question spare-at-meta-while-short)\n"},
    {"exit-codes", "what the program exits with", NULL},
    {"environment", "variables that the program looks at",
     "  MISMATCH_CONFIGS  a folder in which configurations are looked for by name\n"
     "  NO_COLOR          not empty: no colours, unless --color always is given\n"
     "  TERM              dumb: no colours\n"
     "  COLUMNS           how wide text is; without it the terminal's width, and 100 off a terminal\n"
     "  LC_ALL, LC_CTYPE, LANG  the first that is set: text is ASCII unless it names UTF-8\n"
     "  XDG_STATE_HOME    checkpoints of runs without --output lie in its folder mismatch\n"
     "  HOME              ... or, without it, in ~/.local/state/mismatch\n"
     "  PATH              `mismatch report` finds gnuplot along it\n"
     "  OMP_NUM_THREADS   is not looked at: --threads says how many\n"},
    {"numbers", "how numbers, sizes and times are written",
     "Counts are whole: 1000000, 1e6, 2.5e6. Sizes have units of 1024: 800M, 2.5G, 1GiB. Times are seconds or have a\n"
     "unit: 90, 90s, 10m, 2h, 1d. Shares are between 0 and 1, or per cent: 0.01, 1%. Dates of a configuration are\n"
     "YYYY-MM.\n"},
    {"output", "what is printed where",
     "Results go to standard output, talk to standard error. `--json` prints JSON on every command that prints a\n"
     "result, `--csv` a table in long form. `--output FILE` always holds the whole result as JSON, and appears whole "
     "or\n"
     "not at all; an existing file is kept without `--force`.\n"
     "\n"
     "`-q` leaves the answer alone, `-v` shows every table in full. On a terminal a line tells how far a run is.\n"},
};
const size_t topic_count = sizeof topic_table / sizeof topic_table[0];
_Static_assert(sizeof topic_table / sizeof topic_table[0] <= MOST_TOPICS, "names of the help");
