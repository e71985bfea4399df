"""A network of another tool (NIR) becomes a chip: imported, run, written as Verilog, and a network again.

    python python/examples/nir_to_verilog.py net.nir --out out/net
"""

import argparse
from pathlib import Path

import numpy as np

import bruno


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path)
    parser.add_argument("--out", type=Path, default=Path("out/nir"))
    options = parser.parse_args(arguments)
    chosen = bruno.import_nir(options.network, options.out)
    for layer in chosen["losses"]:
        print(layer)
    description, program = options.out / "chip.json", options.out / "program.json"
    chip = bruno.Chip.load(description, simulator="integer")
    chip.load_program(program)
    rng = np.random.default_rng(0)
    trace = chip.forward(counts=rng.integers(0, 4, (2, 40, chip.inputs)))
    print(trace)
    verilog = chip.generate(options.out / "rtl")
    print(f"{len(verilog)} files in {options.out / 'rtl'}")
    again = options.out / "again.nir"
    bruno.export_nir(description, program, again)
    print(f"{again}: {again.stat().st_size} bytes")
    return trace, verilog


if __name__ == "__main__":
    main()
