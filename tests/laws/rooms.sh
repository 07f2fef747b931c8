#!/usr/bin/env bash
# The laws of the tree: who may include what, how long a file and a function may be, what may lie at the top.
#
#   rooms.sh [TREE]     TREE: the folder to look at; default: the project this script belongs to
#
# Prints one TAP line for each law, the violations above it. Exit 1 if any law is broken.
set -u
export LC_ALL=C
here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
tree=${1:-$here/../..}
cd -- "$tree" || exit 1

max_file=600
max_function=80

# Room | what its files may include of the project. A trailing / means everything below. Data flows
# scenario -> plan -> engine and kernels -> estimate -> report, and an include never points against it.
rooms=$(cut -d'#' -f1 <<'TABLE'
include/mismatch | include/mismatch/                                                        # the public API stands alone
kernels          | kernels/                                                                 # one path; knows no files, memory, devices
host/scenario    | host/scenario/ include/mismatch/                                         # what the user wrote; no kernels, no estimates
host/plan        | host/plan/ host/scenario/ include/mismatch/ kernels/layout.h             # flat arrays, in the layout the kernels read
host/engine      | host/engine/ host/plan/ kernels/ include/mismatch/                       # runs paths; no scenario, no meaning of tallies
host/rare        | host/rare/ host/engine/ host/plan/ host/scenario/ kernels/ include/mismatch/   # samplers of rare events, on an interface
host/estimate    | host/estimate/ host/plan/ host/scenario/ host/engine/tallies.h include/mismatch/        # tallies to estimates
host/store       | host/store/ host/estimate/ host/plan/ host/scenario/ host/engine/tallies.h include/mismatch/   # files
host/report      | host/report/ host/store/result_document.h host/estimate/ host/scenario/ include/mismatch/ # text, JSON, CSV; not how paths were made
host/study       | host/study/ host/rare/ host/store/ host/report/ host/estimate/ host/engine/ host/plan/ host/scenario/ include/mismatch/ # whole runs, and many of them
host/cli         | host/cli/ include/mismatch/                                              # the public API only
docs             | include/mismatch/                                                        # examples, built against what is installed
TABLE
)

# Headers from outside that only these files may include (a pattern for case).
guarded=$(cut -d'#' -f1 <<'TABLE'
CL/*          | host/engine/opencl*       # one backend knows OpenCL
OpenCL/*      | host/engine/opencl*
libfyaml*     | host/scenario/*           # one room reads YAML
mpi.h         | host/engine/mpi/mpi_*     # and one MPI
sqlite3.h     | host/store/sqlite*        # a few files know the database
TABLE
)

# System headers for rooms that are held to a list.
standard='assert.h ctype.h dirent.h errno.h fcntl.h fenv.h float.h getopt.h inttypes.h limits.h locale.h math.h poll.h signal.h
stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h strings.h time.h
unistd.h sys/ioctl.h sys/resource.h sys/stat.h sys/time.h sys/types.h sys/wait.h wchar.h jansson.h'
public='signal.h stdbool.h stddef.h stdint.h stdio.h'
kernel='assert.h float.h immintrin.h arm_neon.h limits.h stdbool.h stddef.h stdint.h string.h'

allowed_top='CMakeLists.txt CMakePresets.json README.md LICENSE CHANGELOG.md CONTRIBUTING.md host kernels include configs
tests bench docs cmake demo check'

# Every file of the project, one a line: what git tracks or would track; without git, what lies here.
files=
if [ -e .git ]; then
    files=$(git -c safe.directory='*' ls-files -co --exclude-standard 2>/dev/null | sort -u |
        while IFS= read -r file; do [ -f "$file" ] && printf '%s\n' "$file"; done)
fi
if [ -z "$files" ]; then
    files=$(find . \( -path ./.git -o -path ./build -o -path ./carry \) -prune -o -type f -print | sed 's|^\./||' | sort)
fi
sources=$(grep -E '\.(c|h|cl)$' <<<"$files")
if [ -z "$sources" ]; then
    echo "Bail out! no source files below $PWD"
    exit 1
fi

# shellcheck source=tests/laws/law.bash
. "$here/law.bash"

in_list() { # in_list WORD LIST
    local word
    for word in $2; do
        [ "$word" = "$1" ] && return 0
    done
    return 1
}

room_of() { # sets room
    case $1 in
    host/*/*) room=${1#host/} room=host/${room%%/*} ;;
    include/mismatch/*) room=include/mismatch ;;
    *) room=${1%%/*} ;;
    esac
}

# "FILE|LINE|KIND|NAME" for every include; KIND is p (of the project, NAME its path in the tree) or s (system).
listed=$(mktemp) || exit 1
trap 'rm -f "$listed"' EXIT
printf '%s\n' "$files" >"$listed"
includes=$(tr '\n' '\0' <<<"$sources" | xargs -0 awk -v list="$listed" -f "$here/includes.awk")

declare -A allowance
while IFS='|' read -r room allowed; do
    allowance[${room// /}]=$allowed
done <<<"$rooms"
guarded_header=()
guarded_owner=()
while IFS='|' read -r header owner; do
    guarded_header+=("${header// /}")
    guarded_owner+=("${owner// /}")
done <<<"$guarded"

check_flow() {
    local file line kind name room allowed prefix good
    while IFS='|' read -r file line kind name; do
        [ "$kind" = p ] || continue
        room_of "$file"
        case $room in tests | bench) continue ;; esac
        if [ -z "${allowance[$room]+set}" ]; then
            echo "$file:$line: $room is not a room of the house"
            continue
        fi
        [ "$name" = mismatch_build.h ] && case $room in host/*) continue ;; esac
        allowed=${allowance[$room]}
        good=
        for prefix in $allowed; do
            case $name in
            "$prefix") good=1 ;;
            *) [[ $prefix == */ && $name == "$prefix"* ]] && good=1 ;;
            esac
        done
        [ -n "$good" ] || echo "$file:$line: $room may not include $name"
    done <<<"$includes"
}

check_rooms() {
    local file room
    while IFS= read -r file; do
        room_of "$file"
        case $room in tests | bench) continue ;; esac
        [ -n "${allowance[$room]+set}" ] || echo "$file: $room is not a room of the house"
    done <<<"$sources"
}

check_cli() {
    local file line kind name
    while IFS='|' read -r file line kind name; do
        [[ $file == host/cli/* ]] || continue
        if [ "$kind" = s ]; then
            in_list "$name" "$standard" || echo "$file:$line: <$name> is neither of the system nor jansson"
        else
            [[ $name == include/mismatch/* || $name == host/cli/* || $name == mismatch_build.h ]] ||
                echo "$file:$line: $name is not of the public API"
        fi
    done <<<"$includes"
}

check_held() { # check_held PREFIX LIST
    local file line kind name
    while IFS='|' read -r file line kind name; do
        [[ $file == "$1"* && $kind == s ]] || continue
        in_list "$name" "$2" || echo "$file:$line: <$name> has no place in $1"
    done <<<"$includes"
}

check_guarded() {
    local file line kind name i
    while IFS='|' read -r file line kind name; do
        [[ $kind == s && $file != tests/* ]] || continue
        for i in "${!guarded_header[@]}"; do
            # shellcheck disable=SC2053  # both are patterns
            if [[ $name == ${guarded_header[i]} && $file != ${guarded_owner[i]} ]]; then
                echo "$file:$line: <$name> belongs to ${guarded_owner[i]} alone"
            fi
        done
    done <<<"$includes"
}

check_lengths() {
    tr '\n' '\0' <<<"$sources" | xargs -0 awk -v max=$max_file '
        FNR == max + 1 { print FILENAME ": more than " max " lines" }'
}

check_functions() {
    tr '\n' '\0' <<<"$sources" | xargs -0 awk -v max=$max_function -f "$here/function_length.awk"
}

check_top() {
    local name
    cut -d/ -f1 <<<"$files" | sort -u | while IFS= read -r name; do
        case $name in
        .*) ;;
        *) in_list "$name" "$allowed_top" || echo "$name: not a name for the top of the tree" ;;
        esac
    done
}

# Absolute paths that only exist on somebody's machine. The LICENSE is not ours to judge.
check_paths() {
    grep -vE '^LICENSE$|\.(png|gz)$' <<<"$files" | tr '\n' '\0' |
        xargs -0 grep -nIE '(^|[^A-Za-z0-9_.$}/-])/(home|root|work|Users|mnt|media)/[A-Za-z0-9._-]' -- /dev/null
}

law "every source lies in a room" < <(check_rooms)
law "no include points against the flow" < <(check_flow)
law "cli uses the public API only" < <(check_cli)
law "the public headers know only the C library" < <(check_held include/mismatch/ "$public")
law "the kernels know no files, memory or devices" < <(check_held kernels/ "$kernel")
law "OpenCL, YAML and database headers stay in their rooms" < <(check_guarded)
law "no file over $max_file lines" < <(check_lengths)
law "no function over $max_function lines" < <(check_functions)
law "nothing else at the top of the tree" < <(check_top)
law "no machine's paths in the text" < <(check_paths)
echo "1..$number"
[ "$broken" -eq 0 ]
