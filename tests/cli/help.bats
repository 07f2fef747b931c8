#!/usr/bin/env bats
# Help, manual pages, completion and docs come from one table, and say the same.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

commands() { # as the help lists them
    mismatch help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

options_in_help() { # of a command
    mismatch help "$1" | sed -nE '/^Options:/,$s/^  (-[a-z],|   ) --([a-z-]+).*/\2/p' | sort
}

@test "every command is in the help, the page of all, a page of its own, and the reference" {
    [ "$(commands | wc -l)" -ge 8 ]
    for command in $(commands); do
        mismatch help --man | grep -qx "\.BR mismatch\\\\-$command (1)"
        mismatch help "$command" --man | grep -qxF ".B mismatch $command"
        grep -qxF "## mismatch $command" "$SOURCE_DIR/docs/usage.md"
        [ "$(options_in_help "$command" | wc -l)" -ge 1 ]
    done
}

@test "the options of a command are the same in help, manual page, reference and JSON" {
    mismatch help --json >all.json
    for command in $(commands); do
        options_in_help "$command" >help
        mismatch help "$command" --man | sed -n 's/.*\\fB\\-\\-\([^ ]*\)\\fR.*/\1/p' | sed 's/\\-/-/g' | sort >manual
        sed -n "/^## mismatch $command\$/,/^Examples/s/.*\`--\([a-z-]*\).*\` |.*/\1/p" "$SOURCE_DIR/docs/usage.md" | sort >docs
        "$PYTHON" -c '
import json, sys
commands = {c["name"]: c for c in json.load(open("all.json"))["commands"]}
print("\n".join(sorted(o["name"] for o in commands[sys.argv[1]]["options"])))' "$command" >json
        diff help manual
        diff help docs
        diff help json
    done
}

@test "topics and exit codes: the same in help, manual page, README and headers" {
    for topic in $(mismatch help | sed -n '/^Topics/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'); do
        exits 0 mismatch help "$topic"
        [ "$(wc -l <<<"$out")" -ge 3 ]
        silent
        grep -qxF "## Topic: $topic" "$SOURCE_DIR/docs/usage.md"
    done
    exits 2 mismatch help expresions
    says "did you mean 'expressions'?"
    exits 2 mismatch help expressions --man
    "$PYTHON" - "$SOURCE_DIR" "$(mismatch help --json)" "$(mismatch help --man)" <<'END'
import json, re, sys
tree, document, page = sys.argv[1:]
codes = {c["code"]: c["meaning"] for c in json.loads(document)["exit_codes"]}
readme = dict(re.findall(r"^\| (\d+) \| (.*) \|$", open(tree + "/README.md").read(), re.M))
assert set(codes) == set(map(int, readme)), (codes, readme)
for code, meaning in readme.items():
    assert codes[int(code)].startswith(meaning), (code, meaning, codes[int(code)])
assert set(codes) == set(map(int, re.findall(r"^\.B (\d+)$", page, re.M)))
header = open(tree + "/include/mismatch/status.h").read()
assert set(codes) == set(map(int, re.findall(r"MM_[A-Z_]+ = (\d+)", header)))
END
}

@test "options that the documents speak of exist" {
    "$PYTHON" - "$SOURCE_DIR" "$(mismatch help --json)" <<'END'
import json, pathlib, re, sys
tree = pathlib.Path(sys.argv[1])
known = {o["name"] for c in json.loads(sys.argv[2])["commands"] for o in c["options"]} | {"version"}
names = {c["name"] for c in json.loads(sys.argv[2])["commands"]}
faults = []
for page in [tree / "README.md", *sorted((tree / "docs").glob("*.md"))]:
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for command, rest in re.findall(r"\bmismatch ([a-z]+)((?: [^`|;&>]*)?)", line):
            if re.search(r"(^|[`/ ])mismatch " + command, line) and command in names:
                faults += [f"{page.name}:{number}: --{o}" for o in re.findall(r"(?<!\S)--([a-z][a-z-]*)", rest)
                           if o not in known]
        faults += [f"{page.name}:{number}: --{o}" for o in re.findall(r"`--([a-z][a-z-]*)[^`]*`", line)
                   if o not in known]
print("\n".join(faults))
sys.exit(bool(faults))
END
}

@test "manual pages have no faults" {
    command -v mandoc >/dev/null || command -v groff >/dev/null || skip "neither mandoc nor groff is here"
    for command in '' $(commands); do
        # shellcheck disable=SC2086  # no word for the program's own page
        mismatch help $command --man >page.1
        if command -v mandoc >/dev/null; then
            mandoc -T lint -W warning page.1 | grep -v 'missing date' >&2 && return 1
        fi
        if command -v groff >/dev/null; then
            [ -z "$(groff -man -Tutf8 -P-cbou -ww page.1 2>&1 >page.txt)" ]
            grep -q SYNOPSIS page.txt
        fi
    done
    exits 2 mismatch help --man --json
    exits 2 mismatch help run --json
}

complete_with_bash() { # complete_with_bash WORD...: what is offered for the last of them
    bash -c '
        source <(mismatch help --completion bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _mismatch
        printf "%s\n" "${COMPREPLY[@]}"' - "$@"
}

@test "completion in bash" {
    mkdir bin
    ln -s "$MISMATCH" bin/mismatch
    PATH=$PWD/bin:$PATH
    if command -v shellcheck >/dev/null; then
        mismatch help --completion bash | shellcheck -s bash -
    fi
    [ "$(complete_with_bash mismatch '' | grep -v '^--' | sort)" = "$(commands | sort)" ]
    for command in $(commands); do
        [ "$(complete_with_bash mismatch "$command" -- | sed 's/^--//' | sort)" = "$(options_in_help "$command")" ]
    done
    [ "$(complete_with_bash mismatch run x.yaml --thr)" = --threads ]
    [ "$(complete_with_bash mismatch run --color '')" = "$(printf 'auto\nalways\nnever')" ]
    [ "$(complete_with_bash mismatch run --color = al)" = always ]
    [ "$(complete_with_bash mismatch help --completion f)" = fish ]
    [ "$(complete_with_bash mismatch help expr)" = expressions ]
    mkdir "a folder"
    touch "a file.yaml"
    [ "$(complete_with_bash mismatch run 'a f' | sort)" = "$(printf 'a file.yaml\na folder')" ]
    [ "$(complete_with_bash mismatch report --output 'a f')" = "a folder" ]
    [ -z "$(complete_with_bash mismatch run --paths '')" ]
    exits 2 mismatch help --completion tcsh
    says "'tcsh' is not bash, zsh or fish"
}

@test "completion in zsh and fish" {
    for shell in zsh fish; do
        exits 0 mismatch help --completion $shell
        silent
        for command in $(commands); do
            for option in $(options_in_help "$command"); do
                grep -qE -- "(--$option|-l $option)[] =}[]" <<<"$out" || { echo "$shell: no --$option"; return 1; }
            done
        done
    done
    command -v zsh >/dev/null && command -v fish >/dev/null || skip "zsh or fish is not here, so their words are not tried"
    mkdir bin
    ln -s "$MISMATCH" bin/mismatch
    PATH=$PWD/bin:$PATH
    mismatch help --completion fish >mismatch.fish
    fish -c 'source mismatch.fish; complete -C "mismatch run --thr"' | grep -q -- '^--threads'
    [ "$(fish -c 'source mismatch.fish; complete -C "mismatch "' | cut -f1 | sort)" = "$(commands | sort)" ]
    fish -c 'source mismatch.fish; complete -C "mismatch run --color "' | grep -q '^never'
    mismatch help --completion zsh >_mismatch
    zsh -n _mismatch
    cat >try.zsh <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
read_until() { local all= part; repeat 100; do zpty -r -t z part && all+=$part; [[ $all == *$1* ]] && return 0; sleep 0.05; done
    print -r -- "$all"; return 1 }
zpty -w z 'PS1=; autoload -U compinit; compinit -u -D; source ./_mismatch; print ready-$((1+1))'
read_until ready-2 || exit 1
zpty -w -n z $'mismatch run --thr\t'
read_until 'eads' || exit 1
zpty -d z
END
    zsh -f try.zsh
}

@test "configurations by name" {
    mkdir mine
    sed 's/^  months: .*/  months: 30/' "$config" >mine/small-one.yaml
    cp "$data"/every-key* mine/
    export MISMATCH_CONFIGS=$PWD/mine
    exits 0 mismatch check small-one
    prints "mine/small-one.yaml: ok"
    exits 0 mismatch run small-one --paths 100 -q --question idle-ever
    exits 0 mismatch path small-one --path 3
    exits 6 mismatch check smal-one
    says "did you mean 'small-one'?"
    exits 6 mismatch check ../small-one
    # a file here comes first
    cp "$data"/every-key* .
    cp "$config" small-one
    exits 0 mismatch check small-one
    prints "small-one: ok"
    unset MISMATCH_CONFIGS
    exits 6 mismatch check nothing-like-it
}
