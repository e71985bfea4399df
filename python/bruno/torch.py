"""The chip as a PyTorch module: forward is the Verilated RTL, backward any of bruno's gradients.

    chip = bruno.torch.ChipModule("examples/braille.json")
    currents, spikes = chip(counts)                      # pA [sample, window, output]; {"hidden": [sample, window, neuron]}
    loss = torch.nn.functional.cross_entropy(chip.logits(currents), labels)
    loss.backward()                                      # into plain nn.Parameters, and into `counts` if it asks
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from . import _bruno
from .chip import Chip, Description, Simulator
from .errors import bad
from .network import Network


class _Run(torch.autograd.Function):
    """One batch through the chip. Inputs: module, stimuli, counts or None, the parameters; outputs: currents, spikes."""

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, module: ChipModule, given: _bruno.Stimuli, counts: Tensor | None, *parameters: Tensor
    ) -> tuple[Tensor, ...]:
        values = np.concatenate([p.detach().numpy().ravel() for p in parameters]).astype(np.float32, copy=False)
        ran = module.network.forward(values, given, module.gradient, module.place)
        module.saturations = np.array(ran["saturations"], np.uint32)
        ctx.module, ctx.tape, ctx.counts = module, ran["tape"], counts
        ctx.set_materialize_grads(True)
        return tuple(torch.from_numpy(array) for array in (ran["currents"], *ran["spikes"]))

    @staticmethod
    def backward(ctx: Any, by_currents: Tensor, *by_spikes: Tensor) -> tuple[Any, ...]:  # type: ignore[override]
        by_input = ctx.counts is not None and ctx.needs_input_grad[2]
        asked = [by.detach().contiguous().float().numpy() for by in (by_currents, *by_spikes)]
        gradient, inputs = ctx.tape.backward(asked[0], asked[1:], by_input)
        parameters = (torch.from_numpy(array) for array in ctx.module.network.split(gradient).values())
        counts = torch.from_numpy(inputs).reshape(ctx.counts.shape).to(ctx.counts.dtype) if by_input else None
        return None, None, counts, *parameters


class ChipModule(nn.Module):
    """A chip as a layer, batch first, on the CPU, deterministic.

    Its parameters are plain `nn.Parameter`s in bruno's own units (`bruno.network.Tensor` names them): any optimiser moves
    them, `state_dict` keeps them. Forward rounds them to the chip's codes, after weights and level tables are brought back
    into their limits; backward passes straight through the rounding and stops weights at an end of their table that would
    move further out (`training.weights.straight_through`: `gated`).
    """

    def __init__(
        self,
        description: Description,
        simulator: Simulator = "rtl",
        threads: int | None = None,
        *,
        gradient: str | None = None,
        training: Mapping[str, Any] | None = None,
    ) -> None:
        """A fresh chip of a description (a path or a dict), as `bruno train` starts with it.

        `gradient`: sample, mean, jacobian, transition, checkpointed or bptt; that of the settings where None. `training`:
        settings in place of those of the description, e.g. `{"seed": 3, "device": [{"parameter": "area", "bounds": [1, 9]}]}`.
        """
        super().__init__()
        self._use(Network.of(description, simulator, threads, training), gradient)

    @classmethod
    def of_checkpoint(
        cls, path: str | os.PathLike[str], simulator: Simulator = "rtl", threads: int | None = None
    ) -> ChipModule:
        """The chip of a run's `checkpoint.json` as `bruno train` left it, with its settings."""
        module = cls.__new__(cls)
        nn.Module.__init__(module)
        module._use(Network.of_checkpoint(path, simulator, threads), None)
        return module

    def _use(self, network: Network, gradient: str | None) -> None:
        self.network = network
        self.gradient = gradient or network.settings["gradient"]
        self.place = (1, 0, 0)
        self.saturations = np.zeros(0, np.uint32)
        for name, values in network.split(network.native.values()).items():
            self.register_parameter(name, nn.Parameter(torch.from_numpy(values.copy())))

    def at(self, epoch: int, step: int, sample: int) -> ChipModule:
        """Sets the place in a run from which virtual chips (`training.hardware`) and random rounding follow: epoch from 1,
        step and sample of the whole run from 0. Only where the settings ask for such effects does it matter."""
        self.place = (epoch, step, sample)
        return self

    def forward(
        self, counts: Tensor | None = None, *, events: Any = None, duration_us: Any = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Runs samples from a reset; gives the readout currents at the ends of windows, pA, `[sample, window, output]`, and
        the spikes of each window by hidden layer, `[sample, window, neuron]`. Both carry gradients.

        `counts`: spikes `[sample, window, channel]`, whole numbers of any dtype, spread evenly over each window; they get
        the gradient by a spike at an unknown time of the window. Or `events` with exact times, as `Chip.forward` takes
        them, without a gradient; of samples that end earlier than others, currents and spikes are 0 afterwards. `saturations` then holds the saturated updates of each sample.
        """
        if (counts is None) == (events is None):
            raise bad("the input", "both or none", "`counts` or `events`", "pass one of them")
        if counts is None:
            given = self.network.events(events, duration_us)
        elif not isinstance(counts, Tensor) or counts.device.type != "cpu":
            found = counts.device if isinstance(counts, Tensor) else type(counts).__name__
            raise bad("`counts`", found, "a tensor on the CPU", "move it with .cpu()")
        elif counts.dim() != 3:
            raise bad("the shape of `counts`", list(counts.shape), "[sample, window, channel]", "add the axis")
        else:
            given = self.network.stimuli(counts.detach().numpy())
        currents, *spikes = _Run.apply(self, given, counts, *self._ordered())
        return currents, dict(zip(self.network.hidden, spikes))

    def logits(self, currents: Tensor, from_us: Any = 0, duration_us: Any = None) -> Tensor:
        """The logits of classes, `[sample, output]`: scale times the mean current of the windows that count, plus the
        output biases, as docs/program.md decides. Windows count from `from_us` on, the last one always, up to the end of
        the sample (`duration_us`, the whole run where None); both are one time (us) or one a sample."""
        counted = self._counted(currents, from_us, duration_us)
        mean = (currents * counted).sum(dim=1) / counted.sum(dim=1)
        scale: float = self.network.settings["logit_per_pA"]
        return scale * mean + self._parameters["readout_bias"]

    def rate_penalty(self, spikes: Mapping[str, Tensor], duration_us: Any = None) -> Tensor:
        """`training.rate_penalty` times the mean over neurons of the squared distance (Hz) of their rates from the band
        `training.rate_Hz`, summed over hidden layers, mean over the batch; `duration_us` as in `logits`."""
        (low, high), weight = self.network.settings["rate_Hz"], self.network.settings["rate_penalty"]
        penalties = []
        for own in spikes.values():
            counted = self._counted(own, 0, duration_us)
            rate = (own * counted).sum(dim=1) / (counted.sum(dim=1) * self.network.window_us * 1e-6)
            outside = (rate - high).clamp(min=0) - (low - rate).clamp(min=0)
            penalties.append(weight * outside.square().mean())
        return torch.stack(penalties).sum()

    def _counted(self, rows: Tensor, from_us: Any, duration_us: Any) -> Tensor:
        counted = self.network.counted(rows.shape[0], rows.shape[1], from_us, duration_us)
        return torch.from_numpy(counted)[:, :, None]

    def values(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """All parameters as one flat vector, in bruno's order; a copy."""
        return np.concatenate([p.detach().numpy().ravel() for p in self._ordered()]).astype(np.float32, copy=False)

    def assign(self, values: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        """Takes all parameters from such a vector."""
        with torch.no_grad():
            for parameter, own in zip(self._ordered(), self.network.split(values).values()):
                parameter.copy_(torch.from_numpy(own))

    def clip_(self) -> None:
        """Brings weights and level tables back into their limits; forward does so for itself."""
        self.assign(self.network.native.clipped(self.values()))

    def chip(self, simulator: Simulator = "rtl", threads: int = 1) -> Chip:
        """The chip as it stands, loaded: its description has the trained device parameters and level tables."""
        return self.network.chip(self.values(), simulator, threads)

    def save_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Writes a `checkpoint.json`: `bruno eval` scores it, and `bruno train` goes on from it (a run that has not begun)."""
        self.network.native.save(self.values(), os.fspath(path))

    def _ordered(self) -> list[Tensor]:
        return [self._parameters[tensor.name] for tensor in self.network.tensors]  # type: ignore[misc]

    def extra_repr(self) -> str:
        file, simulator, threads = self.network.native.running()
        return f"{self.network.name!r} of {file}, gradient={self.gradient!r}, {simulator}, {threads} threads"

    def __reduce__(self) -> tuple[Any, ...]:
        file, simulator, threads = self.network.native.running()
        made = (self.network.native.description(), file, simulator, threads, self.gradient)
        return _restored, made, self.state_dict()

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.load_state_dict(state)

    def __deepcopy__(self, _: Any) -> ChipModule:
        made, arguments, state = self.__reduce__()
        copy: ChipModule = made(*arguments)
        copy.load_state_dict(state)
        return copy


def _restored(text: str, _file: str, simulator: Simulator, threads: int, gradient: str) -> ChipModule:
    return ChipModule(json.loads(text), simulator, threads, gradient=gradient)


class Update:
    """The update rule of `bruno train` for one module: Adam with a cosine schedule over `steps` steps, rates by kind of
    parameter, clipping to the running norm, weight decay. Plain optimisers of torch do as well."""

    def __init__(self, module: ChipModule, steps: int) -> None:
        self.module, self.steps, self.done = module, steps, 0
        self._native = _bruno.Update(module.network.native)

    def zero_grad(self) -> None:
        """Forgets the gradients."""
        self.module.zero_grad()

    def step(self) -> None:
        """One step down the gradients at hand."""
        module = self.module
        zeros = [p.grad if p.grad is not None else torch.zeros_like(p) for p in module._ordered()]
        gradient = np.concatenate([g.numpy().ravel() for g in zeros]).astype(np.float32, copy=False)
        module.assign(self._native.step(module.values(), gradient, self.done / self.steps))
        self.done += 1
