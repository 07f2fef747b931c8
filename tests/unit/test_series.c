/* The kernels and the scenario number the series alike, each in its own header: neither may include the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MM_LANES 1
#pragma GCC diagnostic ignored "-Wunused-function" /* only the enumeration is wanted here */
#include "kernels/path_series.h"

#include "host/scenario/scenario.h"

static void series_are_numbered_alike(void **state) {
    (void)state;
    static const int pairs[][2] = {{MM_GAP, SC_GAP},
                                   {MM_SLACK, SC_SLACK},
                                   {MM_UNMET, SC_UNMET},
                                   {MM_PRICE, SC_PRICE},
                                   {MM_DEMAND, SC_DEMAND},
                                   {MM_SUPPLY, SC_SUPPLY},
                                   {MM_STATE_SHORTAGE, SC_STATE_SHORTAGE},
                                   {MM_STATE_GLUT, SC_STATE_GLUT},
                                   {MM_STATE_FRICTION, SC_STATE_FRICTION},
                                   {MM_STATE_BALANCED, SC_STATE_BALANCED},
                                   {MM_REGIME, SC_REGIME},
                                   {MM_LATE_MW, SC_LATE_MW},
                                   {MM_STRANDED_MW, SC_STRANDED_MW},
                                   {MM_LATE_SHARE, SC_LATE_SHARE},
                                   {MM_STRANDED_SHARE, SC_STRANDED_SHARE},
                                   {MM_SPARE_SHARE, SC_SPARE_SHARE},
                                   {MM_UNSOLD_SHARE, SC_UNSOLD_SHARE},
                                   {MM_IDLE_SHARE, SC_IDLE_SHARE},
                                   {MM_UTILISATION, SC_UTILISATION},
                                   {MM_SELLING, SC_SELLING},
                                   {MM_STARTS_SELLING, SC_STARTS_SELLING},
                                   {MM_UNMET_SHARE, SC_UNMET_SHARE},
                                   {MM_BOUGHT_SHARE, SC_BOUGHT_SHARE},
                                   {MM_PRESSURE, SC_PRESSURE},
                                   {MM_BUILD_RESPONSE, SC_BUILD_RESPONSE},
                                   {MM_REVENUE, SC_REVENUE}};
    assert_int_equal(sizeof pairs / sizeof pairs[0], SC_SERIES_COUNT);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_int_equal(pairs[i][0], pairs[i][1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(series_are_numbered_alike)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
