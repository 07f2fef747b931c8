#!/usr/bin/env bats
# The four cases from history: docs/history.md speaks of these configurations, and its figures are theirs.

load common

page="$BATS_TEST_DIRNAME/../../docs/history.md"
cases="$BATS_TEST_DIRNAME/../../configs/history"

# The paths here are none of the page's. Column $2 of the page's row of case $1, without bold and errors.
column() {
    grep "^| \`$1\`" "$page" | cut -d'|' -f"$2" | tr -d '* ' | sed 's/±.*//'
}

check_case() {
    "$MISMATCH" run "$cases/$1.yaml" --paths 20000 --first-path 1000000 -q --no-tallies --output "$BATS_TEST_TMPDIR/r.json"
    sha=$(jq -r .scenario.sha256 "$BATS_TEST_TMPDIR/r.json")
    grep -F "\`$1\`: \`$sha\`" "$page"
    for place in "4 .prior" "5 .steps[0].posterior"; do
        said=$(column "$1" "${place%% *}")
        jq -e --argjson said "$said" ".questions[\"does-a-sale-mean-glut\"].cases[0]${place#* } | (.p - \$said | fabs) < 4 * .se + 0.001" \
            "$BATS_TEST_TMPDIR/r.json"
    done
}

@test "the fibre glut" { check_case telecom-fibre-2000; }
@test "the memory glut" { check_case dram-2018; }
@test "the clouds' digestion" { check_case cloud-2022; }
@test "the leases that were let go" { check_case leases-2025; }

@test "every case has an outcome, and every outcome a case" {
    run diff <(basename -s .yaml "$cases"/*.yaml | sort) <(tail -n +2 "$cases/outcomes.csv" | cut -d, -f1 | sort)
    [ "$status" -eq 0 ]
}
