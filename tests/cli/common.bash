# What the command line's tests share. Each test runs in an empty folder of its own.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the tests read the variables

setup() {
    [ -x "${MISMATCH:?the program to test}" ]
    data=${SOURCE_DIR:?the root of the sources}/tests/data
    config=$data/every-key.yaml
    export LC_ALL=C.UTF-8
    unset COLUMNS NO_COLOR
    export config HOME=$BATS_TEST_TMPDIR/home XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    mkdir -p "$HOME" "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work" || return 1
}

mismatch() {
    "$MISMATCH" "$@"
}

# exits CODE COMMAND...: runs it, keeps stdout and stderr apart in $out and $err.
exits() {
    local code=0 wanted=$1
    shift
    "$@" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || code=$?
    out=$(cat "$BATS_TEST_TMPDIR/stdout")
    err=$(cat "$BATS_TEST_TMPDIR/stderr")
    [ "$code" -eq "$wanted" ] && return
    printf 'exit code %s, not %s\nstdout: %s\nstderr: %s\n' "$code" "$wanted" "${out:0:2000}" "${err:0:2000}"
    return 1
}

# says TEXT: stderr holds it; prints TEXT: stdout holds it.
says() {
    [[ $err == *"$1"* ]] && return
    printf 'stderr has no "%s":\n%s\n' "$1" "$err"
    return 1
}

prints() {
    [[ $out == *"$1"* ]] && return
    printf 'stdout has no "%s":\n%s\n' "$1" "${out:0:2000}"
    return 1
}

silent() {
    [ -z "$err" ] && return
    printf 'stderr: %s\n' "$err"
    return 1
}

# The digest that a result file names.
digest() {
    sed -nE 's/^ *"digest": "([0-9a-f]{64})",?$/\1/p' "$1"
}

same_digest() {
    local first other
    first=$(digest "$1")
    [ -n "$first" ] || return 1
    shift
    for other; do
        [ "$(digest "$other")" = "$first" ] || { echo "$other has another digest"; return 1; }
    done
}

# sql FILE STATEMENT: the rows of a store, a line each.
sql() {
    "$PYTHON" - "$1" "$2" <<'PY'
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1], timeout=60).execute(sys.argv[2]):
    print("|".join(str(cell) for cell in row))
PY
}

sound() {
    [ "$(sql "$1" 'PRAGMA integrity_check')" = ok ]
}

# until_there SECONDS COMMAND...: waits for it to hold.
until_there() {
    local tries=$(($1 * 20))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}
