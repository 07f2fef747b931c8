/* One function for each subcommand. Each returns what the program exits with. */
#ifndef MISMATCH_CLI_COMMANDS_H
#define MISMATCH_CLI_COMMANDS_H

#include "host/cli/options.h"

/* rare.c: run --rare */
mm_status command_rare(const struct options *options);
mm_status command_run(const struct options *options);
mm_status command_compare(const struct options *options);
mm_status command_reverse(const struct options *options);
mm_status command_merge(const struct options *options);
mm_status command_results(const struct options *options);
mm_status command_sensitivity(const struct options *options);
mm_status command_sweep(const struct options *options);
mm_status command_check(const struct options *options);
mm_status command_path(const struct options *options);
mm_status command_report(const struct options *options);
mm_status command_devices(const struct options *options);
mm_status command_selftest(const struct options *options);
mm_status command_bench(const struct options *options);
mm_status command_validation(const struct options *options); /* selftest --full */
mm_status command_help(const struct options *options);
mm_status command_version(const struct options *options);

#endif
