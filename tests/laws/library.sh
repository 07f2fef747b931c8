#!/usr/bin/env bash
# The law of the library: what went wrong is said by its status and its messages alone. So no object of it may refer to
# what ends the process, prints, or changes what belongs to the whole process.
#
#   library.sh [ARCHIVE]     ARCHIVE: the objects to look at; default: the library of this build
#
# Prints one TAP line for each part, the violations above it. Exit 1 if any is broken.
set -u
export LC_ALL=C
archive=${1:-${BUILD_DIR:?the build folder}/libmismatch.a}

# What is looked for, with the checked forms of glibc (__printf_chk and the like).
ends='_?exit|_Exit|quick_exit|pthread_exit|abort|__assert_fail|__assert_perror_fail|raise|kill|MPI_Abort'
prints='stdout|stderr|v?printf|puts|putchar|putchar_unlocked|putc|perror|psignal|psiginfo|v?err|v?errx|v?warn|v?warnx|error|syslog'
changes='signal|sigaction|alarm|setitimer|atexit|setlocale|system|popen|v?fork|posix_spawnp?|s?rand|s?random|drand48|strtok'
changes+='|localtime|gmtime|asctime|ctime|setenv|unsetenv|putenv|clearenv|f?chdir|umask|getopt|getopt_long'

# Object | symbol: who may, and why. docs/library.md and the public headers say so where it matters to a caller.
exceptions=$(cut -d'#' -f1 <<'TABLE'
bench_runs.c.o | fork         # `bench` times whole processes ...
bench_runs.c.o | _exit        # ... and a child that can't become one ends
gnuplot.c.o    | posix_spawnp # a report's pictures
step.c.o       | sigaction    # `bench` counts instructions by SIGTRAP
mpi_world.c.o  | signal       # ranks but 0 leave INT and TERM to rank 0
mpi_world.c.o  | kill         # signal 0: whether a rank's process is still there
TABLE
)

all=$(nm -A -u -- "$archive" | sed -E 's/^.*:([^:]+): *[A-Za-z] /\1 /; s/@.*//' | sort -u)
if ! grep -q ' fopen$' <<<"$all"; then # so that it is these names that are looked at
    echo "Bail out! no symbols of the library in $archive"
    exit 1
fi
allowed=$(sed -E 's/ *\| */ /; s/ *$//' <<<"$exceptions")
used=$(grep -vxF "$allowed" <<<"$all")
members=$(ar t "$archive")

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
# shellcheck source=tests/laws/law.bash
. "$here/law.bash"

refers() { # refers SYMBOLS
    grep -E " (_{0,2}($1)(_chk)?)$" <<<"$used"
}

# Each exception is used by its object, where this build has that, and no second object goes by its name.
check_exceptions() {
    local object symbol n
    while read -r object symbol; do
        n=$(grep -cxF "$object" <<<"$members")
        [ "$n" -le 1 ] || echo "$n objects are called $object"
        [ "$n" -ne 1 ] || grep -qxF "$object $symbol" <<<"$all" || echo "$object doesn't refer to $symbol"
    done <<<"$allowed"
}

law "no object of the library ends the process" < <(refers "$ends")
law "no object of the library prints" < <(refers "$prints")
law "no object of the library changes what belongs to the whole process" < <(refers "$changes")
case $(uname -m) in # elsewhere step.c counts nothing
x86_64) law "each exception is needed" < <(check_exceptions) ;;
esac
echo "1..$number"
[ $broken -eq 0 ]
