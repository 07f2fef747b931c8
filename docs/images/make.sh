#!/usr/bin/env bash
# Makes the pictures of the README anew from the baseline: docs/images/make.sh [PROGRAM]
# Needs gnuplot, Chromium and Python 3.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/build/release/mismatch}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$program" run "$root/configs/ai-2026.yaml" --output ai-2026.json -q
"$program" report ai-2026.json --output report -q
"$root/tests/tools/screenshots.py" report/report.html "$root/docs/images" \
    report=light:900:h1:#events map=dark:900:#map
