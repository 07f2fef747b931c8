/* Prints what is generated from the option table: `reference markdown` is docs/configuration.md, `reference schema`
 * docs/configuration.schema.json. */
#include <stdio.h>
#include <string.h>

#include "mismatch/scenario.h"

int main(int argc, char **argv) {
    mm_status status = MM_USAGE;
    if (argc == 2 && strcmp(argv[1], "markdown") == 0) {
        status = mm_reference_markdown(stdout);
    } else if (argc == 2 && strcmp(argv[1], "schema") == 0) {
        status = mm_reference_schema(stdout);
    } else {
        fprintf(stderr, "usage: reference markdown|schema\n");
    }
    return (int)status;
}
