#!/usr/bin/env bats
# What a terminal is shown: colours, width, characters, the line of progress
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

terminal=${SOURCE_DIR:-}/tests/tools/terminal.py

shown() { # shown COLUMNS OPTIONS: of a short run on a terminal; escapes are written as \e
    local columns=$1
    shift
    exits 0 env TERM=xterm "$PYTHON" "$terminal" "$columns" "$MISMATCH" run "$config" --paths 300 "$@"
}

without() { # without TEXT: stdout has none of it
    [[ $out != *"$1"* ]] || { printf 'stdout has "%s"\n' "$1"; return 1; }
}

narrow() { # narrow COLUMNS: no line of stdout is wider
    local wide
    wide=$("$PYTHON" -c 'import sys
for line in sys.stdin.buffer.read().decode().splitlines():
    if len(line) > int(sys.argv[1]):
        print(line)' "$1" <<<"$out")
    [ -z "$wide" ] || { printf 'wider than %s:\n%s\n' "$1" "$wide"; return 1; }
}

@test "colours on a terminal alone, and as NO_COLOR, TERM and --color say" {
    shown 100 --no-progress
    prints '\e[1m'
    NO_COLOR=1 shown 100 --no-progress
    without '\e'
    NO_COLOR='' shown 100 --no-progress
    prints '\e[1m'
    exits 0 env TERM=dumb "$PYTHON" "$terminal" 100 "$MISMATCH" run "$config" --paths 300 --no-progress
    without '\e'
    shown 100 --no-progress --color never
    without '\e'
    exits 0 mismatch run "$config" --paths 300
    without $'\e'
    silent
    NO_COLOR=1 exits 0 mismatch run "$config" --paths 300 --color always
    prints $'\e[1m'
    exits 2 mismatch run "$config" --paths 300 --color sometimes
}

@test "no line is wider than the terminal, or than COLUMNS" {
    for columns in 60 80 132; do
        shown $columns --no-progress --color never
        narrow $columns
        exits 0 env COLUMNS=$columns "$MISMATCH" run "$config" --paths 300
        narrow $columns
    done
    COLUMNS=70 shown 132 --no-progress --color never
    narrow 70
    # what is no number of columns is passed over
    COLUMNS=wide exits 0 mismatch run "$config" --paths 300
    narrow 100
}

@test "UTF-8 in a locale of it, ASCII elsewhere" {
    for locale in C.UTF-8 de_DE.utf8; do
        exits 0 env -u LC_ALL LANG=$locale "$MISMATCH" run "$config" --paths 300
        prints ' ± '
        prints '█'
    done
    for locale in C de_DE POSIX; do
        exits 0 env -u LC_ALL LANG=$locale "$MISMATCH" run "$config" --paths 300
        prints ' +- '
        prints '# shortage  + friction  . balanced  - glut'
        [ "$(tr -d '\0-\177' <<<"$out" | wc -c)" -eq 0 ]
    done
    exits 0 env LC_ALL=C LANG=C.UTF-8 "$MISMATCH" run "$config" --paths 300
    without '±'
}

@test "a line of progress: share, time left, the estimate so far, rate" {
    shown 200 --batch 64 --threads 1
    [[ $out =~ \\r100\ %\ \ 0\ s\ left\ \ ([a-z-]+)\ (0\.[0-9]+)\ \+-\ (0\.[0-9]+)\ .*300\ of\ 300\\e\[K\\r\\e\[K ]] ||
        { echo "$out"; return 1; }
    # of the first batch, since the next look is a second later
    exits 0 mismatch run "$config" --paths 64 -q --question "${BASH_REMATCH[1]}"
    "$PYTHON" - "$out" "${BASH_REMATCH[2]}" <<'END'
import sys
exact, shown = sys.argv[1:]
assert float(shown) == round(float(exact), len(shown) - 2), sys.argv
END
    shown 200 --batch 64 --question 'idle(alpha)'
    prints 'idle(alpha) 0.'
    # on a narrow terminal what matters less is left out, and nothing wraps
    shown 40 --batch 64 --color never -q
    without '\r'
    shown 24 --batch 64 --color never
    prints '\r100 %  0 s left\e[K'
    shown 100 --no-progress
    without '\r'
    exits 0 mismatch run "$config" --paths 300 --batch 64
    silent
}

@test "a question's number alone, for shell loops" {
    shown 80 -q --question 'idle(alpha)'
    [[ $out =~ ^0\.[0-9]+$ ]]
    p=$(mismatch run "$config" --paths 300 -q --question 'idle(alpha)')
    [ "$p" = "$out" ]
}
