"""What the tests share: a small chip, run by the integer model, and its input."""

import copy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import bruno

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "name": "quartet",
    "inputs": 3,
    "recorder": "jacobian",
    "layers": [
        {"name": "hidden", "kind": "felif", "neurons": 4, "recurrent": True,
         "synapse": {"bits": 3, "range_pA": 400}, "recurrent_synapse": {"bits": 3, "range_pA": 40}}
    ],
    "readout": {"outputs": 2, "synapse": {"bits": 3, "range_pA": 100}},
}


@pytest.fixture
def small():
    return copy.deepcopy(SMALL)


@pytest.fixture
def chip(small):
    """The small chip with weights that make it spike."""
    chip = bruno.Chip.load(small, simulator="integer", threads=2)
    program = chip.program
    rng = np.random.default_rng(1)
    for layer in program.layers:
        layer.weights = rng.integers(3, 8, layer.weights.shape, dtype=np.uint8)
    chip.program = program
    return chip


@pytest.fixture
def counts():
    """Two samples of 12 windows on 3 channels."""
    return np.random.default_rng(2).integers(0, 4, (2, 12, 3))


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A training run of the integer model on two classes that fire on one channel each: where it lies, and its result."""
    folder = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(3)
    label = np.tile([0, 1], 8)
    counts = rng.integers(0, 2, (16, 20, 3))
    counts[np.arange(16), :, label] += 3
    data = folder / "data.npz"
    np.savez(data, label=label, split=np.repeat([0, 1, 2], [8, 4, 4]), counts=counts)
    trained = copy.deepcopy(SMALL)
    trained["training"] = {
        "data": {"kind": "npz", "channels": 3, "bin_us": 1000}, "epochs": 2, "batch": 4, "init": {"input_mean": 0.5},
    }
    simulator = {"simulator": "integer", "threads": 2}
    result = bruno.train(trained, folder / "out", data=data, ridge="never", **simulator)
    return SimpleNamespace(out=folder / "out", data=data, result=result, simulator=simulator, description=trained)
