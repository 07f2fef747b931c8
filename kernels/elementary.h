/* Elementary functions from exactly rounded operations only (see the contract
 * in dialect.h): the same bits on every device and at every lane width.
 *
 * Measured errors, and how the coefficients were found:
 * docs/elementary-functions.md, bench/fit_elementary.py. */
#ifndef MM_ELEMENTARY_H
#define MM_ELEMENTARY_H

#include "dialect.h"

/* ---- reciprocal, quotient, square root ---------------------------------- */

/* 1/b for 2^-125 <= b <= 2^125, correctly rounded. The integer subtraction mirrors exponent and mantissa about 1 and
 * lands within 5.1 % of 1/b; a cubic and a quadratic Newton step come within 0.8 ulp, the last step finishes, but for a
 * mantissa of all ones, where it comes out one bit too low. */
INLINE vreal v_recip_built(vreal b) {
    vreal r = v_as_f(v_i(0x7ef311c7) - v_as_i(b));
    vreal e = v_fma(-b, r, v_r(1.0f));
    r = v_fma(r, v_fma(e, e, e), r);
    r = v_fma(r, v_fma(-b, r, v_r(1.0f)), r);
    r = v_fma(r, v_fma(-b, r, v_r(1.0f)), r);
    const vint ones = v_i(0x007fffff);
    return v_as_f(v_as_i(r) - v_ieq(v_as_i(b) & ones, ones));
}

/* a/b for 2^-125 <= b <= 2^125, and a = 0 or |a| and |a/b| in 2^-100..2^125 (beyond that the remainder would leave the
 * normal range).  fma gives the exact remainder of the first quotient, which corrects it.  Correctly rounded, since the
 * reciprocal is (Markstein, 1990), so that x/x is 1 and 0/b is 0. */
INLINE vreal v_div_built(vreal a, vreal b) {
    vreal r = v_recip_built(b);
    vreal q = a * r;
    return v_fma(v_fma(-b, q, a), r, q);
}

/* The host's division rounds correctly, as IEEE 754 asks, so it gives the same bits; a device's may not. What is built
 * never gives a negative zero. */
INLINE vreal v_div(vreal a, vreal b) {
#ifdef MM_OPENCL
    return v_div_built(a, b);
#else
    return a / b + v_r(0.0f);
#endif
}

/* Square root of 0 or 2^-100 <= x <= 2^125.  y approaches 1/sqrt(x); for
 * x = 0 it stays finite, so that x*y is 0. */
INLINE vreal v_sqrt(vreal x) {
    vreal y = v_as_f(v_i(0x5f375a86) - (v_as_i(x) >> 1));
    vreal e = v_fma(-(x * y), y, v_r(1.0f));
    y = v_fma(y, e * v_fma(e, v_r(0.375f), v_r(0.5f)), y);
    vreal s = x * y;
    vreal h = v_r(0.5f) * y;
    e = v_fma(-s, h, v_r(0.5f));
    s = v_fma(s, e, s);
    h = v_fma(h, e, h);
    return v_fma(v_fma(-s, s, x), h, s);
}

/* ---- exponential and logarithm ------------------------------------------ */

/* exp(x), x clamped to [-87.3, 88.7] where the result stays normal; monotone.
 * x = n ln2 + r; adding the magic constant rounds n to an integer that the
 * low bits then hold, ready to be added to the result's exponent. */
INLINE vreal v_exp(vreal x) {
    x = v_clip(x, v_r(-87.3f), v_r(88.7f));
    vreal t = v_fma(x, v_r(1.44269504f), v_r(12582912.0f));
    vreal n = t - v_r(12582912.0f);
    /* The first part of ln2 has 9 significant bits, so n times it is exact. */
    vreal r = v_fma(n, v_r(-0.693359375f), x);
    r = v_fma(n, v_r(2.12194440e-4f), r);
    vreal q = v_r(0.00138238352f);
    q = v_fma(q, r, v_r(0.00836882275f));
    q = v_fma(q, r, v_r(0.0416682325f));
    q = v_fma(q, r, v_r(0.166665196f));
    q = v_fma(q, r, v_r(0.49999994f));
    vreal p = v_fma(r * r, q, r) + v_r(1.0f);
    return v_as_f(v_as_u(p) + (v_as_u(t) << 23));
}

/* log(x) for positive normal x.  x = 2^e (1 + f), 1 + f within sqrt(2) of 1. */
INLINE vreal v_log(vreal x) {
    vint e = (v_as_i(x) - v_i(0x3f3504f3)) >> 23;
    vreal f = v_as_f(v_as_u(x) - (v_as_u(e) << 23)) - v_r(1.0f);
    vreal n = v_i2f(e);
    vreal q = v_r(-0.0760804042f);
    q = v_fma(q, f, v_r(0.128997341f));
    q = v_fma(q, f, v_r(-0.132459536f));
    q = v_fma(q, f, v_r(0.14182502f));
    q = v_fma(q, f, v_r(-0.166087955f));
    q = v_fma(q, f, v_r(0.200019538f));
    q = v_fma(q, f, v_r(-0.250015974f));
    q = v_fma(q, f, v_r(0.333333254f));
    q = v_fma(q, f, v_r(-0.499999881f));
    /* The first part of ln2 times n is exact; t is what n ln2 + f lost to
     * rounding (Fast2Sum: |p| >= |f| or p = 0). */
    vreal p = n * v_r(0.693359375f);
    vreal s = p + f;
    vreal t = f - (s - p);
    t = v_fma(n, v_r(-2.12194440e-4f), t);
    return s + v_fma(f * f, q, t);
}

/* ---- uniforms ------------------------------------------------------------ */

/* ((w >> 9) + 1/2) / 2^23: in (0, 1), exact. */
INLINE vreal v_uniform(vuint w) {
    return v_fma(v_i2f(v_as_i(w >> 9)), v_r(1.1920928955078125e-7f), v_r(5.9604644775390625e-8f));
}

/* (w >> 8) / 2^24: in [0, 1), exact. */
INLINE vreal v_uniform24(vuint w) {
    return v_i2f(v_as_i(w >> 8)) * v_r(5.9604644775390625e-8f);
}

/* Standard exponential deviate. */
INLINE vreal v_expo(vuint w) {
    return -v_log(v_uniform(w));
}

/* ---- standard normal ----------------------------------------------------- */

/* Coefficients of the upper normal quantile in 64 half octaves of h, by power
 * and half octave: made by bench/fit_elementary.py. */
MM_TABLE float mm_normal_table[6][64] = {
    {/* power 0 */
     6.27517271f, 6.27517271f, 6.16642952f, 6.16642952f, 6.05582666f,  6.05582666f,  5.94326687f,  5.94326687f,
     5.82864475f, 5.82864475f, 5.71184349f, 5.71184349f, 5.5927372f,   5.5927372f,   5.47118568f,  5.47118568f,
     5.34703445f, 5.34703445f, 5.2201128f,  5.22011328f, 5.09023094f,  5.09023094f,  4.95717478f,  4.95717478f,
     4.82070589f, 4.82070589f, 4.68055296f, 4.68055296f, 4.53640795f,  4.53640795f,  4.387918f,    4.387918f,
     4.23467541f, 4.23467541f, 4.07620621f, 4.07620668f, 3.91195297f,  3.91195297f,  3.74125242f,  3.74125242f,
     3.56330776f, 3.56330776f, 3.37714577f, 3.37714601f, 3.18155956f,  3.18155956f,  2.97502065f,  2.97502065f,
     2.75554872f, 2.75554872f, 2.52050209f, 2.52050209f, 2.26622677f,  2.26622677f,  1.98742771f,  1.98742783f,
     1.67593956f, 1.67593968f, 1.31801069f, 1.31801081f, 0.887146354f, 0.887146473f, 0.318639129f, 0.318639278f},
    {/* power 1 */
     -0.103743203f, -0.10370525f,  -0.105473123f, -0.105467662f, -0.107306235f, -0.107303239f, -0.109248072f,
     -0.109219834f, -0.111267351f, -0.111282475f, -0.113447182f, -0.113405421f, -0.115716174f, -0.115703255f,
     -0.11813201f,  -0.118139721f, -0.120720074f, -0.120704181f, -0.123490326f, -0.123484246f, -0.126409888f,
     -0.126418963f, -0.129589781f, -0.129558325f, -0.132985666f, -0.132982269f, -0.136667728f, -0.136672035f,
     -0.140671313f, -0.140670031f, -0.145037726f, -0.145033091f, -0.149840042f, -0.149796844f, -0.155130804f,
     -0.155115098f, -0.160970941f, -0.160960495f, -0.167531729f, -0.167519078f, -0.174932122f, -0.174926281f,
     -0.183382824f, -0.183374614f, -0.193115428f, -0.193101376f, -0.204517707f, -0.204497203f, -0.218102157f,
     -0.218073413f, -0.234636873f, -0.234613061f, -0.255339712f, -0.255327731f, -0.282252967f, -0.282233775f,
     -0.319065273f, -0.319047153f, -0.373430729f, -0.373406917f, -0.464428484f, -0.464405507f, -0.659311175f,
     -0.659289002f},
    {/* power 2 */
     0.0334349908f, 0.0334526598f, 0.0341648422f, 0.0342755802f, 0.0347397141f, 0.0348655917f, 0.0351998694f,
     0.0352302082f, 0.0360738561f, 0.0362387821f, 0.0363904238f, 0.0364088081f, 0.0372692645f, 0.0373443291f,
     0.0381000489f, 0.0382829569f, 0.03877303f,   0.0388292298f, 0.0393298306f, 0.0400829278f, 0.0405964777f,
     0.0407904536f, 0.0413088538f, 0.0413659364f, 0.0424772948f, 0.0426301584f, 0.0435965173f, 0.0437946543f,
     0.0447361432f, 0.044912491f,  0.0459868908f, 0.0461439602f, 0.047167737f,  0.0471596718f, 0.0484845117f,
     0.0492499657f, 0.050476741f,  0.0506277829f, 0.0522795767f, 0.0524334125f, 0.0543279946f, 0.0545063466f,
     0.0564402267f, 0.0568890572f, 0.0590782687f, 0.0592490323f, 0.0619448461f, 0.0620597638f, 0.0652175173f,
     0.0652971044f, 0.0690791979f, 0.0691902116f, 0.0736064911f, 0.0738225505f, 0.0788106844f, 0.0790954232f,
     0.0849461257f, 0.0852471441f, 0.0914902017f, 0.0917979851f, 0.0952583104f, 0.0955805704f, 0.0688119456f,
     0.0691969618f},
    {/* power 3 */
     -0.016912492f,  -0.0130642997f, -0.0162036233f, -0.0148573779f, -0.0164140891f, -0.0152215827f, -0.0173367932f,
     -0.0142089771f, -0.0163759068f, -0.0165783707f, -0.0183869526f, -0.0141682625f, -0.0177703965f, -0.0157814734f,
     -0.0176375955f, -0.0172069073f, -0.0184982326f, -0.0162397586f, -0.0203767978f, -0.0189244859f, -0.0187161658f,
     -0.0183327384f, -0.0203139819f, -0.0166987125f, -0.0199353248f, -0.0185153391f, -0.0202440489f, -0.0194051415f,
     -0.0209043454f, -0.0195999891f, -0.0215297844f, -0.019929789f,  -0.0230755936f, -0.0185134038f, -0.0248324238f,
     -0.0223614182f, -0.023654053f,  -0.0215709955f, -0.0245037545f, -0.0222491212f, -0.0252243225f, -0.0233356338f,
     -0.0269284546f, -0.0249376763f, -0.0274792537f, -0.0249746945f, -0.0287928227f, -0.0256542582f, -0.0303702559f,
     -0.0265170503f, -0.0318535119f, -0.0282965973f, -0.0335332043f, -0.0308211669f, -0.0360418707f, -0.0328230076f,
     -0.0386119522f, -0.0353277773f, -0.0419203565f, -0.0381213129f, -0.0462071635f, -0.042244792f,  -0.0609280244f,
     -0.0569423474f},
    {/* power 4 */
     0.00125684962f, 0.00290147215f, 0.00333254994f, 0.00654593762f, 0.00348949316f,  0.0069196322f,  0.00219381112f,
     0.00417272234f, 0.00488255778f, 0.0090355603f,  0.00132643164f, 0.00309138163f,  0.00338435825f, 0.0062019988f,
     0.00442718389f, 0.00885922927f, 0.00346235256f, 0.00606549857f, 0.000112578782f, 0.0114965187f,  0.00478594238f,
     0.00949343108f, 0.00234267348f, 0.0050758319f,  0.00426477659f, 0.00840984844f,  0.00474478491f, 0.00959863234f,
     0.00457552681f, 0.00914976373f, 0.00457593659f, 0.00893648248f, 0.00277236244f,  0.00469621224f, 0.000302376749f,
     0.0122484174f,  0.0047759302f,  0.00927026942f, 0.00484911446f, 0.00945658516f,  0.005368629f,   0.0103714345f,
     0.00400649011f, 0.0123221232f,  0.00546549074f, 0.0105793336f,  0.00558561133f,  0.00995713286f, 0.00554832723f,
     0.00948594417f, 0.00618037535f, 0.0107391011f,  0.00699020829f, 0.0132560292f,   0.00687339669f, 0.0139937894f,
     0.00756145315f, 0.0151237454f,  0.00800652057f, 0.0159343109f,  0.00893030409f,  0.0173154809f,  0.00706833694f,
     0.016778715f},
    {/* power 5 */
     -0.0115866307f, 0.000919517362f, -0.010209566f,   -0.00192814611f, -0.0102930758f, -0.00216553616f,
     -0.0114704883f, 6.88039072e-05f, -0.00966637582f, -0.00372505351f, -0.0125878397f, 0.00104398013f,
     -0.0112683f,    -0.00135999534f, -0.0107479058f,  -0.00340167596f, -0.0117340451f, -0.00110894232f,
     -0.0147082927f, -0.00534128817f, -0.0113401264f,  -0.00367794768f, -0.0135498727f, -8.55474937e-05f,
     -0.0124038495f, -0.00263940403f, -0.01241404f,    -0.00348612154f, -0.0129365148f, -0.00302491128f,
     -0.0133614037f, -0.0027431699f,  -0.0151655674f,  0.000744411605f, -0.0177203212f, -0.00510452548f,
     -0.0147081865f, -0.00262425188f, -0.0152442297f,  -0.00261920365f, -0.015513299f,  -0.0031482873f,
     -0.0172915161f, -0.00450012879f, -0.0169570949f,  -0.00292571005f, -0.0177621972f, -0.00216175616f,
     -0.0188018847f, -0.00150308991f, -0.0194892026f,  -0.00218115235f, -0.0202262998f, -0.00383168575f,
     -0.0218511727f, -0.00399058824f, -0.0231642053f,  -0.00437291153f, -0.025001768f,  -0.00442361832f,
     -0.0268786103f, -0.00482430728f, -0.0298889354f,  -0.00719953375f}};

INLINE vreal mm_normal_hot(vint seg, vreal u) {
    vreal z = v_lookup_hot(mm_normal_table[5], seg);
    z = v_fma(z, u, v_lookup_hot(mm_normal_table[4], seg));
    z = v_fma(z, u, v_lookup_hot(mm_normal_table[3], seg));
    z = v_fma(z, u, v_lookup_hot(mm_normal_table[2], seg));
    z = v_fma(z, u, v_lookup_hot(mm_normal_table[1], seg));
    return v_fma(z, u, v_lookup_hot(mm_normal_table[0], seg));
}

/* The same by the general look-up.  It reads what mm_normal_hot reads, so a
 * lane's result is the same whichever of the two its neighbours call for. */
INLINE vreal mm_normal_any(vint seg, vreal u) {
    vreal z = v_lookup(mm_normal_table[5], seg);
    z = v_fma(z, u, v_lookup(mm_normal_table[4], seg));
    z = v_fma(z, u, v_lookup(mm_normal_table[3], seg));
    z = v_fma(z, u, v_lookup(mm_normal_table[2], seg));
    z = v_fma(z, u, v_lookup(mm_normal_table[1], seg));
    return v_fma(z, u, v_lookup(mm_normal_table[0], seg));
}

/* Standard normal by inverse CDF.  Bit 31 of w is the sign; the other bits, m,
 * give the tail probability h = (m + 1/2) / 2^32 of |z|, so m = 0 is the far
 * tail (|z| = 6.34) and m = 2^31 - 1 the centre.
 *
 * x = 2^34 h as a float: its exponent and top mantissa bit name one of 64 half
 * octaves, each with its own polynomial.  The factor 1 - 2^-24 keeps the
 * largest m from rounding up to h = 1/2, whose octave does not exist. */
INLINE vreal v_normal(vuint w) {
    vint m = v_as_i(w & v_u(0x7fffffffu));
    vreal x = v_fma(v_i2f(m), v_r(4.0f - 0x1p-22f), v_r(2.0f));
    vint seg = v_as_i(x) >> 22;
    vreal u = v_as_f((v_as_i(x) & v_i(0x007fffff)) | v_i(0x3f800000)) - v_r(1.5f);
    vreal z;
    if (MM_HOT_FROM > 0 && MM_UNLIKELY(v_any_neg(seg - v_i(256 + MM_HOT_FROM))))
        z = mm_normal_any(seg, u);
    else
        z = mm_normal_hot(seg, u);
    return v_as_f(v_as_u(z) ^ (w & v_u(0x80000000u)));
}

#endif
