# Timing constraints of braille: one clock, 1 cycle(s) a tick of 1 us; times in ns.
create_clock -name clk -period 1000.00 [get_ports clk_i]
set_clock_uncertainty 1.000 [get_clocks clk]
set_input_delay 100.00 -clock clk [remove_from_collection [all_inputs] [get_ports clk_i]]
set_output_delay 100.00 -clock clk [all_outputs]
