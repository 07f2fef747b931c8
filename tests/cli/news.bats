#!/usr/bin/env bats
# Questions about news: evidence and patterns on the baseline, from the command line.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

baseline=$SOURCE_DIR/configs/ai-2026.yaml

@test "a factor, a posterior, a move and what it implies, one a line" {
    exits 0 mismatch run "$baseline" --paths 20000 --question 'bayes(does-a-sale-mean-glut, meta, sells)' \
        --question 'posterior(does-a-sale-mean-glut, google, 1)' --question 'move(what-the-market-priced-in, optics)' \
        --question 'implied(what-the-market-priced-in, meta)' --question 'bayes(does-a-sale-mean-glut, google)'
    [ "$(wc -l <"$BATS_TEST_TMPDIR/stdout")" -eq 5 ]
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/stdout")" = null ] # too few paths
    exits 0 mismatch run "$baseline" --paths 20000 -q --expect 'bayes(does-a-sale-mean-glut, meta, 1) > 1.1' \
        --expect 'move(what-the-market-priced-in, coreweave) < -0.02'
    exits 0 mismatch run "$baseline" --paths 20000 -q --question 'bayes(does-a-sale-mean-glut, google)'
    says "bayes(does-a-sale-mean-glut, google) is unknown: that takes more than "
    exits 3 mismatch run "$baseline" --paths 20000 -q --expect 'bayes(does-a-sale-mean-glut, google) > 0'
    says "(unknown: that takes more than "
    exits 2 mismatch run "$baseline" --paths 20000 --question 'bayes(does-a-sale-mean-glut)'
    says "asks about several firms; name one"
}

@test "signs and order on the baseline: bad news for who sells, worse with a glut; two readings" {
    exits 0 mismatch run "$baseline" --paths 20000 --csv
    grep -q '^does-a-sale-mean-glut,meta,,,1 sells,,bayes_factor_low,1\.' "$BATS_TEST_TMPDIR/stdout"
    for name in accelerators optics storage equipment coreweave nebius; do
        move=$(grep "^what-the-market-priced-in,,,,$name,,move," "$BATS_TEST_TMPDIR/stdout" | cut -d, -f8)
        glut=$(grep "^what-the-market-priced-in,,,,$name,,if_outcome," "$BATS_TEST_TMPDIR/stdout" | cut -d, -f8)
        [[ $move == -* ]]
        [ "$(printf '%s\n%s\n' "$move" "$glut" | LC_ALL=C sort -g | head -n 1)" = "$glut" ]
    done
    [ "$(grep -c ',log_likelihood,' "$BATS_TEST_TMPDIR/stdout")" -eq 2 ]
    grep -q '^what-the-market-priced-in,,,,mismatch,,posterior,' "$BATS_TEST_TMPDIR/stdout"
}

@test "the third reading: a second run on the same paths, which changes nothing else" {
    exits 0 mismatch run "$baseline" --paths 2000 --csv
    cp "$BATS_TEST_TMPDIR/stdout" two.csv
    exits 0 mismatch run "$baseline" --overlay "$SOURCE_DIR/configs/competitor.yaml" --paths 2000 --csv
    [ "$(grep -c ',log_likelihood,' "$BATS_TEST_TMPDIR/stdout")" -eq 3 ]
    grep -v ',posterior\(_at_split\)\{0,1\},' two.csv >a.csv
    grep -v ',posterior\(_at_split\)\{0,1\},\|,competitor,,' "$BATS_TEST_TMPDIR/stdout" >b.csv
    grep ',posterior,' two.csv | grep -v '^what-the-market' >c.csv
    grep ',posterior,' "$BATS_TEST_TMPDIR/stdout" | grep -v '^what-the-market' >d.csv
    cmp a.csv b.csv
    cmp c.csv d.csv
}

@test "pieces of a run with three readings merge to the whole; an interrupted one goes on" {
    exits 0 mismatch run "$config" --paths 3000 --output whole.json -q
    exits 0 mismatch run "$config" --paths 1100 --output a.json -q
    exits 0 mismatch run "$config" --first-path 1100 --paths 1900 --output b.json -q
    exits 0 mismatch merge b.json a.json --output m.json -q
    same_digest whole.json m.json
    exits 75 mismatch run "$config" --paths 3000 --batch 700 --time-limit 0.001 --output r.json
    exits 0 mismatch run "$config" --paths 3000 --output r.json -q
    same_digest whole.json r.json
    grep -q '"competitor": {' whole.json
    diff <(sed -n '/^  "industry"/,$p' whole.json) <(sed -n '/^  "industry"/,$p' m.json)
}

@test "revenue by month of single paths, and its bad names" {
    exits 0 mismatch run "$config" --sample-paths 2 --series revenue:optics,revenue:cloud-share
    [ "$(head -n 1 "$BATS_TEST_TMPDIR/stdout")" = "path,month,revenue:optics,revenue:cloud-share" ]
    [ "$(wc -l <"$BATS_TEST_TMPDIR/stdout")" -eq 61 ]
    exits 2 mismatch run "$config" --sample-paths 2 --series revenue:optic
    says "series 'revenue:optic': name 'optic' is not known; did you mean 'optics'?"
    exits 2 mismatch run "$config" --sample-paths 2 --series revenue
    says "it is a series of a name; write 'revenue:NAME'"
    exits 2 mismatch run "$config" --sample-paths 2 --series revenue:optics:north
    says "'north' is one scope too many"
}
