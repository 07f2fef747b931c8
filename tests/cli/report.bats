#!/usr/bin/env bats
# mismatch report: the folder, its page, its pictures; what goes wrong with it
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

tools=${SOURCE_DIR:-}/tests/tools

result() { # result FILE [OPTIONS]: of a short run
    local file=$1
    shift
    exits 0 mismatch run "$config" --paths 2000 --output "$file" --force -q "$@"
}

odd() { # odd HOW FILE: an odd result, made of an ordinary one
    result ordinary.json
    "$PYTHON" "$tools/edit_result.py" "$1" ordinary.json "$2"
}

page() { # page FOLDER: well-formed and self-contained; sets figures, tables, pictures, missing
    local counts
    counts=$("$PYTHON" "$tools/page.py" "$1") || { echo "$counts"; return 1; }
    for count in $counts; do
        declare -g "$count"
    done
    # every picture twice, for wide and for narrow screens
    [ "$pictures" -eq $((2 * (figures - missing))) ]
}

with_gnuplot() {
    command -v gnuplot >/dev/null || skip "gnuplot is not here"
}

fake_gnuplot() { # fake_gnuplot SCRIPT: stands in the path instead of it
    mkdir -p fake
    printf '#!/bin/sh\n%s\n' "$1" >fake/gnuplot
    chmod +x fake/gnuplot
    PATH=$PWD/fake:$PATH
}

@test "a folder with a page, pictures, scripts and data" {
    with_gnuplot
    result r.json
    exits 0 mismatch report r.json
    [ "$out" = "r-report/report.html" ]
    silent
    page r-report
    [ "$figures" -ge 8 ]
    [ "$missing" -eq 0 ]
    [ "$tables" -ge "$figures" ]
    for picture in events states map late stranded fan-spare-fan convergence; do
        for file in $picture.gp $picture.csv $picture.svg $picture-narrow.svg; do
            [ -s "r-report/$file" ] || { echo "no $file"; ls r-report; return 1; }
        done
    done
    grep -qF "With probability" r-report/report.html
    grep -qF "$(digest r.json)" r-report/report.html
    grep -qF "prefers-color-scheme:dark" r-report/report.html
    # on paper a table is not cut where it fits on a page
    grep '^@media print' r-report/report.html | grep -qE '[,}]figure,\.table,[^{]*\{break-inside:avoid\}'
    # both pictures of late capacity say why the last month drops
    [ "$(grep -c 'programmes plan none beyond the horizon' r-report/report.html)" -eq 2 ]
    # the states of each month add up to 1
    awk -F, 'NR > 1 { sum = $3 + $4 + $5 + $6; if (sum < 0.999999 || sum > 1.000001) exit 1; n++ }
        END { exit n != 30 }' r-report/states.csv
    # and are those of the result
    "$PYTHON" - <<'END'
import csv, json
document = json.load(open("r.json"))
rows = list(csv.DictReader(open("r-report/states.csv")))
assert [float(row["shortage"]) for row in rows] == document["industry"]["shortage"]["p"]
entries = [e for e in document["coexistence"] if e["region"] is None and e["generation"] is None]
for row in csv.DictReader(open("r-report/map.csv")):
    entry = next(e for e in entries if e["firm"] == row["firm"])
    month = document["industry"]["months"].index(row["month"])
    assert float(row["share"]) == entry["both"]["shortage"]["p"][month]
END
}

@test "a script draws its picture anew" {
    with_gnuplot
    result r.json
    exits 0 mismatch report r.json
    cd r-report
    cp states.svg before.svg
    rm states.svg
    gnuplot -d -c states.gp svg
    cmp states.svg before.svg
    gnuplot -d -c states.gp png
    [ "$(head -c 4 states.png | tail -c 3)" = PNG ]
}

@test "kinds: --svg, --png, --html, and --json lists the files" {
    with_gnuplot
    result r.json
    exits 0 mismatch report r.json -o svg --svg
    [ "$out" = svg ]
    [ ! -e svg/report.html ] && [ -s svg/states.svg ] && [ ! -e svg/states.png ] && [ ! -e svg/states-narrow.svg ]
    exits 0 mismatch report r.json -o png --png
    [ ! -e png/report.html ] && [ -s png/states.png ] && [ ! -e png/states.svg ]
    exits 0 mismatch report r.json -o all/ --html --png --json
    [ -s all/states.png ] && [ -s all/states.svg ] && [ -s all/report.html ]
    "$PYTHON" - "$out" <<'END'
import json, os, sys
document = json.loads(sys.argv[1])
assert document["schema_version"] == 1 and document["drawn"] and document["folder"] == "all/"
assert sorted(document["files"] + [".mismatch-report"]) == sorted(os.listdir("all")), document
END
    exits 0 mismatch report r.json -o quiet -q
    [ -z "$out" ]
}

@test "evidence and pattern questions, as the page of the result describes them" {
    with_gnuplot
    odd news news.json
    exits 0 mismatch report news.json -o rep
    silent
    page rep
    [ "$missing" -eq 0 ]
    for picture in odds-ladder moves-prices implied-prices; do
        [ -s rep/$picture.svg ]
    done
    grep -qF "points to it" rep/report.html
    grep -qF "optics and beyond" rep/report.html
    grep -qF "beyond stands alone" rep/report.html
    grep -qF "demand failing" rep/report.html
    tr -d '\n' <rep/report.html >line
    # the part of the move that the news is worth; a reading that is nearly certain, and at the model's split; by name
    grep -qE '<td class="r">-11\.0</td><td class="r">-3\.0 ± 1\.0</td><td class="r">1\.0 ± 1\.0</td><td class="r">-20\.0 ± 2\.0</td><td class="r">27\.3 ± 9\.0</td>' line
    grep -qE '>mismatch</t[dh]><td class="r">3\.20</td><td class="r">over 99\.9</td><td class="r">70\.0</td>' line
    grep -qE '>optics</t[dh]><td class="r">-11\.0</td><td class="r">1\.7</td><td class="r">1\.25</td><td class="r">–</td>' line
    grep -qF "alpha: the product of the single factors is 2; the joint one needs more paths." line
}

@test "odd results give readable reports: 0 and 1, no questions, missing members" {
    with_gnuplot
    for how in certain empty bare; do
        odd $how $how.json
        exits 0 mismatch report $how.json
        silent
        page $how-report
        [ "$missing" -eq 0 ] || { echo "$how"; return 1; }
        [ "$(grep -cE '>-?nan' $how-report/report.html)" -eq 0 ]
    done
    [ ! -e empty-report/map.svg ]
    grep -qF "has no months" bare-report/report.html
}

@test "names of a result become neither files, commands nor markup" {
    with_gnuplot
    odd nasty nasty.json
    mkdir inner
    exits 0 mismatch report nasty.json -o inner/rep
    page inner/rep
    [ "$missing" -eq 0 ]
    [ "$(find . -name pwned | wc -l)" -eq 0 ]
    [ "$(ls inner)" = rep ]
    [ "$(find inner/rep -mindepth 1 -name '*[!a-z0-9.-]*' | wc -l)" -eq 0 ]
    grep -qF '&lt;script&gt;alert(1)' inner/rep/report.html
}

@test "20,000 months and 32 firms" {
    with_gnuplot
    "$PYTHON" - <<'END'
firms = "\n".join(f"  - {{name: firm-{i}, shares: {{here: 1}}, installed: {{one: {10 + i}}}, inference: 20, demand_shares: {{here: 1}}}}"
                  for i in range(32))
open("huge.yaml", "w").write(f"""
mismatch: 1
time: {{start: 2030-01, months: 20000}}
regions: [here]
generations: [{{name: one, ships: 2029-01, available: 2029-01, kh100e_per_mw: 1}}]
inference: {{sigma: 0.2, firm_sigma: 0.3}}
firms:
{firms}
events: {{short: {{all_of: [{{series: state_shortage, at_least: 1}}]}}}}
questions:
  - {{name: short, probability: {{event: short}}}}
  - {{name: map, coexistence: {{series: spare_share, at_least: 0.1, by: [[firm]]}}}}
  - {{name: gap, fan: {{series: gap, quantiles: [0.1, 0.5, 0.9]}}}}
""")
END
    exits 0 mismatch run huge.yaml --paths 20 --output huge.json -q --no-tallies
    exits 0 mismatch report huge.json
    silent
    page huge-report
    [ "$missing" -eq 0 ]
    [ "$(stat -c %s huge-report/report.html)" -lt 4000000 ]
    [ "$(wc -l <huge-report/states.csv)" -le 401 ]
    grep -qF "mean of 50 months" huge-report/report.html
}

@test "several results: of one configuration, and of two" {
    with_gnuplot
    result a.json
    result b.json --first-path 2000
    result c.json --set firms.alpha.reserve=0.3
    exits 0 mismatch report a.json b.json -o one
    page one
    [ "$(grep -c '^1,' one/convergence.csv)" -eq 2 ]
    [ ! -e one/side-by-side.svg ]
    exits 0 mismatch report a.json c.json b.json -o two
    page two
    [ "$missing" -eq 0 ]
    [ -s two/side-by-side.svg ] && [ -s two/1-states.svg ] && [ -s two/2-states.svg ]
    [ "$(grep -c '^1,' two/1-convergence.csv)" -eq 2 ]
    [ "$(grep -c '^1,' two/2-convergence.csv)" -eq 1 ]
}

@test "from a store" {
    with_gnuplot
    exits 0 mismatch run "$config" --paths 1000 --store s.db -q
    exits 0 mismatch run "$config" --paths 500 --first-path 2000 --store s.db -q
    exits 0 mismatch report s.db
    [ "$out" = s-report/report.html ]
    page s-report
    grep -qF "s.db #1" s-report/report.html
    [ "$(grep -c '^1,' s-report/convergence.csv)" -eq 2 ]
    for reserve in 1 2 3 4 5 6 7 8; do
        exits 0 mismatch run "$config" --paths 10 --set firms.alpha.reserve=0.$reserve --store s.db -q
    done
    exits 0 mismatch report s.db -o many
    says "9 configurations"
    page many
    [ "$figures" -eq 2 ] && [ -s many/sweep.svg ] && [ ! -e many/1-states.svg ]
    exits 0 mismatch report s.db -o few --where 'firms.alpha.reserve > 0.65' --where 'firms.alpha.reserve < 0.75'
    page few
    [ -s few/states.svg ] && [ ! -e few/sweep.svg ]
    exits 2 mismatch report s.db -o none --where 'firms.alpha.reserve > 3'
    says "no result fulfils"
    [ ! -e none ]
    exits 2 mismatch report s.db -o none --where firms.alpha.reserve
    says "compares nothing"
}

@test "a sweep: answers against one key, and over two" {
    with_gnuplot
    exits 0 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.4:3 --paths 200 --store one.db -q
    exits 0 mismatch report one.db
    page one-report
    [ "$missing" -eq 0 ]
    exits 0 mismatch results one.db --json
    "$PYTHON" - "$out" one-report/sweep.csv <<'END'
import csv, json, math, sys
def wilson(p, se, z=1.959963985):  # docs/intervals.md: paths are had back from the error
    n = p * (1 - p) / se ** 2 if 0 < p < 1 else z / se - z * z
    middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / 4 / n ** 2)
    return middle - half, middle + half
wanted = sorted((run["parameters"]["firms.alpha.reserve"], answer["value"], answer["se"])
                for run in json.loads(sys.argv[1])["runs"] for name, answer in run["answers"].items() if name == "idle-ever")
rows = [row for row in csv.DictReader(open(sys.argv[2])) if row["question"] == "idle-ever"]
assert len(rows) == len(wanted) == 3
for row, (value, p, se) in zip(rows, wanted):
    assert float(row["value"]) == value and abs(float(row["estimate"]) - p) < 1e-9, (row, value, p)
    low, high = wilson(p, se)
    assert abs(float(row["low"]) - low) < 1e-5 and abs(float(row["high"]) - high) < 1e-5, (row, low, high)
END
    exits 0 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.4:5 --vary response.strength=0.5:2:2 --paths 50 \
        --store two.db -q
    exits 0 mismatch report two.db -q
    silent
    page two-report
    [ "$missing" -eq 0 ] && [ "$figures" -ge 1 ]
    [ "$(sed 1d two-report/sweep-map.csv | cut -d, -f4,5 | sort -u | wc -l)" -eq 10 ]
    exits 0 mismatch report two.db -q -o chosen --columns 'firms.alpha.reserve,response.strength,idle(alpha)'
    grep -qF 'idle(alpha)' chosen/sweep-map.csv
}

@test "sensitivity: tornado, Morris and Sobol" {
    with_gnuplot
    for method in tornado morris sobol; do
        exits 0 mismatch sensitivity "$config" --on idle-ever --method $method --paths 64 --json --output $method.json -q
        exits 0 mismatch report $method.json
        silent
        page $method-report
        [ "$figures" -eq 1 ] && [ "$missing" -eq 0 ] && [ -s $method-report/$method-narrow.svg ]
    done
    "$PYTHON" - <<'END'
import csv, json
inputs = json.load(open("tornado.json"))["answers"][0]["inputs"]
rows = list(csv.DictReader(open("tornado-report/tornado.csv")))
assert [row["input"] for row in rows] == [one["key"] for one in inputs]
for row, one in zip(rows, inputs):
    assert abs(float(row["at_low"]) - one["at_low"]["value"]) < 1e-9
    assert abs(float(row["at_high"]) - one["at_high"]["value"]) < 1e-9
END
    # beside a result, and with names that are none
    result r.json
    exits 0 mismatch report r.json tornado.json -o both
    page both
    [ -s both/tornado.svg ] && [ -s both/states.svg ]
    "$PYTHON" - <<'END'
import json
document = json.load(open("tornado.json"))
name = "x'; system(\"touch pwned\"); #`touch pwned`<script>alert(1)</script>%n%s\n,"
document["answers"][0]["expression"] = name
for one in document["answers"][0]["inputs"]:
    one["key"] = name
json.dump(document, open("nasty.json", "w"))
END
    exits 0 mismatch report nasty.json
    page nasty-report
    [ "$missing" -eq 0 ] && [ ! -e pwned ] && [ ! -e nasty-report/pwned ]
    printf 'mismatch: 1\n' >same.yaml
    exits 0 mismatch compare "$config" --overlay same.yaml --paths 64 --json --output compare.json -q
    exits 2 mismatch report compare.json
    says "the type 'compare'"
    [ ! -e compare-report ]
}

@test "without gnuplot: a message, and all but the pictures" {
    result r.json
    mkdir empty
    exits 6 env PATH="$PWD/empty" "$MISMATCH" report r.json
    says "gnuplot can't be started"
    says "gnuplot-nox"
    [ "$(wc -l <<<"$err")" -eq 1 ]
    prints r-report/report.html
    [ -s r-report/states.csv ] && [ -s r-report/states.gp ] && [ -s r-report/report.txt ]
    page r-report
    [ "$missing" -eq "$figures" ]
    [ "$tables" -ge 8 ]
    grep -qF "Stacked areas: probability of each state" r-report/report.html
}

@test "gnuplot fails, or has something to say" {
    result r.json
    fake_gnuplot 'echo "no such terminal" >&2; exit 3'
    exits 6 mismatch report r.json
    says "no such terminal"
    [ -s r-report/states.csv ]
    # shellcheck disable=SC2016  # for the script
    fake_gnuplot 'echo half >"${3%.gp}.svg"; exit 3'
    exits 6 mismatch report r.json --force
    [ ! -e r-report/states.svg ]
    # shellcheck disable=SC2016
    fake_gnuplot 'echo "cannot open font" >&2; case $4 in png) touch "${3%.gp}.png" ;; esac; exit 0'
    exits 6 mismatch report r.json --force --png
    says "fonts-dejavu-core"
}

@test "the pictures are the same in every locale" {
    with_gnuplot
    result r.json
    for locale in C C.UTF-8 de_DE.UTF-8; do
        exits 0 env -u LANG LC_ALL=$locale "$MISMATCH" report r.json --output $locale
        silent
        diff -r C $locale
    done
}

@test "an existing folder is kept" {
    with_gnuplot
    result r.json
    mkdir mine
    touch mine/notes.txt
    exits 2 mismatch report r.json -o mine
    exits 2 mismatch report r.json -o mine --force
    says "'notes.txt', which no report made"
    [ "$(ls -A mine)" = notes.txt ]
    touch file
    exits 2 mismatch report r.json -o file --force
    exits 2 mismatch report r.json -o .
    exits 6 mismatch report r.json -o no/such/folder
    exits 0 mismatch report r.json -o rep --svg
    exits 2 mismatch report r.json -o rep
    says "--force"
    exits 0 mismatch report r.json -o rep --force
    [ -s rep/report.html ]
    touch rep/mine.txt
    exits 2 mismatch report r.json -o rep --force
    [ -e rep/mine.txt ] && [ -s rep/report.html ]
    mkdir void
    exits 0 mismatch report r.json -o void
    # nothing is left beside them
    [ "$(find . -maxdepth 1 -name '*.part-*' -o -maxdepth 1 -name '*.old-*' | wc -l)" -eq 0 ]
}

@test "stopped: nothing is changed" {
    result r.json
    # shellcheck disable=SC2016  # for the script
    fake_gnuplot 'kill -TERM $PPID; sleep 0.2; exit 1'
    exits 75 mismatch report r.json
    [ "$(find . -maxdepth 1 -name 'r-report*' | wc -l)" -eq 0 ]
}

@test "what is no result" {
    exits 2 mismatch report
    exits 6 mismatch report none.json
    [ ! -e none-report ]
    echo '{}' >x.json
    exits 2 mismatch report x.json
    [ ! -e x-report ]
}

@test "a browser finds no fault, in both themes and at two widths" {
    with_gnuplot
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        skip "there is no Chromium here"
    odd news news.json
    exits 0 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.4:5 --vary response.strength=0.5:2:2 --paths 50 \
        --store two.db -q
    exits 0 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.4:9 --paths 50 --store one.db -q
    exits 0 mismatch sensitivity "$config" --on idle-ever --paths 64 --json --output tornado.json -q
    exits 0 mismatch report news.json two.db one.db tornado.json -o rep -q
    [ -s rep/tornado.svg ] && [ -s rep/sweep.svg ] && [ -s rep/sweep-map.svg ]
    exits 0 timeout 120 "$PYTHON" "$tools/browser.py" rep/report.html
    [ "$(grep -c '0 faults' <<<"$out")" -eq 4 ]
    # and it would see one
    sed 's|</main>|<img src="none.png"></main>|' rep/report.html >rep/bad.html
    exits 1 timeout 120 "$PYTHON" "$tools/browser.py" rep/bad.html
    prints "request: "
    prints "console: "
}
