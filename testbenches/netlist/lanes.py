"""Prints a netlist of iCE40 cells as C++ that simulates 64 copies of the chip at once: bit k of every net's word is copy k.

    lanes.py NETLIST.json TOP > netlist.h          NETLIST.json: Yosys, synth_ice40 -json

Cells are those that synth_ice40 makes of a chip: SB_LUT4, SB_CARRY, flip-flops, SB_RAM40_4K of 256 x 16. Clocks and asynchronous
resets are input ports. Anything else is refused. netlist.cpp holds what is the same for every netlist.
"""

import json
import re
import sys

FLIP_FLOP = re.compile("SB_DFF(N?)(E?)(SR|SS|R|S)?$")
CHUNK = 500  # statements of a function: compilers take much longer over one of all


def refuse(what):
    sys.exit("lanes.py: " + what)


class Netlist:
    """Cells and nets of a flat module; the word of net 0 is all zeros, of net 1 all ones."""

    def __init__(self, module):
        self.ports = module["ports"]
        self.cells = module["cells"]
        self.number = {"0": 0, "1": 1, "x": 0}
        self.inputs = {bit for port in self.ports.values() if port["direction"] == "input" for bit in port["bits"]}

    def net(self, bit):
        return self.number.setdefault(bit, len(self.number) - 1)

    def pin(self, cell, name, default="0"):
        bits = cell["connections"].get(name, [])
        return self.net(bits[0] if bits else default)

    def pins(self, cell, name, width, default="0"):
        bits = cell["connections"].get(name, [])
        return [self.net(bit) for bit in bits + [default] * (width - len(bits))]

    def of(self, pattern):
        return [(cell, re.match(pattern, cell["type"])) for cell in self.cells.values() if re.match(pattern, cell["type"])]

    def combinational(self):
        """Cells without a clock, each behind those that it hears."""
        cells = [cell for cell, _ in self.of("SB_LUT4$|SB_CARRY$")]
        driver = {}
        for cell in cells:
            driver[cell["connections"]["O" if cell["type"] == "SB_LUT4" else "CO"][0]] = cell
        order, state = [], {}
        for root in cells:
            stack = [(root, False)]
            while stack:
                cell, heard = stack.pop()
                if heard:
                    state[id(cell)] = "placed"
                    order.append(cell)
                elif id(cell) not in state:
                    state[id(cell)] = "waits"
                    stack.append((cell, True))
                    for name in ("I0", "I1", "I2", "I3", "CI"):
                        before = driver.get(*cell["connections"].get(name, [None]))
                        if before is not None and state.get(id(before)) == "waits":
                            refuse("a loop of cells without a clock")
                        if before is not None:
                            stack.append((before, False))
        return order


def table(bits, nets):
    """A look-up table as an expression: chosen by its last input between its halves."""
    if len(set(bits)) == 1:
        return "~W(0)" if bits[0] else "W(0)"
    low, high = bits[: len(bits) // 2], bits[len(bits) // 2 :]
    chosen, rest = f"n[{nets[-1]}]", nets[:-1]
    if low == high:
        return table(low, rest)
    if all(a != b for a, b in zip(low, high)):
        return f"({chosen} ^ {table(low, rest)})"
    if not any(low):
        return f"({chosen} & {table(high, rest)})"
    if not any(high):
        return f"(~{chosen} & {table(low, rest)})"
    if all(low):
        return f"(~{chosen} | {table(high, rest)})"
    if all(high):
        return f"({chosen} | {table(low, rest)})"
    return f"(({chosen} & {table(high, rest)}) | (~{chosen} & {table(low, rest)}))"


def statement(netlist, cell):
    pin = lambda name: netlist.pin(cell, name)  # noqa: E731
    if cell["type"] == "SB_CARRY":
        a, b, c = (f"n[{pin(name)}]" for name in ("I0", "I1", "CI"))
        return f"n[{pin('CO')}] = ({a} & {b}) | (({a} | {b}) & {c});"
    values = int(cell["parameters"]["LUT_INIT"], 2)
    bits = [values >> n & 1 for n in range(16)]
    return f"n[{pin('O')}] = {table(bits, [pin(name) for name in ('I0', 'I1', 'I2', 'I3')])};"


def flip_flop(netlist, cell, kind):
    """A row of `flip_flops`: clock, edge, D, Q, enable, reset, value after a reset, whether that is asynchronous."""
    falling, _, reset = kind.groups()
    if cell["connections"]["C"][0] not in netlist.inputs:
        refuse("a clock that is no input port")
    if reset in ("R", "S") and cell["connections"]["R" if reset == "R" else "S"][0] not in netlist.inputs:
        refuse("an asynchronous reset that is no input port")
    nets = [netlist.pin(cell, "C"), 1 if falling else 0, netlist.pin(cell, "D"), netlist.pin(cell, "Q")]
    nets += [netlist.pin(cell, "E", "1"), netlist.pin(cell, "S" if reset in ("SS", "S") else "R")]
    nets += [1 if reset in ("SS", "S") else 0, 1 if reset in ("R", "S") else 0]
    return "{%s}" % ", ".join(map(str, nets))


def memory(netlist, cell):
    """A row of `memories`."""
    if any(int(cell["parameters"].get(mode, "0"), 2) for mode in ("READ_MODE", "WRITE_MODE")):
        refuse("a block RAM that is not 256 x 16")
    if cell["connections"]["RCLK"] != cell["connections"]["WCLK"]:
        refuse("a block RAM of two clocks")
    lists = [netlist.pins(cell, "RADDR", 11)[:8], netlist.pins(cell, "RDATA", 16), netlist.pins(cell, "WADDR", 11)[:8]]
    lists += [netlist.pins(cell, "WDATA", 16), netlist.pins(cell, "MASK", 16)]
    single = [netlist.pin(cell, "RCLK"), netlist.pin(cell, "RE"), netlist.pin(cell, "RCLKE", "1")]
    single += [netlist.pin(cell, "WE"), netlist.pin(cell, "WCLKE", "1")]
    texts = ["{%s}" % ", ".join(map(str, nets)) for nets in lists] + list(map(str, single))
    # Bit b of word a stands at 16 a + b, an x where it has no value.
    initial = "".join(cell["parameters"].get("INIT_%X" % part, "x" * 256) for part in reversed(range(16)))[::-1]
    return "{%s, %s}" % (", ".join(texts), '"%s"' % initial if initial.strip("x") else "nullptr")


def main():
    file, top = sys.argv[1:]
    netlist = Netlist(json.load(open(file))["modules"][top])
    known = "SB_LUT4$|SB_CARRY$|SB_RAM40_4K$|" + FLIP_FLOP.pattern
    for cell in netlist.cells.values():
        if not re.match(known, cell["type"]):
            refuse("a cell of type " + cell["type"])
    statements = [statement(netlist, cell) for cell in netlist.combinational()]
    rows = [flip_flop(netlist, cell, kind) for cell, kind in netlist.of(FLIP_FLOP)]
    memories = [memory(netlist, cell) for cell, _ in netlist.of("SB_RAM40_4K$")]
    for name, port in netlist.ports.items():
        print("static const int %s[] = {%s};" % (name, ", ".join(str(netlist.net(bit)) for bit in port["bits"])))
    print("static W n[%d];" % len(netlist.number))
    chunks = [statements[at : at + CHUNK] for at in range(0, len(statements), CHUNK)]
    for index, chunk in enumerate(chunks):
        print("static void settle%d() {\n    %s\n}" % (index, "\n    ".join(chunk)))
    print("static void settle() {\n    %s\n}" % "\n    ".join("settle%d();" % index for index in range(len(chunks))))
    print("static const FlipFlop flip_flops[] = {\n    %s\n};" % ",\n    ".join(rows))
    print("static const Memory memories[] = {\n    %s\n};" % ",\n    ".join(memories))


main()
