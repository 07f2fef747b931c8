#!/usr/bin/env bats
# Each part of library.sh is shown to fire on an object planted in a small archive that keeps the law.

setup() {
    law=$BATS_TEST_DIRNAME/library.sh
    folder=$(mktemp -d)
    cd "$folder" || return 1
    fresh
}

teardown() {
    cd /
    rm -rf "$folder"
}

fresh() { # the archive anew, with one object that keeps the law
    rm -f all.a
    plant read.c '#include <stdio.h>
        FILE *f(const char *name) { return fopen(name, "r"); }'
}

plant() { # plant FILE CODE: its object goes into the archive
    printf '%s\n' "$2" >"$1"
    cc -c "$1" -o "$1.o"
    ar qcS all.a "$1.o"
}

keeps() {
    run "$law" all.a
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

fires() { # fires PART WORDS: exactly that part is broken, and WORDS say where
    run "$law" all.a
    [ "$status" -eq 1 ]
    [ "$(grep -c '^not ok' <<<"$output")" -eq 1 ]
    grep -q "^not ok [0-9]* - .*$1" <<<"$output"
    grep -qxF -- "# $2" <<<"$output"
}

@test "an archive that keeps the law passes; names that only resemble" {
    plant like.c 'void exits(void), printfs(void), my_abort(void), stderr_text(void);
        int fprintf(void *, const char *, ...);
        void g(void *out) { exits(); printfs(); my_abort(); stderr_text(); fprintf(out, "%d", 1); }'
    keeps
}

@test "what is no library is not taken for one" {
    rm all.a
    plant none.c 'int x;'
    run "$law" all.a
    [ "$status" -eq 1 ]
    [[ $output == "Bail out!"* ]]
}

@test "every way to end the process" {
    for call in 'exit(1)' '_exit(1)' '_Exit(1)' 'quick_exit(1)' 'abort()' 'raise(6)' 'assert(x)'; do
        fresh
        plant bad.c "#include <assert.h>
            #include <signal.h>
            #include <stdlib.h>
            #include <unistd.h>
            void g(int x) { (void)x; $call; }"
        fires "ends the process" "bad.c.o $(sed 's/(.*//; s/^assert$/__assert_fail/' <<<"$call")"
    done
}

@test "every way to print" {
    for call in 'printf("%d", x)' 'puts("a")' 'putchar(x)' 'perror("a")' 'fputs("a", stderr)' 'fputs("a", stdout)'; do
        fresh
        plant bad.c "#include <stdio.h>
            void g(int x) { (void)x; $call; }"
        fires "prints" "bad.c.o $(sed -E 's/^.*(stderr|stdout).*$/\1/; s/\(.*//' <<<"$call")"
    done
}

@test "printing as a fortified build does it" {
    plant bad.c 'int __printf_chk(int, const char *, ...);
        void g(int x) { __printf_chk(1, "%d", x); }'
    fires "prints" "bad.c.o __printf_chk"
}

@test "the locale, signals, children" {
    for symbol in setlocale signal fork; do
        fresh
        plant bad.c "void $symbol(void);
            void g(void) { $symbol(); }"
        fires "whole process" "bad.c.o $symbol"
    done
}

@test "an exception is one object's, for one symbol, and goes when it is not needed" {
    [ "$(uname -m)" = x86_64 ] || skip "the part on exceptions is for x86_64"
    plant bench_runs.c 'int fork(void); void _exit(int);
        void g(void) { fork(); _exit(1); }'
    keeps
    plant other.c 'void _exit(int);
        void g(void) { _exit(1); }'
    fires "ends the process" "other.c.o _exit"
    ar d all.a other.c.o
    plant step.c 'void abort(void), sigaction(void);
        void g(void) { sigaction(); abort(); }'
    fires "ends the process" "step.c.o abort"
    ar d all.a step.c.o
    plant step.c 'int x;'
    fires "each exception is needed" "step.c.o doesn't refer to sigaction"
    mkdir other
    cp bench_runs.c.o other
    rm all.a
    ar qcS all.a read.c.o bench_runs.c.o other/bench_runs.c.o
    fires "each exception is needed" "2 objects are called bench_runs.c.o"
}
