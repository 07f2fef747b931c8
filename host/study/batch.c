#include "host/study/batch.h"

#define MAX_GROWTH 4 /* from one to the next, while the speed is being learnt */

void batch_learn(struct batch *batch, double seconds) {
    if (batch->fixed)
        return;
    const double most = (double)batch->paths * MAX_GROWTH;
    double wanted = seconds > 0 ? (double)batch->paths * batch->seconds / seconds : most;
    wanted = wanted < most ? wanted : most;
    const uint64_t steps = (uint64_t)(wanted / (double)batch->step);
    batch->paths = batch->step * (steps ? steps : 1);
}
