"""The bench around a generated chip: its shell, and beside it the bare core, which gives the expected words.

Signals have the names of the ports without `_i` and `_o`, where a port has such an end (those of AXI have none); those of the
bare core start with `bare_`.
"""

import re

PORT = re.compile(r"^  (input|output)\s+(?:(?:wire|reg)\s+)?(\[\d+:0\])?\s*(\w+),?(?:\s*//.*)?$")


def ports(verilog):
    """Direction, range and name of the ports of the module in a generated file."""
    header = verilog[verilog.index("\nmodule ") : verilog.index("\n);")]
    lines = [line for line in header.splitlines() if re.match(r"\s*(input|output)\b", line)]
    return [PORT.match(line).groups("") for line in lines]


# The bare core's clock runs on demand: a simulator spends most of its time in the cores.
HEAD = """module bench;
  reg clk, rst, bare_on, bare_run;
  always @(negedge clk) bare_run <= bare_on;
  wire bare_clk = clk & bare_run;
"""


def instance(module, name, verilog, prefix):
    """Declarations and the instance of a module; the reset is shared."""
    signals, pins = [], []
    for direction, width, port in ports(verilog):
        stem = port[:-2] if port.endswith(("_i", "_o")) else port
        signal = stem if stem == "rst" else prefix + stem
        pins.append(f".{port}({signal})")
        if stem not in ("clk", "rst"):
            kind = "reg" if direction == "input" else "wire"
            signals.append(f"  {kind} {width} {signal};\n")
    return "".join(signals) + f"  {module} {name} ({', '.join(pins)});\n"


def bench(chip, directory):
    """The bench of the chip generated in a directory."""
    shell = (directory / f"{chip}_shell.v").read_text()
    core = (directory / f"{chip}.v").read_text()
    return (
        HEAD
        + instance(f"{chip}_shell", "shell", shell, "")
        + instance(chip, "bare", core, "bare_")
        + "endmodule\n"
    )
