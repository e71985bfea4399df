"""The chip as a JAX function: `jax.custom_vjp` over host callbacks, for `jax.grad`, `jax.jit` and any optimiser.

    net = bruno.jax.ChipFunction("examples/braille.json")
    parameters = net.init()                               # a dict of arrays
    currents, spikes = net(parameters, counts)            # pA [sample, window, output]; {"hidden": [sample, window, neuron]}

JAX may run, repeat or drop a callback as it likes, so no state of a forward pass is kept for its backward pass, which
runs the chip again: a step costs one forward pass more than in `bruno.torch`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .chip import Chip, Description, Simulator
from .errors import bad
from .network import Network

Parameters = dict[str, Any]


class ChipFunction:
    """A chip as a pure function of its parameters and input spikes. Parameters are those of `bruno.torch.ChipModule`."""

    def __init__(
        self,
        description: Description,
        simulator: Simulator = "rtl",
        threads: int | None = None,
        *,
        gradient: str | None = None,
        training: Mapping[str, Any] | None = None,
    ) -> None:
        """A chip of a description (a path or a dict); arguments are those of `bruno.torch.ChipModule`."""
        self._use(Network.of(description, simulator, threads, training), gradient)

    @classmethod
    def of_checkpoint(
        cls, path: str | os.PathLike[str], simulator: Simulator = "rtl", threads: int | None = None
    ) -> ChipFunction:
        """The chip of a run's `checkpoint.json`; `init` gives its parameters."""
        function = cls.__new__(cls)
        function._use(Network.of_checkpoint(path, simulator, threads), None)
        return function

    def _use(self, network: Network, gradient: str | None) -> None:
        self.network = network
        self.gradient = gradient or network.settings["gradient"]
        run = jax.custom_vjp(self._forward)
        run.defvjp(lambda p, c: (self._forward(p, c), (p, c)), self._backward)
        self._run = run

    def init(self) -> Parameters:
        """The parameters that training starts from: fresh, or those of the checkpoint."""
        values = self.network.split(np.asarray(self.network.native.values()))
        return {name: jnp.asarray(own) for name, own in values.items()}

    def __call__(self, parameters: Parameters, counts: Any) -> tuple[Any, dict[str, Any]]:
        """Readout currents, pA, `[sample, window, output]`, and spikes by hidden layer, `[sample, window, neuron]`, of
        input spikes `[sample, window, channel]`: whole numbers, as floats where their gradient is wanted."""
        counts = jnp.asarray(counts)
        if counts.ndim != 3 or counts.shape[2] != self.network.inputs or 0 in counts.shape:
            allowed = f"[sample, window, {self.network.inputs}], none of them empty"
            raise bad("the shape of `counts`", list(counts.shape), allowed, "add or correct an axis")
        names = [tensor.name for tensor in self.network.tensors]
        if sorted(parameters) != sorted(names):
            raise bad("the names of `parameters`", ", ".join(sorted(parameters)), ", ".join(names), "take those of init()")
        return self._run(parameters, counts.astype(jnp.float32))

    def logits(self, parameters: Parameters, currents: Any, from_us: Any = 0, duration_us: Any = None) -> Any:
        """The logits of classes, `[sample, output]`, as docs/program.md decides; times as in `bruno.torch`."""
        counted = self.network.counted(currents.shape[0], currents.shape[1], from_us, duration_us)[:, :, None]
        mean = (currents * counted).sum(axis=1) / counted.sum(axis=1)
        return self.network.settings["logit_per_pA"] * mean + parameters["readout_bias"]

    def chip(self, parameters: Parameters, simulator: Simulator = "rtl", threads: int = 1) -> Chip:
        """The chip of these parameters, loaded."""
        return self.network.chip(self._values(parameters), simulator, threads)

    def save_checkpoint(self, parameters: Parameters, path: str | os.PathLike[str]) -> None:
        """Writes a `checkpoint.json` for `bruno eval` and `bruno train`."""
        self.network.native.save(self._values(parameters), os.fspath(path))

    def _values(self, parameters: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
        ordered = [np.ravel(np.asarray(parameters[tensor.name])) for tensor in self.network.tensors]
        return np.concatenate(ordered).astype(np.float32, copy=False)

    def _forward(self, parameters: Parameters, counts: Any) -> tuple[Any, dict[str, Any]]:
        samples, windows, _ = counts.shape
        shape = lambda n: jax.ShapeDtypeStruct((samples, windows, n), jnp.float32)  # noqa: E731
        hidden = self.network.hidden
        result = (shape(self.network.outputs), {name: shape(n) for name, n in hidden.items()})

        def host(parameters: Parameters, counts: Any) -> Any:
            ran = self._ran(parameters, counts)
            return ran["currents"], dict(zip(hidden, ran["spikes"]))

        return jax.pure_callback(host, result, parameters, counts)

    def _backward(self, kept: Any, asked: Any) -> Any:
        parameters, counts = kept
        like = lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype)  # noqa: E731

        def host(parameters: Parameters, counts: Any, asked: Any) -> Any:
            by_currents, by_spikes = asked
            arrays = [np.asarray(by, np.float32) for by in (by_currents, *(by_spikes[n] for n in self.network.hidden))]
            gradient, inputs = self._ran(parameters, counts)["tape"].backward(arrays[0], arrays[1:], True)
            return self.network.split(gradient), inputs

        return jax.pure_callback(host, jax.tree.map(like, kept), parameters, counts, asked)

    def _ran(self, parameters: Parameters, counts: Any) -> dict[str, Any]:
        given = self.network.stimuli(np.asarray(counts))
        return self.network.forward(self._values(parameters), given, self.gradient)
