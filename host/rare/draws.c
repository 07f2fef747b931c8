#include "host/rare/draws.h"

#define MM_LANES 1
#include "kernels/dialect.h"
#include "kernels/elementary.h"
#include "kernels/layout.h"
#include "kernels/philox.h"

void rare_block(const struct rare_address *address, uint32_t block, uint32_t words[4]) {
    const uint kind = address->purpose == RARE_IMPORTANCE ? MM_KIND_RARE : MM_KIND_SUBSET;
    philox((uint)address->index, (uint)(address->index >> 32), block, MM_ADDRESS(kind, address->stage),
           (uint)address->seed, (uint)(address->seed >> 32), words);
}

double rare_uniform(uint32_t word) {
    return ((double)word + 0.5) * 0x1p-32;
}

void rare_normals(const struct rare_address *address, int n, double *z) {
    for (int i = 0; i < n; i += 4) {
        uint32_t words[4];
        rare_block(address, 1 + (uint32_t)(i / 4), words);
        for (int j = 0; j < 4 && i + j < n; j++)
            z[i + j] = (double)v_normal(words[j]);
    }
}
