#include <mismatch/file.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".part"

struct mm_file {
    FILE *stream;
    char *name;   /* as the user gave it, for messages */
    char *target; /* the name to appear under; NULL: written to as it is */
    char *part;
    bool force;
    size_t failures; /* mm_memory_failures() when it was made */
};

static void free_file(struct mm_file *file) {
    if (file->stream)
        fclose(file->stream);
    free(file->name);
    free(file->target);
    free(file->part);
    free(file);
}

static mm_status fault(const char *name, const char *what, int error, mm_messages *messages) {
    mm_messages_add(messages, "%s: %s: %s", name, what, strerror(error));
    return error == ENOMEM ? MM_INTERNAL : MM_IO;
}

static mm_status exists(const char *name, mm_messages *messages) {
    mm_messages_add(messages, "%s exists; it is kept (--force replaces it)", name);
    return MM_USAGE;
}

/* Looks at what is there already. *regular: a regular file; *special: something to be written to as it is. */
static mm_status look(const char *name, bool force, bool *regular, bool *special, struct stat *at,
                      mm_messages *messages) {
    *regular = *special = false;
    if (stat(name, at) != 0) {
        if (errno == ENOENT && lstat(name, at) != 0)
            return MM_OK;
        return fault(name, "can't be written", errno, messages);
    }
    if (S_ISDIR(at->st_mode))
        return fault(name, "can't be written", EISDIR, messages);
    *regular = S_ISREG(at->st_mode);
    *special = !*regular;
    return *regular && !force ? exists(name, messages) : MM_OK;
}

/* Whether the descriptor is still what the name stands for: another process may have renamed it meanwhile. */
static bool is_named(int descriptor, const char *name) {
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && lstat(name, &named) == 0 && S_ISREG(named.st_mode) &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Opens and locks the temporary. A lock dies with its process, so one that is free is a leftover. */
static mm_status open_part(struct mm_file *file, int *descriptor, mm_messages *messages) {
    for (int attempt = 0; attempt < 100; attempt++) {
        int opened = open(file->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
        if (opened < 0)
            return fault(file->name, "can't be written", errno, messages);
        if (flock(opened, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            close(opened);
            mm_messages_add(messages, "%s: another process is writing it", file->name);
            return MM_IO;
        }
        struct stat at;
        if (is_named(opened, file->part) && fstat(opened, &at) == 0) {
            /* One that has a second name is the output of a process that died as it had just given it that name. */
            const bool other = at.st_nlink > 1;
            if (!other && ftruncate(opened, 0) == 0) {
                *descriptor = opened;
                return MM_OK;
            }
            int error = errno;
            bool removed = unlink(file->part) == 0;
            error = other && !removed ? errno : error;
            close(opened);
            if (!other || !removed)
                return fault(file->name, "can't be written", error, messages);
            continue;
        }
        close(opened);
    }
    mm_messages_add(messages, "%s: %s is in the way", file->name, file->part);
    return MM_IO;
}

static mm_status open_descriptor(struct mm_file *file, int *descriptor, mm_messages *messages) {
    struct stat at;
    bool regular, special;
    mm_status status = look(file->name, file->force, &regular, &special, &at, messages);
    if (status != MM_OK)
        return status;
    if (special) {
        *descriptor = open(file->name, O_WRONLY | O_CLOEXEC);
        return *descriptor < 0 ? fault(file->name, "can't be written", errno, messages) : MM_OK;
    }
    /* Behind a symbolic link it is the file that is replaced, not the link. */
    file->target = regular ? realpath(file->name, NULL) : strdup(file->name);
    if (!file->target || asprintf(&file->part, "%s" SUFFIX, file->target) < 0) {
        file->part = NULL;
        return fault(file->name, "can't be written", errno, messages);
    }
    status = open_part(file, descriptor, messages);
    if (status == MM_OK && regular)
        (void)!fchmod(*descriptor, at.st_mode & 0777);
    return status;
}

mm_status mm_file_create(const char *name, bool force, mm_file **file, mm_messages *messages) {
    *file = NULL;
    struct mm_file *made = calloc(1, sizeof *made);
    if (!made || !(made->name = strdup(name))) {
        free(made);
        return fault(name, "can't be written", ENOMEM, messages);
    }
    made->force = force;
    made->failures = mm_memory_failures();
    int descriptor;
    mm_status status = open_descriptor(made, &descriptor, messages);
    if (status != MM_OK) {
        free_file(made);
        return status;
    }
    made->stream = fdopen(descriptor, "w");
    if (!made->stream) {
        close(descriptor);
        mm_file_abandon(made);
        return fault(name, "can't be written", ENOMEM, messages);
    }
    *file = made;
    return MM_OK;
}

mm_status mm_file_check(const char *name, bool force, mm_messages *messages) {
    struct stat at;
    bool regular, special;
    mm_status status = look(name, force, &regular, &special, &at, messages);
    if (status != MM_OK)
        return status;
    if (special)
        return access(name, W_OK) != 0 ? fault(name, "can't be written", errno, messages) : MM_OK;
    mm_file *file;
    status = mm_file_create(name, force, &file, messages);
    if (status == MM_OK)
        mm_file_abandon(file);
    return status;
}

FILE *mm_file_stream(mm_file *file) {
    return file->stream;
}

/* Makes the new name last: without this it may be lost with the power. */
static void sync_folder(const char *name) {
    char *copy = strdup(name);
    int folder = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder >= 0) {
        (void)!fsync(folder); /* some file systems can't; the file itself is written */
        close(folder);
    }
    free(copy);
}

/* \return 0 or the error. Without `force` a file that has appeared meanwhile is kept. */
static int give_name(const struct mm_file *file) {
    if (file->force)
        return rename(file->part, file->target) == 0 ? 0 : errno;
    if (link(file->part, file->target) == 0) {
        (void)!unlink(file->part); /* the output is there; open_part() knows what is left */
        return 0;
    }
    if (errno == EEXIST)
        return EEXIST;
    /* a file system without hard links */
    if (access(file->target, F_OK) == 0)
        return EEXIST;
    return rename(file->part, file->target) == 0 ? 0 : errno;
}

mm_status mm_file_commit(mm_file *file, mm_messages *messages) {
    int error = 0;
    errno = 0;
    if (fflush(file->stream) != 0 || ferror(file->stream))
        error = errno ? errno : EIO;
    if (!error && mm_memory_failures() != file->failures)
        error = ENOMEM; /* what was written may lack a part */
    if (!error && file->target && fsync(fileno(file->stream)) != 0 && errno != EINVAL)
        error = errno;
    if (!error && file->target) {
        error = give_name(file);
        if (!error)
            sync_folder(file->target);
    }
    mm_status status = MM_OK;
    if (error)
        status =
            error == EEXIST ? exists(file->name, messages) : fault(file->name, "can't be written", error, messages);
    if (error)
        mm_file_abandon(file);
    else
        free_file(file);
    return status;
}

void mm_file_abandon(mm_file *file) {
    if (!file)
        return;
    if (file->part)
        unlink(file->part);
    free_file(file);
}
