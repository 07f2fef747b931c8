/* The self-test: single functions on a device (host/engine), then whole runs of a small configuration against OpenMP.
 */
#include <mismatch/selftest.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/choose.h"
#include "host/engine/lanes/lanes.h"
#include "host/engine/machine.h"
#include "host/engine/selftest.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario_data.h"

#define SEED 7

/* Every feature of a configuration, small: quick on any device. */
static const char configuration[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':24},'regions':['north','south'],"
    "'generations':[{'name':'old','kh100e_per_mw':1,'available':'2028-01','ships':'2028-01','ramp':1,"
    "'retires':'2032-01'},{'name':'new','kh100e_per_mw':2,'available':'2029-06','ships':'2029-06','ramp':3}],"
    "'training_span':0,'slips':{'common':0.3,'gpu':{'median':1,'sigma':0.5,'rho':0.5,'buffer':1,'max':12},"
    "'power':{'median':3,'sigma':1,'rho':0.4,'buffer':2,'max':24},'shell':{'median':2,'sigma':0.6,'rho':0.3,"
    "'buffer':1,'max':24},'network':{'median':1,'sigma':0.6,'rho':0.2,'buffer':1,'max':12}},"
    "'shocks':[{'name':'grid','per_year':0.3,'times':2,'layer':'power','region':'south','generation':'new',"
    "'firm':'alpha','reach':12,'months':6,'sigma':0.3},{'name':'leap','per_year':0.5,'times':3,'log_demand':-0.2,"
    "'ramp':3,'sigma':0.4}],'regimes':{'names':['up','down'],'initial':[0.7,0.3],'monthly':[[0.9,0.1],[0.2,0.8]],"
    "'growth':[0.4,-0.5],'training':[1.1,0.6]},'inference':{'trend':{'2030-01':0.5,'2031-01':0.3},'sigma':0.2,"
    "'persistence':0.9,'firm_sigma':0.2,'initial_sigma':0.1,'price_response':{'elasticity':0.5,"
    "'monthly_adjustment':0.3},'portable':0.4,'frontier_share':0.5},'training':{'trend':{'2030-01':0.4}},"
    "'response':{'lead':6,'strength':1,'low':0.2,'high':1.8,'own_signal':0.5,'adjustment':0.5},"
    "'market':{'elasticity':1.5,'price_min':0.2,'price_max':5,'offer':0.5,'hurdle':0.1,'months':2},"
    "'thresholds':{'shortage':0.05,'glut':0.1,'friction':0.03},'firms':[{'name':'alpha','shares':{'north':0.6,"
    "'south':0.4},'installed':{'old':100,'new':100},'build':{'from':'2029-10','every':3,'mw_per_year':80,"
    "'growth':0.2,'committed_until':'2030-10','cancel':{'committed':0.05,'planned':0.2}},'phases':[{'name':'big',"
    "'region':'south','generation':'new','mw':60,'ready':'2030-09','committed':false,'cancel':0.1}],"
    "'reserve':0.05,'offer':0.8,'hurdle':0.05,'own_signal':0.8,'beta':1.2,'frontier_share':0.3,"
    "'inference_sigma':0.3,'inference':150,'profile':[1.2,1.0,1.2,1.0,1.2,1.0,1.2,1.0,1.2,1.0,1.2,1.0,1.2,1.0,"
    "1.2,1.0,1.2,1.0,1.2,1.0,1.2,1.0,1.2,1.0],'demand_shares':{'north':0.5,'south':0.5},"
    "'training':{'first':'2029-09','cadence':6,'duration':{'median':3,'sigma':0.4},'size':{'mean':80,"
    "'sigma':0.5},'slip':{'median':1,'sigma':0.8},'research':40}},{'name':'cloud','shares':{'north':1},"
    "'installed':{'new':60},'merchant':true,'offer':0.9},{'name':'market','inference':60,"
    "'demand_shares':{'north':0.5,'south':0.5}}],'contracts':[{'name':'lease-one','lessor':'cloud',"
    "'lessee':'alpha','share':0.2,'from':'2030-01','until':'2031-06'},{'name':'lease-two','lessor':'cloud',"
    "'lessee':'alpha','mw':20,'region':'north','generation':'new','from':'2030-06','until':'2032-06'}],"
    "'launches':[{'name':'app','firm':'alpha','planned':['2030-04','2031-02'],'uplift':0.3,'ramp':4,"
    "'slip':{'median':2,'sigma':0.8},'success_sigma':0.5}],"
    "'events':{'short':{'all_of':[{'series':'state_shortage','at_least':1}],'for':2},"
    "'glut':{'any_of':[{'series':'state_glut','at_least':1},{'series':'slack','at_least':0.2}],'for':2},"
    "'not-short':{'not':{'event':'short'},'from':'2030-03','to':'2031-12'},"
    "'idle':{'all_of':[{'series':'idle_share','firm':'alpha','region':'south','generation':'new','at_least':0.1},"
    "{'series':'price','below':3}],'for':2},'late-power':{'all_of':[{'series':'late_share','layer':'power',"
    "'at_least':0.05}]},'sells':{'all_of':[{'series':'starts_selling','firm':'$firm','at_least':1}]}},"
    "'questions':[{'name':'idle-ever','probability':{'event':'idle'}},{'name':'map',"
    "'coexistence':{'series':'idle_share','at_least':0.1,'for':2,'by':[['firm'],['firm','region',"
    "'generation']]}},{'name':'sale','evidence':{'for_each':['alpha'],'as_of':'2030-12',"
    "'hypothesis':{'event':'glut','within':9},'evidence':[{'event':'sells','within':6},{'event':'late-power',"
    "'within':3}]}},{'name':'spare-fan','fan':{'series':'spare_share','firm':'alpha','quantiles':[0.1,0.5,0.9]}},"
    "{'name':'layers','binding':{}},{'name':'gap','fan':{'series':'gap'}},{'name':'not-short',"
    "'probability':{'event':'not-short'}}]}";

static const uint64_t sizes[] = {1, 7, 49, 600};
#define N_SIZES (sizeof sizes / sizeof sizes[0])

struct part {
    char device[128];
    int index;
    struct selftest rows;
};

struct mm_selftest {
    size_t n;
    struct part *parts;
};

struct testing {
    mm_scenario *scenario;
    struct plan *plan;
    mm_devices *devices;
    int lanes;
    bool no_cache;
    char expected[N_SIZES][65];
    mm_selftest *test;
};

void mm_selftest_free(mm_selftest *test) {
    if (!test)
        return;
    free(test->parts);
    free(test);
}

size_t mm_selftest_count(const mm_selftest *test) {
    size_t n = 0;
    for (size_t i = 0; i < test->n; i++)
        n += test->parts[i].rows.n;
    return n;
}

mm_selftest_check mm_selftest_get(const mm_selftest *test, size_t i) {
    size_t part = 0;
    while (i >= test->parts[part].rows.n)
        i -= test->parts[part++].rows.n;
    const struct selftest_row *row = &test->parts[part].rows.rows[i];
    return (mm_selftest_check){.device = test->parts[part].device,
                               .index = test->parts[part].index,
                               .check = row->check,
                               .passed = row->passed,
                               .detail = row->detail};
}

/* Digests of runs of each size, by one engine in turn. */
static mm_status run_sizes(const struct plan *plan, const struct engine_backend *backend,
                           const struct engine_options *options, char digests[N_SIZES][65], mm_messages *messages) {
    struct tallies *tallies = tallies_new((size_t)plan->head.n_counts, (size_t)plan->head.n_sums);
    struct engine *engine = NULL;
    if (!tallies) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    mm_status status = backend->open(plan, options, tallies, &engine, messages);
    for (size_t i = 0; i < N_SIZES && status == MM_OK; i++) {
        status = backend->run(engine, (UINT64_C(1) << 32) - 3, sizes[i], messages); /* over the low word's end */
        if (status == MM_OK)
            status = backend->settle(engine, messages);
        tallies_digest(tallies, digests[i]);
        tallies_clear(tallies);
    }
    backend->close(engine);
    tallies_free(tallies);
    return status;
}

static void compare_sizes(char digests[N_SIZES][65], const struct testing *testing, const char *of,
                          struct selftest *rows) {
    for (size_t i = 0; i < N_SIZES; i++) {
        char name[48];
        snprintf(name, sizeof name, "digest of %d path%s%s", (int)sizes[i], sizes[i] == 1 ? "" : "s", of);
        struct selftest_row *row = selftest_add(rows, name, strcmp(digests[i], testing->expected[i]) == 0);
        if (!row->passed)
            snprintf(row->detail, sizeof row->detail, "it is %.16s..., that of OpenMP with one lane %.16s...",
                     digests[i], testing->expected[i]);
    }
}

static struct part *add_part(mm_selftest *test, const char *device, int index) {
    struct part *parts = realloc(test->parts, (test->n + 1) * sizeof *parts);
    if (!parts)
        return NULL;
    test->parts = parts;
    struct part *part = &parts[test->n++];
    *part = (struct part){.index = index};
    snprintf(part->device, sizeof part->device, "%s", device);
    return part;
}

/* The cores: each lane width against single lanes. */
static mm_status test_cores(struct testing *testing, mm_messages *messages) {
    static const int widths[] = {4, 8, 16};
    char name[96];
    machine_processor(name, sizeof name);
    struct part *part = add_part(testing->test, name, -1);
    mm_status status = part ? MM_OK : MM_INTERNAL;
    for (size_t i = 0; i < sizeof widths / sizeof widths[0] && status == MM_OK; i++) {
        char digests[N_SIZES][65], of[24];
        if (!lanes_get(widths[i]))
            continue;
        struct engine_options options = {.seed = SEED, .threads = 2, .lanes = widths[i]};
        status = run_sizes(testing->plan, &engine_openmp, &options, digests, messages);
        snprintf(of, sizeof of, ", %d lanes", widths[i]);
        if (status == MM_OK)
            compare_sizes(digests, testing, of, &part->rows);
    }
    return status;
}

static bool passed(const struct selftest *rows) {
    for (size_t i = 0; i < rows->n; i++)
        if (!rows->rows[i].passed)
            return false;
    return true;
}

/* Whole runs only where single functions are right: otherwise they could not be. */
static mm_status test_device(struct testing *testing, const struct device_entry *device, mm_messages *messages) {
    struct part *part = add_part(testing->test, device->name, device->info.index);
    if (!part)
        return MM_INTERNAL;
    mm_status status = opencl_selftest_device(device, testing->lanes, testing->no_cache, &part->rows, messages);
    if (status != MM_OK || !passed(&part->rows))
        return status;
    char digests[N_SIZES][65];
    struct engine_options options = {
        .seed = SEED, .lanes = testing->lanes, .device = device, .no_cache = testing->no_cache};
    status = run_sizes(testing->plan, &engine_opencl, &options, digests, messages);
    if (status == MM_OK)
        compare_sizes(digests, testing, "", &part->rows);
    return status;
}

static mm_status prepare(struct testing *testing, mm_messages *messages) {
    struct engine_options options = {.seed = SEED, .threads = 1, .lanes = 1};
    testing->test = calloc(1, sizeof *testing->test);
    if (!testing->test)
        return MM_INTERNAL;
    if (testing->lanes != 0 && testing->lanes != 1 && testing->lanes != 4 && testing->lanes != 8 &&
        testing->lanes != 16) {
        mm_messages_add(messages, "lanes: 1, 4, 8 or 16 are allowed");
        return MM_USAGE;
    }
    mm_status status =
        mm_scenario_from_json("self-test", configuration, strlen(configuration), &testing->scenario, messages);
    if (status == MM_OK)
        status = plan_build(scenario_data(testing->scenario), NULL, &testing->plan, messages);
    if (status == MM_OK)
        status = run_sizes(testing->plan, &engine_openmp, &options, testing->expected, messages);
    if (status == MM_OK)
        status = mm_devices_find(&testing->devices, messages);
    return status;
}

static mm_status test_selected(struct testing *testing, const char *selector, mm_messages *messages) {
    size_t places[64], n = 0;
    if (strcmp(selector, engine_openmp.name) == 0)
        return test_cores(testing, messages);
    mm_status status =
        engine_select(testing->devices, selector, places, sizeof places / sizeof places[0], &n, messages);
    for (size_t i = 0; i < n && status == MM_OK; i++)
        status = test_device(testing, &testing->devices->items[places[i]], messages);
    return status;
}

static mm_status test_all(struct testing *testing, mm_messages *messages) {
    mm_status status = test_cores(testing, messages);
    for (size_t i = 0; i < testing->devices->n && status == MM_OK; i++)
        if (testing->devices->items[i].info.usable)
            status = test_device(testing, &testing->devices->items[i], messages);
    return status;
}

mm_status mm_selftest_run(const char *const *devices, size_t n_devices, int lanes, bool no_cache, mm_selftest **test,
                          mm_messages *messages) {
    struct testing testing = {.lanes = lanes, .no_cache = no_cache};
    *test = NULL;
    mm_status status = prepare(&testing, messages);
    for (size_t i = 0; i < n_devices && status == MM_OK; i++)
        status = test_selected(&testing, devices[i], messages);
    if (n_devices == 0 && status == MM_OK)
        status = test_all(&testing, messages);
    mm_devices_free(testing.devices);
    plan_free(testing.plan);
    mm_scenario_free(testing.scenario);
    if (status != MM_OK) {
        mm_selftest_free(testing.test);
        return status;
    }
    *test = testing.test;
    for (size_t i = 0; i < testing.test->n; i++)
        if (!passed(&testing.test->parts[i].rows))
            status = MM_SELFTEST;
    return status;
}
