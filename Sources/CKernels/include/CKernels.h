// Dense inner loops that need the processor's widest vectors.
//
// Swift has no way to compile one function for several processors and pick at start; C has. Everything around these
// loops (blocking, packing, threads) is Swift: RecEngine/Kernels. Single precision, no allocation, no state.
//
// The order of every sum is fixed by the source, not by the vector length, so that all processors with fused
// multiply-add (x86-64-v3 and v4, arm64) give the same bits.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>

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

/// The first index of `start ..< end` whose value is at least the threshold; `end` when there is none. A NaN never is.
ptrdiff_t ck_next_reaching(const float *values, ptrdiff_t start, ptrdiff_t end, float threshold);

/// values[i] = values[i] / (length · lengths[i] + shrinkage).
void ck_ratios(float *values, const float *lengths, float length, float shrinkage, ptrdiff_t count);

/// Sums of products of one item with others, and what makes similarities of them.
typedef struct {
    /// Sum p of each other item.
    const float *products;
    /// Row scale of each other item; with Jaccard the number of its users.
    const float *rows;
    /// Column scale of each other item; with Jaccard the number of its users.
    const float *columns;
    /// The score that each other item's row asks for.
    const float *thresholds;
    /// Row and column scale of the one item.
    float row, column;
    /// λ of the factor p / (p + λ).
    float shrinkage;
    /// Least p that counts, above 0.
    float floor;
    /// Whether the similarity is p / (users of one + users of other − p), and not p · row · column.
    int is_jaccard;
} ck_pair_scan;

/// Pairs of the one item with up to sixteen others in a row.
typedef struct {
    /// Bit l is set when the similarity to the l-th of the others reaches the threshold of either side.
    int mask;
    /// Similarities, row one, column other.
    float own[16];
    /// Similarities, row other, column one.
    float others[16];
} ck_pairs;

/// The first others of `start ..< end`, sixteen or at the end fewer from the returned one on, among which a similarity
/// reaches the threshold of either side: `threshold` for the one item's row, its own for the other's. `end` when there
/// are none.
ptrdiff_t ck_next_pairs(const ck_pair_scan *scan, ptrdiff_t start, ptrdiff_t end, float threshold, ck_pairs *found);

#endif
