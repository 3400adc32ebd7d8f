#include "CKernels.h"
#include "wide.h"

typedef int m16 __attribute__((vector_size(64)));

static const m16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// The first lane of a mask that is set; 16 when there is none.
#define FIRST(mask) __builtin_reduce_min((lanes & (mask)) | (16 & ~(mask)))

// Nearly every element fails, so a long stretch is tested with one branch and only then is the element looked for.

EACH_PROCESSOR
ptrdiff_t ck_next_reaching(const float *values, ptrdiff_t start, ptrdiff_t end, float threshold) {
    ptrdiff_t i = start;
    for (; i + 64 <= end; i += 64) {
        m16 reaches = (LOAD(values + i) >= threshold) | (LOAD(values + i + 16) >= threshold) |
                      (LOAD(values + i + 32) >= threshold) | (LOAD(values + i + 48) >= threshold);
        if (__builtin_reduce_or(reaches)) break;
    }
    for (; i + 16 <= end; i += 16) {
        m16 reaches = LOAD(values + i) >= threshold;
        if (__builtin_reduce_or(reaches)) return i + FIRST(reaches);
    }
    for (; i < end; i++)
        if (values[i] >= threshold) return i;
    return end;
}

EACH_PROCESSOR
void ck_ratios(float *values, const float *lengths, float length, float shrinkage, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) values[i] = values[i] / (length * lengths[i] + shrinkage);
}

#define PAIR_SCORES(p, rows, columns, to_other, from_other)                                     \
    do {                                                                                        \
        __auto_type support = (p) / ((p) + s->shrinkage);                                       \
        if (s->is_jaccard) {                                                                    \
            to_other = from_other = (p) / ((columns) + s->row - (p)) * support;                 \
        } else {                                                                                \
            to_other = (p) * (s->row * (columns)) * support;                                    \
            from_other = (p) * ((rows) * s->column) * support;                                  \
        }                                                                                       \
    } while (0)

EACH_PROCESSOR
ptrdiff_t ck_next_pairs(const ck_pair_scan *s, ptrdiff_t start, ptrdiff_t end, float threshold, ck_pairs *found) {
    ptrdiff_t i = start;
    for (; i + 16 <= end; i += 16) {
        v16 p = LOAD(s->products + i), own, other;
        PAIR_SCORES(p, LOAD(s->rows + i), LOAD(s->columns + i), own, other);
        m16 enters = (p >= s->floor) & ((own >= threshold) | (other >= LOAD(s->thresholds + i)));
        found->mask = __builtin_reduce_or(enters & (1 << lanes));
        if (found->mask) {
            STORE(found->own, own);
            STORE(found->others, other);
            return i;
        }
    }
    found->mask = 0;
    for (ptrdiff_t lane = 0; i + lane < end; lane++) {
        float p = s->products[i + lane], own, other;
        PAIR_SCORES(p, s->rows[i + lane], s->columns[i + lane], own, other);
        found->own[lane] = own;
        found->others[lane] = other;
        if (p >= s->floor && (own >= threshold || other >= s->thresholds[i + lane])) found->mask |= 1 << lane;
    }
    return found->mask ? i : end;
}
