// What the inner loops have in common: vectors of 16 floats and one version of a function for each processor.
#ifndef CKERNELS_WIDE_H
#define CKERNELS_WIDE_H

// A multiplication and an addition in one expression are fused where the processor can.
#pragma STDC FP_CONTRACT ON

#if defined(__x86_64__) && defined(__gnu_linux__)
#define EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EACH_PROCESSOR
#endif

// Parts of a function for each processor: they must become part of it, with its vector length.
#define PART static inline __attribute__((always_inline))

/// Sixteen floats at any address: one register of AVX-512, two of AVX2, four of SSE or NEON.
typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
/// Eight floats at any address.
typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));

// Macros: a function that takes or returns such a vector would have another calling convention for each processor.
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))

/// Sums of eight vectors' lanes: sums[j] is the sum of the 16 lanes of v[j]. 16 shuffles and 8 additions for all of
/// them, where eight sums one by one would take 32 of each and wait for each other.
PART void sum_lanes(const v16 *v, v8 *sums) {
    v16 pairs[4], quads[2];
    for (int j = 0; j < 4; j++) {
        v16 a = v[2 * j], b = v[2 * j + 1];
        pairs[j] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
            + __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    for (int j = 0; j < 2; j++) {
        v16 a = pairs[2 * j], b = pairs[2 * j + 1];
        quads[j] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
            + __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    v16 halves = __builtin_shufflevector(quads[0], quads[1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
        + __builtin_shufflevector(quads[0], quads[1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    *sums = __builtin_shufflevector(halves, halves, 0, 1, 2, 3, 8, 9, 10, 11)
        + __builtin_shufflevector(halves, halves, 4, 5, 6, 7, 12, 13, 14, 15);
}

/// Σ a[i] · b[i] over a multiple of 16.
PART float dot16(const float *a, const float *b, ptrdiff_t count) {
    v16 sum = {0};
    for (ptrdiff_t i = 0; i < count; i += 16) sum += LOAD(a + i) * LOAD(b + i);
    v8 half = __builtin_shufflevector(sum, sum, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15);
    return ((half[0] + half[4]) + (half[1] + half[5])) + ((half[2] + half[6]) + (half[3] + half[7]));
}

/// Inner products of eight rows with x, over a multiple of 16.
PART void dot_rows(const float *const *rows, const float *x, ptrdiff_t count, v8 *dots) {
    v16 sums[8] = {0};
    for (ptrdiff_t i = 0; i < count; i += 16) {
        v16 right = LOAD(x + i);
        for (int j = 0; j < 8; j++) sums[j] += LOAD(rows[j] + i) * right;
    }
    sum_lanes(sums, dots);
}

#endif
