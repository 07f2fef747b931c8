/* 95 % intervals of estimates. What each kind of estimate uses, from which source, and how often it was seen to hold
 * the truth, is told in docs/intervals.md. An end that can't be told is NAN. */
#ifndef MISMATCH_HOST_ESTIMATE_INTERVAL_H
#define MISMATCH_HOST_ESTIMATE_INTERVAL_H

/* The 97.5 % point of the normal distribution. */
#define INTERVAL_Z 1.959963984540054

/* The 97.5 % point of Student's t with so many degrees of freedom, which need not be whole; from 1 on. */
double interval_student(double freedom);

/* Wilson's score interval of the share p of `n` > 0 trials, which need not be whole, with another quantile than the
 * normal's. */
void interval_wilson(double p, double n, double quantile, double interval[2]);

/* The same, but where two trials or fewer (and at most a tenth) are on one side, its end there gives so many or more a
 * probability of 5 %, as Brown, Cai and DasGupta have it (Statistical Science 16, 2001): Wilson's own leaves the truth
 * out too often. */
void interval_trials(double p, double n, double quantile, double interval[2]);

/* What is known of the error of a sum over paths. */
struct backing {
    double clusters; /* paths behind the denominator, in Kish's sense; 0: the denominator is not random */
    double events;   /* paths that have any of what is counted; 0: unknown */
};

/* The interval of a share from what a result says of it: that of as many independent trials as have this standard
 * error. At 0 and 1 the error tells how many trials there were (figure_share()). `backing`: of a share of months, whose
 * error is not known as well as that of a share of paths, so that Student's quantile takes the normal's place; NULL:
 * of paths. */
void interval_share(double p, double se, const struct backing *backing, double interval[2]);

/* The interval of a mean over `paths` of values from 0 to `most` (INFINITY: no bound). Such values are skewed at least
 * as much as those that are all 0 or one number (with the same mean and error), so the interval is theirs, a share's,
 * where the values are rarer than even. `scrambles` > 0: the error is that of so many; `events` as in struct backing.
 */
struct mean_of {
    double mean, se, paths, most, events, scrambles;
};
void interval_mean(const struct mean_of *of, double interval[2]);

/* The interval of a value whose estimate has this skewness, by Hall's transformation (Journal of the Royal Statistical
 * Society B 54, 1992), with a quantile. */
void interval_skewed(double value, double se, double skewness, double quantile, double interval[2]);

/* The interval of a value from what it is without each of n >= 2 batches in turn: the jackknife's error and skewness,
 * Student's quantile. `scale`: of values that are a mean of positive numbers, but for an additive constant, that mean
 * (negative: the value falls with it); the skewness is then at least that of lognormal numbers, three times the error
 * over the mean, which a sample without its largest numbers doesn't show. NAN: of others. */
void interval_jackknife(double value, const double *without, int n, double scale, double interval[2]);

/* Where the quantile at `level` lies among the values of `paths` independent paths: the shares of the values below the
 * ends of its interval. They are the fractional ranks that a binomial number of paths below it leaves (Hutson, Journal
 * of Applied Statistics 26, 1999), so no density is needed. NAN where so few paths lie beyond it that there is no end
 * on that side. */
void interval_ranks(double level, double paths, double shares[2]);

/* The same as whole ranks, 1 to `paths`, outwards: for values that many paths share. */
void interval_whole_ranks(double level, double paths, double ranks[2]);

/* Fieller's interval of a / b, from what both are without each of n >= 2 batches in turn: all w for which a - w b is
 * not told from 0. Both ends NAN where b is not told from 0 either: the interval would be without a bound. */
void interval_fieller(double a, double b, const double *a_without, const double *b_without, int n, double interval[2]);

#endif
