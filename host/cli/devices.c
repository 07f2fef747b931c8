/* mismatch devices, mismatch selftest */
#include <mismatch/devices.h>
#include <mismatch/selftest.h>

#include <jansson.h>
#include <string.h>

#include "host/cli/commands.h"
#include "host/cli/talk.h"

/* Prints the document and lets it go. */
static mm_status print_json(json_t *document) {
    if (!document)
        return MM_INTERNAL;
    json_dumpf(document, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(document);
    return MM_OK;
}

static json_t *device_json(const mm_device *d) {
    json_t *bus = d->bus[0] ? json_string(d->bus) : json_null(), *problem = json_null();
    if (d->problem[0])
        problem = json_string(d->problem);
    return json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:i, s:i, s:I, s:I, s:I, s:i, s:{s:b, s:b, s:b, s:b}, s:b, s:b, s:o}",
        "index", d->index, "type", mm_device_type_name(d->type), "name", d->name, "vendor", d->vendor, "platform",
        d->platform, "driver", d->driver, "version", d->version, "bus", bus, "units", (int)d->units, "megahertz",
        (int)d->megahertz, "memory", (json_int_t)d->memory, "largest_piece", (json_int_t)d->largest, "local_memory",
        (json_int_t)d->local, "lanes", d->lanes, "single_precision", "rounds_to_nearest", (int)d->rounds, "denormals",
        (int)d->denormals, "fma", (int)d->fma, "exact_divide", (int)d->exact_divide, "usable", (int)d->usable,
        "automatic", (int)d->automatic, "problem", problem);
}

static json_t *devices_json(const mm_devices *devices) {
    json_t *list = json_array(), *problems = json_array();
    int cores, lanes;
    const char *processor = mm_devices_cores(devices, &cores, &lanes);
    for (size_t i = 0; i < mm_devices_count(devices); i++)
        json_array_append_new(list, device_json(mm_devices_get(devices, i)));
    for (size_t i = 0; i < mm_devices_problem_count(devices); i++)
        json_array_append_new(problems, json_string(mm_devices_problem(devices, i)));
    return json_pack("{s:i, s:{s:s, s:i, s:i}, s:o, s:s, s:o}", "schema_version", 1, "openmp", "processor", processor,
                     "cores", cores, "lanes", lanes, "devices", list, "auto", mm_devices_automatic(devices), "problems",
                     problems);
}

static void print_device(const mm_device *d) {
    char memory[32], largest[32];
    printf("%d: %s (%s%s)\n", d->index, d->name, mm_device_type_name(d->type), d->usable ? "" : ", NOT USABLE");
    printf("   %s, %s, driver %s\n", d->platform, d->version, d->driver);
    printf("   %u compute units at %u MHz; %s of memory, %s in one piece; %u KiB local; %s%s\n", d->units, d->megahertz,
           talk_size(d->memory, memory), talk_size(d->largest, largest), (unsigned)(d->local >> 10),
           d->bus[0] ? "PCI " : "no PCI bus id", d->bus);
    printf("   single precision: %s, %s, fma %s, division %s; %d path%s in a work-item\n",
           d->rounds ? "rounds to nearest" : "does NOT round to nearest",
           d->denormals ? "keeps denormals" : "does NOT keep denormals", d->fma ? "in hardware" : "in software",
           d->exact_divide ? "exact" : "inexact (not used)", d->lanes, d->lanes == 1 ? "" : "s");
    if (d->problem[0])
        printf("   %s: %s\n", d->usable ? "note" : "problem", d->problem);
}

static void print_devices(const mm_devices *devices) {
    int cores, lanes;
    const char *processor = mm_devices_cores(devices, &cores, &lanes);
    printf("openmp: %s\n   %d core%s, %d path%s at once in each\n", processor, cores, cores == 1 ? "" : "s", lanes,
           lanes == 1 ? "" : "s");
    for (size_t i = 0; i < mm_devices_count(devices); i++)
        print_device(mm_devices_get(devices, i));
    for (size_t i = 0; i < mm_devices_problem_count(devices); i++)
        printf("problem: %s\n", mm_devices_problem(devices, i));
    printf("auto: %s\n", mm_devices_automatic(devices));
}

mm_status command_devices(const struct options *options) {
    if (options->operands.n)
        return talk_usage("devices", "'%s' can't follow it", options->operands.items[0]);
    mm_messages *messages = mm_messages_new();
    mm_devices *devices = NULL;
    mm_status status = mm_devices_find(&devices, messages);
    if (status == MM_OK && options->json)
        status = print_json(devices_json(devices));
    else if (status == MM_OK)
        print_devices(devices);
    talk_messages(messages);
    mm_messages_free(messages);
    mm_devices_free(devices);
    return streams_end(status);
}

static json_t *selftest_json(const mm_selftest *test, mm_status status) {
    json_t *checks = json_array();
    for (size_t i = 0; i < mm_selftest_count(test); i++) {
        mm_selftest_check check = mm_selftest_get(test, i);
        json_t *detail = check.detail[0] ? json_string(check.detail) : json_null();
        json_array_append_new(checks, json_pack("{s:s, s:o, s:s, s:b, s:o}", "device", check.device, "index",
                                                check.index < 0 ? json_null() : json_integer(check.index), "check",
                                                check.check, "passed", (int)check.passed, "detail", detail));
    }
    return json_pack("{s:i, s:b, s:o}", "schema_version", 1, "passed", (int)(status == MM_OK), "checks", checks);
}

static void print_selftest(const mm_selftest *test) {
    size_t wrong = 0, n = mm_selftest_count(test);
    const char *device = NULL;
    for (size_t i = 0; i < n; i++) {
        mm_selftest_check check = mm_selftest_get(test, i);
        if (device != check.device && check.index < 0)
            printf("openmp: %s\n", check.device);
        else if (device != check.device)
            printf("%d: %s\n", check.index, check.device);
        device = check.device;
        printf("   %-32s %s%s%s\n", check.check, check.passed ? "same" : "DIFFERS", check.detail[0] ? ": " : "",
               check.detail);
        wrong += !check.passed;
    }
    printf("%zu checks, %zu differ\n", n, wrong);
}

mm_status command_selftest(const struct options *options) {
    if (options->operands.n)
        return talk_usage("selftest", "'%s' can't follow it; devices are named with --device",
                          options->operands.items[0]);
    static const char *const of_full[] = {"paths", "seed", "markdown", "verbose", "threads"};
    for (size_t i = 0; i < sizeof of_full / sizeof *of_full; i++)
        if (!options->full && options_given(options, of_full[i]))
            return talk_usage("selftest", "--%s goes with --full", of_full[i]);
    if (options->full)
        return command_validation(options);
    mm_messages *messages = mm_messages_new();
    mm_selftest *test = NULL;
    mm_status status =
        mm_selftest_run(options->devices.items, options->devices.n, options->lanes, options->no_cache, &test, messages);
    if (test && options->json) {
        mm_status printed = print_json(selftest_json(test, status));
        status = printed == MM_OK ? status : printed;
    } else if (test) {
        print_selftest(test);
    }
    talk_messages(messages);
    mm_messages_free(messages);
    mm_selftest_free(test);
    return streams_end(status);
}
