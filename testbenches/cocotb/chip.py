"""The chip under test as software sees it: its description and the addresses of its registers.

    chip.py ROM   fills the file of the chip's ROM with a random program
"""

import json
import os
import random
import sys
from pathlib import Path

DESCRIPTION = json.loads(Path(os.environ["CHIP"]).read_text())
INPUTS = DESCRIPTION["inputs"]
NEURONS = DESCRIPTION["layers"][0]["neurons"]
OUTPUTS = DESCRIPTION["readout"]["outputs"]
WINDOW_TICKS = DESCRIPTION["window_ticks"]
CLOCK_MHZ = DESCRIPTION["interfaces"]["clock_mhz"]

ID, WINDOW, CLEAR, TICK, SATURATIONS, OVERRUN = range(6)
LATE, UNKNOWN, MERGED, LOST, MISSED = (3 << 26 | index for index in range(5))
VERSION, HASH, SIZE_INPUTS, SIZE_NEURONS, SIZE_OUTPUTS, IRQ_ENABLE, IRQ_STATUS, RECORDS = (3 << 26 | 16 + index for index in range(8))
BRUN = 0x6272756E


def device(layer, index):
    return (layer + 1) << 28 | index


def level(layer, code):
    return (layer + 1) << 28 | 1 << 26 | code


EVENT_TIME, EVENT, WINDOWS, FIRST, CLASS = (3 << 26 | 24 + index for index in range(5))


def bias(output):
    return 3 << 26 | 8192 + output


def score(output):
    return 3 << 26 | 16384 + output


def result(output):
    return 3 << 26 | 256 + output


def weight(layer, channel, neuron, neurons):
    return (layer + 1) << 28 | 2 << 26 | channel << (neurons - 1).bit_length() | neuron


REGISTERS = [WINDOW] + [device(0, index) for index in range(26)] + [device(1, index) for index in range(3)]

# Reads, writes and both to places that do not exist or do not take them; the chip must answer with an error.
ILLEGAL_READS = [6, 1 << 20, device(0, 26), device(1, 3), device(5, 0), LATE + 5, result(OUTPUTS), level(0, 8), weight(0, 0, 6, NEURONS)]
if not DESCRIPTION["interfaces"].get("readback"):
    ILLEGAL_READS += [level(0, 0), weight(0, 0, 0, NEURONS)]
ILLEGAL_WRITES = [ID, TICK, SATURATIONS, OVERRUN, 6, device(0, 26), level(0, 8), weight(0, 0, 6, NEURONS), device(2, 0), LATE, VERSION, HASH, RECORDS, result(0)]


def program(seed):
    """Random weights of both layers (the inputs excite, the recurrence inhibits) and changed levels: `(address, data)`."""
    rng = random.Random(seed)
    writes = [
        (weight(0, channel, neuron, NEURONS), rng.choice([3, 5, 6, 7] if channel < INPUTS else [0, 1, 2, 3]))
        for channel in range(INPUTS + NEURONS)
        for neuron in range(NEURONS)
    ]
    writes += [
        (weight(1, channel, neuron, OUTPUTS), rng.randrange(16)) for channel in range(NEURONS) for neuron in range(OUTPUTS)
    ]
    writes.append((level(0, 6), rng.randrange(1_000_000, 7_000_000)))
    writes.append((level(1, 15), 0xFFFFFF & -rng.randrange(1, 1_000_000)))
    return writes


def image(rom):
    """What a ROM's file holds: `(address, data)`."""
    lines = [line for line in Path(rom).read_text().splitlines() if not line.startswith("//")]
    return [tuple(int(word, 16) for word in line.split()) for line in lines]


def fill(rom):
    """As many words as the ROM has: a window, the program, biases; the window first, and again where words are left."""
    words = program(7) + [(bias(output), 0xFFFFFF & -1000 * output) for output in range(OUTPUTS)]
    window = [(WINDOW, WINDOW_TICKS)] * (len(image(rom)) - len(words))
    Path(rom).write_text("// A program.\n" + "".join(f"{address:08x} {data:08x}\n" for address, data in window + words))


if __name__ == "__main__":
    fill(sys.argv[1])
