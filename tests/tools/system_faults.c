/* Runs a program whose system calls fail, for tests/tools/faults.py.
 *
 *   system_faults [-c FILE] [-f KIND:K[+]:FAULT] PROGRAM [ARGUMENT ...]
 *
 * -f: the K-th call of this kind (write, sync, name, create, open, read, remove, size, lock, mkdir, close, any), or
 * with + that one and all after it, gives FAULT: an error (ENOSPC, EIO, EINTR, EACCES, EROFS, EDQUOT, EMFILE); short,
 * which writes or reads half of what was asked for; INT, TERM or KILL, a signal just before the call. -c: writes "KIND
 * N", how many calls of each kind there were, and "signal N" if the program died from one. faults.so must be preloaded:
 * calls count once it has said that the loader is done, and writing to
 * standard error for `any` alone. Exits as the program does, with 128 + N if it died from a
 * signal, and with 77 where processes can't be traced. Threads are followed, child processes are left alone. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "started.h"

#define CANT 77

#if defined(__x86_64__)

#define MOST_THREADS 256

enum kind { WRITE, SYNC, NAME, CREATE, OPEN, READ, REMOVE, SIZE, LOCK, MKDIR, CLOSE, ANY, KINDS };

static const char *const names[KINDS] = {"write",  "sync", "name", "create", "open",  "read",
                                         "remove", "size", "lock", "mkdir",  "close", "any"};

static const struct {
    const char *name;
    int error, signal;
} faults[] = {{"short", 0, 0},       {"ENOSPC", ENOSPC, 0}, {"EIO", EIO, 0},       {"EINTR", EINTR, 0},
              {"EACCES", EACCES, 0}, {"EROFS", EROFS, 0},   {"EDQUOT", EDQUOT, 0}, {"EMFILE", EMFILE, 0},
              {"INT", 0, SIGINT},    {"TERM", 0, SIGTERM},  {"KILL", 0, SIGKILL}};

struct thread {
    pid_t id; /* 0: a free place */
    bool in_call;
    long result; /* of the call that it is in, where that fails; 0: it is made */
};

static struct thread threads[MOST_THREADS];
static enum kind chosen = KINDS;
static long which, calls[KINDS];
static bool all_after, started;
static size_t fault;

static bool read_fault(const char *text) {
    char kind[16] = "", *end;
    const size_t length = strcspn(text, ":");
    if (text[length] != ':' || length >= sizeof kind)
        return false;
    memcpy(kind, text, length);
    which = strtol(text + length + 1, &end, 10);
    all_after = *end == '+';
    const char *what = strchr(end, ':');
    if (!what || which < 1)
        return false;
    what++;
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(names[i], kind) == 0)
            chosen = (enum kind)i;
    for (fault = 0; fault < sizeof faults / sizeof faults[0]; fault++)
        if (strcmp(faults[fault].name, what) == 0)
            break;
    return chosen != KINDS && fault < sizeof faults / sizeof faults[0];
}

static enum kind kind_of_open(unsigned long long flags) {
    return flags & (O_CREAT | O_WRONLY | O_RDWR) ? CREATE : OPEN;
}

/* Whether a struct flock gives up a lock, which does not fail. */
static bool gives_up(pid_t thread, unsigned long long at) {
    struct flock lock;
    errno = 0;
    const long word = ptrace(PTRACE_PEEKDATA, thread, (void *)(uintptr_t)at, NULL);
    memcpy(&lock.l_type, &word, sizeof lock.l_type); /* it comes first */
    return errno == 0 && lock.l_type == F_UNLCK;
}

static enum kind kind_of(pid_t thread, const struct user_regs_struct *call) {
    switch (call->orig_rax) {
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev:
        return WRITE;
    case SYS_fsync:
    case SYS_fdatasync:
        return SYNC;
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_link:
    case SYS_linkat:
        return NAME;
    case SYS_open:
        return kind_of_open(call->rsi);
    case SYS_openat:
        return kind_of_open(call->rdx);
    case SYS_read:
    case SYS_pread64:
        return READ;
    case SYS_unlink:
    case SYS_unlinkat:
        return REMOVE;
    case SYS_ftruncate:
    case SYS_fallocate:
        return SIZE;
    case SYS_flock:
        return LOCK;
    case SYS_fcntl:
        return (call->rsi == F_SETLK || call->rsi == F_SETLKW) && !gives_up(thread, call->rdx) ? LOCK : ANY;
    case SYS_mkdir:
    case SYS_mkdirat:
        return MKDIR;
    case SYS_close:
        return CLOSE;
    default:
        return ANY;
    }
}

_Static_assert(offsetof(struct flock, l_type) == 0, "gives_up()");

static struct thread *thread_of(pid_t id) {
    struct thread *empty = NULL;
    for (size_t i = 0; i < MOST_THREADS; i++) {
        if (threads[i].id == id)
            return &threads[i];
        if (threads[i].id == 0 && !empty)
            empty = &threads[i];
    }
    if (!empty) {
        fprintf(stderr, "system_faults: too many threads\n");
        exit(1);
    }
    *empty = (struct thread){.id = id};
    return empty;
}

/* A call begins. */
static void enter(struct thread *thread, pid_t process) {
    struct user_regs_struct call;
    thread->result = 0;
    if (ptrace(PTRACE_GETREGS, thread->id, NULL, &call) != 0)
        return;
    if (call.orig_rax == SYS_prctl && call.rdi == STARTED)
        started = true;
    if (!started)
        return;
    enum kind kind = kind_of(thread->id, &call);
    if (kind == WRITE && call.rdi == STDERR_FILENO)
        kind = ANY; /* it is to say what went wrong */
    calls[ANY]++;
    calls[kind] += kind != ANY;
    if (chosen == KINDS || (chosen != kind && chosen != ANY))
        return;
    if (calls[chosen] != which && !(all_after && calls[chosen] > which))
        return;
    if (faults[fault].signal) {
        kill(process, faults[fault].signal);
        return;
    }
    if (faults[fault].error) {
        thread->result = -faults[fault].error;
        call.orig_rax = (unsigned long long)-1; /* no such call: nothing is done */
    } else if ((kind == WRITE || kind == READ) && call.orig_rax != SYS_writev) {
        call.rdx = (call.rdx + 1) / 2;
    }
    ptrace(PTRACE_SETREGS, thread->id, NULL, &call);
}

static void leave(const struct thread *thread) {
    struct user_regs_struct call;
    if (!thread->result || ptrace(PTRACE_GETREGS, thread->id, NULL, &call) != 0)
        return;
    call.rax = (unsigned long long)thread->result;
    ptrace(PTRACE_SETREGS, thread->id, NULL, &call);
}

/* What a stop is for. \return the signal that the thread is to go on with. */
static int handle(struct thread *thread, int status, pid_t process) {
    const int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {
        thread->in_call = !thread->in_call;
        if (thread->in_call)
            enter(thread, process);
        else
            leave(thread);
        return 0;
    }
    return signal == SIGTRAP || signal == SIGSTOP ? 0 : signal; /* events, and threads that begin */
}

/* \return the status of the program's end. */
static int follow(pid_t process) {
    for (;;) {
        int status;
        const pid_t id = waitpid(-1, &status, __WALL);
        if (id < 0 && errno == EINTR)
            continue;
        if (id < 0)
            return 0;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (id == process)
                return status;
            thread_of(id)->id = 0;
            continue;
        }
        const int signal = handle(thread_of(id), status, process);
        ptrace(PTRACE_SYSCALL, id, NULL, (void *)(long)signal);
    }
}

static int trace(char **program, const char *counts) {
    const pid_t process = fork();
    int status;
    if (process == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(CANT);
        raise(SIGSTOP);
        execvp(program[0], program);
        perror(program[0]);
        _exit(127);
    }
    if (process < 0 || waitpid(process, &status, 0) != process || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, process, NULL,
               (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) != 0) {
        fprintf(stderr, "system_faults: processes can't be traced here\n");
        return CANT;
    }
    ptrace(PTRACE_SYSCALL, process, NULL, NULL);
    status = follow(process);
    FILE *out = counts ? fopen(counts, "we") : NULL;
    for (size_t i = 0; out && i < KINDS; i++)
        fprintf(out, "%s %ld\n", names[i], calls[i]);
    if (out && WIFSIGNALED(status))
        fprintf(out, "signal %d\n", WTERMSIG(status));
    if (out)
        fclose(out);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv) {
    const char *counts = NULL;
    bool good = true;
    for (int option; (option = getopt(argc, argv, "+c:f:")) != -1;) {
        counts = option == 'c' ? optarg : counts;
        good = good && (option == 'c' || (option == 'f' && read_fault(optarg)));
    }
    if (!good || optind == argc) {
        fprintf(stderr, "system_faults [-c FILE] [-f KIND:K[+]:FAULT] PROGRAM [ARGUMENT ...]\n");
        return 2;
    }
    return trace(argv + optind, counts);
}

#else

int main(void) {
    fprintf(stderr, "system_faults: only on x86-64\n");
    return CANT;
}

#endif
