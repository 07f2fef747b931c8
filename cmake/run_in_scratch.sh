#!/bin/sh
# Runs a test in an empty folder of its own, with a home of its own, and removes both.
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$scratch/home" "$scratch/work" || exit 1
cd "$scratch/work" || exit 1
HOME=$scratch/home
XDG_STATE_HOME=$scratch/home/state
XDG_CACHE_HOME=$scratch/home/cache
XDG_CONFIG_HOME=$scratch/home/config
export HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_CONFIG_HOME
"$@" </dev/null
