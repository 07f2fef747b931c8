#!/usr/bin/env bash
# The pages that are generated from the option table are those in docs/.
#
#   generated.sh [write]    write: writes them there
#
# REFERENCE is the program that prints them, SOURCE_DIR the tree.
set -u
docs=${SOURCE_DIR:?}/docs
status=0
number=0
for page in markdown:configuration.md schema:configuration.schema.json; do
    kind=${page%%:*}
    file=$docs/${page#*:}
    number=$((number + 1))
    if ! text=$("${REFERENCE:?}" "$kind" && echo .); then
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
