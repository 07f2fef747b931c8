/* One path of the world: phases, demand, capacity, allocation, market (c_model.c includes it). */
#ifndef PEER_WORLD_H
#define PEER_WORLD_H

/* A path's usable share of phase j in its cell, as differences from month to month; and what of it is late. */
static void book(struct work *w, int j, float scale) {
    const struct model *m = w->m;
    const int g = m->ph_gen[j], cell = (g * m->F + m->ph_firm[j]) * m->R + m->ph_region[j], planned = m->ph_planned[j];
    const int cells = m->G * m->F * m->R;
    const int end = m->retires[g] < m->T ? m->retires[g] : m->T;
    const float mw = m->ph_mw[j] * scale, amount = mw * m->kh[g], ready = w->ready[j], ramp = m->ramp[g];
    if (!w->alive[j])
        return;
    float before = 0;
    int t = planned > 0 ? planned : 0;
    if (ready - 1 > t)
        t = ready - 1 > end ? end : (int)floorf(ready) - 1;
    if (t < 0)
        t = 0;
    for (; t < end && before < 1; t++) {
        const float up = clip((t + 1 - ready) / ramp, 0, 1);
        w->delta[t * cells + cell] += (up - before) * amount;
        before = up;
    }
    const int start = planned - 1 > 0 ? planned - 1 : 0, layer = w->bind[j];
    if (start >= end || ready <= start + 1)
        return;
    const int stop = ceilf(ready) - 1 < end ? (int)ceilf(ready) - 1 : end;
    int since = (int)fminf(ceilf(w->a[j]) - 1, 1e6f);
    if (since < start)
        since = start;
    w->late_d[start * 4 + layer] += mw;
    w->late_d[stop * 4 + layer] -= mw;
    if (since < stop) {
        w->stranded_d[since * 4 + layer] += mw;
        w->stranded_d[stop * 4 + layer] -= mw;
    }
}

static void draw_phases(struct work *w) {
    const struct model *m = w->m;
    const int n = m->n_phases, groups[4] = {m->G, m->R, m->R, 1};
    const float common = normal(w);
    for (int l = 0; l < 4; l++) {
        const float *s = m->slip + 8 * l;
        const int *owner = l == 0 ? m->ph_gen : m->ph_region;
        if (s[6] == 0) {
            for (int j = 0; j < n; j++)
                w->a[l * n + j] = m->ph_planned[j] + s[7];
            continue;
        }
        for (int k = 0; k < groups[l]; k++)
            w->factor[k] = s[2] * (m->factor[0] * common + m->factor[1] * normal(w));
        for (int j = 0; j < n; j++) {
            const float z = w->factor[l == 3 ? 0 : owner[j]] + s[3] * normal(w);
            const float slip = fminf(expf(s[0] + s[1] * z), s[5]) - s[4];
            w->a[l * n + j] = m->ph_planned[j] + (slip > 0 ? slip : 0);
        }
    }
    for (int i = 0; i < m->n_supply; i++) {
        const float *s = m->supply + 8 * i;
        float tau = 0, *layer = w->a + (int)s[5] * n;
        for (int k = 0; s[0] > 0 && k < (int)s[1]; k++) {
            tau += (float)gsl_ran_exponential(w->rng, s[0]);
            const float delay = lognormal(w, s[2], s[3]);
            for (int r = (int)s[6]; r < (int)s[6] + (int)s[7]; r++) {
                float *a = layer + m->supply_rows[r];
                if (tau < *a && *a <= tau + s[4])
                    *a += delay;
            }
        }
    }
    for (int j = 0; j < n; j++) {
        w->ready[j] = w->a[j];
        w->bind[j] = 0;
        for (int l = 1; l < 4; l++)
            if (w->a[l * n + j] > w->ready[j]) {
                w->ready[j] = w->a[l * n + j];
                w->bind[j] = l;
            }
        w->alive[j] = gsl_rng_uniform(w->rng) >= m->ph_cancel[j];
    }
}

static void begin(struct work *w) {
    const struct model *m = w->m;
    const int T = m->T, cells = m->G * m->F * m->R;
    draw_phases(w);
    memset(w->delta, 0, sizeof(float) * cells * T);
    memset(w->late_d, 0, sizeof(float) * 4 * (T + 1));
    memset(w->stranded_d, 0, sizeof(float) * 4 * (T + 1));
    memcpy(w->own_now, m->installed, sizeof(float) * cells);
    memset(w->value, 0, sizeof(float) * (m->n_names * (m->n_pattern ? m->n_pattern : 1) + 1));
    for (int j = 0; j < m->n_phases; j++)
        if (m->ph_decided[j] < 0)
            book(w, j, 1);
    for (int i = 0, k = 0; i < m->n_demand; i++) {
        const float *s = m->surge + 5 * i;
        float tau = 0;
        for (int n = 0; n < (int)s[1]; n++, k++) {
            tau += s[0] > 0 ? (float)gsl_ran_exponential(w->rng, s[0]) : 1e9f;
            w->tau[k] = tau;
            w->size[k] = s[2] * expf(s[3] * normal(w));
        }
    }
    for (int i = 0; i < m->n_launches; i++) {
        const float *l = m->launch + 7 * i;
        w->come[i] = l[1] + lognormal(w, l[4], l[5]);
        w->gain[i] = lognormal(w, l[2], l[6]);
    }
    memcpy(w->training, m->research, sizeof(float) * m->F * T);
    for (int i = 0; i < m->n_campaigns; i++) {
        const float *c = m->campaign + 8 * i, start = c[1] + lognormal(w, c[4], c[5]),
                    end = start + lognormal(w, c[6], c[7]);
        const float need = lognormal(w, c[2], c[3]);
        for (int t = (int)fmaxf(0, ceilf(start)); t < T && t < end; t++)
            w->training[(int)c[0] * T + t] += need;
    }
    for (int l = 0; l < 4; l++)
        w->late[l] = w->stranded[l] = 0;
    w->y = w->log_q = w->g = 0;
    w->short_months = 0;
    for (int f = 0; f < m->F; f++)
        w->run[f] = w->selling[f] = 0;
    const int entries = m->n_entry;
    memset(w->e_run, 0, sizeof(int) * (entries + 1));
    memset(w->e_both, 0, sizeof(int) * (entries + 1));
    memset(w->e_idle, 0, sizeof(int) * (entries + 1));
    memset(w->n_run, 0, sizeof(int) * (m->n_nodes + 1));
    for (int i = 0; i < m->n_nodes; i++)
        w->n_since[i] = 1 << 24;
    memset(w->p_ever, 0, sizeof(int) * (m->n_prob + 1));
    memset(w->p_n, 0, sizeof(int) * (m->n_prob + 1));
    memset(w->seen, 0, sizeof(int) * (m->n_piece + 2 * m->n_pattern + 1));
}

static void demand_month(struct work *w, int t) {
    const struct model *m = w->m;
    const int K = m->n_regimes, T = m->T;
    if (K > 1) {
        const float u = (float)gsl_rng_uniform(w->rng), *row = t == 0 ? m->initial : m->monthly + w->regime * K;
        int s = 0;
        while (s < K - 1 && u >= row[s])
            s++;
        w->regime = s;
    } else {
        w->regime = 0;
    }
    if (t > 0)
        w->g += m->drift[t] + m->growth[w->regime] + m->scalars[0] * normal(w);
    float h = 0;
    for (int i = 0, k = 0; i < m->n_demand; i++)
        for (int n = 0; n < (int)m->surge[5 * i + 1]; n++, k++)
            if (t > w->tau[k])
                h += w->size[k] * clip((t - w->tau[k]) * m->surge[5 * i + 4], 0, 1);
    for (int f = 0; f < m->F; f++) {
        const float *firm = m->firm + 7 * f;
        w->inference[f] = 0;
        if (m->base[f * T + t] > 0 || m->base[f * T] > 0) {
            w->x[f] = t == 0 ? m->scalars[2] * normal(w) : m->scalars[1] * w->x[f] + firm[0] * normal(w);
            w->inference[f] = m->base[f * T + t] * expf(firm[1] * (w->g + h) + w->x[f] - m->scalars[3] * w->log_q);
        }
        w->train[f] = w->training[f * T + t] * (m->trains[f] ? m->train_factor[w->regime] : 1);
        w->given[f] = 1; /* for the moment: what launches add */
    }
    for (int i = 0; i < m->n_launches; i++)
        if (t > w->come[i])
            w->given[(int)m->launch[7 * i]] += w->gain[i] * clip((t - w->come[i]) * m->launch[7 * i + 3], 0, 1);
    for (int f = 0; f < m->F; f++)
        w->inference[f] *= w->given[f] * m->launch_plan[f * T + t];
}

static void capacity_month(struct work *w, int t) {
    const struct model *m = w->m;
    const int F = m->F, R = m->R, G = m->G, FR = F * R, e = m->frontier[t];
    w->usable = 0;
    for (int g = 0; g < G; g++) {
        const int there = t < m->retires[g];
        float sum = 0;
        for (int i = g * FR; i < (g + 1) * FR; i++) {
            w->own_now[i] += w->delta[t * G * FR + i];
            w->own[i] = there ? fmaxf(w->own_now[i], 0) : 0;
            w->held[i] = w->own[i];
            sum += w->own[i];
        }
        w->usable += sum / m->kh[g];
    }
    memset(w->given, 0, sizeof(float) * F); /* shares first, then what they give in compute */
    for (int i = 0; i < m->n_shares; i++) {
        const float *c = m->share_contract + 5 * i;
        if (c[0] <= t && t < c[1])
            w->given[(int)c[2]] += c[4];
    }
    for (int f = 0; f < F; f++)
        if (w->given[f] > 0)
            for (int g = 0; g < G; g++)
                for (int r = 0; r < R; r++)
                    w->held[(g * F + f) * R + r] *= fmaxf(0, 1 - w->given[f]);
    /* blocks out of what remains, all of a cell scaled together where that is too small */
    float taken[64] = {0};
    for (int i = 0; i < m->n_blocks && i < 64; i++) {
        const float *c = m->block_contract + 7 * i;
        if (!(c[0] <= t && t < c[1]))
            continue;
        float total = 0;
        for (int k = 0; k < m->n_blocks; k++) {
            const float *d = m->block_contract + 7 * k;
            if (d[0] <= t && t < d[1] && d[2] == c[2] && d[4] == c[4] && d[5] == c[5])
                total += d[6];
        }
        const float remain = w->held[((int)c[4] * F + (int)c[2]) * R + (int)c[5]];
        taken[i] = total > 0 ? fminf(remain, total) * c[6] / total : 0;
    }
    for (int f = 0; f < F; f++) {
        float own = 0;
        for (int g = 0; g < G; g++)
            for (int r = 0; r < R; r++)
                own += w->own[(g * F + f) * R + r];
        w->given[f] *= own;
    }
    for (int i = 0; i < m->n_shares; i++) {
        const float *c = m->share_contract + 5 * i;
        if (c[0] <= t && t < c[1])
            for (int g = 0; g < G; g++)
                for (int r = 0; r < R; r++)
                    w->held[(g * F + (int)c[3]) * R + r] += c[4] * w->own[(g * F + (int)c[2]) * R + r];
    }
    for (int i = 0; i < m->n_blocks && i < 64; i++)
        if (taken[i] > 0) {
            const float *c = m->block_contract + 7 * i;
            const int at = (int)c[4] * FR + (int)c[5];
            w->held[at + (int)c[2] * R] -= taken[i];
            w->held[at + (int)c[3] * R] += taken[i];
            w->given[(int)c[2]] += taken[i];
        }
    for (int i = 0; i < FR; i++)
        w->old_u[i] = w->new_u[i] = 0;
    for (int g = 0; g < G; g++)
        for (int f = 0; f < F; f++)
            for (int r = 0; r < R; r++) {
                float *u = w->held + (g * F + f) * R + r;
                *u = fmaxf(*u, 0) * m->firm[7 * f + 3];
                (g < e ? w->old_u : w->new_u)[f * R + r] += *u;
            }
    for (int f = 0; f < F; f++) {
        w->capacity[f] = 0;
        for (int r = 0; r < R; r++)
            w->capacity[f] += w->old_u[f * R + r] + w->new_u[f * R + r];
    }
}

/* Step 4 for one kind of inference. */
static void carry(int R, float *new, float *old, float *open, const float *demand, float psi) {
    float part[16], want = 0, room = 0;
    for (int r = 0; r < R; r++) {
        part[r] = fminf(demand[r] * psi, open[r]);
        want += part[r];
        room += new[r] + (old ? old[r] : 0);
    }
    const float used = fminf(want, room);
    if (!(used > 0))
        return;
    const float served = used / want, left = 1 - used / room;
    for (int r = 0; r < R; r++) {
        open[r] = fmaxf(0, open[r] - part[r] * served);
        new[r] *= left;
        if (old)
            old[r] *= left;
    }
}

static void allocate(struct work *w) {
    const struct model *m = w->m;
    const int R = m->R;
    for (int f = 0; f < m->F; f++) {
        float *old = w->spare_old + f * R, *new = w->spare_new + f *R, *un = w->un + f *R, *ua = w->ua + f *R, sum = 0;
        float flexible[16], frontier[16];
        for (int r = 0; r < R; r++) {
            const float i = w->inference[f] * m->demand_share[f * R + r];
            frontier[r] = i * m->firm[7 * f + 2];
            flexible[r] = i - frontier[r];
            old[r] = w->old_u[f * R + r];
            new[r] = w->new_u[f * R + r];
            const float s = fminf(flexible[r], old[r]);
            ua[r] = flexible[r] - s;
            old[r] -= s;
            sum += new[r];
        }
        const float trained = fminf(w->train[f], sum), left = 1 - ratio(trained, sum);
        w->ut[f] = w->train[f] - trained;
        for (int r = 0; r < R; r++) {
            new[r] *= left;
            const float want = frontier[r] + ua[r], s = fminf(want, new[r]), keep = 1 - ratio(s, want);
            new[r] -= s;
            un[r] = frontier[r] * keep;
            ua[r] *= keep;
        }
        if (R > 1 && m->scalars[5] > 0) {
            carry(R, new, NULL, un, frontier, m->scalars[5]);
            carry(R, new, old, ua, flexible, m->scalars[5]);
        }
        w->spare[f] = 0;
        w->unmet[f] = w->ut[f];
        w->served[f] = w->inference[f];
        for (int r = 0; r < R; r++) {
            w->spare[f] += old[r] + new[r];
            w->unmet[f] += un[r] + ua[r];
            w->served[f] -= un[r] + ua[r];
        }
    }
}

static void balance(struct work *w, int t) {
    const struct model *m = w->m;
    w->demand = w->supply = 0;
    for (int f = 0; f < m->F; f++) {
        w->demand += w->inference[f] + w->train[f];
        w->supply += w->capacity[f];
    }
    const int nothing = w->demand <= 0 && w->supply <= 0;
    w->ratio = clip(w->demand / fmaxf(w->supply, TINY), 1e-6f, 1e6f);
    const float log_ratio = logf(w->ratio);
    float log_price = clip(m->market[0] * log_ratio, m->market[1], m->market[2]);
    if (nothing)
        log_price = m->market[1];
    w->price = expf(log_price);
    w->gap = fmaxf((w->demand - w->supply) / fmaxf(w->demand, TINY), -1e6f);
    w->slack = fmaxf((w->supply - w->demand) / fmaxf(w->supply, TINY), -1e6f);
    const float a = m->response[0];
    w->y = t == 0 ? log_ratio : w->y + a * (log_ratio - w->y);
    for (int f = 0; f < m->F; f++) {
        const float u = w->capacity[f];
        w->pressure[f] = clip(u > 0 ? (w->inference[f] + w->train[f]) / u : w->ratio, 1e-6f, 1e6f);
        const float own = logf(w->pressure[f]);
        w->y_f[f] = t == 0 ? own : w->y_f[f] + a * (own - w->y_f[f]);
    }
    for (int f = 0; f < m->F; f++)
        if (m->decided_mw[t * m->F + f] > 0) {
            const float omega = m->firm[7 * f + 6];
            w->scale[t * m->F + f] =
                clip(expf(m->response[1] * (omega * w->y_f[f] + (1 - omega) * w->y)), m->response[2], m->response[3]);
        }
    for (int i = m->decided_from[t]; i < m->decided_from[t + 1]; i++)
        book(w, m->decided[i], w->scale[t * m->F + m->ph_firm[m->decided[i]]]);
    w->log_q += m->scalars[4] * (log_price - w->log_q);
    for (int l = 0; l < 4; l++) {
        w->late[l] += w->late_d[t * 4 + l];
        w->stranded[l] += w->stranded_d[t * 4 + l];
    }
}

static void sell(struct work *w, int t) {
    const struct model *m = w->m;
    const int F = m->F, R = m->R, need = (int)m->market[3];
    float old_offer[16] = {0}, new_offer[16] = {0}, tn[16] = {0}, ta[16] = {0}, tt = 0;
    for (int f = 0; f < F; f++) {
        const int ok = w->capacity[f] > 0 && w->price * w->spare[f] >= m->firm[7 * f + 5] * w->capacity[f];
        w->run[f] = !ok ? 0 : t == 0 ? need : w->run[f] < need ? w->run[f] + 1 : need;
        const int sells = w->run[f] >= need || m->merchant[f];
        w->starts[f] = t > 0 && sells && !w->selling[f];
        w->selling[f] = sells;
        w->offer[f] = sells ? m->firm[7 * f + 4] : 0;
        for (int r = 0; r < R; r++) {
            old_offer[r] += w->offer[f] * w->spare_old[f * R + r];
            new_offer[r] += w->offer[f] * w->spare_new[f * R + r];
            tn[r] += w->un[f * R + r];
            ta[r] += w->ua[f * R + r];
        }
        tt += w->ut[f];
    }
    float room = 0, m2[16], share_old[16], share_a[16], share_n[16], left = 0;
    for (int r = 0; r < R; r++) {
        const float m1 = fminf(old_offer[r], ta[r]), want = ta[r] - m1 + tn[r];
        m2[r] = fminf(new_offer[r], want);
        share_n[r] = ratio(m2[r], want);
        share_a[r] = ratio(m1, ta[r]) + (1 - ratio(m1, ta[r])) * share_n[r];
        share_old[r] = ratio(m1, old_offer[r]);
        room += new_offer[r] - m2[r];
        left += want - m2[r];
    }
    const float m3 = fminf(room, tt), share_t = ratio(m3, tt), taken = ratio(m3, room);
    w->left = ratio(fmaxf(0, left + tt - m3), w->demand);
    for (int f = 0; f < F; f++) {
        w->bought[f] = w->ut[f] * share_t;
        w->unsold[f] = 0;
        for (int r = 0; r < R; r++) {
            const int i = f * R + r;
            w->bought[f] += w->un[i] * share_n[r] + w->ua[i] * share_a[r];
            w->sold_old[i] = w->spare_old[i] * (1 - w->offer[f] * share_old[r]);
            w->sold_new[i] = w->spare_new[i] *
                             (1 - w->offer[f] * fminf(1, ratio(m2[r] + (new_offer[r] - m2[r]) * taken, new_offer[r])));
            w->unsold[f] += w->sold_old[i] + w->sold_new[i];
            w->r_old[i] = ratio(w->spare_old[i], w->old_u[i]); /* of every generation there */
            w->r_new[i] = ratio(w->spare_new[i], w->new_u[i]);
            w->u_old[i] = ratio(w->sold_old[i], w->old_u[i]);
            w->u_new[i] = ratio(w->sold_new[i], w->new_u[i]);
        }
    }
    w->state = w->gap >= m->thresholds[0] ? 0 : w->slack >= m->thresholds[1] ? 1 : w->left >= m->thresholds[2] ? 2 : 3;
}

#endif
