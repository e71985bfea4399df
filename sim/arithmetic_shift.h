// Verilator builds `>>>` from unsigned shifts and masks, which compilers do not recognise; on 32-bit words it is one
// machine instruction. Included before every generated source (-include). The shift amounts of bruno's RTL have five
// bits, so none reaches 32; other widths keep Verilator's function.
#include "verilated.h"

#define VL_SHIFTRS_III(obits, lbits, rbits, lhs, rhs)                        \
  ((lbits) == 32 ? static_cast<IData>(static_cast<int32_t>(lhs) >> (rhs)) \
                 : (VL_SHIFTRS_III)(obits, lbits, rbits, lhs, rhs))
