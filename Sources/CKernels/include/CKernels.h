// Dense inner loops that need the processor's widest vectors.
//
// Swift has no way to compile one function for several processors and pick at start; C has. Everything around these
// loops (blocking, packing, threads) is Swift: RecEngine/Kernels. Single precision unless the name says double, no
// allocation, no state.
//
// The order of every sum is fixed by the source, not by the vector length, so that all processors with fused
// multiply-add (x86-64-v3 and v4, arm64) give the same bits.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Rows of the tile that `ck_gemm_tile` updates.
enum { ck_tile_rows = 12 };
/// Columns of the tile.
enum { ck_tile_columns = 32 };

/// c[i][j] += Σ over k of a[k][i] · b[k][j], for a tile of 12 × 32; `a` is depth × 12 and `b` depth × 32, both packed,
/// `c` has rows `stride` floats apart.
void ck_gemm_tile(ptrdiff_t depth, const float *a, const float *b, float *c, ptrdiff_t stride);

/// Σ a[i] · b[i], in 32 partial sums.
float ck_dot(const float *a, const float *b, ptrdiff_t count);

/// y[i] += alpha · x[i].
void ck_axpy(float alpha, const float *x, float *y, ptrdiff_t count);

/// y[i] += alpha · x[i], in double precision.
void ck_axpy_double(double alpha, const double *x, double *y, ptrdiff_t count);

/// sums[j] = Σ over e of weights[e] · base[rows[e] · stride + j] for j below `width`: a combination of rows, held in
/// registers. The bits are those of `ck_axpy` for each e in turn on a vector of zeros.
void ck_sum_rows(
    const float *weights, const int32_t *rows, ptrdiff_t count, const float *base, ptrdiff_t stride, float *sums,
    ptrdiff_t width
);

#endif
