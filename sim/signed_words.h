// Signed 32-bit words as compilers know them. Verilator builds `>>>` from unsigned shifts and masks and compares signed
// words as 64-bit numbers; neither becomes vector code. Included before every generated source (-include). The shift
// amounts of bruno's RTL have five bits, so none reaches 32; other widths keep Verilator's functions.
#include "verilated.h"

#define VL_SHIFTRS_III(obits, lbits, rbits, lhs, rhs)                        \
  ((lbits) == 32 ? static_cast<IData>(static_cast<int32_t>(lhs) >> (rhs)) \
                 : (VL_SHIFTRS_III)(obits, lbits, rbits, lhs, rhs))

#define BRUNO_COMPARE(function, lbits, lhs, sign, rhs)                                                     \
  ((lbits) == 32 ? static_cast<IData>(static_cast<int32_t>(lhs) sign static_cast<int32_t>(rhs)) \
                 : (function)(lbits, lhs, rhs))
#define VL_GTS_III(lbits, lhs, rhs) BRUNO_COMPARE(VL_GTS_III, lbits, lhs, >, rhs)
#define VL_GTES_III(lbits, lhs, rhs) BRUNO_COMPARE(VL_GTES_III, lbits, lhs, >=, rhs)
#define VL_LTS_III(lbits, lhs, rhs) BRUNO_COMPARE(VL_LTS_III, lbits, lhs, <, rhs)
#define VL_LTES_III(lbits, lhs, rhs) BRUNO_COMPARE(VL_LTES_III, lbits, lhs, <=, rhs)
