#!/usr/bin/env bats
# What cmake --install puts where, and that it works there: the program, the library, both examples, the package.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

setup_file() {
    root=$BATS_FILE_TMPDIR/root
    export root prefix=$root/usr
    [ -e "$BUILD_DIR/libmismatch.so" ] || return 0
    DESTDIR=$root cmake --install "$BUILD_DIR" --prefix /usr >"$BATS_FILE_TMPDIR/log"
}

installed() {
    [ -e "$BUILD_DIR/libmismatch.so" ] || skip "this build has no shared library"
    libdir=$(dirname "$(find "$prefix" -name libmismatch.so)")
}

@test "the program, its manual, completion and configurations" {
    installed
    [ -x "$prefix/bin/mismatch" ]
    [ "$(find "$prefix" -name 'mismatch*.1' | wc -l)" -eq "$(($(mismatch help --json | grep -c '"operands"') + 1))" ]
    for file in share/bash-completion/completions/mismatch share/zsh/site-functions/_mismatch \
        share/fish/vendor_completions.d/mismatch.fish share/mismatch/configs/ai-2026.yaml include/mismatch/run.h; do
        [ -s "$prefix/$file" ] || { echo "no $file"; return 1; }
    done
    # the baseline by its name, from the data folder beside the program, whatever lies around
    exits 0 "$prefix/bin/mismatch" check ai-2026
    prints "/share/mismatch/configs/ai-2026.yaml: ok"
    exits 0 "$prefix/bin/mismatch" run ai-2026 --paths 200 -q --question spare-at-meta-while-short
    exits 0 "$prefix/bin/mismatch" check ai-2026 --overlay demand-failure --print
    prints "scenarios/demand-failure.yaml:"
    exits 6 "$prefix/bin/mismatch" check ai-2026 --overlay demand-failre
    says "did you mean 'demand-failure'?"
    exits 6 "$prefix/bin/mismatch" check ai-2062
    says "did you mean 'ai-2026'?"
    # and moved elsewhere
    cp -r "$prefix" moved
    exits 0 moved/bin/mismatch check ai-2026
    # nothing of the build in it
    run grep -rlF "$BUILD_DIR" "$prefix" --include='*.cmake' --include='*.pc' --include='*.1'
    [ "$status" -eq 1 ] || { echo "names the build folder: $output"; return 1; }
}

@test "the shared library shows the public functions, with a version, and nothing else" {
    installed
    nm -D --defined-only "$libdir/libmismatch.so" | sed -nE 's/.* T (.*)@@MISMATCH_0$/\1/p' | sort >shown
    sed 's|/\*.*\*/||' "$SOURCE_DIR"/include/mismatch/*.h | tr '\n' ' ' | sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/||g' |
        grep -oE '\bmm_[a-z0-9_]+\(' | tr -d '(' | sort -u >declared
    [ "$(wc -l <shown)" -gt 30 ]
    diff declared shown
    [ "$(nm -D --defined-only "$libdir/libmismatch.so" | grep -vc ' A MISMATCH_0')" -eq "$(wc -l <shown)" ]
    [ "$(objdump -p "$libdir/libmismatch.so" | sed -n 's/^ *SONAME *//p')" = libmismatch.so.0 ]
    # a header needs no other before it, in C and in C++
    for header in "$prefix"/include/mismatch/*.h; do
        echo "#include <mismatch/${header##*/}>" >one.c
        cc -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" -c one.c
        grep -qF "\`${header##*/}\`" "$SOURCE_DIR/docs/library.md" || { echo "library.md has no ${header##*/}"; return 1; }
        if command -v c++ >/dev/null; then
            c++ -std=c++11 -Wall -Wextra -Werror -I"$prefix/include" -x c++ -c one.c
        fi
    done
}

asks() { # asks COMMAND...: the example answers, and fails as it should
    exits 0 env LD_LIBRARY_PATH="$libdir" "$@" "$config" idle-ever firms.alpha.reserve 0 0.5
    [ "$(wc -l <<<"$out")" -eq 2 ]
    for reserve in 0 0.5; do
        value=$(mismatch run "$config" --paths 20000 -q --question idle-ever --set firms.alpha.reserve=$reserve)
        prints "firms.alpha.reserve=$reserve: $(LC_ALL=C printf %.4f "$value"), standard error 0."
    done
    exits 2 env LD_LIBRARY_PATH="$libdir" "$@" "$config" idle-evr firms.alpha.reserve 0
    says "did you mean 'idle-ever'?"
    exits 2 env LD_LIBRARY_PATH="$libdir" "$@" "$config" idle-ever firms.alpha.reserv 0
    says "did you mean 'reserve'?"
    exits 6 env LD_LIBRARY_PATH="$libdir" "$@" none.yaml idle-ever firms.alpha.reserve 0
}

@test "the C example, through pkg-config" {
    installed
    command -v pkg-config >/dev/null || skip "pkg-config is not here"
    export PKG_CONFIG_PATH=$libdir/pkgconfig
    # shellcheck disable=SC2046  # several words
    cc -std=c11 -Wall -Wextra -Werror "$SOURCE_DIR/docs/examples/spare.c" $(pkg-config --cflags --libs mismatch) -o spare
    [ "$(pkg-config --modversion mismatch)" = "$(mismatch --version | sed -n 's/^mismatch //p')" ]
    asks ./spare
}

@test "the C example, through find_package" {
    installed
    cmake -S "$SOURCE_DIR/docs/examples" -B build -DCMAKE_PREFIX_PATH="$prefix" >log
    cmake --build build >>log
    asks build/spare
    # a version that is not there is not found: so it is this one that was found above
    sed 's/find_package(mismatch 0.1 /find_package(mismatch 99 /' "$SOURCE_DIR/docs/examples/CMakeLists.txt" >CMakeLists.txt
    cp "$SOURCE_DIR/docs/examples/spare.c" .
    exits 1 cmake -S . -B other -DCMAKE_PREFIX_PATH="$prefix"
    says 'compatible with requested version "99"'
}

@test "the Python example" {
    installed
    asks env MISMATCH_LIBRARY="$libdir/libmismatch.so.0" "$PYTHON" "$SOURCE_DIR/docs/examples/spare.py"
}

@test "the Debian package: what it holds, and what it needs" {
    installed
    command -v dpkg-shlibdeps >/dev/null || skip "dpkg-dev is not here"
    # whoever packs it lets nobody else read his files
    (umask 077 && cd "$BUILD_DIR" && cpack -G DEB -B "$BATS_TEST_TMPDIR/deb" >"$BATS_TEST_TMPDIR/log" 2>&1) ||
        { cat "$BATS_TEST_TMPDIR/log"; return 1; }
    deb=$(echo "$BATS_TEST_TMPDIR"/deb/*.deb)
    needs=$(dpkg-deb -f "$deb" Depends)
    for package in libc6 libfyaml0 libjansson4 libgsl libmd0 zlib1g libsqlite3-0 libgomp1; do
        [[ $needs == *"$package"* ]] || { echo "$package is not in: $needs"; return 1; }
    done
    dpkg-deb -c "$deb" >list
    for file in ./usr/bin/mismatch ./usr/share/mismatch/configs/ai-2026.yaml ./usr/share/man/man1/mismatch.1.gz \
        libmismatch.so.0 pkgconfig/mismatch.pc; do
        grep -qF -- "$file" list || { echo "no $file"; return 1; }
    done
    run awk '$2 != "root/root" || $1 ~ /^[^l]....(w|...w)/ || $1 ~ /^.......-/ || $1 ~ /^d........-/' list
    [ -z "$output" ] || { echo "owned by somebody, or others may write: $output"; return 1; }
    mkdir out
    dpkg-deb -x "$deb" out
    exits 0 out/usr/bin/mismatch run ai-2026 --paths 100 -q --question spare-at-meta-while-short
    # Debian's own checker of packages has nothing against it
    command -v lintian >/dev/null || skip "lintian is not here; the rest holds"
    exits 0 lintian --allow-root --fail-on error,warning "$deb"
}

@test "the archive of the sources configures without git, and knows its commit" {
    command -v git >/dev/null && [ -e "$SOURCE_DIR/.git" ] || skip "this is no checkout, or git is not here"
    head=$(git -c safe.directory='*' -C "$SOURCE_DIR" rev-parse HEAD) || skip "there is no commit"
    git -c safe.directory='*' -C "$SOURCE_DIR" archive --prefix=tree/ HEAD | tar x
    [ "$(cat tree/cmake/commit.txt)" = "$head" ]
    cmake -S tree -B build -DMISMATCH_TESTS=OFF -DCMAKE_DISABLE_FIND_PACKAGE_Git=ON >log || { cat log; return 1; }
    cmake --build build --target build_info >log
    grep -qF "\"${head:0:12}\"" build/generated/mismatch_build.h
}
