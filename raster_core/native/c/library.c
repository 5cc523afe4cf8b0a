/* Which sources the library was made of, and which processor it runs on. */
#include "rasterlet.h"

RASTERLET_EXPORT uint64_t rasterlet_fingerprint(void) { return RASTERLET_FINGERPRINT; }

#if defined(__x86_64__) && !defined(RASTERLET_ONE_PROCESSOR)
#include <cpuid.h>

bool rasterlet_has_avx2;

/* Whether the processor has AVX2, and the system keeps its registers. */
__attribute__((constructor)) static void look_at_processor(void) {
    unsigned eax, ebx, ecx, edx, low, high;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE))
        return;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 6) == 6 && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
        rasterlet_has_avx2 = (ebx & bit_AVX2) != 0;
}
#endif
