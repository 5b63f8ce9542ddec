#include "khoacu/psych/distribution.h"

#include <math.h>

#include "khoacu/base/banned.h"

#define PI 3.14159265358979323846
enum { FRACTION_STEPS = 500, HALVINGS = 120 };

static double polynomial(const double *coefficients, int count, double x) {
    double sum = coefficients[count - 1];
    for (int i = count - 2; i >= 0; i--)
        sum = sum * x + coefficients[i];
    return sum;
}

double psych_normal_quantile(double p) {
    static const double A[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                               4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double B[] = {1.0,                     4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                               2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3};
    static const double C[] = {1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
                               1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double D[] = {1.0,                       2.05319162663775882187e0,  1.67638483018380384940e0,  6.89767334985100004550e-1,
                               1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double E[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
                               2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double F[] = {1.0,                       5.99832206555887937690e-1, 1.36929880922735805310e-1,  1.48753612908506148525e-2,
                               7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
    if (!(p > 0 && p < 1))
        return NAN;
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(A, 8, r) / polynomial(B, 8, r);
    }
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? polynomial(C, 8, r - 1.6) / polynomial(D, 8, r - 1.6) : polynomial(E, 8, r - 5) / polynomial(F, 8, r - 5);
    return q < 0 ? -z : z;
}

double psych_normal_density(double z) {
    return exp(-z * z / 2) / sqrt(2 * PI);
}

/* ln Γ(x), x > 0, by Stirling's series above 15: libm's own leaves a sign in a global. */
static double log_gamma(double x) {
    static const double SERIES[] = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156};
    double below = 1;
    for (; x < 15; x += 1)
        below *= x;
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * PI) + polynomial(SERIES, 7, 1 / (x * x)) / x - log(below);
}

/* Lentz's way through the continued fraction; converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b) {
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double fraction = d;
    for (int i = 1; i <= FRACTION_STEPS; i++) {
        double m = i, even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        fraction *= c * d;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        fraction *= c * d;
        if (fabs(c * d - 1) < 1e-16)
            break;
    }
    return fraction;
}

/* I_x(a, b); y is 1 - x, exact where x is near 1. */
static double beta_share(double x, double y, double a, double b) {
    if (x <= 0 || y <= 0)
        return x <= 0 ? 0 : 1;
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log(y));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a : 1 - front * beta_fraction(y, b, a) / b;
}

/* ln(x / (1 - x)) with I_x(a, b) = p: on that scale both ends keep their digits. */
static double beta_logit(double p, double a, double b) {
    double low = -700, high = 700;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (beta_share(1 / (1 + exp(-middle)), 1 / (1 + exp(middle)), a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

double psych_f_quantile(double p, double df1, double df2) {
    if (!(p > 0 && p < 1 && df1 > 0 && df2 > 0))
        return NAN;
    return df2 / df1 * exp(beta_logit(p, df1 / 2, df2 / 2));
}

double psych_f_tail(double f, double df1, double df2) {
    if (!(f >= 0 && df1 > 0 && df2 > 0))
        return NAN;
    return beta_share(df2 / (df2 + df1 * f), df1 * f / (df2 + df1 * f), df2 / 2, df1 / 2);
}

double psych_t_quantile(double p, double df) {
    if (!(p > 0 && p < 1 && df > 0))
        return NAN;
    double tail = p < 0.5 ? p : 1 - p;
    double t = sqrt(psych_f_quantile(1 - 2 * tail, 1, df));
    return tail >= 0.5 ? 0 : p < 0.5 ? -t : t;
}

struct psych_interval psych_correlation_interval(double r, size_t n) {
    if (!(fabs(r) < 1) || n <= 3)
        return (struct psych_interval){NAN, NAN};
    double half = psych_normal_quantile(0.975) / sqrt((double)n - 3);
    return (struct psych_interval){tanh(atanh(r) - half), tanh(atanh(r) + half)};
}

struct psych_interval psych_share_interval(size_t hits, size_t n, double z) {
    if (n == 0 || hits > n)
        return (struct psych_interval){NAN, NAN};
    double of = (double)n, p = (double)hits / of, middle = (p + z * z / (2 * of)) / (1 + z * z / of);
    double half = z / (1 + z * z / of) * sqrt(p * (1 - p) / of + z * z / (4 * of * of));
    return (struct psych_interval){hits == 0 ? 0 : middle - half, hits == n ? 1 : middle + half};
}

struct psych_interval psych_shares_difference(size_t hits1, size_t n1, size_t hits2, size_t n2, double z) {
    struct psych_interval one = psych_share_interval(hits1, n1, z), two = psych_share_interval(hits2, n2, z);
    double p1 = (double)hits1 / (double)n1, p2 = (double)hits2 / (double)n2;
    return (struct psych_interval){p1 - p2 - sqrt((p1 - one.low) * (p1 - one.low) + (two.high - p2) * (two.high - p2)),
                                   p1 - p2 + sqrt((one.high - p1) * (one.high - p1) + (p2 - two.low) * (p2 - two.low))};
}
