/* The known answers. What a test of the parts holds more closely stands in tests/; these go through whole runs. */
#include "host/study/known.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

/* P(both below 0) of two normals with this correlation. */
static double quadrant(double rho) {
    return 0.25 + asin(rho) / (2 * M_PI);
}

/* C(2k, k) / 4^k */
static double none_positive(int k) {
    double p = 1;
    for (int i = 1; i <= k; i++)
        p *= (2.0 * i - 1) / (2.0 * i);
    return p;
}

/* --- two normal margins --- */

static const char margins[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':25},'regions':['north'],"
    "'generations':[{'name':'old','kh100e_per_mw':1}],'inference':{'sigma':0.4,'persistence':0.9},"
    "'firms':[{'name':'a','shares':{'north':1},'installed':{'old':0.00001},'inference':0.000009,'beta':0.5,"
    "'inference_sigma':0.25,'demand_shares':{'north':1}},{'name':'b','shares':{'north':1},'installed':{'old':100},"
    "'inference':105.263157894737,'demand_shares':{'north':1}}],"
    "'questions':[{'name':'map','coexistence':{'series':'spare_share','at_least':0.1,'by':[['firm']]}}]}";

static double both(int t) {
    const double g = 0.4 * sqrt(t / 12.0), x = 0.25 * sqrt(1 - pow(0.9, 2.0 * t));
    return 0.25 - asin(0.5 * g / sqrt(0.25 * g * g + x * x)) / (2 * M_PI);
}

static void expect_margins(double expected[KNOWN_ROWS]) {
    double sum = 1;
    expected[0] = both(6);
    expected[1] = both(12);
    expected[2] = both(24);
    for (int t = 1; t <= 24; t++)
        sum += both(t);
    expected[3] = sum / (1 + 24 * 0.5);
    expected[4] = 1 + 24 * 0.5;
}

/* --- evidence --- */

static const char evidence[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':6},'regions':['north'],"
    "'generations':[{'name':'old','kh100e_per_mw':1}],'inference':{'sigma':20},'thresholds':{'glut':0.000002},"
    "'firms':[{'name':'a','shares':{'north':1},'installed':{'old':100},'inference':100,'demand_shares':{'north':1}}],"
    "'events':{'glut':{'all_of':[{'series':'state_glut','at_least':1}],'from':'2030-05'},"
    "'spare':{'all_of':[{'series':'spare_share','firm':'$firm','at_least':0.000002}]},"
    "'spare-first':{'all_of':[{'event':'spare'}],'from':'2030-02','to':'2030-02'},"
    "'spare-then':{'all_of':[{'event':'spare'}],'from':'2030-03','to':'2030-03'}},"
    "'questions':[{'name':'one','evidence':{'firm':'a','as_of':'2030-02','hypothesis':{'event':'glut','within':3},"
    "'evidence':[{'event':'spare','within':1}]}},"
    "{'name':'two','evidence':{'firm':'a','as_of':'2030-03','hypothesis':{'event':'glut','within':2},"
    "'evidence':[{'event':'spare-first','within':2},{'event':'spare-then','within':2}]}}]}";

static void expect_evidence(double expected[KNOWN_ROWS]) {
    const double three = 0.125 + (2 * asin(sqrt(0.5)) + asin(0.5)) / (4 * M_PI);
    expected[0] = quadrant(0.5) / (0.5 - quadrant(0.5));
    expected[1] = 2 * quadrant(0.5);
    expected[2] = three / (quadrant(sqrt(0.5)) - three);
    expected[3] = three / quadrant(sqrt(0.5));
}

/* --- first passage --- */

static const char walk[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':31},'regions':['north'],"
    "'generations':[{'name':'old','kh100e_per_mw':1}],'inference':{'sigma':3.4641016151377544},"
    "'firms':[{'name':'a','shares':{'north':1},'installed':{'old':100},'inference':100,'demand_shares':{'north':1}}],"
    "'events':{'up':{'all_of':[{'series':'demand','at_least':100}]}},"
    "'questions':[{'name':'up','probability':{'event':'up','from':'2030-02'}}]}";

static void expect_walk(double expected[KNOWN_ROWS]) {
    static const int months[] = {1, 5, 10, 30};
    for (int i = 0; i < 4; i++)
        expected[i] = 1 - none_positive(months[i]);
    expected[4] = 15;
}

/* --- a digital on a lognormal, with shocks, regimes and slips beside it --- */

static const char digital[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':37},'regions':['north'],"
    "'generations':[{'name':'old','kh100e_per_mw':1}],'inference':{'trend':{'2030-01':0.3},'sigma':0.4},"
    "'firms':[{'name':'a','shares':{'north':1},'installed':{'old':100},'inference':100,'demand_shares':{'north':1}}],"
    "'events':{'high':{'all_of':[{'series':'demand','at_least':150}]},"
    "'higher':{'all_of':[{'series':'demand','at_least':300}]}},"
    "'questions':[{'name':'high','probability':{'event':'high'}},{'name':'higher','probability':{'event':'higher'}}]}";

static void expect_digital(double expected[KNOWN_ROWS]) {
    static const int months[] = {12, 36};
    for (int i = 0; i < 4; i++) {
        const double years = months[i % 2] / 12.0;
        expected[i] = gsl_cdf_ugaussian_Q((log(i < 2 ? 1.5 : 3.0) - 0.3 * years) / (0.4 * sqrt(years)));
    }
}

static const char shocks[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':37},'regions':['north'],"
    "'generations':[{'name':'old','kh100e_per_mw':1}],"
    "'shocks':[{'name':'s','per_year':1.5,'times':3,'log_demand':-0.2,'ramp':0.001}],"
    "'firms':[{'name':'a','shares':{'north':1},'installed':{'old':100},'inference':100,'demand_shares':{'north':1}}],"
    "'events':{'one':{'all_of':[{'series':'demand','below':90}]},'two':{'all_of':[{'series':'demand','below':75}]},"
    "'three':{'all_of':[{'series':'demand','below':60}]}},"
    "'questions':[{'name':'one','probability':{'event':'one'}},{'name':'two','probability':{'event':'two'}},"
    "{'name':'three','probability':{'event':'three'}}]}";

/* The k-th of a Poisson process's strikes by month 12, 36: Erlang. */
static void expect_shocks(double expected[KNOWN_ROWS]) {
    for (int k = 1; k <= 3; k++)
        for (int i = 0; i < 2; i++)
            expected[2 * (k - 1) + i] = gsl_cdf_gamma_P(1.5 / 12 * (i == 0 ? 12 : 36), k, 1);
}

static const char regimes[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':37},'regions':['north'],"
    "'generations':[{'name':'old','kh100e_per_mw':1}],"
    "'regimes':{'names':['up','down'],'initial':[0.7,0.3],'monthly':[[0.95,0.05],[0.12,0.88]],'growth':[0,0],"
    "'training':[1,1]},"
    "'firms':[{'name':'a','shares':{'north':1},'installed':{'old':100}}],"
    "'events':{'down':{'all_of':[{'series':'regime_down','at_least':1}]}},"
    "'questions':[{'name':'down','probability':{'event':'down'}}]}";

static void expect_regimes(double expected[KNOWN_ROWS]) {
    static const int months[] = {0, 1, 12, 36};
    const double steady = 0.05 / 0.17;
    double sum = 0;
    for (int i = 0; i < 4; i++)
        expected[i] = steady + (0.3 - steady) * pow(0.83, months[i]);
    for (int t = 0; t <= 36; t++)
        sum += steady + (0.3 - steady) * pow(0.83, t);
    expected[4] = sum;
}

static const char slips[] =
    "{'mismatch':1,'time':{'start':'2030-01','months':37},'regions':['north'],"
    "'generations':[{'name':'old','kh100e_per_mw':1}],"
    "'slips':{'gpu':{'median':1,'sigma':0.8,'buffer':1.5,'max':60},'power':{'median':3,'sigma':1.2,'buffer':2,'max':60}"
    ","
    "'shell':{'median':2,'sigma':0.6,'buffer':1,'max':60},'network':{'median':0.7,'sigma':1,'buffer':0.5,'max':60}},"
    "'firms':[{'name':'a','phases':[{'name':'p','region':'north','generation':'old','mw':10,'ready':'2030-06',"
    "'committed':true,'cancel':0.2}]}],"
    "'events':{'up':{'all_of':[{'series':'supply','at_least':10}]}},"
    "'questions':[{'name':'up','probability':{'event':'up'}}]}";

/* All of the phase is up in month t when none of four independent lognormal slips beyond its buffer exceeds t - 5. */
static void expect_slips(double expected[KNOWN_ROWS]) {
    static const double median[] = {1, 3, 2, 0.7}, sigma[] = {0.8, 1.2, 0.6, 1}, buffer[] = {1.5, 2, 1, 0.5};
    static const int months[] = {5, 7, 10, 20, 36};
    for (int i = 0; i < 5; i++) {
        expected[i] = 0.8;
        for (int l = 0; l < 4; l++)
            expected[i] *= gsl_cdf_lognormal_P(months[i] - 5 + buffer[l], log(median[l]), sigma[l]);
    }
}

/* --- adequacy --- */

static const char system_a[] =
    "{'mismatch':1,'time':{'start':'2001-01','months':4},'regions':['area'],"
    "'generations':[{'name':'unit','kh100e_per_mw':1}],'thresholds':{'shortage':2e-6},"
    "'firms':[{'name':'utility','phases':["
    "{'name':'one','region':'area','generation':'unit','mw':10,'ready':'2000-11','cancel':0.1},"
    "{'name':'two','region':'area','generation':'unit','mw':10,'ready':'2000-11','cancel':0.1},"
    "{'name':'three','region':'area','generation':'unit','mw':10,'ready':'2000-11','cancel':0.1}]},"
    "{'name':'load','inference':10,'demand_shares':{'area':1},'profile':[2,2.2,2,1.6]}]}";

static void expect_system_a(double expected[KNOWN_ROWS]) {
    static const double published[] = {0.028, 0.271, 0.028, 0.028, 0.355, 1.59};
    for (int i = 0; i < 6; i++)
        expected[i] = published[i];
}

static const char system_b[] =
    "{'mismatch':1,'time':{'start':'2001-01','months':6},'regions':['area'],"
    "'generations':[{'name':'small','kh100e_per_mw':1,'retires':'2001-04'},{'name':'large','kh100e_per_mw':1}],"
    "'thresholds':{'shortage':2e-6},'firms':[{'name':'utility','phases':["
    "{'name':'one-small','region':'area','generation':'small','mw':10,'ready':'2000-11','cancel':0.1},"
    "{'name':'two-small','region':'area','generation':'small','mw':20,'ready':'2000-11','cancel':0.1},"
    "{'name':'one-large','region':'area','generation':'large','mw':15,'ready':'2001-04','committed':true,'cancel':0.1},"
    "{'name':'two-large','region':'area','generation':'large','mw':25,'ready':'2001-04','committed':true,'cancel':0.1}]"
    "},{'name':'load','inference':1,'demand_shares':{'area':1},'profile':[21,21,21,22,24,26]}]}";

static void expect_system_b(double expected[KNOWN_ROWS]) {
    static const double published[] = {0.19, 0.1, 0.19, 0.96, 7.11};
    for (int i = 0; i < 5; i++)
        expected[i] = published[i];
}

#define LOLE                                                                                                           \
    { "loss of load expectation, h", "industry/shortage_months", KNOWN_FIGURE }
#define EUE                                                                                                            \
    { "expected unserved energy, MWh", "industry/total_shortfall", KNOWN_FIGURE }
#define LOST(t, text)                                                                                                  \
    { "loss of load, hour " text, "industry/shortage/p/" #t, KNOWN_SHARE }

const struct known_case known_cases[] = {
    {"idle while the industry is short, two normal margins",
     "1/4 - asin(rho)/2pi (Sheppard 1899)",
     margins,
     NULL,
     1,
     {{"month 6", "questions/map/entries/0/both/shortage/p/6", KNOWN_SHARE},
      {"month 12", "questions/map/entries/0/both/shortage/p/12", KNOWN_SHARE},
      {"month 24", "questions/map/entries/0/both/shortage/p/24", KNOWN_SHARE},
      {"idle given shortage, all months", "questions/map/entries/0/idle_given_shortage", KNOWN_FIGURE},
      {"months of shortage", "industry/shortage_months", KNOWN_FIGURE}},
     expect_margins},
    {"evidence for a glut, correlated normals",
     "quadrant and orthant probabilities (Sheppard 1899; David 1953)",
     evidence,
     NULL,
     1,
     {{"factor of one piece", "questions/one/cases/0/steps/0", KNOWN_FACTOR},
      {"posterior after one", "questions/one/cases/0/steps/0/posterior", KNOWN_FIGURE},
      {"joint factor of two dependent pieces", "questions/two/cases/0/steps/1", KNOWN_FACTOR},
      {"posterior after two", "questions/two/cases/0/steps/1/posterior", KNOWN_FIGURE}},
     expect_evidence},
    {"first passage of a symmetric walk",
     "1 - C(2k,k)/4^k (Sparre Andersen 1954; Feller II, XII.8)",
     walk,
     NULL,
     1,
     {{"by step 1", "questions/up/first_passage/by_month/p/1", KNOWN_SHARE},
      {"by step 5", "questions/up/first_passage/by_month/p/5", KNOWN_SHARE},
      {"by step 10", "questions/up/first_passage/by_month/p/10", KNOWN_SHARE},
      {"by step 30", "questions/up/ever/p", KNOWN_SHARE},
      {"months held (arcsine law)", "questions/up/mean_months", KNOWN_FIGURE}},
     expect_walk},
    {"digital on a lognormal demand",
     "Phi((mu t - ln K) / (sigma sqrt t))",
     digital,
     NULL,
     1,
     {{"above 1.5 in month 12", "questions/high/by_month/p/12", KNOWN_SHARE},
      {"above 1.5 in month 36", "questions/high/by_month/p/36", KNOWN_SHARE},
      {"above 3 in month 12", "questions/higher/by_month/p/12", KNOWN_SHARE},
      {"above 3 in month 36", "questions/higher/by_month/p/36", KNOWN_SHARE}},
     expect_digital},
    {"strikes of a shock",
     "Erlang: gamma distribution function",
     shocks,
     NULL,
     1,
     {{"first by month 12", "questions/one/by_month/p/12", KNOWN_SHARE},
      {"first by month 36", "questions/one/by_month/p/36", KNOWN_SHARE},
      {"second by month 12", "questions/two/by_month/p/12", KNOWN_SHARE},
      {"second by month 36", "questions/two/by_month/p/36", KNOWN_SHARE},
      {"third by month 12", "questions/three/by_month/p/12", KNOWN_SHARE},
      {"third by month 36", "questions/three/by_month/p/36", KNOWN_SHARE}},
     expect_shocks},
    {"occupancy of a regime",
     "two-state Markov chain",
     regimes,
     NULL,
     1,
     {{"month 0", "questions/down/by_month/p/0", KNOWN_SHARE},
      {"month 1", "questions/down/by_month/p/1", KNOWN_SHARE},
      {"month 12", "questions/down/by_month/p/12", KNOWN_SHARE},
      {"month 36", "questions/down/by_month/p/36", KNOWN_SHARE},
      {"months held", "questions/down/mean_months", KNOWN_FIGURE}},
     expect_regimes},
    {"a phase with four slips and a cancellation",
     "product of lognormal distribution functions",
     slips,
     NULL,
     1,
     {{"up as planned", "questions/up/by_month/p/5", KNOWN_SHARE},
      {"up within 2 months", "questions/up/by_month/p/7", KNOWN_SHARE},
      {"up within 5 months", "questions/up/by_month/p/10", KNOWN_SHARE},
      {"up within 15 months", "questions/up/by_month/p/20", KNOWN_SHARE},
      {"up within 31 months", "questions/up/by_month/p/36", KNOWN_SHARE}},
     expect_slips},
    {"PRAS, single-region system A",
     "published with PRAS (NREL)",
     system_a,
     NULL,
     1,
     {LOST(0, "1"), LOST(1, "2"), LOST(2, "3"), LOST(3, "4"), LOLE, EUE},
     expect_system_a},
    {"PRAS, single-region system B",
     "published with PRAS (NREL)",
     system_b,
     NULL,
     1,
     {LOST(0, "1"), LOST(3, "4"), LOST(5, "6"), LOLE, EUE},
     expect_system_b},
    {"IEEE Reliability Test System 1979",
     "9.394175 h, 1,176.298 MWh: published, and convolved unit by unit",
     NULL,
     known_rts,
     4,
     {LOLE, EUE},
     known_rts_expect},
};
const size_t known_count = sizeof known_cases / sizeof *known_cases;
