#!/usr/bin/env bash
# Dieharder's tests on random words in every order in which the model asks for them.
#   battery.sh [BUILD [short|full|SAMPLES]] [ORDER-KIND...]    default: build/release, full, all streams
# short: three fast tests; full: all tests that dieharder calls good and that end in reasonable time, with
# its own number of samples; SAMPLES: the same with so many. A p-value that dieharder would call weak or failed is looked
# at again with another seed and five times the samples: only one that is bad there too counts. Prints Markdown; exit 1
# where one does, 77 without dieharder.
set -u
tree=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P) || exit 1
build=$(CDPATH='' cd -- "${1:-$tree/build/release}" && pwd -P) || exit 1
size=${2:-full}
shift $(($# < 2 ? $# : 2))
command -v dieharder >/dev/null || { echo "dieharder is not here"; exit 77; }
streams=$build/tests/streams
[ -x "$streams" ] || { echo "$streams is not built" >&2; exit 1; }
short="100 101 102"
long="0 1 2 3 4 8 9 10 11 13 15 16 17 100 101 102 202 205 206 207 209"
tests=$long samples=100
case $size in
short) tests=$short samples=10 ;;
full) ;;
*[!0-9]* | '') echo "battery.sh: '$size' is not short, full or a number" >&2; exit 2 ;;
*) samples=$size ;;
esac
if [ $# -gt 0 ]; then
    list=$(printf '%s\n' "$@" | sed 's/-/ /')
else
    list=$("$streams" list)
fi

# values ORDER KIND SEED TEST SAMPLES: a line "test's name, n, p" for each p-value
values() {
    "$streams" "$1" "$2" "$3" | dieharder -g 200 -d "$4" -p "$5" -D test_name -D ntuple -D pvalues -c , 2>/dev/null |
        awk -F, 'NF == 3 { gsub(/ /, ""); print }'
}

echo "| stream | p-values | smallest | largest | below 0.005 or above 0.995 | bad again with another seed |"
echo "|---|---:|---:|---:|---:|---:|"
failed=0
while read -r order kind; do
    found=$(for test in $tests; do values "$order" "$kind" 1 "$test" "$samples" | sed "s/^/$test,/"; done)
    again=0
    while IFS=, read -r test name n p; do
        if awk -v p="$p" 'BEGIN { exit !(p < 0.0005 || p > 0.9995) }'; then
            values "$order" "$kind" 2 "$test" $((5 * samples)) |
                awk -F, -v name="$name" -v n="$n" '$1 == name && $2 == n && ($3 < 0.0005 || $3 > 0.9995) { bad = 1 } END { exit !bad }' &&
                again=$((again + 1)) && echo "$order $kind: $name $n: $p, and bad again" >&2
        fi
    done <<<"$found"
    [ "$again" -eq 0 ] || failed=1
    awk -F, -v stream="$order $kind" -v again="$again" '
        NF == 4 { n++; if (n == 1 || $4 < least) least = $4; if (n == 1 || $4 > most) most = $4; weak += $4 < 0.005 || $4 > 0.995 }
        END { printf "| %s | %d | %.5f | %.5f | %d | %d |\n", stream, n, least, most, weak, again; exit n == 0 }' <<<"$found" ||
        failed=1
done <<<"$list"
exit $failed
