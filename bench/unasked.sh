#!/usr/bin/env bash
# What questions about news and names cost a run that asks none: instructions of a path of the baseline without its
# evidence, its pattern and its names, against a program whose kernels have no such part.
#
#   bench/unasked.sh [PATHS]     PATHS: 512 unless given; twice as many are run too, so that start and end cancel out
#
# The other program is built from a copy of the tree without the calls of those parts; both must give the same digest.
# Exit 1 where a path costs over 3 % more, 77 without valgrind (which knows no AVX-512, hence 8 lanes).
set -euo pipefail
export LC_ALL=C
tree=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
paths=${1:-512}
command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

without() { # FILE LINE: the file of the copy without that line, which it must have once
    [ "$(grep -cE "^ +$2\$" "$work/tree/$1")" -eq 1 ] || { echo "$1: not one line '$2'" >&2; exit 1; }
    sed -i -E "/^ +$2\$/d" "$work/tree/$1"
}
build() { # TREE FOLDER
    cmake -S "$1" -B "$2" -DCMAKE_BUILD_TYPE=Release -DMISMATCH_TESTS=OFF -DMISMATCH_WERROR=OFF >/dev/null
    cmake --build "$2" --target mismatch -j "$(nproc)" >/dev/null 2>&1
}
run() { # PROGRAM PATHS OUTPUT [COMMAND...]
    local program=$1 n=$2 output=$3
    shift 3
    "$@" "$program" run "$tree/configs/ai-2026.yaml" --set questions.does-a-sale-mean-glut=null \
        --set questions.what-the-market-priced-in=null --set names=null --backend openmp --threads 1 --lanes 8 \
        --batch "$n" --paths "$n" --no-tallies -q -f -o "$output"
}
instructions() { # PROGRAM PATHS
    run "$1" "$2" "$work/counted.json" valgrind --tool=callgrind --callgrind-out-file="$work/out" >/dev/null 2>&1
    sed -nE 's/^(summary|totals): ([0-9]+).*/\2/p' "$work/out" | tail -n 1
}
per_path() { # PROGRAM
    local less more
    less=$(instructions "$1" "$paths")
    more=$(instructions "$1" $((2 * paths)))
    echo $(((more - less) / paths))
}
digest() { # PROGRAM
    run "$1" 4096 "$work/digest.json"
    sed -nE 's/^ *"digest": "([0-9a-f]+)".*/\1/p' "$work/digest.json"
}

mkdir "$work/tree"
tar -C "$tree" --exclude=./build --exclude=./.git --exclude=./shared -cf - . | tar -C "$work/tree" -xf -
without kernels/path.h 'revenue_month\(k, t\);'
without kernels/path_draw.h 'reset_news\(k\);'
without kernels/path_draw.h 'reset_names\(k\);'
without kernels/path_tally.h 'news_month\(k, t\);'
without kernels/path_tally.h 'tally_patterns\(k\);'
without kernels/path_tally.h 'value_month\(k, t\);'
without kernels/path_tally.h 'tally_cases\(k\);'
build "$tree" "$work/with"
build "$work/tree" "$work/without"
[ "$(digest "$work/with/mismatch")" = "$(digest "$work/without/mismatch")" ] || { echo "the digests differ"; exit 1; }
with=$(per_path "$work/with/mismatch")
bare=$(per_path "$work/without/mismatch")
echo "instructions a path, baseline without news and names: $with with these parts in the kernels, $bare without them"
awk -v a="$with" -v b="$bare" 'BEGIN { printf "%+.2f %%\n", 100 * (a / b - 1); exit a > 1.03 * b }'
