"""What a training step costs in PyTorch beside `bruno train`: the same chip, batches of 8, through its RTL.

    python python/examples/overhead.py --rounds 5

An epoch is timed in both, its validation included: of `bruno train` as two epochs less one, so that what a command does
once counts for neither. The arms take turns, on one thread each, and the medians are of processor time, which other work
on the machine changes little.
"""

import argparse
import statistics
import tempfile
import time

import torch

import bruno
from braille import batches, described, trained
from bruno.torch import ChipModule


def command(epochs, letters):
    """Processor seconds of `bruno train`."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        bruno.train(described(0, epochs, letters), folder, ridge="never", threads=1)
        return time.process_time() - start


def in_torch(module, data):
    """Processor seconds of an epoch in PyTorch: its steps and its validation."""
    rate = module.network.settings["learning_rate"]
    optimiser = torch.optim.Adam(module.parameters(), lr=rate)
    start = time.process_time()
    trained(module, data, optimiser)
    with torch.no_grad():
        for first in range(0, len(data.valid.events), 8):
            batch = slice(first, first + 8)
            module(events=data.valid.events[batch], duration_us=data.valid.durations_us[batch])
    return time.process_time() - start


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--letters", type=int, default=20, help="training samples a letter")
    arguments = arguments.parse_args()
    torch.set_num_threads(1)
    description = described(0, 1, arguments.letters)
    module, data = ChipModule(description, threads=1), bruno.data(description)
    steps = sum(1 for _ in batches(data, module.network.settings))
    ratios = []
    for _ in range(arguments.rounds):
        own = command(2, arguments.letters) - command(1, arguments.letters)
        python = in_torch(module, data)
        ratios.append(python / own)
        print(f"an epoch of {steps} steps: bruno train {own:.2f} s, PyTorch {python:.2f} s, ratio {ratios[-1]:.3f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main()
