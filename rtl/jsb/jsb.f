jsb_control.v
jsb_hidden_registers.v
jsb_hidden_neuron.v
jsb_hidden_bank64.v
jsb_readout_registers.v
jsb_readout_neuron.v
jsb_readout_bank88.v
jsb.v
