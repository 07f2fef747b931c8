#!/usr/bin/env bash
# What a sweep takes beside simulating its paths: its time over that of its points' simulation alone.
#
#   bench/sweep.sh [POINTS] [PATHS ...]
#
# POINTS: of one range of the baseline (default 200). PATHS: of each point (default 100000 20000). MISMATCH: the program
# (default build/release/mismatch). ALONE: how many points, evenly spread, are also run alone (default 20), half of them
# before the sweep and half after it, so that a machine that changes its speed changes both alike. Pure simulation is the
# mean of their run.seconds.simulate, on all cores, times the points. Markdown; exit 1 where the ratio is over 1.15 from
# 100,000 paths on, or over 1.3 below.
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
points=${1:-200}
shift || true
[ $# -gt 0 ] || set -- 100000 20000
alone=${ALONE:-20}
program=$(readlink -f -- "${MISMATCH:-$root/build/release/mismatch}")
config=$(readlink -f -- "${CONFIG:-$root/configs/ai-2026.yaml}")
key=${KEY:-firms.meta.reserve} low=${LOW:-0} high=${HIGH:-0.2}
for number in "$points" "$alone" "$@"; do
    [[ $number =~ ^[1-9][0-9]*$ ]] || { echo "sweep.sh: '$number' is not a whole number from 1" >&2; exit 2; }
done
[ "$points" -ge 2 ] || { echo "sweep.sh: 2 points at least" >&2; exit 2; }
[ "$alone" -le "$points" ] || alone=$points
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export XDG_STATE_HOME=$scratch/state
cores=$("$program" run "$config" --paths 1000 --backend openmp -q --no-tallies --json |
    sed -nE 's/^ *"threads": ([0-9]+),?$/\1/p')
echo "$(uname -m), $cores cores, $("$program" version | head -n 1), $points points of $key"
echo
echo "| paths | seconds | simulation alone | ratio | load at the end |"
echo "|---:|---:|---:|---:|---:|"

# simulate N I: appends the seconds of simulating of the I-th of the points that are run alone
simulate() {
    local value
    value=$(awk -v i="$2" -v n="$points" -v a="$alone" -v low="$low" -v high="$high" \
        'BEGIN { k = int((i + 0.5) * n / a); printf "%.12g", low + (high - low) * k / (n - 1) }')
    "$program" run "$config" --set "$key=$value" --paths "$1" --backend openmp --no-tallies -q --force --output alone.json
    "${PYTHON:-python3}" -c 'import json; print(json.load(open("alone.json"))["run"]["seconds"]["simulate"])' >>alone.txt
}

over=0
for paths; do
    rm -f alone.txt s.db*
    for ((i = 0; i < alone; i += 2)); do simulate "$paths" "$i"; done
    start=${EPOCHREALTIME/,/.}
    "$program" sweep "$config" --vary "$key=$low:$high:$points" --paths "$paths" --backend openmp --store s.db -q
    end=${EPOCHREALTIME/,/.}
    for ((i = 1; i < alone; i += 2)); do simulate "$paths" "$i"; done
    awk -v a="$start" -v b="$end" -v n="$points" -v paths="$paths" -v load="$(cut -d' ' -f1 /proc/loadavg)" '
        { sum += $1 }
        END { pure = sum / NR * n; ratio = (b - a) / pure
              printf "| %d | %.1f | %.1f | %.3f | %s |\n", paths, b - a, pure, ratio, load
              exit ratio > (paths >= 100000 ? 1.15 : 1.3) }' alone.txt || over=1
done
exit $over
