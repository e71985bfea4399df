"""How far each gradient by the input spikes is from exact backpropagation, on two samples of the Braille chip.

    python python/examples/input_gradients.py [--simulator integer]

prints the cosine of each, with fresh weights and the recorder at level `jacobian`.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import bruno
from bruno.torch import ChipModule

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = (0, 5)


def by_input(description, kind, simulator, counts, labels):
    """The gradient of the cross-entropy by the spikes of each window and channel."""
    module = ChipModule(description, simulator, gradient=kind)
    counts = torch.tensor(counts, requires_grad=True)
    currents, _ = module(counts)
    torch.nn.functional.cross_entropy(module.logits(currents), labels).backward()
    return counts.grad.ravel()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulator", choices=["rtl", "integer"], default="rtl")
    simulator = parser.parse_args().simulator
    description = json.loads((ROOT / "examples/braille.json").read_text()) | {"recorder": "jacobian"}
    data = bruno.data(description)
    split = data.train
    windows = -(-int(split.durations_us[list(SAMPLES)].max()) // 1000)
    counts = np.zeros((len(SAMPLES), windows, data.channels), np.float32)
    for row, sample in zip(counts, SAMPLES):
        events = split.events[sample]
        np.add.at(row, (events["time_us"] // 1000, events["channel"]), 1)
    labels = torch.from_numpy(split.labels[list(SAMPLES)])
    exact = by_input(description, "checkpointed", simulator, counts, labels)
    for kind in ("transition", "jacobian", "mean", "sample"):
        own = by_input(description, kind, simulator, counts, labels)
        print(f"{kind}: cosine {float(torch.nn.functional.cosine_similarity(exact, own, dim=0)):.4f}", flush=True)


if __name__ == "__main__":
    main()
