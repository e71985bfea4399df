// Largest products of a state and a mantissa: proved in products.v, assumed where the products are cut.
  localparam signed [31:0] DRIVE_TOP = (32'sd1 << (`I_BITS - PRE - 1)) * 32'sd2047;
  localparam signed [31:0] V_TOP = (32'sd1 << (`V_BITS - 1)) * 32'sd2047;
  localparam signed [31:0] P_TOP = ((32'sd1 << `P_BITS) - 32'sd1) * 32'sd1023;
  localparam signed [31:0] FLOW_TOP = (32'sd1 << `P_BITS) * 32'sd2047;
