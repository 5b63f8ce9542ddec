#include "khoacu/psych/matrix.h"

#include <math.h>

#include "khoacu/base/banned.h"

#define PIVOT_LEAST 1e-12

static bool decompose(double *m, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = m[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= m[i * n + k] * m[j * n + k];
            if (i == j && !(sum > PIVOT_LEAST * fabs(m[i * n + i])))
                return false;
            m[i * n + j] = i == j ? sqrt(sum) : sum / m[j * n + j];
        }
    return true;
}

/* The lower triangle becomes its own inverse. */
static void invert_triangle(double *m, size_t n) {
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double sum = 0;
            for (size_t k = j; k < i; k++)
                sum -= m[i * n + k] * m[k * n + j];
            m[i * n + j] = sum / m[i * n + i];
        }
        m[i * n + i] = 1 / m[i * n + i];
    }
}

bool psych_matrix_invert(double *matrix, size_t n) {
    if (!decompose(matrix, n))
        return false;
    invert_triangle(matrix, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            double sum = 0;
            for (size_t k = j; k < n; k++)
                sum += matrix[k * n + i] * matrix[k * n + j];
            matrix[i * n + j] = sum; /* the columns of later rows are still whole */
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            matrix[i * n + j] = matrix[j * n + i];
    return true;
}
