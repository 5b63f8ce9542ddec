/* matrix.h: what least squares and Guttman's bound need of linear algebra: the inverse of a symmetric positive matrix.
 *
 * Used by: psych. Uses: libm. Threads: any.
 */
#ifndef KHOACU_PSYCH_MATRIX_H
#define KHOACU_PSYCH_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/* Replaces a symmetric positive definite n × n matrix by its inverse, by Cholesky's decomposition. False: it is not
 * positive (a pivot is below 1e-12 of its diagonal); the matrix is spoiled then. */
bool psych_matrix_invert(double *matrix, size_t n);

#endif
