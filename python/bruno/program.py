"""What a chip is loaded with: registers, level tables and weight codes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import bad


@dataclass
class LayerProgram:
    """What one layer's registers and memories hold."""

    name: str
    """The layer; the outputs are `readout`."""
    registers: dict[str, Any]
    """Register values, whole numbers; a coefficient has a mantissa and a shift."""
    levels: NDArray[np.int32]
    """Level table of the input synapses, `[2^bits]`, LSB of the current."""
    recurrent_levels: NDArray[np.int32]
    """Level table of the recurrent synapses; empty without recurrence."""
    weights: NDArray[np.uint8]
    """Weight codes `[channel, neuron]`; recurrent channels follow the inputs."""

    @classmethod
    def _of(cls, native: dict[str, Any]) -> LayerProgram:
        return cls(**native | {"registers": json.loads(native["registers"])})

    def _native(self) -> dict[str, Any]:
        return {
            "registers": json.dumps(self.registers),
            "levels": whole(f"{self.name}.levels", self.levels, np.int32),
            "recurrent_levels": whole(f"{self.name}.recurrent_levels", self.recurrent_levels, np.int32),
            "weights": whole(f"{self.name}.weights", self.weights, np.uint8),
        }

    def __repr__(self) -> str:
        channels, neurons = np.shape(self.weights)
        return f"LayerProgram({self.name!r}: {channels} channels onto {neurons} neurons, {len(self.levels)} levels)"


@dataclass
class Program:
    """What a chip is loaded with: one program a layer, the readout last. `program["hidden"]` is a layer's."""

    layers: list[LayerProgram]

    def __getitem__(self, name: str) -> LayerProgram:
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(f"{name}; layers are {', '.join(layer.name for layer in self.layers)}")


def whole(name: str, values: Any, dtype: type[np.integer[Any]]) -> NDArray[Any]:
    """The values as whole numbers of this type; what is lost on the way is an error."""
    array = as_array(name, values)
    if array.dtype == dtype:
        return array
    if array.dtype.kind not in "biuf" and array.size:
        raise bad(f"the type of `{name}`", array.dtype, "whole numbers", "convert the array")
    limits = np.iinfo(dtype)
    # Compared as they are: floats that are no numbers fail here too.
    fits = (array >= limits.min) & (array <= limits.max)
    if array.dtype.kind == "f":
        fits &= array == np.floor(array)
    if not fits.all():
        index = tuple(int(k) for k in np.argwhere(~fits)[0])
        raise bad(f"`{name}`{list(index)}", array[index], f"whole numbers, {limits.min}..{limits.max}", "correct it")
    return array.astype(dtype)


def as_array(name: str, values: Any) -> NDArray[Any]:
    """The values as an array."""
    try:
        return np.asarray(values)
    except (TypeError, ValueError) as error:
        raise bad(f"`{name}`", error, "an array or nested lists of equal lengths", "pass numbers") from None
