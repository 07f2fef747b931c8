#include "host/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/scenario/failures.h"
#include "host/store/store.h"

#define HEAD "{\"mismatch_journal\":1}\n"

struct journal {
    json_t *values;
    char *file; /* NULL: in memory only */
    int descriptor;
};

void journal_folders(const char *file) {
    char path[PATH_MAX]; /* a longer name is no file's */
    const size_t length = strlen(file);
    if (length == 0 || length >= sizeof path)
        return;
    memcpy(path, file, length + 1);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)!mkdir(path, 0700);
        *slash = '/';
    }
}

static mm_status fault(const char *file, const char *what, mm_messages *messages) {
    mm_messages_add(messages, "%s: %s: %s", file, what, strerror(errno));
    return errno == ENOMEM ? MM_INTERNAL : MM_IO;
}

/* One line, its end cut off. \return whether it is whole. */
static bool take_line(struct journal *journal, const char *line, size_t length) {
    json_t *pair = json_loadb(line, length, 0, NULL);
    const char *key = json_string_value(json_array_get(pair, 0));
    json_t *value = json_array_get(pair, 1);
    bool good = key && value && json_object_set(journal->values, key, value) == 0;
    json_decref(pair);
    return good;
}

/* Reads all whole lines; *end: where they end. */
static mm_status read_lines(struct journal *journal, off_t *end, mm_messages *messages) {
    FILE *in = fopen(journal->file, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool first = true, good = true;
    const size_t failures = mm_memory_failures();
    *end = 0;
    if (!in)
        return errno == ENOENT || errno == ENOTDIR ? MM_OK : fault(journal->file, "can't be read", messages);
    errno = 0;
    while (good && (length = getline(&line, &room, in)) > 0) {
        good = line[length - 1] == '\n' &&
               (first ? strcmp(line, HEAD) == 0 : take_line(journal, line, (size_t)length - 1));
        if (first && !good && strncmp(line, HEAD, (size_t)length) == 0)
            break; /* cut short in its first line */
        if (!good && first) {
            mm_messages_add(messages, "%s: not what an interrupted study left; remove it, or choose another output",
                            journal->file);
            free(line);
            fclose(in);
            return MM_USAGE;
        }
        *end += good ? (off_t)length : 0;
        first = false;
    }
    /* a line that could not be read is no line that was cut short, and what follows it is not to be cut off */
    const int error = good ? errno : 0;
    free(line);
    fclose(in);
    errno = error;
    return memory_check(failures, error ? fault(journal->file, "can't be read", messages) : MM_OK, messages);
}

mm_status journal_open(const char *file, struct journal **journal, mm_messages *messages) {
    struct journal *made = calloc(1, sizeof *made);
    *journal = NULL;
    if (made) {
        made->descriptor = -1;
        made->values = json_object();
        made->file = file ? strdup(file) : NULL;
    }
    if (!made || !made->values || (file && !made->file)) {
        journal_close(made);
        return store_no_memory(messages);
    }
    off_t end;
    mm_status status = file ? read_lines(made, &end, messages) : MM_OK;
    if (status == MM_OK)
        *journal = made;
    else
        journal_close(made);
    return status;
}

void journal_close(struct journal *journal) {
    if (!journal)
        return;
    if (journal->descriptor >= 0)
        close(journal->descriptor); /* gives up the lock */
    json_decref(journal->values);
    free(journal->file);
    free(journal);
}

const json_t *journal_get(const struct journal *journal, const char *key) {
    return json_object_get(journal->values, key);
}

static bool write_all(int descriptor, const char *text, size_t length) {
    while (length > 0) {
        ssize_t n = write(descriptor, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text += n;
        length -= (size_t)n;
    }
    return true;
}

/* Opens the file for writing, cuts off what is not whole, and keeps other processes away. */
static mm_status begin(struct journal *journal, mm_messages *messages) {
    off_t end;
    journal_folders(journal->file);
    journal->descriptor = open(journal->file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (journal->descriptor < 0)
        return fault(journal->file, "can't be written", messages);
    if (flock(journal->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        mm_messages_add(messages, "%s: another process works on this study", journal->file);
        return MM_USAGE;
    }
    mm_status status = read_lines(journal, &end, messages);
    if (status != MM_OK)
        return status;
    if (ftruncate(journal->descriptor, end) != 0 || lseek(journal->descriptor, end, SEEK_SET) < 0 ||
        (end == 0 && !write_all(journal->descriptor, HEAD, strlen(HEAD))))
        return fault(journal->file, "can't be written", messages);
    return MM_OK;
}

mm_status journal_put(struct journal *journal, const char *key, json_t *value, mm_messages *messages) {
    json_t *pair = value ? json_pack("[s, O]", key, value) : NULL;
    char *line = pair ? json_dumps(pair, JSON_COMPACT) : NULL;
    mm_status status = MM_OK;
    if (!line || json_object_set(journal->values, key, value) != 0)
        status = store_no_memory(messages);
    if (status == MM_OK && journal->file && journal->descriptor < 0)
        status = begin(journal, messages);
    if (status == MM_OK && journal->file && line) {
        size_t length = strlen(line);
        line[length] = '\n'; /* in place of the NUL: one write for the whole line */
        if (!write_all(journal->descriptor, line, length + 1) || fdatasync(journal->descriptor) != 0)
            status = fault(journal->file, "can't be written", messages);
    }
    free(line);
    json_decref(pair);
    json_decref(value);
    return status;
}
