#include "CKernels.h"
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

// Sixteen bytes times a power of x, brought next to the bytes that are as far behind them as the power says: the first
// eight bytes by one constant, the last eight by the other (V. Gopal et al., "Fast CRC Computation for Generic Polynomials
// Using PCLMULQDQ Instruction", Intel 2009; here for a reflected polynomial of 64 bits).
__attribute__((target("pclmul,sse4.1")))
static inline __m128i shifted(__m128i bytes, __m128i factors) {
    return _mm_xor_si128(_mm_clmulepi64_si128(bytes, factors, 0x00), _mm_clmulepi64_si128(bytes, factors, 0x11));
}

__attribute__((target("pclmul,sse4.1")))
static size_t folded(uint64_t crc, const uint8_t *bytes, size_t count, const uint64_t factors[4], uint8_t rest[16]) {
    const __m128i far = _mm_set_epi64x((long long)factors[1], (long long)factors[0]);
    const __m128i near = _mm_set_epi64x((long long)factors[3], (long long)factors[2]);
    const __m128i *next = (const __m128i *)bytes;
    __m128i lane0 = _mm_xor_si128(_mm_loadu_si128(next), _mm_cvtsi64_si128((long long)crc));
    __m128i lane1 = _mm_loadu_si128(next + 1);
    __m128i lane2 = _mm_loadu_si128(next + 2);
    __m128i lane3 = _mm_loadu_si128(next + 3);
    size_t done = 64;
    // Four lanes, because one multiplication waits some cycles for the one before.
    for (; done + 64 <= count; done += 64) {
        next = (const __m128i *)(bytes + done);
        lane0 = _mm_xor_si128(shifted(lane0, far), _mm_loadu_si128(next));
        lane1 = _mm_xor_si128(shifted(lane1, far), _mm_loadu_si128(next + 1));
        lane2 = _mm_xor_si128(shifted(lane2, far), _mm_loadu_si128(next + 2));
        lane3 = _mm_xor_si128(shifted(lane3, far), _mm_loadu_si128(next + 3));
    }
    lane1 = _mm_xor_si128(shifted(lane0, near), lane1);
    lane2 = _mm_xor_si128(shifted(lane1, near), lane2);
    lane3 = _mm_xor_si128(shifted(lane2, near), lane3);
    _mm_storeu_si128((__m128i *)rest, lane3);
    return done;
}

size_t ck_crc64_fold(uint64_t crc, const void *bytes, size_t count, const uint64_t factors[4], uint8_t rest[16]) {
    if (count < 64 || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("sse4.1")) return 0;
    return folded(crc, bytes, count, factors, rest);
}
#else
size_t ck_crc64_fold(uint64_t crc, const void *bytes, size_t count, const uint64_t factors[4], uint8_t rest[16]) {
    (void)crc, (void)bytes, (void)count, (void)factors, (void)rest;
    return 0;
}
#endif
