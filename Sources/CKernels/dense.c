#include "CKernels.h"
#include "wide.h"

#if defined(__x86_64__) && defined(__gnu_linux__)
#define SMALL_REGISTERS __attribute__((target_clones("arch=x86-64-v3", "default")))
#define LARGE_REGISTERS __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#else
#define SMALL_REGISTERS
#endif

// A loop over sums must vanish, or the sums are in memory and not in registers.
#define UNROLLED _Pragma("clang loop unroll(full)")

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
/// Eight doubles.
typedef double d8 __attribute__((vector_size(64), aligned(8), may_alias));

#define LOAD8(p) (*(const v8 *)(p))
#define STORE8(p, v) (*(v8 *)(p) = (v))
#define LOADD(p) (*(const d8 *)(p))
#define STORED(p, v) (*(d8 *)(p) = (v))

/// A quarter of the tile at a time: 6 × 16 sums are 12 of the 16 registers of AVX2 and 24 of the 32 of NEON. Each sum
/// runs over the same products in the same order as in the whole tile, so the bits are the same.
SMALL_REGISTERS
static void tile_in_quarters(ptrdiff_t depth, const float *a, const float *b, float *c, ptrdiff_t stride) {
    for (int part = 0; part < 4; part++) {
        const float *left = a + part / 2 * 6, *right = b + part % 2 * 16;
        v8 sums[6][2] = {0};
        for (ptrdiff_t k = 0; k < depth; k++) {
            v8 low = LOAD8(right), high = LOAD8(right + 8);
            UNROLLED
            for (int i = 0; i < 6; i++) {
                sums[i][0] += left[i] * low;
                sums[i][1] += left[i] * high;
            }
            left += ck_tile_rows;
            right += ck_tile_columns;
        }
        float *corner = c + part / 2 * 6 * stride + part % 2 * 16;
        UNROLLED
        for (int i = 0; i < 6; i++) {
            float *row = corner + i * stride;
            STORE8(row, LOAD8(row) + sums[i][0]);
            STORE8(row + 8, LOAD8(row + 8) + sums[i][1]);
        }
    }
}

#ifdef LARGE_REGISTERS
/// The whole tile: 24 of the 32 registers of AVX-512 are sums.
LARGE_REGISTERS
static void whole_tile(ptrdiff_t depth, const float *a, const float *b, float *c, ptrdiff_t stride) {
    // The tile is usually in memory and not in a cache; it comes while the products are summed.
    for (int i = 0; i < ck_tile_rows; i++) {
        __builtin_prefetch(c + i * stride, 1);
        __builtin_prefetch(c + i * stride + 16, 1);
        __builtin_prefetch(c + i * stride + 31, 1);
    }
    v16 sums[ck_tile_rows][2] = {0};
    for (ptrdiff_t k = 0; k < depth; k++) {
        v16 left = LOAD(b), right = LOAD(b + 16);
        UNROLLED
        for (int i = 0; i < ck_tile_rows; i++) {
            sums[i][0] += a[i] * left;
            sums[i][1] += a[i] * right;
        }
        a += ck_tile_rows;
        b += ck_tile_columns;
    }
    UNROLLED
    for (int i = 0; i < ck_tile_rows; i++) {
        float *row = c + i * stride;
        STORE(row, LOAD(row) + sums[i][0]);
        STORE(row + 16, LOAD(row + 16) + sums[i][1]);
    }
}
#endif

void ck_gemm_tile(ptrdiff_t depth, const float *a, const float *b, float *c, ptrdiff_t stride) {
#ifdef LARGE_REGISTERS
    if (__builtin_cpu_supports("x86-64-v4")) {
        whole_tile(depth, a, b, c, stride);
        return;
    }
#endif
    tile_in_quarters(depth, a, b, c, stride);
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
    // Halves are added to halves: four steps instead of a chain of sixteen.
    v8 eight = __builtin_shufflevector(first, first, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(first, first, 8, 9, 10, 11, 12, 13, 14, 15);
    v4 four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
    float sum = (four[0] + four[2]) + (four[1] + four[3]);
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

EACH_PROCESSOR
void ck_axpy(float alpha, const float *x, float *y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) STORE(y + i, LOAD(y + i) + alpha * LOAD(x + i));
    for (; i < count; i++) y[i] += alpha * x[i];
}

EACH_PROCESSOR
void ck_axpy_double(double alpha, const double *x, double *y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8) STORED(y + i, LOADD(y + i) + alpha * LOADD(x + i));
    for (; i < count; i++) y[i] += alpha * x[i];
}

EACH_PROCESSOR
void ck_sum_rows(
    const float *weights, const int32_t *rows, ptrdiff_t count, const float *base, ptrdiff_t stride, float *sums,
    ptrdiff_t width
) {
    ptrdiff_t j = 0;
    for (; j + 64 <= width; j += 64) {
        v16 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        for (ptrdiff_t e = 0; e < count; e++) {
            const float *row = base + rows[e] * stride + j;
            float weight = weights[e];
            s0 += weight * LOAD(row);
            s1 += weight * LOAD(row + 16);
            s2 += weight * LOAD(row + 32);
            s3 += weight * LOAD(row + 48);
        }
        STORE(sums + j, s0);
        STORE(sums + j + 16, s1);
        STORE(sums + j + 32, s2);
        STORE(sums + j + 48, s3);
    }
    for (; j + 16 <= width; j += 16) {
        v16 sum = {0};
        for (ptrdiff_t e = 0; e < count; e++) sum += weights[e] * LOAD(base + rows[e] * stride + j);
        STORE(sums + j, sum);
    }
    for (; j < width; j++) {
        float sum = 0;
        for (ptrdiff_t e = 0; e < count; e++) sum += weights[e] * base[rows[e] * stride + j];
        sums[j] = sum;
    }
}
