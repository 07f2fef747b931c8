/* What is asked about a path: series, events, names, maps, tallies (c_model.c includes it). */
#ifndef PEER_ANSWERS_H
#define PEER_ANSWERS_H

/* What is left of a firm's (region's, generation's) capacity, and that capacity. */
static void amounts(const struct work *w, int t, int series, int f, int r, int g, float *top, float *whole) {
    const struct model *m = w->m;
    const int R = m->R, unsold = series == UNSOLD || (series == IDLE && m->merchant[f]), from = r < 0 ? 0 : r,
              to = r < 0 ? R : r + 1;
    const float *old = unsold ? w->sold_old : w->spare_old, *new = unsold ? w->sold_new : w->spare_new;
    const float *share_old = unsold ? w->u_old : w->r_old, *share_new = unsold ? w->u_new : w->r_new;
    *top = *whole = 0;
    for (int i = f * R + from; i < f * R + to; i++)
        if (g < 0) {
            *top += old[i] + new[i];
            *whole += w->old_u[i] + w->new_u[i];
        } else {
            const float u = w->held[g * m->F * R + i];
            *top += u * (g < m->frontier[t] ? share_old : share_new)[i];
            *whole += u;
        }
}

static float layers(const float *mw, int layer) {
    return layer >= 0 ? mw[layer] : mw[0] + mw[1] + mw[2] + mw[3];
}

static float series(const struct work *w, int t, const int *slot) {
    const struct model *m = w->m;
    const int f = slot[1];
    float top, whole;
    switch (slot[0]) {
    case GAP:
        return w->gap;
    case SLACK:
        return w->slack;
    case UNMET:
        return w->left;
    case PRICE:
        return w->price;
    case DEMAND:
        return w->demand;
    case SUPPLY:
        return w->supply;
    case SHORTAGE:
    case GLUT:
    case FRICTION:
    case BALANCED:
        return w->state == slot[0] - SHORTAGE;
    case REGIME:
        return w->regime == slot[5];
    case LATE_MW:
        return layers(w->late, slot[4]);
    case STRANDED_MW:
        return layers(w->stranded, slot[4]);
    case LATE_SHARE:
        return ratio(layers(w->late, slot[4]), w->usable + layers(w->late, -1));
    case STRANDED_SHARE:
        return ratio(layers(w->stranded, slot[4]), w->usable + layers(w->late, -1));
    case SELLING:
        return (float)w->selling[f];
    case STARTS:
        return (float)w->starts[f];
    case UNMET_SHARE:
        return ratio(w->unmet[f], w->inference[f] + w->train[f]);
    case BOUGHT_SHARE:
        return ratio(w->bought[f], w->inference[f] + w->train[f]);
    case PRESSURE:
        return w->pressure[f];
    case BUILD_RESPONSE:
        top = whole = 0;
        for (int s = t < 11 ? 0 : t - 11; s <= t; s++)
            if (m->decided_mw[s * m->F + f] > 0) {
                top += m->decided_mw[s * m->F + f] * w->scale[s * m->F + f];
                whole += m->decided_mw[s * m->F + f];
            }
        return whole > 0 ? top / whole : 1;
    default:
        amounts(w, t, slot[0], f, slot[2], slot[3], &top, &whole);
        return slot[0] == UTILISATION ? 1 - ratio(top, whole) : ratio(top, whole);
    }
}

static void events_month(struct work *w, int t) {
    const struct model *m = w->m;
    for (int i = 0; i < m->n_slots; i++)
        w->slots[i] = series(w, t, m->slot + 6 * i);
    for (int i = 0; i < m->n_nodes; i++) {
        const int *node = m->node + 8 * i, *child = m->child + node[6];
        int yes = 0, no = 0;
        if (t >= node[4] && t <= node[5]) {
            if (node[0] == CONDITION) {
                yes = (w->slots[node[1]] >= m->limit[i]) == (node[2] != 0);
                no = !yes;
            } else {
                yes = w->held_n[child[0]], no = w->refuted_n[child[0]];
                for (int c = 1; c < node[7]; c++) {
                    yes = node[0] == ALL ? yes & w->held_n[child[c]] : yes | w->held_n[child[c]];
                    no = node[0] == ALL ? no | w->refuted_n[child[c]] : no & w->refuted_n[child[c]];
                }
                if (node[0] == NOT) {
                    const int swap = yes;
                    yes = no, no = swap;
                }
                if (node[3] > 1) {
                    w->n_run[i] = yes ? w->n_run[i] + 1 : 0;
                    w->n_since[i] = no ? 0 : w->n_since[i] + 1;
                    yes = w->n_run[i] >= node[3], no = w->n_since[i] < node[3];
                }
            }
        }
        w->held_n[i] = yes;
        w->refuted_n[i] = no;
    }
}

static void names_month(struct work *w, int t) {
    const struct model *m = w->m;
    const int width = 2 + (m->G > 4 ? m->G : 4);
    for (int p = 0; p < m->n_pattern; p++) {
        const int at = t - m->pattern[3 * p + 2];
        if (at < 0 || at >= m->horizon)
            continue;
        for (int i = 0; i < m->n_names; i++) {
            const float *n = m->name + i * width;
            const int f = (int)n[1];
            if (n[0] == 0)
                w->value[p * m->n_names + i] +=
                    m->discount[at] *
                    (n[2] * w->given[f] + n[3] * w->price * (w->spare[f] - w->unsold[f]) + n[4] * w->served[f] + n[5]);
        }
    }
}

static void names_path(struct work *w) {
    const struct model *m = w->m;
    const int width = 2 + (m->G > 4 ? m->G : 4);
    for (int p = 0; p < m->n_pattern; p++)
        for (int i = 0; i < m->n_names; i++) {
            const float *n = m->name + i * width;
            for (int j = 0; n[0] != 0 && j < m->n_phases; j++) {
                const int decided = m->ph_decided[j];
                int when = m->ph_planned[j] - (int)n[1];
                if (decided >= 0 && when < decided)
                    when = decided;
                const int at = when - m->pattern[3 * p + 2];
                if (at >= 0 && at < m->horizon && when < m->T && w->alive[j])
                    w->value[p * m->n_names + i] += m->discount[at] *
                                                    (decided >= 0 ? w->scale[decided * m->F + m->ph_firm[j]] : 1) *
                                                    m->ph_mw[j] * n[2 + m->ph_gen[j]];
            }
        }
}

/* A map's numerators and capacities at its four levels: cells, sites (all generations), firm and generation, firm. */
static void map_levels(struct work *w, int t, int series) {
    const struct model *m = w->m;
    const int F = m->F, R = m->R, G = m->G, FR = F * R;
    float **top = w->level, **whole = w->whole;
    for (int f = 0; f < F; f++) {
        const int unsold = series == UNSOLD || (series == IDLE && m->merchant[f]);
        const float *old = unsold ? w->sold_old : w->spare_old, *new = unsold ? w->sold_new : w->spare_new;
        const float *r_old = unsold ? w->u_old : w->r_old, *r_new = unsold ? w->u_new : w->r_new;
        top[3][f] = whole[3][f] = 0;
        for (int i = f * R; i < (f + 1) * R; i++) {
            top[1][i] = old[i] + new[i];
            whole[1][i] = w->old_u[i] + w->new_u[i];
            top[3][f] += top[1][i];
            whole[3][f] += whole[1][i];
        }
        for (int g = 0; g < G; g++) {
            const float *share = g < m->frontier[t] ? r_old : r_new;
            float a = 0, b = 0;
            for (int i = f * R; i < (f + 1) * R; i++) {
                const float u = w->held[g * FR + i];
                top[0][g * FR + i] = u * share[i];
                a += u * share[i];
                b += u;
            }
            top[2][f * G + g] = a;
            whole[2][f * G + g] = b;
        }
    }
}

static void maps_month(struct work *w, struct tally *y, int t) {
    const struct model *m = w->m;
    const int R = m->R, G = m->G;
    for (int k = 0; k < m->n_map; k++) {
        const float *map = m->map + 5 * k, limit = map[1];
        const int months = (int)map[2];
        map_levels(w, t, (int)map[0]);
        for (int e = (int)map[3]; e < (int)map[4]; e++) {
            const int f = m->entry[3 * e], r = m->entry[3 * e + 1], g = m->entry[3 * e + 2];
            const int level = g < 0 ? (r < 0 ? 3 : 1) : r < 0 ? 2 : 0;
            const int at = level == 3 ? f : level == 2 ? f * G + g : level == 1 ? f * R + r : (g * m->F + f) * R + r;
            const float top = w->level[level][at], whole = level ? w->whole[level][at] : w->held[at];
            const int idle = limit > 0 ? whole > 0 && top >= limit * whole : 1;
            w->e_run[e] = idle ? w->e_run[e] + 1 : 0;
            if (w->e_run[e] < months)
                continue;
            y->both[(e * m->T + t) * 4 + w->state]++;
            w->e_idle[e]++;
            w->e_both[e] += w->state == 0;
        }
    }
}

static int bin_of(const struct model *m, int fan, float v) {
    const float x =
        m->fan[2 * fan + 1] ? (v + 4) * (FAN_BINS / 5.0f) : (log10f(fmaxf(v, 1e-9f)) + 3) * (FAN_BINS / 9.0f);
    return x < 0 ? 0 : x >= FAN_BINS ? FAN_BINS + 1 : 1 + (int)x;
}

static void tally_month(struct work *w, struct tally *y, int t) {
    const struct model *m = w->m;
    y->states[t * 4 + w->state]++;
    w->short_months += w->state == 0;
    for (int l = 0; l < 4; l++) {
        y->late[t * 4 + l] += w->late[l];
        y->stranded[t * 4 + l] += w->stranded[l];
    }
    y->gaps[2 * t] += fmaxf(0, w->demand - w->supply);
    y->gaps[2 * t + 1] += fmaxf(0, w->supply - w->demand);
    for (int i = 0; i < m->n_prob; i++)
        if (w->held_n[m->prob[i]]) {
            y->p_month[i * m->T + t]++;
            y->p_first[i * m->T + t] += !w->p_ever[i];
            w->p_ever[i] = 1;
            w->p_n[i]++;
        }
    for (int i = 0; i < m->n_piece; i++)
        w->seen[i] |= w->held_n[m->piece[i]];
    for (int i = 0; i < m->n_pattern; i++) {
        w->seen[m->n_piece + 2 * i] |= w->held_n[m->pattern[3 * i]];
        w->seen[m->n_piece + 2 * i + 1] |= w->held_n[m->pattern[3 * i + 1]];
    }
    for (int i = 0; i < m->n_fan; i++)
        y->bins[(i * m->T + t) * (FAN_BINS + 2) + bin_of(m, i, w->slots[m->fan[2 * i]])]++;
}

static void tally_path(struct work *w, struct tally *y, long path) {
    const struct model *m = w->m;
    const double b = w->short_months;
    for (int i = 0; i < m->n_prob; i++) {
        y->p_sums[2 * i] += w->p_n[i];
        y->p_sums[2 * i + 1] += (long)w->p_n[i] * w->p_n[i];
    }
    for (int e = 0; e < m->n_entry; e++) {
        const double a = w->e_both[e], c = w->e_idle[e], sums[7] = {a > 0, a, a * a, a * b, a * c, c, c * c};
        for (int i = 0; i < 7; i++)
            y->m_sums[7 * e + i] += sums[i];
    }
    y->m_short[0] += b;
    y->m_short[1] += b * b;
    for (int i = 0; i < m->n_case; i++) {
        int code = 0;
        for (int k = 0; k < m->casef[2 * i + 1]; k++)
            code |= w->seen[m->casef[2 * i] + k] << k;
        y->table[i * m->most_codes + code]++;
    }
    for (int i = 0; i < m->n_pattern; i++) {
        const int *seen = w->seen + m->n_piece + 2 * i,
                  cell = !seen[0]  ? 0
                         : seen[1] ? 1
                                   : 2,
                  at = i * BATCHES + (int)(path % BATCHES);
        y->v_count[at * 3 + cell]++;
        for (int n = 0; n < m->n_names; n++)
            y->v_sum[(at * m->n_names + n) * 3 + cell] += w->value[i * m->n_names + n];
    }
}

#endif
