#!/usr/bin/env bats
# Each law of rooms.sh is shown to fire on a violation planted in a small tree that keeps them all.

setup() {
    rooms=$BATS_TEST_DIRNAME/rooms.sh
    tree=$(mktemp -d)
    cd "$tree" || return 1
    mkdir -p include/mismatch kernels host/scenario host/plan host/engine host/estimate host/store host/report host/cli docs
    echo '#include <stdint.h>' >include/mismatch/run.h
    echo '#include <stdint.h>' >kernels/layout.h
    echo '#include "layout.h"' >kernels/path.h
    printf '#include <libfyaml.h>\n#include "mismatch/run.h"\n' >host/scenario/scenario.h
    printf '#include "host/scenario/scenario.h"\n#include "kernels/layout.h"\n' >host/plan/plan.h
    printf '#include "host/plan/plan.h"\n#include "kernels/path.h"\n' >host/engine/engine.c
    echo '#include "host/plan/plan.h"' >host/estimate/estimate.h
    echo '#include "host/estimate/estimate.h"' >host/report/text.c
    printf '#include <getopt.h>\n#include <jansson.h>\n#include <mismatch/run.h>\n#include "cli.h"\n' >host/cli/main.c
    echo 'int main(void);' >host/cli/cli.h
    touch README.md
}

teardown() {
    cd /
    rm -rf "$tree"
}

fires() { # fires LAW WORDS: exactly that law is broken, and WORDS say where
    run "$rooms" .
    [ "$status" -eq 1 ]
    [ "$(grep -c '^not ok' <<<"$output")" -eq 1 ]
    grep -q "^not ok [0-9]* - $1" <<<"$output"
    grep -qF -- "$2" <<<"$output"
}

function_of() { # function_of LINES: prints a function with that many lines, braces and comments to trip over inside
    echo 'static int f(int a) {'
    echo '    /* { { { */ char c = 0x7b; // }'
    echo '    const char *s = "}}}\"}"; (void)s; (void)c;'
    for _ in $(seq $(($1 - 5))); do echo '    if (a) { a++; }'; done
    echo '    return a;'
    echo '}'
}

@test "a tree that keeps the laws passes" {
    run "$rooms" .
    [ "$status" -eq 0 ]
    [ "$(grep -c '^ok' <<<"$output")" -eq 10 ]
    [ "${lines[-1]}" = "1..10" ]
}

@test "a source outside the rooms" {
    mkdir host/misc
    echo 'int x;' >host/misc/x.c
    fires "every source lies in a room" host/misc/x.c
}

@test "an include against the flow: plan looks at engine" {
    touch host/engine/engine.h
    echo '#include "host/engine/engine.h"' >host/plan/bad.c
    fires "no include points against the flow" "host/plan/bad.c:1"
}

@test "an include against the flow, by a relative path" {
    touch host/report/report.h
    echo '#  include "../report/report.h"' >host/estimate/bad.c
    fires "no include points against the flow" "host/estimate may not include host/report/report.h"
}

@test "the engine doesn't read the scenario" {
    echo '#include "host/scenario/scenario.h"' >host/engine/bad.c
    fires "no include points against the flow" "host/engine/bad.c:1"
}

@test "of the kernels, plan reads the layout only" {
    echo '#include "kernels/path.h"' >host/plan/bad.c
    fires "no include points against the flow" "host/plan/bad.c:1"
}

@test "kernels include kernels only" {
    echo '#include "host/plan/plan.h"' >kernels/bad.h
    fires "no include points against the flow" "kernels/bad.h:1"
}

@test "cli looks into a room" {
    echo '#include "host/plan/plan.h"' >host/cli/bad.c
    run "$rooms" .
    [ "$status" -eq 1 ]
    grep -q '^not ok 3 - cli uses the public API only' <<<"$output"
}

@test "cli uses a library of another room" {
    echo '#include <gsl/gsl_cdf.h>' >host/cli/bad.c
    fires "cli uses the public API only" "host/cli/bad.c:1"
}

@test "an example looks into a room" {
    mkdir docs/examples
    echo '#include <mismatch/run.h>' >docs/examples/use.c
    run "$rooms" .
    [ "$status" -eq 0 ]
    echo '#include "host/plan/plan.h"' >>docs/examples/use.c
    fires "no include points against the flow" "docs may not include host/plan/plan.h"
}

@test "a public header shows a foreign type" {
    echo '#include <jansson.h>' >>include/mismatch/run.h
    fires "the public headers know only the C library" "include/mismatch/run.h:2"
}

@test "a kernel opens files" {
    echo '#include <stdio.h>' >>kernels/path.h
    fires "the kernels know no files" "kernels/path.h:2"
}

@test "OpenCL outside its backend" {
    echo '#include <CL/cl.h>' >host/engine/openmp.c
    fires "OpenCL, YAML and database headers" "host/engine/openmp.c:1"
    mv host/engine/openmp.c host/engine/opencl_device.c
    run "$rooms" .
    [ "$status" -eq 0 ]
}

@test "YAML outside scenario" {
    echo '#include <libfyaml.h>' >host/plan/bad.c
    fires "OpenCL, YAML and database headers" "host/plan/bad.c:1"
}

@test "a file of 600 lines passes, one of 601 doesn't" {
    seq -f 'int x%.0f;' 600 >host/plan/long.c
    run "$rooms" .
    [ "$status" -eq 0 ]
    echo 'int y;' >>host/plan/long.c
    fires "no file over 600 lines" "host/plan/long.c: more than 600 lines"
}

@test "a function of 80 lines passes, one of 81 doesn't" {
    { echo 'struct s {'; seq -f 'int a%.0f;' 100; echo '};'; function_of 80; } >host/plan/long.c
    run "$rooms" .
    [ "$status" -eq 0 ]
    function_of 81 >>host/plan/long.c
    fires "no function over 80 lines" "function of 81 lines"
}

@test "a long function behind an #if that opens it twice" {
    { printf '#if A\nint g(int a) {\n#else\nint g(long a) {\n#endif\n    return 0;\n}\n'; function_of 90; } >host/plan/long.c
    fires "no function over 80 lines" "function of 90 lines"
}

@test "a long macro is no way out" {
    { printf '#define F(a) \\\n'; for _ in $(seq 90); do printf '    a++; \\\n'; done; echo '    a--'; } >kernels/macro.h
    fires "no function over 80 lines" "macro of 92 lines"
}

@test "a new name at the top" {
    mkdir scripts
    touch scripts/x.py
    fires "nothing else at the top" "scripts"
}

@test "a machine's path in the text" {
    echo "see /""home/somebody/notes" >docs/page.md
    fires "no machine's paths" "docs/page.md:1"
}

@test "web addresses are no machine's paths" {
    echo "https://example.org/home/page and a/work/b" >docs/page.md
    run "$rooms" .
    [ "$status" -eq 0 ]
}
