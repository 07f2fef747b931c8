#include "host/cli/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool stdout_open;

void streams_start(void) {
    stdout_open = fcntl(STDOUT_FILENO, F_GETFD) != -1;
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) == -1)
            /* the lowest free number is this one; writing to it fails, as it did before */
            (void)!open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    signal(SIGPIPE, SIG_IGN); /* writes fail with EPIPE instead */
}

bool streams_stdout(void) {
    return stdout_open;
}

/* Open MPI's launcher puts a terminal of its own before a rank's output, wherever that goes in the end. */
bool streams_terminal(int stream) {
    return isatty(stream) && !getenv("OMPI_COMM_WORLD_SIZE");
}

/* Why writing failed: the first failure's errno is gone by now, so one more byte is tried. */
static int stdout_error(void) {
    return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

mm_status streams_end(mm_status status) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    int error = stdout_error();
    if (error != EPIPE)
        talk("standard output can't be written: %s", strerror(error));
    return MM_IO;
}
