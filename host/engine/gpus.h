/* Whether it is worth asking OpenCL for a GPU. */
#ifndef MISMATCH_HOST_GPUS_H
#define MISMATCH_HOST_GPUS_H

#include <stdbool.h>

/* Asking starts every driver that is installed, which takes tens of milliseconds, so `auto` asks only where a GPU can
 * be. None can be where all of this holds: `devices` (/dev) has no file of a GPU's driver; `vendors`
 * (/etc/OpenCL/vendors) has vendor files, and all of them name PoCL; and no variable of the environment (OCL_ICD_...,
 * POCL_DEVICES, LD_LIBRARY_PATH) points to other drivers, to other devices of PoCL, or to another loader, which may
 * look for drivers elsewhere. In all other cases there may be one. */
bool gpus_possible(const char *vendors, const char *devices);

#endif
