"""Reads a chip's register map with readers of others (systemrdl-compiler, peakrdl-ipxact) and compares what they found.

    register_maps.py CHIP.rdl CHIP_ipxact.xml

Prints a line a place: byte address, words, bits, access, reset, path. Ends with an error where the two files differ.
"""

import sys

from peakrdl_ipxact import IPXACTImporter
from systemrdl import RDLCompiler
from systemrdl.node import AddrmapNode, RegNode, RegfileNode


def places(node, path="", words=1):
    """Registers below a node; of an array the first one, with their number."""
    for child in node.children(unroll=False):
        count = words
        for dimension in child.array_dimensions or []:
            count *= dimension
        if child.is_array:
            child.current_idx = [0] * len(child.array_dimensions)
        name = path + "." + child.inst_name.removesuffix("_r").removesuffix("_block")
        if isinstance(child, RegNode):
            (field,) = child.fields()
            access = field.get_property("sw").name + (" woclr" if field.get_property("onwrite") else "")
            reset = field.get_property("reset")
            yield (child.absolute_address, count, field.width, access, reset, name.lstrip("."))
        elif isinstance(child, (RegfileNode, AddrmapNode)):
            yield from places(child, name, count)


def read(compile_into):
    compiler = RDLCompiler()
    compile_into(compiler)
    return sorted(places(compiler.elaborate().top))


def main():
    rdl, xml = sys.argv[1:]
    first = read(lambda compiler: compiler.compile_file(rdl))
    second = read(lambda compiler: IPXACTImporter(compiler).import_file(xml))
    for a, b in zip(first, second):
        if a != b:
            sys.exit(f"SystemRDL has {a}, IP-XACT {b}")
    if len(first) != len(second):
        sys.exit(f"SystemRDL has {len(first)} places, IP-XACT {len(second)}")
    for address, words, bits, access, reset, path in first:
        print(f"{address:#x} {words} {bits} {access} {'-' if reset is None else hex(reset)} {path}")


main()
