/* --shard i/n: one of n parts of a run's paths. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "host/cli/talk.h"

#define MAX_SHARDS 1000000

static bool read_shard(const char *text, uint64_t *i, uint64_t *n) {
    char part[32];
    const char *slash = strchr(text, '/');
    if (!slash || slash == text || slash - text >= (long)sizeof part || !isdigit((unsigned char)slash[1]))
        return false;
    memcpy(part, text, (size_t)(slash - text));
    part[slash - text] = '\0';
    return number_count(part, i) && number_count(slash + 1, n) && *i >= 1 && *i <= *n && *n <= MAX_SHARDS;
}

/* Parts are as equal as whole numbers allow, and lie one behind the other. */
mm_status shard_apply(const struct options *options, uint64_t *first_path, uint64_t *paths) {
    uint64_t i, n, whole = *paths;
    if (!options->shard)
        return MM_OK;
    if (!read_shard(options->shard, &i, &n))
        return talk_usage("run", "--shard: '%s' is not a part such as 3/7, from 1/7 to 7/7", options->shard);
    if (n > whole)
        return talk_usage("run", "--shard: %llu paths can't be split into %llu parts", (unsigned long long)whole,
                          (unsigned long long)n);
    /* floor(whole * i / n) without leaving 64 bits: whole < 2^41, n <= 10^6 < 2^20 */
    uint64_t from = whole * (i - 1) / n, to = whole * i / n;
    *first_path += from;
    *paths = to - from;
    return MM_OK;
}
