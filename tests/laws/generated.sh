#!/usr/bin/env bash
# The pages that are generated (from the option tables, and from the wrong configurations) are those in docs/.
#
#   generated.sh [write]    write: writes them there
#
# REFERENCE is the program that prints those of the configuration, MISMATCH the one that prints that of the command line;
# SOURCE_DIR is the tree.
set -u
docs=${SOURCE_DIR:?}/docs
status=0
number=0
print_page() {
    case $1 in
    usage) "${MISMATCH:?}" help --markdown ;;
    messages) awk -f "$SOURCE_DIR/tests/tools/messages.awk" "$SOURCE_DIR/tests/data/wrong/cases.txt" ;;
    *) "${REFERENCE:?}" "$1" ;;
    esac
}

for page in markdown:configuration.md schema:configuration.schema.json usage:usage.md messages:messages.md; do
    kind=${page%%:*}
    file=$docs/${page#*:}
    number=$((number + 1))
    if ! text=$(print_page "$kind" && echo .); then
        echo "not ok $number - $kind can be generated"
        status=1
    elif [ "${1:-}" = write ]; then
        printf '%s' "${text%.}" >"$file" || status=1
    elif printf '%s' "${text%.}" | diff -u "$file" - >&2; then
        echo "ok $number - docs/${page#*:} is up to date"
    else
        echo "# cmake --build build/release --target docs writes it anew"
        echo "not ok $number - docs/${page#*:} is stale"
        status=1
    fi
done
[ "${1:-}" = write ] || echo "1..$number"
exit $status
