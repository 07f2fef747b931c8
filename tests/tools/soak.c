/* One process that uses the library for long: loads, runs, saves, loads again, merges, writes and frees, over and over,
 * in an order that a generator with a seed picks. The memory that it holds must not grow, and whatever runs twice must
 * come to the same digest each time, with any number of threads.
 *
 *   soak SECONDS FOLDER CONFIG...     a line every minute and one at the end; exit 1 if memory grew or a digest changed
 *
 * Memory is what the process has resident (/proc/self/statm): the largest of the last third against that of the middle
 * third may be 5 % or 8 MiB more, in ten minutes or longer. soak.sh runs this under sanitizers, beside the commands. */
#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/scenario.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SEEDS = 3, SIZES = 3, MOST_CONFIGS = 64, DIGEST = 80, SLOTS = 3 };

static char digests[MOST_CONFIGS][SEEDS][SIZES][DIGEST];
static uint64_t state = 1, n_runs, n_wrong;

/* xorshift64*: any order will do. */
static unsigned pick(unsigned below) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double resident_mib(void) {
    char line[256] = "", *end = line;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    if (!fgets(line, sizeof line, file))
        line[0] = '\0';
    fclose(file);
    (void)strtoul(line, &end, 10); /* all that is mapped; what is resident comes next */
    return (double)strtoul(end, NULL, 10) * (double)sysconf(_SC_PAGESIZE) / 1048576.0;
}

/* Says what is wrong; the run goes on, to find more. */
static void wrong(const char *what, const char *config, const mm_messages *messages) {
    n_wrong++;
    fprintf(stderr, "soak: %s: %s\n", config, what);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        fprintf(stderr, "    %s\n", mm_messages_text(messages, i));
}

static mm_status use(const mm_result *result, const char *file, FILE *nowhere, mm_messages *messages) {
    mm_result *again = NULL;
    mm_status status = mm_result_save(result, file, true, true, messages);
    if (status == MM_OK)
        status = mm_result_load(file, &again, messages);
    if (status == MM_OK && strcmp(mm_result_digest(result), mm_result_digest(again)) != 0) {
        n_wrong++;
        fprintf(stderr, "soak: %s: another digest when it is read again\n", file);
    }
    if (status == MM_OK)
        status = mm_result_write_json(again, nowhere, true);
    if (status == MM_OK)
        status = mm_result_write_csv(again, nowhere);
    if (status == MM_OK)
        status = mm_result_write_markdown(again, nowhere);
    if (status == MM_OK)
        status = mm_result_write_text(again, NULL, nowhere);
    mm_result_free(again);
    return status;
}

static void one(int c, const char *config, const char *file, FILE *nowhere) {
    static const uint64_t sizes[SIZES] = {1, 97, 600};
    const unsigned seed = pick(SEEDS), size = pick(SIZES), half = sizes[size] > 1 && pick(2);
    mm_run_options options = {.paths = half ? sizes[size] / 2 : sizes[size],
                              .seed = seed,
                              .seed_given = true,
                              .backend = "openmp",
                              .threads = 1 + (int)pick(3)};
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    mm_result *parts[2] = {NULL, NULL}, *whole = NULL;
    mm_value value;
    if (mm_scenario_load(config, NULL, 0, NULL, 0, &scenario, messages) != MM_OK) {
        wrong("can't be read", config, messages);
    } else if (pick(8) == 0 && mm_expression_check(scenario, "mean(no-such-series) >= 1", messages) == MM_OK) {
        wrong("takes an expression that names nothing", config, messages);
    } else if (mm_run(scenario, &options, &parts[0], messages) != MM_OK) {
        wrong("can't be run", config, messages);
    } else {
        mm_status status = MM_OK;
        const mm_result *all = parts[0];
        if (half) {
            options.first_path = options.paths;
            options.paths = sizes[size] - options.paths;
            status = mm_run(scenario, &options, &parts[1], messages);
            if (status == MM_OK)
                status = mm_result_merge(parts, 2, &whole, messages);
            all = whole;
        }
        if (status == MM_OK)
            status = use(all, file, nowhere, messages);
        char *kept = digests[c][seed][size];
        if (status != MM_OK)
            wrong("ends in an error", config, messages);
        else if (!kept[0])
            snprintf(kept, DIGEST, "%s", mm_result_digest(all));
        else if (strcmp(kept, mm_result_digest(all)) != 0)
            wrong("another digest than before", config, messages);
        if (status == MM_OK)
            (void)mm_result_evaluate(all, "no such thing", &value, messages);
        n_runs++;
    }
    mm_result_free(whole);
    mm_result_free(parts[0]);
    mm_result_free(parts[1]);
    mm_scenario_free(scenario);
    mm_messages_free(messages);
}

int main(int argc, char **argv) {
    if (argc < 4 || argc - 3 > MOST_CONFIGS) {
        fprintf(stderr, "usage: soak SECONDS FOLDER CONFIG...\n");
        return 2;
    }
    const double length = strtod(argv[1], NULL), start = seconds();
    double largest[SLOTS] = {0, 0, 0}, told = start;
    char file[4096];
    snprintf(file, sizeof file, "%s/soak.json", argv[2]);
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return 6;
    for (;;) {
        const double now = seconds();
        if (now - start >= length)
            break;
        const int c = (int)pick((unsigned)(argc - 3));
        one(c, argv[3 + c], file, nowhere);
        const int slot = (int)(SLOTS * (now - start) / length);
        const double mib = resident_mib();
        if (mib > largest[slot])
            largest[slot] = mib;
        if (now - told >= 60) {
            told = now;
            printf("%.0f s, %llu runs, %.1f MiB\n", now - start, (unsigned long long)n_runs, mib);
            fflush(stdout);
        }
    }
    fclose(nowhere);
    const bool grew = length >= 600 && largest[2] > largest[1] * 1.05 && largest[2] > largest[1] + 8;
    printf("%.0f s, %llu runs, %llu wrong; most MiB in each third: %.1f %.1f %.1f%s\n", length,
           (unsigned long long)n_runs, (unsigned long long)n_wrong, largest[0], largest[1], largest[2],
           grew ? ": memory grows" : "");
    return grew || n_wrong || n_runs == 0;
}
