#include "CKernels.h"

#if defined(__x86_64__) && defined(__gnu_linux__)
#define EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EACH_PROCESSOR
#endif

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef int m16 __attribute__((vector_size(64)));

#define LOAD(p) (*(const v16 *)(p))

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
ptrdiff_t ck_next_pair(const ck_pair_scan *s, ptrdiff_t start, ptrdiff_t end, float threshold, float *scores) {
    ptrdiff_t i = start;
    for (; i + 16 <= end; i += 16) {
        v16 p = LOAD(s->products + i), own, other;
        PAIR_SCORES(p, LOAD(s->rows + i), LOAD(s->columns + i), own, other);
        m16 enters = (p >= s->floor) & ((own >= threshold) | (other >= LOAD(s->thresholds + i)));
        if (__builtin_reduce_or(enters)) {
            int lane = FIRST(enters);
            scores[0] = own[lane];
            scores[1] = other[lane];
            return i + lane;
        }
    }
    for (; i < end; i++) {
        float p = s->products[i], own, other;
        PAIR_SCORES(p, s->rows[i], s->columns[i], own, other);
        if (p >= s->floor && (own >= threshold || other >= s->thresholds[i])) {
            scores[0] = own;
            scores[1] = other;
            return i;
        }
    }
    return end;
}
