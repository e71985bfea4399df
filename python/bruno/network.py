"""A chip as a function of its parameters, with derivatives: what `bruno.torch` and `bruno.jax` have in common."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _bruno, stimuli
from .chip import Chip, Description, Simulator, checked_threads, read
from .errors import bad
from .program import LayerProgram, Program


@dataclass(frozen=True)
class Tensor:
    """A named tensor of the parameters."""

    name: str
    """`LAYER_input`, `LAYER_recurrent` (latent weights, half the level table's range is 1), these with `_levels` (trained
    level tables), `LAYER_area` and other device parameters (logits between their bounds), `readout_bias` (logits)."""
    place: slice
    """Place in the flat vector."""
    shape: tuple[int, ...]
    """`[channel, neuron]`, `[level]`, `[output]`, or none of a device parameter."""


class Network:
    """A chip with the map of its parameters; values are flat float32 vectors in the order of `tensors`."""

    def __init__(self, native: _bruno.Network) -> None:
        self.native = native
        self.tensors = tuple(
            Tensor(name, slice(start, stop), tuple(shape)) for name, start, stop, shape in native.tensors()
        )
        self.settings: dict[str, Any] = json.loads(native.settings())
        description = json.loads(native.description())
        self.name: str = description["name"]
        self.inputs: int = description["inputs"]
        self.outputs: int = description["readout"]["outputs"]
        self.window_us: int = description["window_ticks"]
        self.hidden: dict[str, int] = {layer["name"]: layer["neurons"] for layer in description["layers"]}

    @classmethod
    def of(
        cls,
        description: Description,
        simulator: Simulator,
        threads: int | None,
        training: Mapping[str, Any] | None,
    ) -> Network:
        """The network of a description, with these settings in place of those of its `training`."""
        text, file = read(description)
        if training is not None:
            changed = json.loads(_bruno.Chip(text, file, "integer", 1).description())
            changed["training"] = {**(changed.get("training") or {}), **training}
            text = json.dumps(changed)
        return cls(_bruno.Network(text, file, simulator, checked_threads(threads)))

    @classmethod
    def of_checkpoint(cls, path: str | os.PathLike[str], simulator: Simulator, threads: int | None) -> Network:
        """That of a run's checkpoint, with its values."""
        return cls(_bruno.Network.load(os.fspath(path), simulator, checked_threads(threads)))

    @property
    def size(self) -> int:
        """Number of parameters."""
        return max(tensor.place.stop for tensor in self.tensors)

    def split(self, values: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """The tensors of a flat vector."""
        return {tensor.name: values[tensor.place].reshape(tensor.shape) for tensor in self.tensors}

    def stimuli(self, counts: Any) -> _bruno.Stimuli:
        """A batch from spikes `[sample, window, channel]`."""
        return stimuli.of_counts(counts, self.inputs, self.window_us)

    def events(self, events: Any, duration_us: Any) -> _bruno.Stimuli:
        """A batch from events, as `Chip.forward` takes them."""
        return stimuli.of_events(events, self.inputs, self.window_us, duration_us)

    def forward(
        self,
        values: NDArray[np.float32],
        given: _bruno.Stimuli,
        gradient: str | None = None,
        place: tuple[int, int, int] = (1, 0, 0),
    ) -> dict[str, Any]:
        """Runs a batch: `currents` (pA) `[sample, window, output]`, `spikes` by hidden layer `[sample, window, neuron]`,
        `saturations` `[sample]` and the `tape` of the way back. `place`: epoch, step and first sample of a run, from which
        virtual chips and random rounding follow where the settings ask for them."""
        return self.native.forward(values, given, gradient or self.settings["gradient"], place)

    def chip(self, values: NDArray[np.float32], simulator: Simulator, threads: int) -> Chip:
        """The trained chip, loaded."""
        description = json.loads(self.native.trained(values))
        chip = Chip.load(description, simulator, threads)
        chip.program = Program([LayerProgram._of(layer) for layer in self.native.program(values)])
        return chip

    def counted(self, samples: int, windows: int, from_us: Any = 0, duration_us: Any = None) -> NDArray[np.float32]:
        """1 where a window counts for a decision and 0 elsewhere, `[sample, window]`, as docs/program.md says: from
        `from_us` on, the last one always, up to the sample's end; both are one time (us) or one a sample."""
        if duration_us is None:
            duration_us = windows * self.window_us
        end = -(-stimuli.of_samples("duration_us", duration_us, samples) // self.window_us)
        if end.min(initial=1) < 1 or end.max(initial=1) > windows:
            allowed = f"1..{windows * self.window_us} us, what was run"
            raise bad("`duration_us`", duration_us, allowed, "give the length of each sample")
        first = np.minimum(stimuli.of_samples("from_us", from_us, samples) // self.window_us, end - 1)
        if first.min(initial=0) < 0:
            raise bad("`from_us`", from_us, "times from 0 on", "correct it")
        window = np.arange(windows)
        return ((window >= first[:, None]) & (window < end[:, None])).astype(np.float32)
