"""The Braille chip trained through its RTL twice: by `bruno train`, and in PyTorch with its Adam and the same course
of the learning rate.

    python python/examples/braille.py --epochs 2 --seeds 5

prints the test accuracy of both for every seed. With --update bruno the second uses the update rule of `bruno train`, and
the largest difference between the parameters of the two is printed too.
"""

import argparse
import json
import math
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

import bruno
from bruno.torch import ChipModule, Update

ROOT = Path(__file__).resolve().parents[2]


def described(seed, epochs, letters):
    """The description of the example with this seed."""
    description = json.loads((ROOT / "examples/braille.json").read_text())
    description["training"] |= {"seed": seed, "epochs": epochs}
    description["training"]["data"]["train"] = letters
    return description


def batches(data, settings):
    """Samples of every step, in the order of `bruno train`."""
    for epoch in range(1, settings["epochs"] + 1):
        order = data.order(epoch, settings["seed"])
        for start in range(0, len(order), settings["batch"]):
            yield order[start : start + settings["batch"]]


def schedule(optimiser, steps):
    """The learning rate's course of `bruno train`: a cosine from 1 to a hundredth."""
    share = lambda step: 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / steps))
    return torch.optim.lr_scheduler.LambdaLR(optimiser, share)


def trained(module, data, optimiser, after_step=lambda: None):
    """Trains a module; seconds a step."""
    split, steps, start = data.train, 0, time.perf_counter()
    for batch in batches(data, module.network.settings):
        optimiser.zero_grad()
        events = [split.events[k] for k in batch]
        ends = split.durations_us[batch]
        currents, spikes = module(events=events, duration_us=ends)
        labels = torch.from_numpy(split.labels[batch])
        loss = torch.nn.functional.cross_entropy(module.logits(currents, split.from_us[batch], ends), labels)
        (loss + module.rate_penalty(spikes, ends)).backward()
        optimiser.step()
        after_step()
        steps += 1
    return (time.perf_counter() - start) / steps


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--epochs", type=int, default=2)
    arguments.add_argument("--seeds", type=int, default=1)
    arguments.add_argument("--first-seed", type=int, default=0)
    arguments.add_argument("--letters", type=int, default=100, help="training samples a letter")
    arguments.add_argument("--update", choices=["torch", "bruno"], default="torch")
    arguments = arguments.parse_args()
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        description = described(seed, arguments.epochs, arguments.letters)
        with tempfile.TemporaryDirectory() as folder:
            own = bruno.train(description, folder, ridge="never")["accuracy"]
            reference = ChipModule.of_checkpoint(Path(folder) / "checkpoint.json").values()
            module = ChipModule(description)
            data = bruno.data(description)
            steps = sum(1 for _ in batches(data, module.network.settings))
            if arguments.update == "bruno":
                optimiser, after_step = Update(module, steps), lambda: None
            else:
                rate = module.network.settings["learning_rate"]
                optimiser = torch.optim.Adam(module.parameters(), lr=rate)
                after_step = schedule(optimiser, steps).step
            seconds = trained(module, data, optimiser, after_step)
            checkpoint = Path(folder) / "torch.json"
            module.save_checkpoint(checkpoint)
            accuracy = bruno.evaluate(checkpoint, ridge="never")["accuracy"]
        line = f"seed {seed}: bruno train {own:.3f}, PyTorch {accuracy:.3f}, {steps} steps of {1e3 * seconds:.0f} ms"
        if arguments.update == "bruno":
            line += f", parameters differ by up to {np.abs(module.values() - reference).max():.1e}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
