// Counter of a window. Proved for any count of 20 bits and 0..2 events a tick: it counts every event and stops at 2^20 - 1.
// Nothing else is assumed.

module counter;
  (* anyseq *) reg [19:0] count;
  (* anyseq *) reg [1:0] add;
  wire signed [31:0] count_next;
  wire [31:0] exact = count + add;

  (* keep *) window_count dut (.count({12'd0, count}), .add({30'd0, add}), .count_next(count_next));

  always @* begin
    assume (add <= 2);
    assert (count_next == (exact > 1048575 ? 1048575 : exact));
  end
endmodule
