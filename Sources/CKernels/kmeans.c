#include "CKernels.h"
#include "wide.h"

typedef int32_t i16x16 __attribute__((vector_size(64), aligned(4), may_alias));

// Lanes of a where the mask is −1, of b where it is 0.
#define SELECT(mask, a, b) (((mask) & (i16x16)(a)) | (~(mask) & (i16x16)(b)))

/// Rows that go over the centroids together: with two vectors of centroids they fill half of the registers.
enum { together = 8 };

EACH_PROCESSOR
void ck_nearest(
    ptrdiff_t count, ptrdiff_t width, const float *rows, ptrdiff_t columns, const float *centroids,
    const float *halves, int32_t *nearest, float *distances
) {
    const i16x16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (ptrdiff_t start = 0; start < count; start += together) {
        const float *tile[together];
        ptrdiff_t some = count - start < together ? count - start : together;
        for (int j = 0; j < together; j++) tile[j] = rows + width * (j < some ? start + j : start);
        float best[together][16];
        int32_t places[together][16];
        for (ptrdiff_t column = 0; column < columns; column += 32) {
            v16 sums[together][2];
            for (int j = 0; j < together; j++) {
                sums[j][0] = LOAD(halves + column);
                sums[j][1] = LOAD(halves + column + 16);
            }
            const float *across = centroids + column;
            for (ptrdiff_t i = 0; i < width; i++, across += columns) {
                v16 left = LOAD(across), right = LOAD(across + 16);
                for (int j = 0; j < together; j++) {
                    sums[j][0] -= tile[j][i] * left;
                    sums[j][1] -= tile[j][i] * right;
                }
            }
            for (int j = 0; j < together; j++) {
                // Strictly below: of equal centroids the first stays.
                i16x16 later = sums[j][1] < sums[j][0];
                i16x16 place = lanes + (int32_t)column + (later & 16);
                v16 value = (v16)SELECT(later, sums[j][1], sums[j][0]);
                if (column > 0) {
                    i16x16 better = value < LOAD(best[j]);
                    value = (v16)SELECT(better, value, LOAD(best[j]));
                    place = SELECT(better, place, *(const i16x16 *)places[j]);
                }
                STORE(best[j], value);
                *(i16x16 *)places[j] = place;
            }
        }
        for (ptrdiff_t j = 0; j < some; j++) {
            float value = best[j][0];
            int32_t place = places[j][0];
            for (int lane = 1; lane < 16; lane++) {
                int wins = best[j][lane] < value || (best[j][lane] == value && places[j][lane] < place);
                value = wins ? best[j][lane] : value;
                place = wins ? places[j][lane] : place;
            }
            nearest[start + j] = place;
            distances[start + j] = value;
        }
    }
}

EACH_PROCESSOR
void ck_add_rows(ptrdiff_t count, ptrdiff_t width, const float *rows, const int32_t *places, float *sums) {
    for (ptrdiff_t row = 0; row < count; row++, rows += width) {
        float *sum = sums + width * places[row];
        for (ptrdiff_t i = 0; i < width; i += 16) STORE(sum + i, LOAD(sum + i) + LOAD(rows + i));
    }
}
