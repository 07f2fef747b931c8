# shellcheck shell=bash
# Shared by ./demo and ./check: finds what is missing on this machine and installs it. Sourced, not run.
#
# Each need is looked for itself (a command, a library, a header), not only its package: so a compiler that came
# another way is good enough, and nothing is asked of the network while all is there.

# Names are those of Debian and Ubuntu. "package | how to look for it | what for"
# shellcheck disable=SC2034  # install_missing reaches the three by their names
needs_build='
gcc              | cmd gcc              | the C compiler
libc6-dev        | hdr stdio.h          | the C library, to compile against
cmake            | cmd cmake            | the build system
make             | make                 | runs the build, where ninja is not there
pkg-config       | cmd pkg-config       | finds the libraries
libfyaml-dev     | lib libfyaml         | reads the configuration (YAML)
libjansson-dev   | lib jansson          | writes and reads results (JSON)
libgsl-dev       | lib gsl              | reference distributions
libmd-dev        | lib libmd            | SHA-256 of configurations and results
zlib1g-dev       | lib zlib             | compresses the tallies in a result
libsqlite3-dev   | lib sqlite3          | the store of many results
opencl-headers   | hdr CL/cl.h          | the backend for GPUs
'
# shellcheck disable=SC2034
needs_report='
gnuplot-nox      | cmd gnuplot          | draws the reports
fonts-dejavu-core | font                | the letters in PNG pictures
'
# shellcheck disable=SC2034
needs_quick='
libcmocka-dev    | lib cmocka           | unit tests
bats             | cmd bats             | tests of the command line
librandom123-dev | hdr Random123/philox.h | known answers for the random numbers
libmpfr-dev      | lib mpfr             | exact values for the elementary functions
python3          | py xml.etree         | counts the tests
python3-numpy    | py numpy             | the same model by another route
python3-yaml     | py yaml              | reads configurations in tests
python3-jsonschema | py jsonschema      | checks the schema for editors
dpkg-dev         | cmd dpkg-shlibdeps   | finds what the package must depend on
file             | cmd file             | tells programs from texts for it
'
# shellcheck disable=SC2034
needs_pocl='
ocl-icd-libopencl1 | so libOpenCL.so.1    | the OpenCL loader
pocl-opencl-icd  | icd pocl             | an OpenCL device on the CPU
oclgrind         | cmd oclgrind         | finds races and wild accesses in kernels
'
# shellcheck disable=SC2034
needs_full='
libopenmpi-dev   | cmd mpicc            | several processes on one run
openmpi-bin      | cmd mpirun           | starts them
clang            | cmd clang            | the second compiler
libomp-dev       | clang -fopenmp       | its OpenMP runtime
@clang-rt        | clang -fsanitize=thread | its sanitizers
valgrind         | cmd valgrind         | finds words that are read before they are written
dieharder        | cmd dieharder        | tests random numbers
time             | cmd /usr/bin/time    | what a command takes
parallel         | cmd parallel         | runs commands side by side
clang-tidy       | cmd clang-tidy       | static analysis
clang-format     | cmd clang-format     | layout of the sources
cppcheck         | cmd cppcheck         | static analysis
shellcheck       | cmd shellcheck       | checks the shell scripts
chromium         | browser              | looks at the reports
mandoc           | cmd mandoc           | checks the manual pages
zsh              | cmd zsh              | tries its completion
fish             | cmd fish             | tries its completion
lintian          | cmd lintian          | checks the Debian package
'

# What bench/report.py compares with. No machine needs them: what is missing there is "not here".
# shellcheck disable=SC2034
needs_bench='
libgsl-dev       | lib gsl              | its generators, for the peer in C and the race of variates
librandom123-dev | hdr Random123/philox.h | its Philox, for the race of variates
python3-numpy    | py numpy             | the peer in NumPy
python3-yaml     | py yaml              | reads configurations in the peers
python3-numba    | py numba             | the peer in Numba
quantlib-python  | py QuantLib          | the race of first passage
python3-openturns | py openturns        | the race of limit states
'

# The system's own Python comes first: the packages above are for that one, whatever else stands in the path.
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3
export PYTHON

# have KIND WHAT...: is it there?
have() {
    local kind=$1
    shift
    case $kind in
    cmd) command -v "$1" >/dev/null 2>&1 ;;
    make) command -v ninja >/dev/null 2>&1 || command -v make >/dev/null 2>&1 ;;
    lib) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$1" ;;
    hdr) printf '#include <%s>\n' "$1" | gcc -E -x c - >/dev/null 2>&1 ;;
    font) [ -n "$(find /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" -name '*.[to]tf' 2>/dev/null | head -n 1)" ] ;;
    # Ubuntu's package is a snap, which does not run everywhere: there its test is skipped.
    browser) command -v chromium >/dev/null 2>&1 || ! grep -qsx 'ID=debian' /etc/os-release ;;
    so) ldconfig -p 2>/dev/null | grep -qF "$1" || /sbin/ldconfig -p 2>/dev/null | grep -qF "$1" ;;
    icd) compgen -G "${OCL_ICD_VENDORS:-/etc/OpenCL/vendors}/*$1*.icd" >/dev/null ;;
    py) "$PYTHON" -c "import $1" >/dev/null 2>&1 ;;
    clang)
        local probe status=1
        probe=$(mktemp) || return 1
        printf 'int main(void) { return 0; }\n' | clang "$@" -x c - -o "$probe" >/dev/null 2>&1 && status=0
        rm -f "$probe"
        return $status
        ;;
    esac
}

# Installing a package again wouldn't help where it is there and yet not found.
installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The package of clang's sanitizers carries the version in its name, and changed that name.
clang_runtime_package() {
    local version
    version=$(clang --version 2>/dev/null | sed -nE '1s/.*version ([0-9]+).*/\1/p')
    [ -n "$version" ] ||
        version=$(apt-cache depends clang 2>/dev/null | sed -nE 's/.*Depends: clang-([0-9]+)$/\1/p' | head -n 1)
    if [ -n "$(apt-cache show "libclang-rt-$version-dev" 2>/dev/null)" ]; then
        echo "libclang-rt-$version-dev"
    else
        echo "libclang-common-$version-dev"
    fi
}

# install_missing LIST...: LIST is build, report, quick, pocl, full or bench. Returns 2 where something must be installed by hand.
install_missing() {
    local list table package probe purpose missing=() lines=() system='' sudo=()
    for list in "$@"; do
        table=needs_$list
        while IFS='|' read -r package probe purpose; do
            package=${package// /}
            [ -n "$package" ] || continue
            # shellcheck disable=SC2086  # the probe is several words
            have $probe && continue
            installed "$package" && continue
            missing+=("$package")
            lines+=("$(printf '%-20s %s' "$package" "${purpose# }")")
        done <<<"${!table}"
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    # shellcheck disable=SC1091  # belongs to the system
    [ -r /etc/os-release ] && system=$(. /etc/os-release && echo " ${ID:-} ${ID_LIKE:-} ")
    case $system in
    *' debian '* | *' ubuntu '*) ;;
    *) system='' ;;
    esac
    if [ -z "$system" ] || ! command -v apt-get >/dev/null 2>&1; then
        {
            echo "These are missing, and this system is not one whose packages this script knows (Debian, Ubuntu)."
            echo "Please install them by hand; the names are those of Debian:"
            printf '  %s\n' "${lines[@]/#@clang-rt/clang sanitizers}"
        } >&2
        return 2
    fi

    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            {
                echo "These packages are missing, and only root can install them (there is no sudo here):"
                printf '  %s\n' "${lines[@]}"
                echo "As root: apt-get install ${missing[*]/@clang-rt/$(clang_runtime_package)}"
            } >&2
            return 2
        fi
        sudo=(sudo)
        [ -t 0 ] || sudo=(sudo -n)
    fi
    {
        echo "These packages are missing and will be installed with ${sudo[*]}${sudo[*]:+ }apt-get:"
        printf '  %s\n' "${lines[@]/#@clang-rt/clang sanitizers}"
    } >&2
    local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update </dev/null >&2 || echo "apt-get update failed; trying with the lists at hand" >&2
    if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]/@clang-rt/$(clang_runtime_package)}" </dev/null >&2; then
        echo "The installation failed. Please install by hand: ${missing[*]/@clang-rt/$(clang_runtime_package)}" >&2
        return 2
    fi
}

# install_optional LIST...: what can be had of it, package by package, as one that this system does not know would keep apt from
# installing the others. Never fails, and says what is left out.
install_optional() {
    local table package probe purpose
    for table in "${@/#/needs_}"; do
        while IFS='|' read -r package probe purpose; do
            package=${package// /}
            [ -n "$package" ] || continue
            # shellcheck disable=SC2086  # the probe is several words
            have $probe && continue
            # shellcheck disable=SC2034  # install_missing reaches it by its name
            needs_one="$package|$probe|$purpose"
            # shellcheck disable=SC2086
            install_missing one </dev/null && have $probe && continue
            echo "left out: $package, ${purpose# }" >&2
        done <<<"${!table}"
    done
    return 0
}

# configure PRESET [CMAKE ARGUMENT...]: into build/PRESET, with Ninja if it is there. BUILD_DIR overrides the folder.
configure() {
    local preset=$1 dir=${BUILD_DIR:-build/$1} generator=()
    shift
    if [ -f "$dir/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$dir/CMakeCache.txt"; then
        echo "$dir was made for another folder; starting afresh"
        rm -rf "$dir"
    fi
    if ! command -v ninja >/dev/null 2>&1 && grep -qsx 'CMAKE_GENERATOR:INTERNAL=Ninja' "$dir/CMakeCache.txt"; then
        echo "$dir was made with ninja, which is gone; starting afresh"
        rm -rf "$dir"
    fi
    if [ ! -f "$dir/CMakeCache.txt" ] && command -v ninja >/dev/null 2>&1; then
        generator=(-G Ninja)
    fi
    cmake --preset "$preset" -B "$dir" "${generator[@]}" "$@"
}

processors() {
    nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2
}
