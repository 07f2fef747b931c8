#!/usr/bin/env bats
# Long horizons: the curves of coexistence entries, which are nearly all of such a result, are never held whole.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# What the result says of an entry by month, in every form and from every place.
@test "the same curves as JSON, as CSV, from a file, from a store and merged" {
    set -- "$config" --set time.months=1500 --set firms.alpha.profile=null --paths 40
    exits 0 mismatch run "$@" -q -o r.json --store s.db
    exits 0 mismatch run "$@" --csv
    cp "$BATS_TEST_TMPDIR/stdout" run.csv
    exits 0 mismatch merge r.json --csv
    diff "$BATS_TEST_TMPDIR/stdout" run.csv
    exits 0 mismatch merge s.db -q -o merged.json
    exits 0 mismatch report r.json -o from-file
    exits 0 mismatch report s.db -o from-store
    "$PYTHON" - <<'END'
import csv, json
r, merged = json.load(open("r.json")), json.load(open("merged.json"))
entries, months = r["coexistence"], r["industry"]["months"]
assert len(months) == 1500 and len(entries) > 3
assert any(entries == question.get("entries") for question in r["questions"].values())
assert merged["coexistence"] == entries and merged["questions"] == r["questions"]
shares = {}
for entry in entries:
    for state, curve in entry["both"].items():
        assert len(curve["p"]) == len(curve["se"]) == 1500
        assert all(abs(p * 40 - round(p * 40)) < 1e-9 for p in curve["p"])
        shares[entry["firm"], entry["region"] or "", entry["generation"] or "", state] = curve
first = next(name for name, question in r["questions"].items() if question.get("entries") == entries)
rows = [row for row in csv.DictReader(open("run.csv")) if row["question"] == first
        and row["statistic"].startswith("idle_and_")]
assert len(rows) == 1500 * 4 * len(entries) and any(float(row["value"]) > 0 for row in rows)
for row in rows:
    curve = shares[row["firm"], row["region"], row["generation"], row["statistic"].removeprefix("idle_and_")]
    assert float(row["value"]) == curve["p"][int(row["month"])]
    assert abs(float(row["se"]) - curve["se"][int(row["month"])]) < 1e-6
for folder in "from-file", "from-store":
    cells = list(csv.DictReader(open(folder + "/map.csv")))
    assert len(cells) >= 100 and any(float(cell["share"]) > 0 for cell in cells)
    for cell in cells:
        p = shares[cell["firm"], "", "", "shortage"]["p"][int(cell["from"]):int(cell["to"])]
        assert abs(float(cell["share"]) - sum(p) / len(p)) < 1e-7
END
}

@test "the page of a long horizon says that it shows stretches of months" {
    exits 0 mismatch run "$config" --set time.months=1500 --set firms.alpha.profile=null --paths 40 -q -o r.json
    exits 0 mismatch report r.json -o page
    grep -qF "Each point is the mean of 15 months." page/report.html
    grep -qF "Each point is the mean of 4 months." page/report.html
}
