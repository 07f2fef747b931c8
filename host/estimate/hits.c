#include "host/estimate/hits.h"

#include <stdlib.h>
#include <string.h>

#include "host/estimate/parts.h"

#define MARK "hits" /* its NUL included: no text that was read holds one */
#define LONGEST 10  /* bytes of a number, seven bits in each */
#define SHARED 256

static unsigned char *put_number(unsigned char *at, uint64_t number) {
    for (; number > 127; number >>= 7) {
        *at++ = (unsigned char)(number | 128);
    }
    *at++ = (unsigned char)number;
    return at;
}

/* \return false at the end of the bytes. */
static bool get_number(const unsigned char **at, const unsigned char *end, uint64_t *number) {
    *number = 0;
    for (int shift = 0; *at < end && shift < 7 * LONGEST; shift += 7) {
        const unsigned char byte = *(*at)++;
        *number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            return true;
        }
    }
    return false;
}

json_t *hits_pack(const uint64_t *counts, size_t stride, int months, uint64_t paths) {
    const size_t n = (size_t)months * MM_STATES;
    unsigned char *const bytes = malloc(sizeof MARK + (n + 2) * LONGEST), *at = bytes;
    json_t *packed;

    if (bytes == NULL) {
        return NULL;
    }
    memcpy(at, MARK, sizeof MARK);
    at = put_number(at + sizeof MARK, paths);
    at = put_number(at, (uint64_t)months);
    for (int state = 0; state < MM_STATES; state++) {
        for (int month = 0; month < months; month++) {
            at = put_number(at, counts[((size_t)month * MM_STATES + (size_t)state) * stride]);
        }
    }
    packed = json_stringn_nocheck((const char *)bytes, (size_t)(at - bytes));
    free(bytes);
    return packed;
}

/* Shares with their errors, each made once: few paths leave few that differ, and most of a map is 0. */
struct shares {
    uint64_t paths;
    struct {
        uint64_t hits;
        json_t *p, *se;
    } known[SHARED];
};

static bool append_share(struct shares *shares, uint64_t hits, json_t *p, json_t *se) {
    const size_t i = (size_t)(hits % SHARED);

    if (shares->known[i].p == NULL || shares->known[i].hits != hits) {
        const struct figure share = figure_share(hits, shares->paths);
        json_decref(shares->known[i].p);
        json_decref(shares->known[i].se);
        shares->known[i].hits = hits;
        shares->known[i].p = json_real(share.value);
        shares->known[i].se = json_real(share.se);
    }
    return json_array_append(p, shares->known[i].p) == 0 && json_array_append(se, shares->known[i].se) == 0;
}

static json_t *curve(struct shares *shares, const unsigned char **at, const unsigned char *end, uint64_t months) {
    json_t *object = json_object(), *p = json_array(), *se = json_array();
    bool good = json_object_set_new(object, "p", p) == 0;
    uint64_t hits;

    good = json_object_set_new(object, "se", se) == 0 && good;
    for (uint64_t month = 0; month < months && good; month++) {
        good = get_number(at, end, &hits) && append_share(shares, hits, p, se);
    }
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

bool hits_are(const json_t *value) {
    return json_string_length(value) >= sizeof MARK && memcmp(json_string_value(value), MARK, sizeof MARK) == 0;
}

json_t *hits_curves(const json_t *packed) {
    const unsigned char *at, *end;
    struct shares shares = {0};
    uint64_t months;
    json_t *object;
    bool good = true;

    if (!hits_are(packed)) {
        return NULL;
    }
    at = (const unsigned char *)json_string_value(packed) + sizeof MARK;
    end = at + json_string_length(packed) - sizeof MARK;
    if (!get_number(&at, end, &shares.paths) || !get_number(&at, end, &months) || shares.paths == 0) {
        return NULL;
    }
    object = json_object();
    for (int state = 0; state < MM_STATES && good; state++) {
        good = json_object_set_new(object, estimate_state_names[state], curve(&shares, &at, end, months)) == 0;
    }
    for (int i = 0; i < SHARED; i++) {
        json_decref(shares.known[i].p);
        json_decref(shares.known[i].se);
    }
    if (!good || at != end) {
        json_decref(object);
        return NULL;
    }
    return object;
}
