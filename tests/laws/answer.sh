#!/usr/bin/env bash
# The answer with which README.md begins is what the program prints, of the baseline as it is.
#
# MISMATCH is the program, SOURCE_DIR the tree, PYTHON what runs the tool.
set -u
if "${PYTHON:?}" "${SOURCE_DIR:?}/tests/tools/answer.py" check; then
    echo "ok 1 - README.md begins with what the program says"
else
    echo "not ok 1 - README.md begins with what the program says"
    status=1
fi
echo 1..1
exit "${status:-0}"
