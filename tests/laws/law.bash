# shellcheck shell=bash
# One TAP line for each law, the violations above it. Sourced by the scripts of laws; `number` is how many there were,
# `broken` how many of them are.
number=0
broken=0
law() { # law TEXT: reads the violations from standard input
    local found
    found=$(cat)
    number=$((number + 1))
    if [ -n "$found" ]; then
        broken=$((broken + 1))
        printf '# %s\n' "${found//$'\n'/$'\n# '}"
        echo "not ok $number - $1"
    else
        echo "ok $number - $1"
    fi
}
