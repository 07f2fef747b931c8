#include "host/engine/opencl/opencl_cache.h"

#include <errno.h>
#include <sha256.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST (UINT64_C(1) << 28) /* bytes of a file that is believed */

void opencl_cache_hash(const void *bytes, size_t size, char hash[65]) {
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, bytes, size);
    SHA256End(&context, hash);
}

/* The folder by the XDG rules, or NULL. The caller frees it. */
static char *cache_folder(void) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *folder = NULL;
    int n = -1;
    if (cache && *cache == '/')
        n = asprintf(&folder, "%s/mismatch", cache);
    else if (home && *home == '/')
        n = asprintf(&folder, "%s/.cache/mismatch", home);
    return n < 0 ? NULL : folder;
}

/* FOLDER/HASH OF THE KEY.ending, or NULL. The caller frees it. */
static char *file_name(const char *key, const char *ending) {
    char hash[65], *folder = cache_folder(), *name = NULL;
    opencl_cache_hash(key, strlen(key), hash);
    if (folder && asprintf(&name, "%s/%.32s.%s", folder, hash, ending) < 0)
        name = NULL;
    free(folder);
    return name;
}

/* The whole file with a NUL behind it, or NULL. The caller frees it. */
static unsigned char *read_file(const char *name, size_t *size) {
    struct stat at;
    unsigned char *bytes = NULL;
    FILE *in = name ? fopen(name, "re") : NULL;
    if (!in)
        return NULL;
    if (fstat(fileno(in), &at) == 0 && S_ISREG(at.st_mode) && (uint64_t)at.st_size < LARGEST)
        bytes = malloc((size_t)at.st_size + 1);
    if (bytes) {
        *size = fread(bytes, 1, (size_t)at.st_size, in);
        bytes[*size] = '\0';
    }
    fclose(in);
    return bytes;
}

static void make_folders(const char *name) {
    char *path = strdup(name);
    for (char *at = path ? path + 1 : NULL; at && (at = strchr(at, '/')); at++) {
        *at = '\0';
        (void)!mkdir(path, 0700);
        *at = '/';
    }
    free(path);
}

static bool write_file(const char *name, const void *bytes, size_t size) {
    char *part = NULL;
    if (!name || asprintf(&part, "%s.XXXXXX", name) < 0)
        return false;
    make_folders(name);
    int file = mkostemp(part, 0);
    FILE *out = file >= 0 ? fdopen(file, "we") : NULL;
    bool good = out && fwrite(bytes, 1, size, out) == size;
    if (out)
        good = fclose(out) == 0 && good;
    else if (file >= 0)
        close(file);
    good = good && rename(part, name) == 0;
    if (!good && file >= 0)
        remove(part);
    free(part);
    return good;
}

/* What HASH.key holds. The caller frees it; NULL when memory ran out. */
static char *key_text(const char *key, const unsigned char *binary, size_t size, bool tested) {
    char hash[65], *text = NULL;
    opencl_cache_hash(binary, size, hash);
    if (asprintf(&text, "%sbinary: %zu bytes, sha256 %s\n%s", key, size, hash, tested ? "self-test: passed\n" : "") < 0)
        return NULL;
    return text;
}

static bool write_key(const char *key, const unsigned char *binary, size_t size, bool tested) {
    char *name = file_name(key, "key"), *text = key_text(key, binary, size, tested);
    bool good = text && write_file(name, text, strlen(text));
    free(text);
    free(name);
    return good;
}

bool opencl_cache_load(const char *key, struct cached_program *program) {
    char *binary_name = file_name(key, "bin"), *key_name = file_name(key, "key");
    size_t key_size = 0;
    *program = (struct cached_program){0};
    char *found = (char *)read_file(key_name, &key_size);
    program->binary = read_file(binary_name, &program->size);
    free(binary_name);
    free(key_name);
    bool good = false;
    for (int tested = 0; tested < 2 && found && program->binary && !good; tested++) {
        char *wanted = key_text(key, program->binary, program->size, tested);
        good = wanted && strcmp(found, wanted) == 0;
        program->tested = good && tested;
        free(wanted);
    }
    free(found);
    if (good)
        return true;
    free(program->binary);
    *program = (struct cached_program){0};
    return false;
}

bool opencl_cache_save(const char *key, const unsigned char *binary, size_t size) {
    char *name = file_name(key, "bin");
    bool good = write_file(name, binary, size) && write_key(key, binary, size, false);
    if (!good && name)
        remove(name);
    free(name);
    return good;
}

bool opencl_cache_mark_tested(const char *key, const unsigned char *binary, size_t size) {
    return write_key(key, binary, size, true);
}
