/* Training campaigns and launches (docs/model.md, section 2): the expected number of running campaigns from the law of
 * a slip and a duration, the mean of the launches' factor as planned and when they are late. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

/* --- campaigns --- */

#define MONTHS 25
#define FIRST (-7)
#define CADENCE 4
#define MEAN 80.0
#define SIZE_SIGMA 0.5
#define RESEARCH 30.0

static const int looked_at[] = {0, 1, 5, 14, 24};
#define LOOKS 5

struct campaign_law {
    struct lognormal_law slip, duration; /* slip: median 0 for none */
    double age;                          /* months since the campaign's plan */
};

/* Density of the slip at s, times P(duration > age - s). */
static double running_density(double s, void *context) {
    const struct campaign_law *law = context;
    return lognormal_density(law->slip, s) * (1 - lognormal_below(law->duration, law->age - s));
}

/* P(start <= t < end) of a campaign that was planned `age` months before t: the slip has passed, the duration hasn't.
 */
static double runs(struct campaign_law law, int age) {
    law.age = age;
    if (age < 0)
        return 0;
    if (!(law.slip.median > 0))
        return 1 - lognormal_below(law.duration, age);
    return age > 0 ? integral(running_density, &law, 0, age) : 0;
}

/* Training grows by 0.36 a year, from before month 0 on. */
static double trend_at(double month) {
    return 0.03 * month;
}

static void visit_training(const struct group *g, int lane, int month, double *sums, const void *context) {
    const struct mm_campaign *campaign = PLAN_TABLE(g->plan, mm_campaign, campaigns);
    (void)context;
    for (int i = 0; i < LOOKS; i++)
        if (month == looked_at[i]) {
            int running = 0;
            for (int k = 0; k < g->head->n_campaigns; k++)
                running += campaign[k].planned <= month && real_at(g, g->head->s_start + k, lane) <= month &&
                           month < real_at(g, g->head->s_end + k, lane);
            sums[2 * i] += running;
            sums[2 * i + 1] += real_at(g, g->head->s_training, lane);
        }
}

static void check_campaigns(struct campaign_law law) {
    double sums[2 * LOOKS];
    const double n = (double)test_paths();
    struct scene scene = scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: %d}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "training: {trend: {2030-01: 0.36}}\n"
        "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, training: {first: %s, cadence: %d, duration: "
        "{median: %g, sigma: %g}, size: {mean: %g, sigma: %g}, slip: {median: %g, sigma: %g}, research: %g}}]\n",
        MONTHS, date(FIRST), CADENCE, law.duration.median, law.duration.sigma, MEAN, SIZE_SIGMA, law.slip.median,
        law.slip.sigma, RESEARCH);
    visit_paths(&scene, test_paths(), MONTHS, visit_training, NULL, 2 * LOOKS, sums);
    for (int i = 0; i < LOOKS; i++) {
        const int t = looked_at[i];
        double number = 0, number_variance = 0, mean = RESEARCH * exp(trend_at(t)), variance = 0;
        /* campaigns are independent; one has E = m p, E^2 = m^2 exp(sigma^2) p, m with the trend of its plan */
        for (int planned = FIRST; planned <= t; planned += CADENCE) {
            const double p = runs(law, t - planned), m = MEAN * exp(trend_at(planned));
            number += p;
            number_variance += p * (1 - p);
            mean += m * p;
            variance += m * m * p * (exp(SIZE_SIGMA * SIZE_SIGMA) - p);
        }
        assert_mean("running campaigns", sums[2 * i], n, number, number_variance);
        assert_mean("training demand", sums[2 * i + 1], n, mean, variance);
    }
    scene_free(&scene);
}

static void expected_running_campaigns(void **state) {
    (void)state;
    check_campaigns((struct campaign_law){{0, 0}, {5, 0.5}, 0});   /* as planned: age < duration alone */
    check_campaigns((struct campaign_law){{2, 0.8}, {5, 0.5}, 0}); /* the convolution of two lognormals */
    check_campaigns((struct campaign_law){{9, 0.4}, {3, 0.3}, 0});
}

/* Without any spread a campaign runs from its start (included) to its end (excluded). */
static void campaigns_without_spread(void **state) {
    (void)state;
    struct history history = history_of(scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 24}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, training: {first: %s, cadence: 8, duration: "
        "{median: 5, sigma: 0}, size: {mean: 80, sigma: 0}, slip: {median: 2, sigma: 0}, research: 30}}]\n",
        date(-6)));
    for (int t = 0; t < 24; t++) {
        int running = 0;
        for (int planned = -6; planned < 24; planned += 8)
            running += planned + 2 <= t && t < planned + 7;
        assert_single("training", history_at(&history, t, history.head->s_training), 30 + 80 * running);
    }
    history_free(&history);
}

/* --- launches --- */

#define UPLIFT 0.6
#define RAMP 5
#define SUCCESS 0.7

static const int launch_months[] = {6, 20}; /* planned; a third one comes after the horizon */
static const double uplifts[] = {UPLIFT, 0.25};

/* E[clip((age - slip)/ramp, 0, 1)^power]: with no slip the clip itself; else the lognormal's partial moments. */
static double launched(struct lognormal_law slip, double age, double ramp, int power) {
    if (!(age > 0))
        return 0;
    if (!(slip.median > 0))
        return pow(fmin(age / ramp, 1), power);
    const double from = fmax(0, age - ramp); /* slips up to `from` are all there */
    const double m0 = lognormal_partial(slip, 0, from, age), m1 = lognormal_partial(slip, 1, from, age);
    if (power == 1)
        return (from > 0 ? lognormal_below(slip, from) : 0) + (age * m0 - m1) / ramp;
    const double m2 = lognormal_partial(slip, 2, from, age);
    return (from > 0 ? lognormal_below(slip, from) : 0) + (age * age * m0 - 2 * age * m1 + m2) / (ramp * ramp);
}

static void visit_inference(const struct group *g, int lane, int month, double *sums, const void *context) {
    (void)context;
    if (month >= 0)
        sums[month] += real_at(g, g->head->s_inference, lane) / 100;
}

/* L = (1 + sum u LN1 clip) / (1 + sum u clip as planned): LN1 has mean 1 and E LN1^2 = exp(sigma^2), so that launches
 * that come as planned leave E L = 1, late ones a hole, and Var L = sum u^2 (exp(sigma^2) E clip^2 - (E clip)^2) /
 * (..)^2. */
static void check_launches(struct lognormal_law slip) {
    double sums[36];
    const double n = (double)test_paths();
    struct scene scene = scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 36}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "firms:\n"
        "  - {name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}\n"
        "  - {name: b, inference: 50, demand_shares: {north: 1}}\n"
        "launches:\n"
        "  - {name: x, firm: a, planned: [%s, %s], uplift: %g, ramp: %d, slip: {median: %g, sigma: %g}, success_sigma: "
        "%g}\n"
        "  - {name: y, firm: a, planned: [%s], uplift: %g, ramp: 2, success_sigma: %g}\n"
        "  - {name: z, firm: b, planned: [2030-02], uplift: 3}\n",
        date(launch_months[0]), date(40), UPLIFT, RAMP, slip.median, slip.sigma, SUCCESS, date(launch_months[1]),
        uplifts[1], SUCCESS);
    visit_paths(&scene, test_paths(), 36, visit_inference, NULL, 36, sums);
    for (int t = 0; t < 36; t++) {
        double mean = 1, variance = 0, plan = 1;
        for (int k = 0; k < 2; k++) {
            const struct lognormal_law none = {0, 0}, law = k == 0 ? slip : none;
            const double age = t - launch_months[k], ramp = k == 0 ? RAMP : 2, u = uplifts[k];
            const double first = launched(law, age, ramp, 1), second = launched(law, age, ramp, 2);
            plan += u * launched(none, age, ramp, 1);
            mean += u * first;
            variance += u * u * (exp(SUCCESS * SUCCESS) * second - first * first);
        }
        assert_mean("E L", sums[t], n, mean / plan, variance / (plan * plan));
    }
    scene_free(&scene);
}

static void launches_as_planned_and_late(void **state) {
    (void)state;
    check_launches((struct lognormal_law){0, 0});
    check_launches((struct lognormal_law){3, 0.8});
}

/* --- deterministic growth --- */

/* The trend, a profile and the price response, by hand: log q follows log p of the month before by `lambda`, demand
 * falls by epsilon log q. */
static void price_response_and_beta(void **state) {
    const double lambda = 0.3, epsilon = 0.6, eta = 1.5, a = 200, b = 60;
    double log_q = 0, log_p = 0;
    (void)state;
    struct history history = history_of(scene_new(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 30}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "inference: {trend: {2030-01: 0.36, 2031-01: -0.6}, price_response: {elasticity: 0.6, monthly_adjustment: "
        "0.3}}\n"
        "market: {elasticity: 1.5, price_min: 0.5, price_max: 3}\n"
        "firms:\n"
        "  - {name: a, shares: {north: 1}, installed: {old: 150}, inference: 200, demand_shares: {north: 1}}\n"
        "  - {name: b, inference: 60, beta: 0.5, demand_shares: {north: 1}}\n"));
    const struct mm_head *h = history.head;
    for (int t = 0; t < 30; t++) {
        const double trend = t < 12 ? 0.03 * t : 0.36 - 0.05 * (t - 12);
        if (t > 0)
            log_q += lambda * (log_p - log_q);
        const double of_a = a * exp(trend - epsilon * log_q), of_b = b * exp(0.5 * trend - epsilon * log_q);
        const double price = fmin(fmax(pow((of_a + of_b) / 150, eta), 0.5), 3);
        log_p = log(price);
        assert_close("inference of a", history_at(&history, t, h->s_inference) / of_a, 1, 1e-5);
        assert_close("inference of b", history_at(&history, t, h->s_inference + 1) / of_b, 1, 1e-5);
        assert_close("price", history_at(&history, t, h->s_industry + MM_I_PRICE) / price, 1, 2e-5);
    }
    history_free(&history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expected_running_campaigns),
        cmocka_unit_test(campaigns_without_spread),
        cmocka_unit_test(launches_as_planned_and_late),
        cmocka_unit_test(price_response_and_beta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
