/* Programs that a device's compiler has made, kept as files so that it need not make them again. Any fault means that
 * there is none: it is compiled anew. */
#ifndef MISMATCH_HOST_OPENCL_CACHE_H
#define MISMATCH_HOST_OPENCL_CACHE_H

#include <stdbool.h>
#include <stddef.h>

/* A key is a text of whole lines that names everything the binary depends on. Files lie in $XDG_CACHE_HOME/mismatch
 * (or ~/.cache/mismatch): HASH.bin, and HASH.key, which holds the key, then size and SHA-256 of the binary. */

struct cached_program {
    unsigned char *binary; /* the caller frees it */
    size_t size;
    bool tested; /* opencl_cache_mark_tested() was called for this very binary */
};

/* \return true: *program is the binary of this key, whole and unchanged. */
bool opencl_cache_load(const char *key, struct cached_program *program);
/* Both files are written to temporaries and renamed. \return false where that can't be done; nothing is left behind. */
bool opencl_cache_save(const char *key, const unsigned char *binary, size_t size);
/* The device passed its self-test with the binary of this key. \return as above. */
bool opencl_cache_mark_tested(const char *key, const unsigned char *binary, size_t size);

/* SHA-256 of bytes as 64 hex digits and a NUL. */
void opencl_cache_hash(const void *bytes, size_t size, char hash[65]);

#endif
