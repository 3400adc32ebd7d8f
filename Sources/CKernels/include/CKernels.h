// Dense inner loops that need the processor's widest vectors.
//
// Swift has no way to compile one function for several processors and pick at start; C has. Everything around these
// loops (blocking, packing, threads) is Swift: RecEngine/Kernels. Single precision unless the name says double, no
// allocation, no state.
//
// The order of every sum is fixed by the source, not by the vector length, so that processors with fused multiply-add
// (x86-64-v3 and v4) give the same bits.
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

// Rows of factors. `width` is the number of factors rounded up to a multiple of 16, the rest filled with zeros.

/// What all rows of a half-epoch of implicit ALS have in common.
typedef struct {
    /// Floats of a row of factors, a multiple of 16.
    ptrdiff_t width;
    /// width × width, symmetric: the weight of unobserved pairs times the sum of outer products of `others`.
    const float *gram;
    /// Rows of factors of the other side.
    const float *others;
    /// Confidence of an unobserved pair.
    float unobserved;
} ck_als_system;

/// At most `steps` steps of conjugate gradients from `x` towards A x = b, with A = gram + ridge + Σ extra · y yᵀ over the
/// entries and b = `right`, or Σ (unobserved + extra) · y when it is null. Stops when the residual is below `tolerance`
/// times the first one. `scratch` has 3 · width floats. Returns the number of steps.
int ck_als_solve(
    const ck_als_system *system, float ridge, ptrdiff_t count, const int32_t *indices, const float *extra,
    const float *right, int steps, float tolerance, float *x, float *scratch);

/// gram[i][j] += Σ over rows of row[i] · row[j], for j at or after the block of 16 that i is in; the rest is not touched.
void ck_add_gram(ptrdiff_t count, ptrdiff_t width, const float *rows, float *gram);

/// out[r] = Σ over i of rows[r][i] · x[i].
void ck_gemv(ptrdiff_t count, ptrdiff_t width, const float *rows, const float *x, float *out);

/// For each row the nearest of some centroids, of equally near ones the first, and half the squared distance less half
/// the row's own square. `centroids` is width × columns, a centroid a column; `halves` has half of each centroid's
/// square, infinity for columns that are not one. `columns` is a multiple of 32.
void ck_nearest(
    ptrdiff_t count, ptrdiff_t width, const float *rows, ptrdiff_t columns, const float *centroids,
    const float *halves, int32_t *nearest, float *distances);

/// sums[places[r]][i] += rows[r][i].
void ck_add_rows(ptrdiff_t count, ptrdiff_t width, const float *rows, const int32_t *places, float *sums);

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

/// Brings the start of some bytes down to sixteen that leave the same remainder, for a reflected polynomial of 64 bits.
///
/// @param crc      register before the first byte
/// @param factors  x^575, x^511, x^191 and x^127 modulo the polynomial, bit 63 being x^0
/// @param rest     the sixteen bytes; the remainder goes on from a register of 0 with them
/// @return bytes that were used, a multiple of 64; 0 when there are fewer or the processor cannot
size_t ck_crc64_fold(uint64_t crc, const void *bytes, size_t count, const uint64_t factors[4], uint8_t rest[16]);

#endif
