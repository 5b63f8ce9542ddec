/* missing.h: what glibc has and wasi-libc has not. Included by the compiler's command line before every source of the
 * engine. Used by: wasm. Threads: any. */
#ifndef KHOACU_WASM_MISSING_H
#define KHOACU_WASM_MISSING_H

#include <stddef.h>

/* As glibc's: stable, so that both machines give one order even where two elements compare equal. */
void qsort_r(void *base, size_t count, size_t size, int (*compare)(const void *, const void *, void *), void *ctx);

#endif
