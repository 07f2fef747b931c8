/* Which lane widths this build and this CPU have. */
#include "host/engine/lanes/lanes.h"

#include "host/engine/lanes/lanes_table.h"

/* The levels of the x86-64 ABI that the wide files are compiled for (cmake/lanes.cmake). */
static int cpu_has(int width) {
    if (width == 1 || width == 4)
        return 1;
#if defined(__x86_64__)
    if (width == 8)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2");
    if (width == 16)
        return cpu_has(8) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
#endif
    return 0;
}

const struct lanes_ops *lanes_get(int width) {
    if (!cpu_has(width))
        return NULL;
    switch (width) {
    case 1:
        return &lanes_w1;
    case 4:
        return &lanes_w4;
#ifdef MM_HAVE_W8
    case 8:
        return &lanes_w8;
#endif
#ifdef MM_HAVE_W16
    case 16:
        return &lanes_w16;
#endif
    default:
        return NULL;
    }
}

int lanes_best(void) {
    static const int widths[] = {16, 8, 4};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
        if (lanes_get(widths[i]))
            return widths[i];
    return 1;
}

size_t lanes_scratch_bytes(const struct mm_head *head, int width) {
    return (size_t)head->s_vectors * (size_t)width * sizeof(float);
}
