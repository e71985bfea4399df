"""A float encoder, a chip of spiking neurons and a linear decoder, trained together end to end.

Two classes of noisy vectors become spike counts by a torch layer, the chip's RTL turns them into currents, and the loss
reaches the encoder through the chip's input gradient:

    python python/examples/encoder.py [--simulator integer]
"""

import argparse

import torch

from bruno.torch import ChipModule

CHIP = {
    "name": "encoded",
    "inputs": 4,
    "layers": [{"name": "hidden", "kind": "felif", "neurons": 8, "synapse": {"bits": 3, "range_pA": 400}}],
    "readout": {"outputs": 2, "synapse": {"bits": 3, "range_pA": 100}},
    "training": {"init": {"input_mean": 0.4}},
}
WINDOWS = 15


class SpikeCounts(torch.autograd.Function):
    """Numbers as whole spikes of a window, 0 to 6; their gradient passes straight through."""

    @staticmethod
    def forward(ctx, numbers):
        return numbers.clamp(0, 6).round()

    @staticmethod
    def backward(ctx, by_counts):
        return by_counts


class Encoded(torch.nn.Module):
    """Encoder, chip, decoder."""

    def __init__(self, simulator):
        super().__init__()
        self.encoder = torch.nn.Linear(5, CHIP["inputs"])
        self.chip = ChipModule(CHIP, simulator)

    def forward(self, x):
        counts = SpikeCounts.apply(2 + self.encoder(x))
        currents, _ = self.chip(counts[:, None, :].expand(-1, WINDOWS, -1))
        return self.chip.logits(currents)


def batch(generator, samples=8):
    """Vectors around +1 or -1 on their first two entries, and which of the two."""
    labels = torch.randint(0, 2, (samples,), generator=generator)
    x = 0.5 * torch.randn(samples, 5, generator=generator)
    x[:, :2] += 2.0 * labels[:, None] - 1
    return x, labels


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulator", choices=["rtl", "integer"], default="rtl")
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args(arguments)
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(1)
    model = Encoded(options.simulator)
    before = model.encoder.weight.detach().clone()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    for step in range(options.steps):
        x, labels = batch(generator)
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 10 == 0:
            print(f"step {step}: loss {float(loss):.3f}")
    x, labels = batch(generator, 40)
    with torch.no_grad():
        accuracy = float((model(x).argmax(dim=1) == labels).float().mean())
    moved = float((model.encoder.weight - before).abs().max())
    print(f"accuracy {accuracy:.3f} on 40 new vectors; the encoder moved by up to {moved:.2f}")
    return accuracy


if __name__ == "__main__":
    main()
