/* What an x86-64 instruction does, as far as that tells which unit of a core it needs. Source: Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 2, appendix A (opcode maps). */
#include "host/engine/step.h"

#include <string.h>

struct decoding {
    const unsigned char *at; /* the opcode, then ModRM */
    int map;                 /* 0: one byte, 1: 0F, 2: 0F38, 3: 0F3A */
    int prefix;              /* 0 none, 1: 66, 2: F3, 3: F2 */
    int width;
    bool vector; /* VEX or EVEX */
    bool evex;
};

static bool among(int opcode, const char *list, size_t n) {
    return memchr(list, opcode, n) != NULL;
}
#define AMONG(opcode, list) among(opcode, list, sizeof(list) - 1)
#define BETWEEN(x, low, high) ((x) >= (low) && (x) <= (high))

static struct decoding read_prefixes(const unsigned char *code) {
    struct decoding d = {.at = code};
    for (;; d.at++) {
        if (*d.at == 0x66)
            d.prefix = d.prefix ? d.prefix : 1;
        else if (*d.at == 0xf3 || *d.at == 0xf2)
            d.prefix = *d.at == 0xf3 ? 2 : 3;
        else if (!AMONG(*d.at, "\x2e\x36\x3e\x26\x64\x65\x67\xf0"))
            break;
    }
    if (*d.at == 0xc5) {
        d.vector = true;
        d.map = 1;
        d.prefix = d.at[1] & 3;
        d.width = 1 + (d.at[1] >> 2 & 1);
        d.at += 2;
    } else if (*d.at == 0xc4) {
        d.vector = true;
        d.map = d.at[1] & 31;
        d.prefix = d.at[2] & 3;
        d.width = 1 + (d.at[2] >> 2 & 1);
        d.at += 3;
    } else if (*d.at == 0x62) {
        d.vector = d.evex = true;
        d.map = d.at[1] & 7;
        d.prefix = d.at[2] & 3;
        /* with the rounding bit and a register operand it has the full width */
        bool rounds = (d.at[3] & 16) && d.at[5] >= 0xc0;
        d.width = rounds ? 3 : 1 + (d.at[3] >> 5 & 3);
        d.at += 4;
    } else {
        d.at += (*d.at & 0xf0) == 0x40; /* REX */
        if (*d.at == 0x0f) {
            d.map = d.at[1] == 0x38 ? 2 : d.at[1] == 0x3a ? 3 : 1;
            d.at += d.map == 1 ? 1 : 2;
            d.width = 1;
        }
    }
    if (d.width > 3)
        d.width = 3;
    return d;
}

static enum step_kind kind_map1(int op) {
    switch (op) {
    case 0x59:
        return STEP_MULTIPLY;
    case 0x58:
    case 0x5c:
        return STEP_ADD;
    case 0x5e:
    case 0x51:
        return STEP_DIVIDE;
    case 0x5d:
    case 0x5f:
    case 0xc2:
    case 0x2e:
    case 0x2f:
        return STEP_COMPARE;
    case 0x77:
        return STEP_SCALAR;
    default:
        break;
    }
    if (AMONG(op, "\x2a\x2c\x2d\x5a\x5b\xe6\x78\x79\x7a\x7b"))
        return STEP_CONVERT;
    if (AMONG(op, "\x10\x11\x12\x13\x16\x17\x28\x29\x2b\x6e\x6f\x7e\x7f\xd6\xe7"))
        return STEP_MOVE;
    if (BETWEEN(op, 0x60, 0x63) || BETWEEN(op, 0x67, 0x6d) || AMONG(op, "\x14\x15\xc6\x70\xc4\xc5\x50\xd7"))
        return STEP_SHUFFLE;
    if (AMONG(op, "\xd5\xe4\xe5\xf4\xf5"))
        return STEP_INTEGER_MULTIPLY;
    return STEP_INTEGER;
}

static enum step_kind kind_map2(const struct decoding *d, int op) {
    if ((op & 0xf) >= 6 && (BETWEEN(op, 0x96, 0x9f) || BETWEEN(op, 0xa6, 0xaf) || BETWEEN(op, 0xb6, 0xbf)))
        return STEP_FMA;
    if (AMONG(op, "\x40\x28\x0b\x04"))
        return d->prefix == 2 ? STEP_MASK : STEP_INTEGER_MULTIPLY;
    if (AMONG(op, "\x29\x37\x1c\x1d\x1e\x1f\x26\x27\x54\x55\x44\xc4") || BETWEEN(op, 0x45, 0x47) ||
        (BETWEEN(op, 0x38, 0x3f) && d->prefix != 2))
        return STEP_INTEGER;
    if (BETWEEN(op, 0x4c, 0x4f))
        return STEP_DIVIDE;
    if (op == 0x2c && d->evex)
        return STEP_MULTIPLY;
    if (op == 0x42 || op == 0x43)
        return STEP_COMPARE;
    if (BETWEEN(op, 0x2e, 0x2f) || BETWEEN(op, 0x2c, 0x2d))
        return STEP_MOVE;
    return STEP_SHUFFLE;
}

static enum step_kind kind_map3(int op) {
    if (BETWEEN(op, 0x08, 0x0b))
        return STEP_CONVERT;
    if (BETWEEN(op, 0x30, 0x33))
        return STEP_MASK;
    if (BETWEEN(op, 0x54, 0x55) || BETWEEN(op, 0x26, 0x27) || op == 0xc2)
        return STEP_COMPARE;
    if (BETWEEN(op, 0x0c, 0x0e) || op == 0x02 || BETWEEN(op, 0x4a, 0x4c) || op == 0x25 || BETWEEN(op, 0x1e, 0x1f) ||
        BETWEEN(op, 0x3e, 0x3f) || BETWEEN(op, 0x70, 0x73))
        return STEP_INTEGER;
    return STEP_SHUFFLE;
}

/* VEX instructions on general registers (BMI) and on masks. */
static bool is_scalar_vex(const struct decoding *d, int op) {
    return !d->evex && ((d->map == 2 && op >= 0xf2) || (d->map == 3 && op == 0xf0));
}
static bool is_mask_vex(const struct decoding *d, int op) {
    return !d->evex && d->map == 1 && (BETWEEN(op, 0x41, 0x4b) || BETWEEN(op, 0x90, 0x99));
}

/* SSE among the two-byte opcodes without VEX. */
static bool is_sse(int map, int op) {
    if (map != 1)
        return true;
    return BETWEEN(op, 0x10, 0x17) || BETWEEN(op, 0x28, 0x2f) || BETWEEN(op, 0x50, 0x7f) || op == 0xc2 ||
           BETWEEN(op, 0xc4, 0xc6) || BETWEEN(op, 0xd0, 0xfe);
}

static bool stores_vector(const struct decoding *d, int op) {
    if (d->map == 1)
        return AMONG(op, "\x11\x13\x17\x29\x2b\x7f\xd6\xe7\x91") || (op == 0x7e && d->prefix != 2);
    if (d->map == 2)
        return AMONG(op, "\x2e\x2f\x8a\x8b\x63") ||
               (d->prefix == 2 && (BETWEEN(op, 0x10, 0x15) || BETWEEN(op, 0x20, 0x25) || BETWEEN(op, 0x30, 0x35)));
    return BETWEEN(op, 0x14, 0x17) || AMONG(op, "\x19\x1b\x39\x3b");
}

/* Memory that an instruction on general registers with a memory operand, or on the stack, touches. */
static void scalar_memory(const struct decoding *d, int op, struct step_instruction *found) {
    const int modrm = d->at[1], field = modrm >> 3 & 7;
    const bool memory = modrm < 0xc0;
    if (d->map == 1) {
        found->stores = memory && BETWEEN(op, 0x90, 0x9f);
        found->loads = memory && (BETWEEN(op, 0x40, 0x4f) || BETWEEN(op, 0xa3, 0xbf));
        return;
    }
    if (BETWEEN(op, 0x50, 0x57) || op == 0xe8 || op == 0x68 || op == 0x6a) {
        found->stores = true;
        return;
    }
    if (BETWEEN(op, 0x58, 0x5f) || op == 0xc3) {
        found->loads = true;
        return;
    }
    if (!memory || op == 0x8d)
        return;
    /* read, changed and written back; or written alone; or read alone */
    const bool both = (op < 0x38 && (op & 7) < 2) || (BETWEEN(op, 0x80, 0x83) && field != 7) ||
                      BETWEEN(op, 0xd0, 0xd3) || op == 0xc0 || op == 0xc1 || op == 0xfe || (op == 0xff && field < 2) ||
                      ((op == 0xf6 || op == 0xf7) && (field == 2 || field == 3));
    const bool written = AMONG(op, "\x88\x89\xc6\xc7");
    found->stores = both || written;
    found->loads =
        both || (op < 0x40 && (op & 7) < 4) || BETWEEN(op, 0x80, 0x87) || AMONG(op, "\x63\x69\x6b\x8a\x8b\xf6\xf7\xff");
}

struct step_instruction step_decode(const unsigned char *code) {
    const struct decoding d = read_prefixes(code);
    const int op = *d.at;
    struct step_instruction found = {.kind = STEP_SCALAR, .width = 0};
    if (!d.vector && (d.map == 0 || !is_sse(d.map, op))) {
        scalar_memory(&d, op, &found);
        return found;
    }
    const bool memory = d.at[1] < 0xc0 && !(d.map == 1 && op == 0x77);
    found.stores = memory && stores_vector(&d, op);
    found.loads = memory && !found.stores;
    if (is_scalar_vex(&d, op))
        return found;
    found.width = d.width;
    if (is_mask_vex(&d, op)) {
        found.kind = STEP_MASK;
        found.width = 0;
        return found;
    }
    found.kind = d.map == 1 ? kind_map1(op) : d.map == 2 ? kind_map2(&d, op) : kind_map3(op);
    /* ...ss and ...sd; an fma of one element has an odd opcode from x9 on */
    if (d.map == 1 && d.prefix >= 2 && found.kind <= STEP_CONVERT && op != 0x5b && op != 0xe6)
        found.width = 0;
    if (d.map == 1 && d.prefix >= 2 && (op == 0x10 || op == 0x11))
        found.width = 0;
    if (found.kind == STEP_FMA && (op & 0xf) >= 9 && (op & 1))
        found.width = 0;
    return found;
}
