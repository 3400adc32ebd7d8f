#include "CKernels.h"
#include "wide.h"

/// out = gram · p + ridge · p for a symmetric gram. Two sets of sums, even and odd rows, so that additions do not wait.
PART void multiply_gram(const ck_als_system *s, float ridge, const float *p, float *out) {
    ptrdiff_t width = s->width, column = 0;
    for (; column + 64 <= width; column += 64) {
        v16 even[4], odd[4] = {0};
        for (int b = 0; b < 4; b++) even[b] = ridge * LOAD(p + column + 16 * b);
        const float *row = s->gram + column;
        for (ptrdiff_t j = 0; j < width; j += 2, row += 2 * width) {
            for (int b = 0; b < 4; b++) {
                even[b] += p[j] * LOAD(row + 16 * b);
                odd[b] += p[j + 1] * LOAD(row + width + 16 * b);
            }
        }
        for (int b = 0; b < 4; b++) STORE(out + column + 16 * b, even[b] + odd[b]);
    }
    for (; column < width; column += 16) {
        v16 sums[4] = {0};
        sums[0] = ridge * LOAD(p + column);
        const float *row = s->gram + column;
        for (ptrdiff_t j = 0; j < width; j += 4, row += 4 * width) {
            for (int k = 0; k < 4; k++) sums[k] += p[j + k] * LOAD(row + k * width);
        }
        STORE(out + column, (sums[0] + sums[1]) + (sums[2] + sums[3]));
    }
}

/// What to add to a vector for each entry: its row times extra · (row · p), or as the first residual needs it,
/// times confidence − extra · (row · p), the confidence being `base` + extra, or 0 for a right side of its own.
enum addend { product, residual, residual_of_given };

/// out += Σ over entries of addend · row, eight entries at a time so that their inner products are summed together.
PART void add_entries(
    const ck_als_system *s, enum addend addend, ptrdiff_t count, const int32_t *indices, const float *extra,
    const float *p, float *out
) {
    for (ptrdiff_t start = 0; start < count; start += 8) {
        const float *rows[8];
        float extras[8];
        ptrdiff_t some = count - start < 8 ? count - start : 8;
        for (int j = 0; j < 8; j++) {
            // Past the end the first row again, with a factor of 0 below.
            ptrdiff_t entry = j < some ? start + j : start;
            rows[j] = s->others + s->width * (ptrdiff_t)indices[entry];
            extras[j] = extra[entry];
        }
        v8 dots, e = *(const v8 *)extras, factors;
        dot_rows(rows, p, s->width, &dots);
        if (addend == product) factors = e * dots;
        else if (addend == residual) factors = (s->unobserved + e) - e * dots;
        else factors = -(e * dots);
        for (ptrdiff_t j = some; j < 8; j++) factors[j] = 0;
        for (ptrdiff_t i = 0; i < s->width; i += 16) {
            v16 first = factors[0] * LOAD(rows[0] + i), second = factors[4] * LOAD(rows[4] + i);
            for (int j = 1; j < 4; j++) {
                first += factors[j] * LOAD(rows[j] + i);
                second += factors[j + 4] * LOAD(rows[j + 4] + i);
            }
            STORE(out + i, LOAD(out + i) + (first + second));
        }
    }
}

EACH_PROCESSOR
int ck_als_solve(
    const ck_als_system *s, float ridge, ptrdiff_t count, const int32_t *indices, const float *extra,
    const float *right, int steps, float tolerance, float *x, float *scratch
) {
    ptrdiff_t width = s->width;
    float *r = scratch, *p = scratch + width, *ap = scratch + 2 * width;
    multiply_gram(s, ridge, x, ap);
    for (ptrdiff_t i = 0; i < width; i += 16) STORE(r + i, (right ? LOAD(right + i) : (v16){0}) - LOAD(ap + i));
    if (right) add_entries(s, residual_of_given, count, indices, extra, x, r);
    else add_entries(s, residual, count, indices, extra, x, r);
    for (ptrdiff_t i = 0; i < width; i += 16) STORE(p + i, LOAD(r + i));
    float square = dot16(r, r, width), goal = square * tolerance * tolerance;
    int step = 0;
    // A residual whose square vanishes in single precision leaves nothing to divide by.
    while (step < steps && square > 1e-30f && square > goal) {
        multiply_gram(s, ridge, p, ap);
        add_entries(s, product, count, indices, extra, p, ap);
        float length = square / dot16(p, ap, width);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            STORE(x + i, LOAD(x + i) + length * LOAD(p + i));
            STORE(r + i, LOAD(r + i) - length * LOAD(ap + i));
        }
        float next = dot16(r, r, width), turn = next / square;
        for (ptrdiff_t i = 0; i < width; i += 16) STORE(p + i, LOAD(r + i) + turn * LOAD(p + i));
        square = next;
        step++;
    }
    return step;
}

EACH_PROCESSOR
void ck_add_gram(ptrdiff_t count, ptrdiff_t width, const float *rows, float *gram) {
    for (ptrdiff_t i = 0; i < width; i += 8) {
        ptrdiff_t column = i & ~(ptrdiff_t)15;
        for (; column + 32 <= width; column += 32) {
            v16 sums[8][2] = {0};
            for (const float *row = rows; row < rows + count * width; row += width) {
                v16 left = LOAD(row + column), right = LOAD(row + column + 16);
                for (int j = 0; j < 8; j++) {
                    sums[j][0] += row[i + j] * left;
                    sums[j][1] += row[i + j] * right;
                }
            }
            for (int j = 0; j < 8; j++) {
                float *out = gram + (i + j) * width + column;
                STORE(out, LOAD(out) + sums[j][0]);
                STORE(out + 16, LOAD(out + 16) + sums[j][1]);
            }
        }
        if (column < width) {
            v16 sums[8] = {0};
            for (const float *row = rows; row < rows + count * width; row += width) {
                v16 left = LOAD(row + column);
                for (int j = 0; j < 8; j++) sums[j] += row[i + j] * left;
            }
            for (int j = 0; j < 8; j++) {
                float *out = gram + (i + j) * width + column;
                STORE(out, LOAD(out) + sums[j]);
            }
        }
    }
}

EACH_PROCESSOR
void ck_gemv(ptrdiff_t count, ptrdiff_t width, const float *rows, const float *x, float *out) {
    for (ptrdiff_t start = 0; start < count; start += 8) {
        const float *eight[8];
        ptrdiff_t some = count - start < 8 ? count - start : 8;
        for (int j = 0; j < 8; j++) eight[j] = rows + width * (j < some ? start + j : start);
        v8 dots;
        dot_rows(eight, x, width, &dots);
        if (some == 8) *(v8 *)(out + start) = dots;
        else for (ptrdiff_t j = 0; j < some; j++) out[start + j] = dots[j];
    }
}
