#!/usr/bin/env bash
# Tries on a clean system what a new user does. Needs root, debootstrap and the network, so ./check leaves it out.
#
#   clean_root.sh package FILE.deb   installs the Debian package with apt, uses it as root and as a user whose home is
#                                    elsewhere, removes it: nothing may be left
#   clean_root.sh demo               clones the last commit as a user with sudo, runs ./demo to the report, and tells
#                                    how long that took without the downloads
#   clean_root.sh build FOLDER       builds the Debian package there, from the last commit, and puts it into FOLDER: a
#                                    package for a system is built on it
#
# Options, before the word: --suite bookworm, --mirror URL, --packed TAR (the clean system, kept there to be used again),
# --processors N (default 2). Ubuntu's keys may be missing: DEBOOTSTRAP_OPTIONS='--keyring=FILE --components=main,universe'.
set -eu
suite=bookworm mirror='' packed='' processors=2
while [ $# -gt 0 ]; do
    case $1 in
    --suite) suite=$2 && shift ;;
    --mirror) mirror=$2 && shift ;;
    --packed) packed=$2 && shift ;;
    --processors) processors=$2 && shift ;;
    *) break ;;
    esac
    shift
done
task=${1:-}
case $task:$# in
package:2) package=$(realpath -e -- "$2") ;;
demo:1) ;;
build:2) folder=$(realpath -e -- "$2") ;;
*)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
[ "$(id -u)" -eq 0 ] || { echo "only root can make a clean system" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "debootstrap is not here" >&2; exit 2; }
tree=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)

root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
if [ -n "$packed" ] && [ -s "$packed" ]; then
    tar -C "$root" -xf "$packed"
else
    # shellcheck disable=SC2086  # several words
    debootstrap --variant=minbase ${DEBOOTSTRAP_OPTIONS:-} "$suite" "$root" ${mirror:+"$mirror"} >&2
    [ -z "$packed" ] || tar -C "$root" -cf "$packed" .
fi
chmod 755 "$root"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"

# inside SCRIPT: in the clean system, whose mounts and processes end with it
inside() {
    # shellcheck disable=SC2016  # it is the inner shell that expands
    unshare --mount --pid --fork --kill-child --propagation private sh -c '
        mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
            exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive \
                taskset -c "$2" chroot "$1" bash -euo pipefail -s' \
        sh "$root" "0-$((processors - 1))"
}

package() {
    cp -- "$package" "$root/tmp/mismatch.deb"
    inside <<'INSIDE'
    quiet() { "$@" >/tmp/quiet 2>&1 </dev/null || { tail -n 20 /tmp/quiet; echo "failed: $*"; exit 1; }; }
    quiet apt-get update
    quiet apt-get install -y --no-install-recommends man-db bash-completion
    quiet useradd --create-home --home-dir /srv/people/ada --shell /bin/bash ada
    cd /
    quiet apt-get install -y /tmp/mismatch.deb
    dpkg -V mismatch
    echo "installed: $(dpkg-query -W mismatch)"

    try() { # try WHO: in an empty folder of theirs
        cat >/tmp/try <<'TRY'
        set -euo pipefail
        cd "$(mktemp -d)"
        mismatch --version | head -n 1
        mismatch run ai-2026 --paths 20000 --output result.json >text
        grep -q 'With probability 0\.7' text
        mismatch report result.json >/dev/null
        [ "$(grep -c '<svg' result-report/report.html)" -gt 5 ]
        mismatch report result.json --png --output png >/dev/null
        [ -s png/map.png ]
        man mismatch | grep -q 'mismatch-run'
        man mismatch-run | grep -q -e --over-ranges
        mismatch devices | grep -q openmp
        mismatch selftest >/dev/null
        bash -ic '. /usr/share/bash-completion/bash_completion; _completion_loader mismatch || true
            COMP_WORDS=(mismatch rep) COMP_CWORD=1 COMP_LINE="mismatch rep" COMP_POINT=12
            $(complete -p mismatch | sed -E "s/.*-F ([^ ]+).*/\1/") mismatch rep mismatch
            [ "${COMPREPLY[0]%% }" = report ]' 2>/dev/null
        find "$HOME" "$PWD" ! -user "$(id -u)" | { ! grep .; }
        rm -r "$PWD"
TRY
        chmod 644 /tmp/try
        if [ "$1" = root ]; then HOME=/root bash /tmp/try; else su - "$1" -c 'bash /tmp/try'; fi
        echo "works for $1"
    }
    try root
    try ada

    dpkg -L mismatch | LC_ALL=C sort >/tmp/files
    find / -xdev -path /proc -prune -o -iname '*mismatch*' -print | LC_ALL=C sort >/tmp/named
    [ "$(wc -l </tmp/named)" -gt 20 ]
    quiet apt-get purge -y mismatch
    # what it brought is gone, but for folders that others use too; and nothing with its name lies around
    while IFS= read -r file; do
        [ ! -e "$file" ] || dpkg -S "$file" >/dev/null || echo "left: $file"
    done </tmp/files >/tmp/left
    find / -xdev \( -path /proc -o -path /tmp -o -path /var/cache -o -path /var/log \) -prune -o \
        -iname '*mismatch*' -printf 'left: %p\n' >>/tmp/left
    [ ! -s /tmp/left ] || { cat /tmp/left; exit 1; }
    echo "removed; nothing is left"
INSIDE
}

build() {
    git -c safe.directory='*' -C "$tree" bundle create -q "$root/tmp/mismatch.bundle" HEAD
    inside <<'INSIDE'
    quiet() { "$@" >/tmp/quiet 2>&1 </dev/null || { tail -n 20 /tmp/quiet; echo "failed: $*"; exit 1; }; }
    quiet apt-get update
    quiet apt-get install -y --no-install-recommends git ca-certificates dpkg-dev file
    cd /tmp
    quiet git clone -q mismatch.bundle mismatch
    cd mismatch
    . cmake/packages.sh
    quiet install_missing build
    quiet cmake --preset release
    quiet cmake --build build/release -j "$(nproc)"
    cd build/release
    quiet cpack -G DEB
    mkdir /tmp/made
    mv -- *.deb /tmp/made
INSIDE
    cp -- "$root"/tmp/made/*.deb "$folder"
    ls -l -- "$folder"/*.deb
}

demo() {
    git -c safe.directory='*' -C "$tree" bundle create -q "$root/tmp/mismatch.bundle" HEAD
    inside <<'INSIDE'
    quiet() { "$@" >/tmp/quiet 2>&1 </dev/null || { tail -n 20 /tmp/quiet; echo "failed: $*"; exit 1; }; }
    quiet apt-get update
    quiet apt-get install -y --no-install-recommends git sudo ca-certificates
    quiet useradd --create-home --shell /bin/bash ada
    echo 'ada ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ada
    # The packages' own time is that of apt-get below this one, in the order in which ./demo calls it.
    cat >/usr/local/bin/apt-get <<'APT'
#!/bin/bash
start=$(date +%s.%N)
/usr/bin/apt-get "$@"
status=$?
echo "$start $(date +%s.%N)" >>/tmp/apt-times
exit $status
APT
    chmod 755 /usr/local/bin/apt-get
    sed -i 's|secure_path="|&/usr/local/bin:|' /etc/sudoers
    cat >/tmp/try <<'TRY'
    set -euo pipefail
    cd
    start=$(date +%s.%N)
    git clone -q /tmp/mismatch.bundle mismatch
    cd mismatch
    ./demo >answer 2>talk </dev/null || { tail -n 20 talk; exit 1; }
    end=$(date +%s.%N)
    grep -q '^With probability 0\.7' answer
    [ "$(grep -c '<svg' build/demo/report.html)" -gt 5 ]
    [ -z "$(git status --porcelain | grep -vE '^\?\? (answer|talk)$')" ]
    head -n 1 answer
    tail -n 1 talk
    awk -v all="$(echo "$start $end")" '
        BEGIN { split(all, t, " ") }
        { apt += $2 - $1 }
        END { printf "clone to report: %.0f s, of these %.0f s apt-get; without it %.0f s\n", t[2] - t[1], apt, t[2] - t[1] - apt
              exit t[2] - t[1] - apt > 300 }' /tmp/apt-times
TRY
    chmod 644 /tmp/try
    su - ada -c 'bash /tmp/try'
    echo "from the clone to the report on $(. /etc/os-release && echo "$PRETTY_NAME"), $(nproc) processors"
INSIDE
}

"$task"
