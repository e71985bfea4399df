"""What a chip did: currents, spikes and records as NumPy arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPIKE = np.dtype([("sample", np.uint32), ("time_us", np.uint32), ("neuron", np.uint32)])
"""Fields of a spike."""


@dataclass(frozen=True)
class Word:
    """A word of a record: what the recorder gathers of a neuron in a window."""

    name: str
    """Its name, as in docs/semantics.md: `v`, `n_spike`, `sum_v`, ..."""
    unit: str
    """Unit of the values; `1` for a count or a share. Sums over a window's ticks of 1 us have `us` in it."""
    lsb: float
    """Value of one LSB in the unit."""
    offset: float
    """Value of the code 0 in the unit."""
    signed: bool
    """Whether its code has a sign."""
    about: str
    """What it is."""


class Records(Mapping[str, NDArray[np.float64]]):
    """Records of one layer: `records["v"]` is `[sample, window, neuron]` in the unit `records.units["v"]`.

    `records.codes("v")` are the integers of the RTL. Values are computed when they are asked for.
    """

    words: tuple[Word, ...]

    def __init__(self, words: tuple[Word, ...], codes: NDArray[np.int32]) -> None:
        self.words = words
        self._codes = codes
        self._places = {word.name: place for place, word in enumerate(words)}

    @property
    def units(self) -> dict[str, str]:
        """Unit of every word."""
        return {word.name: word.unit for word in self.words}

    def codes(self, name: str) -> NDArray[np.int32] | NDArray[np.uint32]:
        """The integers of a word, `[sample, window, neuron]`."""
        if name not in self._places:
            raise KeyError(f"{name}; this recorder has {', '.join(self._places)}")
        place = self._places[name]
        codes = self._codes[..., place]
        return codes if self.words[place].signed else codes.view(np.uint32)

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        codes = self.codes(name)
        word = self.words[self._places[name]]
        return word.offset + codes * word.lsb

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        samples, windows, neurons, _ = self._codes.shape
        words = ", ".join(f"{word.name} ({word.unit})" for word in self.words)
        return f"Records({samples} samples x {windows} windows x {neurons} neurons: {words})"


@dataclass(frozen=True)
class Trace:
    """What a chip did with a batch of samples."""

    currents: NDArray[np.float64]
    """Readout currents at the end of each window, pA, `[sample, window, output]`."""
    spikes: dict[str, NDArray[Any]]
    """Spikes of each hidden layer: fields `sample`, `time_us` (since the sample's start) and `neuron`, in this order."""
    records: dict[str, Records]
    """Records of each layer; those of hidden layers only where they were asked for."""
    saturations: NDArray[np.uint32]
    """Saturated updates of the whole chip, `[sample]`."""
    window_us: int
    """Length of a window, us."""
    neurons: dict[str, int]
    """Neurons of each hidden layer."""

    def counts(self, layer: str) -> NDArray[np.int64]:
        """Spikes of each window of a hidden layer, `[sample, window, neuron]`."""
        samples, windows, _ = self.currents.shape
        shape = (samples, windows, self.neurons[layer])
        spikes = self.spikes[layer]
        at = (spikes["sample"], spikes["time_us"] // self.window_us, spikes["neuron"])
        return np.bincount(np.ravel_multi_index(at, shape), minlength=int(np.prod(shape))).reshape(shape)

    def __repr__(self) -> str:
        samples, windows, outputs = self.currents.shape
        spikes = ", ".join(f"{name} {len(own)}" for name, own in self.spikes.items())
        return (
            f"Trace({samples} samples x {windows} windows of {self.window_us} us, {outputs} outputs; "
            f"spikes: {spikes}; records of {', '.join(self.records)})"
        )
