/* Bytes as text, by pieces. */
#ifndef MISMATCH_HOST_BASE64_H
#define MISMATCH_HOST_BASE64_H

#include <stddef.h>
#include <stdio.h>

/* Zero-initialise, then set `out`. Up to two bytes wait for a third. */
struct base64 {
    FILE *out;
    unsigned char waiting[3];
    int n;
};

void base64_write(struct base64 *base64, const unsigned char *bytes, size_t n);
/* Writes what waits. */
void base64_end(struct base64 *base64);

/* Up to `n` bytes from the text at *at. \return how many; -1: not Base64. */
long base64_read(const char *text, size_t length, size_t *at, unsigned char *bytes, size_t n);

#endif
