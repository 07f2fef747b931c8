#include "host/store/base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64_put(struct base64 *base64) {
    unsigned char *in = base64->waiting;
    char text[4] = {alphabet[in[0] >> 2], alphabet[(in[0] & 3) << 4 | in[1] >> 4],
                    base64->n > 1 ? alphabet[(in[1] & 15) << 2 | in[2] >> 6] : '=',
                    base64->n > 2 ? alphabet[in[2] & 63] : '='};
    fwrite(text, 1, sizeof text, base64->out);
    memset(in, 0, sizeof base64->waiting);
    base64->n = 0;
}

void base64_write(struct base64 *base64, const unsigned char *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        base64->waiting[base64->n++] = bytes[i];
        if (base64->n == 3)
            base64_put(base64);
    }
}

void base64_end(struct base64 *base64) {
    if (base64->n)
        base64_put(base64);
}

long base64_read(const char *text, size_t length, size_t *at, unsigned char *bytes, size_t n) {
    size_t made = 0;
    while (*at < length && made + 3 <= n) {
        if (length - *at < 4)
            return -1;
        unsigned value = 0;
        int padding = 0;
        for (size_t i = 0; i < 4; i++) {
            char c = text[*at + i];
            const char *found = c && !padding ? strchr(alphabet, c) : NULL;
            if (!found && !(c == '=' && i >= 2 && *at + 4 == length))
                return -1;
            padding += !found;
            value = value << 6 | (found ? (unsigned)(found - alphabet) : 0);
        }
        *at += 4;
        for (int i = 0; i < 3 - padding; i++)
            bytes[made++] = (unsigned char)(value >> (16 - 8 * i));
    }
    return (long)made;
}
