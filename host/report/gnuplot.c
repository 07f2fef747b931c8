#include "host/report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/scenario/failures.h"

const struct colour colours[] = {
    {"ink", "#20242a", "#e4e7eb"},
    {"soft", "#5b6470", "#a3adb9"},
    {"grid", "#d9dde2", "#363d47"},
    {"paper", "#ffffff", "#14181d"},
    /* lines */
    {"c1", "#0072b2", "#4da3d9"},
    {"c2", "#d55e00", "#f08a4b"},
    {"c3", "#009e73", "#3cc79d"},
    {"c4", "#b07aa1", "#d7a5c8"},
    {"c5", "#e69f00", "#f0b93a"},
    {"c6", "#56b4e9", "#8ccdf2"},
    {"c7", "#6b7280", "#b4bcc8"},
    {"c8", "#7a5c00", "#cfae4a"},
    /* states of the industry */
    {"shortage", "#d95f02", "#e06c1f"},
    {"friction", "#f4b95a", "#b8862f"},
    {"balanced", "#dfe3e8", "#4a525d"},
    {"glut", "#2878b5", "#3d8fcc"},
    /* layers */
    {"gpu", "#0a6ea9", "#3f97cf"},
    {"power", "#e08214", "#d98324"},
    {"shell", "#a6cee3", "#2f5f78"},
    {"network", "#7f8790", "#8d96a1"},
    /* fans, from the outside in */
    {"f1", "#dbe9f4", "#1d3547"},
    {"f2", "#b5d3e8", "#285272"},
    {"f3", "#86b8da", "#36739f"},
    {"f4", "#5a9dcb", "#4a91c3"},
    /* maps */
    {"h0", "#f0f2f4", "#1d2228"},
    {"h1", "#e5f0dc", "#203545"},
    {"h2", "#c7e4c4", "#234b64"},
    {"h3", "#9fd4c0", "#26637f"},
    {"h4", "#70bfc2", "#327c93"},
    {"h5", "#45a4c0", "#4a969e"},
    {"h6", "#2a85b6", "#6fb0a2"},
    {"h7", "#2463a4", "#9cc8a3"},
    {"h8", "#253f87", "#ccdea8"},
    {"h9", "#1b1d57", "#f7f4b8"},
};
const int n_colours = (int)(sizeof colours / sizeof *colours);

const char *colour_of(const char *name) {
    for (int i = 0; i < n_colours; i++) {
        if (strcmp(colours[i].name, name) == 0) {
            return colours[i].light;
        }
    }
    return "#000000";
}

static void write_quoted(FILE *script, const char *text, bool format) {
    fputc('\'', script);
    for (; *text != '\0'; text++) {
        if (*text == '\'' || (format && *text == '%')) {
            fputc(*text, script);
        }
        fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, script);
    }
    fputc('\'', script);
}

void gnuplot_text(FILE *script, const char *text) {
    write_quoted(script, text, false);
}

void gnuplot_tick(FILE *script, const char *text) {
    write_quoted(script, text, true);
}

/* The first line that is more than blanks, without what no terminal should be given. */
static void read_said(int file, char said[256]) {
    char text[4096];
    ssize_t n = pread(file, text, sizeof text - 1, 0);
    size_t used = 0;

    text[n > 0 ? n : 0] = '\0';
    said[0] = '\0';
    for (char *at = text; *at != '\0' && used + 1 < 256; at++) {
        if (*at == '\n' && used > 0) {
            break;
        }
        if ((unsigned char)*at >= ' ' && *at != 127 && (used > 0 || (*at != ' ' && *at != '^'))) {
            said[used++] = *at;
        }
    }
    said[used] = '\0';
}

/* The environment for gnuplot: ours, but with one locale for everybody, so that pictures are alike and letters beyond
 * ASCII are no trouble. Only the list itself is to be freed. NULL: memory ran out. */
static char **environment(void) {
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t n = 0, used = 0;
    char **list;

    while (environ != NULL && environ[n] != NULL) {
        n++;
    }
    list = malloc((n + 2) * sizeof *list);
    if (list == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (strncmp(environ[i], "LC_ALL=", strlen("LC_ALL=")) != 0) {
            list[used++] = environ[i];
        }
    }
    list[used++] = locale;
    list[used] = NULL;
    return list;
}

static int spawn(const char *program, const char *folder, const char *script, const char *kind, int errors,
                 pid_t *child) {
    char *const arguments[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "-d", (char *)(uintptr_t) "-c",
                               (char *)(uintptr_t)script,  (char *)(uintptr_t)kind,  NULL};
    posix_spawn_file_actions_t actions;
    char **const own = environment();
    int error = own == NULL ? ENOMEM : posix_spawn_file_actions_init(&actions);

    if (error != 0) {
        free(own);
        return error;
    }
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    error = error != 0 ? error : posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    error = error != 0 ? error : posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    error = error != 0 ? error : posix_spawn_file_actions_addchdir_np(&actions, folder);
    error = error != 0 ? error : posix_spawnp(child, program, &actions, NULL, arguments, own);
    posix_spawn_file_actions_destroy(&actions);
    free(own);
    return error;
}

int gnuplot_run(const char *program, const char *folder, const char *script, const char *kind, char said[256]) {
    FILE *errors = tmpfile();
    int status = 0, error;
    pid_t child;

    said[0] = '\0';
    if (errors == NULL) {
        if (errno == ENOMEM) {
            memory_failed();
        }
        return -1;
    }
    fcntl(fileno(errors), F_SETFD, FD_CLOEXEC);
    error = spawn(program, folder, script, kind, fileno(errors), &child);
    if (error != 0) {
        if (error == ENOMEM) {
            memory_failed();
        }
        fclose(errors);
        errno = error;
        return -1;
    }
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            fclose(errors);
            return -1;
        }
    }
    read_said(fileno(errors), said);
    fclose(errors);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
