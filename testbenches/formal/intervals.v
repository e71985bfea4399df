// One tick of a neuron file, operation by operation. Proved, of every operation of the module:
// - its value stays in the interval that the derivation of the program claims; sums are taken at 34 bits, and the corners
//   of products are within 32, so none wraps.
// Assumed: states, injected current and registers are in the intervals of the program; a mantissa, a rounding half and an
// offset belong to their shift, as `Program::check` asks of a program; values that an operation reads are in their own
// intervals, which is what is proved of them.
// The module has no ports: its inputs, the free values and the checks are written into it (tests/formal/intervals.rs).
// Macros: MODEL.

module intervals;
  `MODEL dut ();
endmodule
