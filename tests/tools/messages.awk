# Writes docs/messages.md from tests/data/wrong/cases.txt: what each wrong configuration is told.
#   awk -f messages.awk cases.txt
function cell(text) { gsub(/\|/, "\\|", text); return "`` " text " ``" }
function row() {
    if (name != "")
        printf "| %s | %s | %s |\n", name, cell(put), told
    name = told = ""
}
BEGIN {
    print "# What wrong configurations are told\n"
    print "Each row is a small right configuration (`tests/data/wrong/base.yaml`) in which one piece is replaced by what stands in the second"
    print "column (`\\n` is a new line, `\\t` a tab), and all that `mismatch check` then says: file, line and column, the key, what was found, what is"
    print "allowed or which known name is nearest. Every command says the same and ends with exit code 2 before anything is simulated or written."
    print "A message that ends in `...` goes on in the words of the YAML library. `tests/unit/test_scenario_wrong.c` holds each one to the letter;"
    print "`cmake --build build/release --target docs` writes this page.\n"
    print "| what is wrong | what stands there | what is said |\n|---|---|---|"
}
/^# / { row(); name = substr($0, 3) }
/^\+ / { put = substr($0, 3) }
/^! / { told = told (told == "" ? "" : "<br>") cell(substr($0, 3)); n++ }
/^# / { cases++ }
END { row(); printf "\n%d cases, %d messages.\n", cases, n }
