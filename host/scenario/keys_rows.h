/* How a row of the option table is written, by type; for the two files that hold the rows. */
#ifndef MISMATCH_HOST_KEYS_ROWS_H
#define MISMATCH_HOST_KEYS_ROWS_H

#include "host/scenario/keys.h"

#define MAP(path, flags, help)                                                                                         \
    { path, KEY_MAP, OF_NOTHING, flags, 0, KEY_ANY, "", NULL, help }
#define TABLE(path, of, flags, high, help)                                                                             \
    { path, KEY_MAP, of, flags, 0, high, "", NULL, help }
#define LIST(path, flags, low, high, standard, help)                                                                   \
    { path, KEY_LIST, OF_NOTHING, flags, low, high, "", standard, help }
#define REAL(path, flags, low, high, unit, standard, help)                                                             \
    { path, KEY_REAL, OF_NOTHING, flags, low, high, unit, standard, help }
#define INT(path, flags, low, high, unit, standard, help)                                                              \
    { path, KEY_INT, OF_NOTHING, flags, low, high, unit, standard, help }
#define BOOL(path, standard, help)                                                                                     \
    { path, KEY_BOOL, OF_NOTHING, 0, 0, 1, "", standard, help }
#define DATE(path, flags, standard, help)                                                                              \
    { path, KEY_DATE, OF_NOTHING, flags, 0, 0, "", standard, help }
#define NAME(path, flags, help)                                                                                        \
    { path, KEY_NAME, OF_NOTHING, flags, 0, 0, "", NULL, help }
#define REF(path, of, flags, standard, help)                                                                           \
    { path, KEY_REF, of, flags, 0, 0, "", standard, help }
#define R KEY_REQUIRED

#endif
