#include "host/cli/talk.h"

#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static volatile sig_atomic_t silent;
static struct sigaction before_int, before_term;

static void on_signal(int number) {
    static const char text[] = "\nmismatch: stopping after this batch; once more stops at once\n";
    if (stop) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    stop = 1;
    if (!silent)
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
}

static void catch_one(int number, struct sigaction *before) {
    sigaction(number, NULL, before);
    if (before->sa_handler == SIG_IGN)
        return; /* as nohup and background jobs of a shell have it */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void signals_catch(bool quiet) {
    stop = 0;
    silent = quiet;
    catch_one(SIGINT, &before_int);
    catch_one(SIGTERM, &before_term);
}

void signals_release(void) {
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGTERM, &before_term, NULL);
}

volatile sig_atomic_t *signals_stop(void) {
    return &stop;
}
