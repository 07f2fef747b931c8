#!/usr/bin/env bash
# The README's table of speeds is the one that bench/report.py makes of bench/results/latest.json.
set -u
if "${PYTHON:?}" -B "${SOURCE_DIR:?}/bench/report.py" readme --check; then
    echo "ok 1 - the README's speeds are those of bench/results"
    status=0
else
    echo "not ok 1 - the README's speeds are those of bench/results"
    status=1
fi
echo 1..1
exit $status
