#!/usr/bin/env bash
# Strong and weak scaling over threads, ranks (MPI) and shards, measured in one go, what is exchanged, and what follows
# from both for many GPUs: tables in Markdown.
#
#   bench/scaling.sh [--write PAGE] [PATHS] [ROUNDS] [MOST]
#
# PATHS: of the strong runs, and for each worker of the weak ones (default 400,000). ROUNDS: each figure is the median
# of so many, and each round measures everything once, so that a machine that slows down slows all alike (default 5).
# MOST: workers (default: the processors). --write PAGE: puts the tables into the page (docs/scaling.md), in the place
# of those that are there, instead of printing them. MISMATCH: the program (default build/mpi/mismatch, else
# build/release). Times are those of whole processes, from start to written result.
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
page='' given=()
while [ $# -gt 0 ]; do
    case $1 in
    --write)
        page=$(readlink -f -- "${2:?--write: which page?}")
        shift
        ;;
    *) given+=("$1") ;;
    esac
    shift
done
paths=${given[0]:-400000} rounds=${given[1]:-5} most=${given[2]:-$(nproc)}
for number in "$paths" "$rounds" "$most"; do
    [[ $number =~ ^[1-9][0-9]*$ ]] || { echo "scaling.sh: '$number' is not a whole number from 1" >&2; exit 2; }
done
program=${MISMATCH:-$root/build/mpi/mismatch}
[ -x "$program" ] || program=$root/build/release/mismatch
program=$(readlink -f -- "$program")
config=$(readlink -f -- "${CONFIG:-$root/configs/ai-2026.yaml}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export XDG_STATE_HOME=$scratch/state OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

ways=(threads shards)
if grep -qsx 'MISMATCH_MPI:BOOL=ON' "$(dirname "$program")/CMakeCache.txt" && command -v mpirun >/dev/null; then
    ways=(threads ranks shards)
fi

# once WAY WORKERS PATHS: simulates, on the cores alone
once() {
    local run=("$program" run "$config" --paths "$3" --backend openmp --output r.json --force -q) i pids=() parts=()
    case $1 in
    threads) "${run[@]}" --threads "$2" ;;
    ranks) mpirun -n "$2" "${run[@]}" --threads 1 ;;
    shards)
        for i in $(seq "$2"); do
            "$program" run "$config" --paths "$3" --backend openmp --threads 1 --shard "$i/$2" --output "$i.json" \
                --force -q &
            pids+=($!) parts+=("$i.json")
        done
        for i in "${pids[@]}"; do wait "$i"; done
        if [ "$2" -eq 1 ]; then mv 1.json r.json; else "$program" merge "${parts[@]}" --output r.json --force -q; fi
        ;;
    esac
}

# timed NAME COMMAND...: a line of times.txt
timed() {
    local name=$1 start=$EPOCHREALTIME
    shift
    "$@" >/dev/null
    echo "$name ${start/,/.} ${EPOCHREALTIME/,/.}" >>times.txt
}

counts=() n=1
while [ "$n" -lt "$most" ]; do
    counts+=("$n")
    n=$((2 * n))
done
counts+=("$most")
digests=()
merged=()
for i in $(seq 20); do
    "$program" run "$config" --paths 640 --threads 1 --shard "$i/20" --output "few-$i.json" -q
    merged+=("few-$i.json")
done
for _ in $(seq "$rounds"); do
    for way in "${ways[@]}"; do
        for n in "${counts[@]}"; do
            timed "strong $way $n $paths" once "$way" "$n" "$paths"
            digests+=("$(sed -nE 's/^ *"digest": "([0-9a-f]{64})",?$/\1/p' r.json)")
            timed "weak $way $n $((paths * n))" once "$way" "$n" "$((paths * n))"
        done
    done
    timed "start threads 1 1" "$program" run "$config" --paths 1 --threads 1 --backend openmp --output s.json --force -q
    timed "merge shards 10 0" "$program" merge "${merged[@]:0:10}" --output m.json --force -q
    timed "merge shards 20 0" "$program" merge "${merged[@]}" --output m.json --force -q
done
if [ "$(printf '%s\n' "${digests[@]}" | sort -u | wc -l)" -ne 1 ]; then
    echo "scaling.sh: the digests of the strong runs are not all the same" >&2
    exit 1
fi
# a checkpoint, of a run that is stopped after its first batch
"$program" run "$config" --paths 1e9 --time-limit 0.2 --backend openmp --output c.json -q || [ $? -eq 75 ]
"${PYTHON:-python3}" "$root/bench/scaling.py" times.txt r.json c.json.checkpoint "$paths" "$rounds" \
    "$(uname -m), $(nproc) processors, load at the end $(cut -d' ' -f1 /proc/loadavg); $("$program" version | head -n 1), $(basename "$config")" \
    ${page:+"$page"}
