#include "host/report/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_SUFFIXES 1000

static mm_status say(const char *name, const char *what, int error, mm_messages *messages) {
    mm_messages_add(messages, "%s: %s: %s", name, what, strerror(error));
    return error == ENOMEM ? MM_INTERNAL : MM_IO;
}

void folder_fail(struct folder *folder, mm_status status) {
    if (folder->status == MM_OK) {
        folder->status = status;
    }
}

/* Whether `name` stands in the manifest of a folder: a line of its own. */
static bool is_listed(const char *manifest, const char *name) {
    const size_t length = strlen(name);

    for (const char *line = manifest; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strcspn(line, "\n") == length && strncmp(line, name, length) == 0) {
            return true;
        }
    }
    return strcmp(name, FOLDER_MANIFEST) == 0;
}

/* The manifest of an existing folder; "" where there is none. NULL when memory ran out. */
static char *read_manifest(int descriptor) {
    const int opened = openat(descriptor, FOLDER_MANIFEST, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char *text = NULL;
    size_t size = 0;
    FILE *file = opened >= 0 ? fdopen(opened, "r") : NULL;

    if (file == NULL) {
        if (opened >= 0) {
            close(opened);
        }
        return strdup("");
    }
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    return text;
}

/* The first entry that is not of a report, in `name`, or ""; *n: entries. */
static bool look_inside(int descriptor, char name[256], int *n) {
    char *manifest = read_manifest(descriptor);
    const int again = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again >= 0 ? fdopendir(again) : NULL;

    name[0] = '\0';
    *n = 0;
    if (list == NULL || manifest == NULL) {
        if (list != NULL) {
            closedir(list);
        } else if (again >= 0) {
            close(again);
        }
        free(manifest);
        return false;
    }
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        ++*n;
        if (!is_listed(manifest, entry->d_name)) {
            snprintf(name, 256, "%s", entry->d_name);
        }
    }
    closedir(list);
    free(manifest);
    return true;
}

/* What stands at the target now. *there: a folder that is not empty. */
static mm_status look(const char *target, bool force, bool *there, mm_messages *messages) {
    const char *base = strrchr(target, '/') != NULL ? strrchr(target, '/') + 1 : target;
    char name[256];
    int descriptor, n = 0;
    bool read;

    *there = false;
    if (*base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0) {
        mm_messages_add(messages, "%s: name a folder that the report can make", target);
        return MM_USAGE;
    }
    descriptor = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 && errno == ENOENT) {
        return MM_OK;
    }
    if (descriptor < 0 && (errno == ENOTDIR || errno == ELOOP)) {
        mm_messages_add(messages, "%s exists and is no folder; it is kept", target);
        return MM_USAGE;
    }
    if (descriptor < 0) {
        return say(target, "can't be read", errno, messages);
    }
    read = look_inside(descriptor, name, &n);
    close(descriptor);
    if (!read) {
        return say(target, "can't be read", errno, messages);
    }
    *there = n > 0;
    if (n > 0 && name[0] != '\0') {
        mm_messages_add(messages, "%s holds '%s', which no report made; it is kept (name another folder)", target,
                        name);
        return MM_USAGE;
    }
    if (n > 0 && !force) {
        mm_messages_add(messages, "%s exists; it is kept (--force replaces it)", target);
        return MM_USAGE;
    }
    return MM_OK;
}

/* A copy without slashes at its end. */
static char *clean_name(const char *target) {
    char *copy = strdup(target);
    size_t length = copy != NULL ? strlen(copy) : 0;

    while (length > 1 && copy[length - 1] == '/') {
        copy[--length] = '\0';
    }
    return copy;
}

/* The folder above. */
static char *parent_of(const char *target) {
    char *copy = strdup(target), *slash = copy != NULL ? strrchr(copy, '/') : NULL;

    if (slash == NULL) {
        free(copy);
        return copy != NULL ? strdup(".") : NULL;
    }
    slash[slash == copy] = '\0';
    return copy;
}

mm_status folder_check(const char *target, bool force, mm_messages *messages) {
    char *name = clean_name(target), *parent = name != NULL ? parent_of(name) : NULL;
    mm_status status;
    bool there;

    if (parent == NULL) {
        free(name);
        return say(target, "can't be made", ENOMEM, messages);
    }
    status = look(name, force, &there, messages);
    if (status == MM_OK && access(parent, W_OK | X_OK) != 0) {
        status = say(target, "can't be made", errno, messages);
    }
    free(parent);
    free(name);
    return status;
}

mm_status folder_begin(struct folder *folder, const char *target, bool force, mm_messages *messages) {
    bool there;
    int error = EEXIST;

    *folder = (struct folder){.descriptor = -1, .force = force, .messages = messages};
    folder->target = clean_name(target);
    if (folder->target == NULL) {
        return folder->status = say(target, "can't be made", ENOMEM, messages);
    }
    folder->status = look(folder->target, force, &there, messages);
    for (int i = 0; folder->status == MM_OK && i < 100 && error == EEXIST; i++) {
        free(folder->part);
        if (asprintf(&folder->part, "%s.part-%ld-%d", folder->target, (long)getpid(), i) < 0) {
            folder->part = NULL;
            error = ENOMEM;
        } else {
            error = mkdir(folder->part, 0777) == 0 ? 0 : errno;
        }
    }
    if (folder->status == MM_OK && error == 0) {
        folder->descriptor = open(folder->part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        error = folder->descriptor < 0 ? errno : 0;
    } else {
        free(folder->part); /* not ours */
        folder->part = NULL;
    }
    if (folder->status == MM_OK && error != 0) {
        folder->status = say(target, "can't be made", error, messages);
    }
    return folder->status;
}

static bool is_taken(const struct folder *folder, const char *stem) {
    const size_t length = strlen(stem);

    for (size_t i = 0; i < folder->n; i++) {
        if (strncmp(folder->names[i], stem, length) == 0 &&
            (folder->names[i][length] == '.' || folder->names[i][length] == '\0')) {
            return true;
        }
    }
    return false;
}

void folder_stem(const struct folder *folder, const char *stem, char name[FOLDER_NAME]) {
    char plain[FOLDER_NAME - 24];
    size_t n = 0;

    for (; *stem != '\0' && n + 1 < sizeof plain; stem++) {
        const char c = *stem >= 'A' && *stem <= 'Z' ? (char)(*stem - 'A' + 'a') : *stem;
        plain[n++] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    }
    plain[n] = '\0';
    snprintf(name, FOLDER_NAME, "%s", n > 0 ? plain : "picture");
    for (int i = 2; i < MOST_SUFFIXES && is_taken(folder, name); i++) {
        snprintf(name, FOLDER_NAME, "%s-%d", n > 0 ? plain : "picture", i);
    }
}

static bool add_name(struct folder *folder, const char *name) {
    if (folder->n == folder->room) {
        const size_t room = folder->room > 0 ? 2 * folder->room : 32;
        char(*names)[FOLDER_NAME] = realloc(folder->names, room * sizeof *names);
        if (names == NULL) {
            folder_fail(folder, say(folder->target, "can't be written", ENOMEM, folder->messages));
            return false;
        }
        folder->names = names;
        folder->room = room;
    }
    snprintf(folder->names[folder->n++], FOLDER_NAME, "%s", name);
    return true;
}

FILE *folder_open(struct folder *folder, const char *name) {
    FILE *file = NULL;
    int opened;

    if (folder->status != MM_OK || !add_name(folder, name)) {
        return NULL;
    }
    opened = openat(folder->descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (opened >= 0) {
        file = fdopen(opened, "w+");
    }
    if (file == NULL) {
        folder_fail(folder, say(name, "can't be written", errno, folder->messages));
        if (opened >= 0) {
            close(opened);
        }
    }
    return file;
}

void folder_close(struct folder *folder, FILE *file) {
    int error = 0;

    if (file == NULL) {
        return;
    }
    errno = 0;
    if (fflush(file) != 0 || ferror(file) || (fsync(fileno(file)) != 0 && errno != EINVAL)) {
        error = errno != 0 ? errno : EIO;
    }
    if (fclose(file) != 0 && error == 0) {
        error = errno;
    }
    if (error != 0) {
        folder_fail(folder, say(folder->target, "can't be written", error, folder->messages));
    }
}

bool folder_adopt(struct folder *folder, const char *name) {
    struct stat at;

    return folder->status == MM_OK && fstatat(folder->descriptor, name, &at, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(at.st_mode) && at.st_size > 0 && add_name(folder, name);
}

void folder_remove(struct folder *folder, const char *name) {
    if (folder->descriptor >= 0) {
        unlinkat(folder->descriptor, name, 0);
    }
}

static void write_manifest(struct folder *folder) {
    FILE *file = folder_open(folder, FOLDER_MANIFEST);

    if (file != NULL) {
        for (size_t i = 0; i + 1 < folder->n; i++) {
            fprintf(file, "%s\n", folder->names[i]);
        }
    }
    folder_close(folder, file);
}

/* Removes a folder whose files are all of a report: it has no folders inside. */
static void remove_folder(const char *name) {
    const int descriptor = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *list = descriptor >= 0 ? fdopendir(descriptor) : NULL;

    if (list == NULL) {
        if (descriptor >= 0) {
            close(descriptor);
        }
        rmdir(name);
        return;
    }
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        unlinkat(descriptor, entry->d_name, 0); /* fails for . and .. */
    }
    closedir(list);
    rmdir(name);
}

/* Puts the part in the place of the target. \return 0 or the error. */
static int give_name(const struct folder *folder) {
    char *old = NULL;
    int error = 0;

    if (rename(folder->part, folder->target) == 0) {
        return 0; /* nothing was there, or an empty folder */
    }
    if ((errno != ENOTEMPTY && errno != EEXIST) || !folder->force) {
        return errno;
    }
    if (asprintf(&old, "%s.old-%ld", folder->target, (long)getpid()) < 0) {
        return ENOMEM;
    }
    if (renameat2(AT_FDCWD, folder->part, AT_FDCWD, folder->target, RENAME_EXCHANGE) == 0) {
        remove_folder(folder->part);
    } else if (rename(folder->target, old) != 0) {
        error = errno;
    } else if (rename(folder->part, folder->target) != 0) {
        error = errno;
        (void)!rename(old, folder->target);
    } else {
        remove_folder(old);
    }
    free(old);
    return error;
}

mm_status folder_commit(struct folder *folder) {
    char *parent = NULL;
    bool there;
    int error = 0;

    write_manifest(folder);
    if (folder->status == MM_OK) {
        (void)!fsync(folder->descriptor);                                               /* some file systems can't */
        folder->status = look(folder->target, folder->force, &there, folder->messages); /* it may be there by now */
    }
    if (folder->status == MM_OK) {
        error = give_name(folder);
    }
    if (error != 0) {
        folder_fail(folder, say(folder->target, "can't be written", error, folder->messages));
    }
    if (folder->status == MM_OK) {
        free(folder->part);
        folder->part = NULL;
        parent = parent_of(folder->target);
        const int above = parent != NULL ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
        if (above >= 0) {
            (void)!fsync(above); /* or the new name may be lost with the power */
            close(above);
        }
        free(parent);
    }
    return folder->status;
}

void folder_abandon(struct folder *folder) {
    if (folder->descriptor >= 0) {
        /* those that are known need no list of what is there, for which there may be no memory */
        for (size_t i = 0; folder->part != NULL && i < folder->n; i++) {
            unlinkat(folder->descriptor, folder->names[i], 0);
        }
        close(folder->descriptor);
        folder->descriptor = -1;
    }
    if (folder->part != NULL) {
        remove_folder(folder->part);
    }
    free(folder->part);
    free(folder->target);
    free(folder->names);
    *folder = (struct folder){.descriptor = -1, .messages = folder->messages, .status = folder->status};
}
