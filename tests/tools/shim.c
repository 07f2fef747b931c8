/* Preloaded: what a test can't have from the system.
 * SHIM_FILE_SYSTEM=6969   every file lies on a file system with this magic number (hexadecimal)
 * SHIM_DISK_BYTES=100000  files can be written up to this place; beyond it the disk is full */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/types.h>

typedef int statfs_function(const char *, struct statfs *);
typedef ssize_t pwrite_function(int, const void *, size_t, off_t);
typedef int ftruncate_function(int, off_t);

/* ISO C has no cast from an object's address to a function's. */
static void find(const char *name, void *function) {
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

static long limit(void) {
    const char *text = getenv("SHIM_DISK_BYTES");
    return text ? strtol(text, NULL, 10) : -1;
}

int statfs(const char *path, struct statfs *at) { /* NOLINT(readability-inconsistent-declaration-parameter-name) */
    statfs_function *real;
    find("statfs", &real);
    int code = real(path, at);
    const char *magic = getenv("SHIM_FILE_SYSTEM");
    if (code == 0 && magic)
        at->f_type = (__fsword_t)strtoul(magic, NULL, 16);
    return code;
}

ssize_t pwrite64(int file, const void *bytes, size_t n, off_t at) {
    pwrite_function *real;
    find("pwrite64", &real);
    if (limit() >= 0 && at + (off_t)n > limit()) {
        errno = ENOSPC;
        return -1;
    }
    return real(file, bytes, n, at);
}

int ftruncate64(int file, off_t size) {
    ftruncate_function *real;
    find("ftruncate64", &real);
    if (limit() >= 0 && size > limit()) {
        errno = ENOSPC;
        return -1;
    }
    return real(file, size);
}
