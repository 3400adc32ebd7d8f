#include "CKernels.h"

// A multiplication and an addition in one expression are fused where the processor can.
#pragma STDC FP_CONTRACT ON

#if defined(__x86_64__) && defined(__gnu_linux__)
#define EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EACH_PROCESSOR
#endif

/// Sixteen floats at any address: one register of AVX-512, two of AVX2, four of SSE or NEON.
typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

// Macros: a function that takes or returns such a vector would have another calling convention for each processor.
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))

EACH_PROCESSOR
void ck_gemm_tile(ptrdiff_t depth, const float *a, const float *b, float *c, ptrdiff_t stride) {
    v16 sums[ck_tile_rows][2] = {0};
    for (ptrdiff_t k = 0; k < depth; k++) {
        v16 left = LOAD(b), right = LOAD(b + 16);
        for (int i = 0; i < ck_tile_rows; i++) {
            sums[i][0] += a[i] * left;
            sums[i][1] += a[i] * right;
        }
        a += ck_tile_rows;
        b += ck_tile_columns;
    }
    for (int i = 0; i < ck_tile_rows; i++) {
        float *row = c + i * stride;
        STORE(row, LOAD(row) + sums[i][0]);
        STORE(row + 16, LOAD(row + 16) + sums[i][1]);
    }
}

EACH_PROCESSOR
float ck_dot(const float *a, const float *b, ptrdiff_t count) {
    v16 first = {0}, second = {0};
    ptrdiff_t i = 0;
    for (; i + 32 <= count; i += 32) {
        first += LOAD(a + i) * LOAD(b + i);
        second += LOAD(a + i + 16) * LOAD(b + i + 16);
    }
    if (i + 16 <= count) {
        first += LOAD(a + i) * LOAD(b + i);
        i += 16;
    }
    first += second;
    float sum = 0;
    for (int lane = 0; lane < 16; lane++) sum += first[lane];
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

EACH_PROCESSOR
void ck_axpy(float alpha, const float *x, float *y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) STORE(y + i, LOAD(y + i) + alpha * LOAD(x + i));
    for (; i < count; i++) y[i] += alpha * x[i];
}
