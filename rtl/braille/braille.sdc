# Timing constraints of braille: one clock, 1 cycle(s) a tick of 1 us; times in ns.
create_clock -name clk -period 1000.00 [get_ports clk_i]
set_clock_uncertainty 1.000 [get_clocks clk]
set_input_delay 100.00 -clock clk [get_ports {rst_i cfg_valid_i cfg_write_i cfg_addr_i cfg_wdata_i tick_i spike_i rec_ready_i}]
set_output_delay 100.00 -clock clk [all_outputs]
