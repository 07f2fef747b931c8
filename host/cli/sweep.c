/* mismatch sweep */
#include "host/cli/commands.h"

#include <math.h>
#include <mismatch/sweep.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/talk.h"

struct sweeping {
    const struct options *options;
    mm_messages *messages;
    mm_scenario *base;
    mm_sweep *sweep;
    mm_sweep_progress last;
    struct progress line;
};

static mm_status check_usage(const struct options *options) {
    if (options->operands.n != 1)
        return talk_usage("sweep", options->operands.n ? "one configuration is wanted" : "which configuration?");
    if (!options->store)
        return talk_usage("sweep", "--store FILE says where the results are kept");
    if (options->json && options->csv)
        return talk_usage("sweep", "--json and --csv exclude each other");
    if (options->paths == OPTION_AUTO)
        return talk_usage("sweep", "all points take the same paths; --paths auto has no number of them");
    if (options_given(options, "paths") > (options->paths > 0) ||
        options_given(options, "batch") > (options->batch > 0))
        return talk_usage("sweep", "--paths and --batch start from 1");
    return MM_OK;
}

static bool read_design(const char *name, mm_design *design) {
    static const char *const names[] = {"grid", "lhs", "sobol"};
    static const mm_design designs[] = {MM_DESIGN_GRID, MM_DESIGN_LHS, MM_DESIGN_SOBOL};
    *design = MM_DESIGN_GRID;
    for (size_t i = 0; name && i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *design = designs[i];
            return true;
        }
    return !name;
}

static void tell(const mm_sweep_progress *now, void *context) {
    struct sweeping *sweeping = context;
    sweeping->last = *now;
    if (!sweeping->line.allowed)
        return;
    char left[32], found[48] = "", failed[48] = "";
    if (now->found)
        snprintf(found, sizeof found, ", %zu of them were there", now->found);
    if (now->failed)
        snprintf(failed, sizeof failed, ", %zu failed", now->failed);
    fprintf(stderr, "\r%3.0f %%  %zu of %zu points done%s%s  %s left\033[K",
            now->paths ? 100.0 * (double)now->paths_done / (double)now->paths : 100.0, now->done, now->points, found,
            failed, progress_time(now->seconds_left, left));
    fflush(stderr);
    sweeping->line.shown = true;
}

static mm_status plan(struct sweeping *sweeping) {
    const struct options *options = sweeping->options;
    mm_sweep_options sweep = {.vary = options->varies.items,
                              .n_vary = options->varies.n,
                              .points = options->points,
                              .jobs = options->jobs,
                              .pack = options->pack,
                              .recompute = options->recompute,
                              .progress = tell,
                              .progress_context = sweeping};
    if (!read_design(options->design, &sweep.design))
        return talk_usage("sweep", "--design: '%s' is not grid, lhs or sobol", options->design);
    sweep.run = (mm_run_options){.paths = options->paths,
                                 .first_path = options->first_path,
                                 .seed = options->seed,
                                 .seed_given = options_given(options, "seed"),
                                 .threads = options->threads,
                                 .lanes = options->lanes,
                                 .backend = options->backend,
                                 .devices = options->devices.items,
                                 .n_devices = options->devices.n,
                                 .no_cache = options->no_cache,
                                 .batch = options->batch,
                                 .time_limit = options->time_limit,
                                 .memory = options->memory,
                                 .stop = signals_stop()};
    mm_status status = scenario_load(options, &sweeping->base, sweeping->messages);
    return status == MM_OK ? mm_sweep_plan(sweeping->base, &sweep, &sweeping->sweep, sweeping->messages) : status;
}

static void tell_end(const struct sweeping *sweeping, mm_status status) {
    const mm_sweep_progress *last = &sweeping->last;
    const char *store = sweeping->options->store;
    if (sweeping->options->verbosity < 0)
        return;
    if (status == MM_INTERRUPTED)
        talk("interrupted with %zu of %zu points in %s; the same command goes on", last->done, last->points, store);
    else if (last->failed)
        talk("%zu of %zu points failed; they are recorded in %s with their messages", last->failed, last->points,
             store);
    if (last->found && (status == MM_OK || status == MM_STUDY_PARTIAL))
        talk("%zu of %zu points were in %s: they are not simulated again (--recompute does it)", last->found,
             last->points, store);
    if (last->packs && sweeping->options->verbosity > 0)
        talk("%zu points shared the launches of %zu pack%s", last->packed, last->packs, last->packs == 1 ? "" : "s");
}

/* The points' lines, as `mismatch results` would show them. */
static mm_status list(struct sweeping *sweeping) {
    const struct options *options = sweeping->options;
    if (options->verbosity < 0 && !options->json && !options->csv)
        return MM_OK;
    mm_listing listing = {.form = options->json  ? MM_LISTING_JSON
                                  : options->csv ? MM_LISTING_CSV
                                                 : MM_LISTING_TEXT,
                          .where = options->wheres.items,
                          .n_where = options->wheres.n,
                          .columns = options->columns,
                          .style = output_style(options)};
    mm_store *store;
    mm_status status = mm_store_open(options->store, MM_STORE_READ, &store, sweeping->messages);
    if (status != MM_OK)
        return status;
    status = mm_sweep_list(sweeping->sweep, store, &listing, stdout, sweeping->messages);
    mm_store_close(store);
    return status;
}

static mm_status run(struct sweeping *sweeping) {
    mm_store *store; /* opened here first, for its warning */
    mm_status status = store_open(sweeping->options->store, true, sweeping->options, &store, sweeping->messages);
    if (status != MM_OK)
        return status;
    progress_start(&sweeping->line, sweeping->options);
    signals_catch(sweeping->options->verbosity < 0);
    status = mm_sweep_run(sweeping->sweep, sweeping->options->store, &sweeping->last, sweeping->messages);
    signals_release();
    progress_end(&sweeping->line);
    mm_store_close(store);
    tell_end(sweeping, status);
    if (status != MM_OK && status != MM_STUDY_PARTIAL)
        return status;
    mm_status listed = list(sweeping);
    return listed != MM_OK ? listed : status;
}

mm_status command_sweep(const struct options *options) {
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    struct sweeping sweeping = {.options = options, .messages = mm_messages_new()};
    code = plan(&sweeping);
    if (code == MM_OK)
        code = run(&sweeping);
    talk_messages(sweeping.messages);
    mm_messages_free(sweeping.messages);
    mm_sweep_free(sweeping.sweep);
    mm_scenario_free(sweeping.base);
    return streams_end(code);
}
