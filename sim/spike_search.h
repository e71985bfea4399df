// Which channels spike: generated sources begin with this text, and their loops that ask each channel use it
// (crates/verilator/src/cpp_text/spike_search.rs).
#include "verilated.h"

// The first of `count` words from `word` on that is not zero, `count` where all are zero.
template <class Words>
static inline IData bruno_next_word(const Words& words, IData word, IData count) {
  // Most are zero: eight are asked at once.
  for (; word + 8 <= count; word += 8) {
    IData any = 0;
    for (int n = 0; n < 8; ++n) any |= words[word + n];
    if (any) break;
  }
  while (word < count && !words[word]) ++word;
  return word;
}

// The first bit of `word` from `bit` on that is set, 32 where there is none.
static inline IData bruno_next_bit(IData word, IData bit) {
  const IData left = bit < 32 ? word >> bit << bit : 0;
  return left ? __builtin_ctz(left) : 32;
}
