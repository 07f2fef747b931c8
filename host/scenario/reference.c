/* docs/configuration.md from the option table. */
#include <stdlib.h>
#include <string.h>

#include <mismatch/scenario.h>

#include "host/scenario/keys.h"
#include "host/scenario/series.h"
#include "host/scenario/text.h"

static const char intro[] =
    "# Configuration\n"
    "\n"
    "<!-- Generated from the option table in host/scenario/keys_*.c; do not edit. -->\n"
    "\n"
    "Every key of a configuration, with its type, range, default and meaning. `configs/ai-2026.yaml` shows them at "
    "work;\n"
    "docs/model.md says exactly what they do. `docs/configuration.schema.json` is the same as a JSON Schema, for "
    "editors.\n"
    "\n"
    "## How a configuration is written\n"
    "\n"
    "- A configuration is one YAML document in UTF-8 (JSON is YAML too), of at most 16 MiB. Anchors, aliases, tags "
    "and\n"
    "  merge keys are refused: an overlay does what they would do. Every key may be given once.\n"
    "- **Numbers** are decimal, with or without an exponent (`0.05`, `1e6`), without quotes, separators or units, and "
    "at\n"
    "  most 1e30 in size. Whole numbers may be written as `12`, `12.0` or `1.2e1`. **Dates** are `YYYY-MM`, with or\n"
    "  without quotes, and stand for whole months; they may lie outside the horizon unless said otherwise. **Names** "
    "are\n"
    "  small letters, digits and hyphens, first a letter or digit, at most 64 characters. Switches are `true` or "
    "`false`.\n"
    "- A value of `null` means that the key is not given.\n"
    "- **Overlays** (`--overlay FILE`, in order): maps merge key by key; lists whose items all have a `name` merge by "
    "name,\n"
    "  new names go to the end; other lists are replaced whole; `null` removes a key. A list of named items may also "
    "be\n"
    "  changed by a map from names to changes, where `null` removes an item: `contracts: {lease-one: {share: 0.1},\n"
    "  lease-two: null}`.\n"
    "- **Settings** (`--set dotted.key=value`, after all overlays, in order) replace the value at a key, written as "
    "YAML:\n"
    "  `--set firms.meta.reserve=0.1`, `--set 'firms.meta.shares={us-east: 1}'`, `--set contracts.0.share=0.2`. Items "
    "of\n"
    "  lists are found by name where all have one, otherwise by index from 0. `null` removes. Maps that are missing on "
    "the\n"
    "  way are made.\n"
    "- **Files** named in a configuration are found from the folder of the file that names them (in a `--set`, from "
    "the\n"
    "  working directory). The effective configuration, which results hold, has their content in place of their "
    "names.\n"
    "- The **hash** of a configuration is the SHA-256 of the effective configuration as JSON with sorted keys, "
    "without\n"
    "  blanks, each number as the shortest decimal that reads back as the same double: neither the order of keys nor\n"
    "  comments, quotes of dates or spellings of a number (`1`, `1.0`, `1e0`) change it. Defaults that are not written "
    "are\n"
    "  not part of it.\n"
    "\n"
    "Paths below: `[]` is an item of a list, `<region>` a key that is a name. A bold key is required where what it is "
    "in is\n"
    "given. Lists marked ¹ may be written as a single item.\n";

static const char limits[] =
    "\n## Limits\n"
    "\n"
    "32 firms, 16 regions, 8 generations, 8 regimes, 20,000 months; 4,096 blocks of capacity, `installed` counted once "
    "for\n"
    "each generation and region with a share, `build` once for each step and region with a share; 64 events, one that\n"
    "uses `$firm` counted once for each firm that it is asked for; 1,000,000 values in all files together, 10,000 keys "
    "in\n"
    "a map.\n";

static const char series_text[] =
    "\n## Series\n"
    "\n"
    "For `series` in events and questions; docs/model.md defines them.\n"
    "\n"
    "| series | scope |\n"
    "|---|---|\n"
    "| `gap`, `slack`, `unmet`, `price`, `demand`, `supply` | none |\n"
    "| `state_shortage`, `state_glut`, `state_friction`, `state_balanced`, `regime_<name>` | none |\n"
    "| `late_mw`, `stranded_mw`, `late_share`, `stranded_share` | `layer`, or none for all layers |\n"
    "| `spare_share`, `unsold_share`, `idle_share`, `utilisation` | `firm`; and `region`, `generation` or both |\n"
    "| `selling`, `starts_selling`, `unmet_share`, `bought_share`, `pressure`, `build_response` | `firm` |\n"
    "| `revenue` | `name` |\n";

/* Text in a table cell: a bar would end it. */
static void cell(FILE *out, const char *text) {
    for (const char *at = text; *at; at++) {
        if (*at == '|')
            fputc('\\', out);
        fputc(*at, out);
    }
}

static const char *type_text(struct sc_memory *memory, const struct key_node *key) {
    const char *text = keys_expects(memory, key);
    const char *const *words = key->row->kind == KEY_REF ? keys_words(key->row->of) : NULL;
    if (!words)
        return text;
    for (int i = 0; words[i]; i++)
        text = i ? memory_format(memory, "%s, `%s`", text, words[i]) : memory_format(memory, "`%s`", words[i]);
    return text;
}

static void row(FILE *out, struct sc_memory *memory, const struct key_node *key) {
    const struct key *own = key->row;
    const char *bold = own->flags & KEY_REQUIRED && key->name[0] != '[' && key->name[0] != '<' ? "**" : "";
    fprintf(out, "| %s`%s`%s%s | ", bold, own->path, bold, own->flags & KEY_ONE ? "¹" : "");
    cell(out, type_text(memory, key));
    fputs(" | ", out);
    if (own->standard && own->standard[0] == '(')
        fprintf(out, "%.*s", (int)strlen(own->standard) - 2, own->standard + 1);
    else if (own->standard)
        fprintf(out, "`%s`", own->standard);
    fputs(" | ", out);
    cell(out, own->help);
    fputs(" |\n", out);
}

static void rows(FILE *out, struct sc_memory *memory, const struct key_node *key) {
    row(out, memory, key);
    if (key->item)
        rows(out, memory, key->item);
    for (const struct key_node *child = key->first; child; child = child->next)
        rows(out, memory, child);
    if (key->any)
        rows(out, memory, key->any);
}

static const char head[] = "| key | what it takes | default | meaning |\n|---|---|---|---|\n";

static void print_reference(FILE *out, struct sc_memory *memory) {
    const struct key_node *keys = keys_build(memory);
    fputs(intro, out);
    for (const struct key_node *section = keys->first; section; section = section->next) {
        fprintf(out, "\n## %s\n\n%s", section->name, head);
        rows(out, memory, section);
    }
    fputs(series_text, out);
    fputs(limits, out);
}

mm_status mm_reference_markdown(FILE *out) {
    jmp_buf escape;
    struct sc_memory *memory = memory_new();
    if (!memory)
        return MM_INTERNAL;
    memory->escape = &escape;
    if (setjmp(escape)) {
        memory_free(memory);
        return MM_INTERNAL;
    }
    locale_t before = text_plain();
    print_reference(out, memory);
    text_restore(before);
    memory_free(memory);
    return fflush(out) || ferror(out) ? MM_IO : MM_OK;
}
