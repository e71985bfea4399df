"""bruno: neuromorphic chips from their description, their RTL as a function, with gradients.

    import bruno
    chip = bruno.Chip.load("examples/braille.json")
    trace = chip.forward([[1500, 0], [1500, 7]], duration_us=100_000)
    trace.currents                     # pA, [sample, window, output]
    trace.records["hidden"]["v"]       # V, [sample, window, neuron]

`bruno.torch.ChipModule` is the chip as a PyTorch module, `bruno.jax` the same for JAX. docs/python.md tells the rest.
"""

import sys as _sys
from pathlib import Path as _Path

from . import _bruno
from ._bruno import __version__
from .chip import Chip, Finding
from .commands import audit, evaluate, export_nir, fit, import_nir, montecarlo, run, train
from .data import Dataset, Split, data, write_data
from .errors import BrunoError, DescriptionError, InputError, InternalError, MismatchError, Problem, ToolError
from .program import LayerProgram, Program
from .trace import Records, Trace, Word

__all__ = [
    "BrunoError",
    "Chip",
    "Dataset",
    "DescriptionError",
    "Finding",
    "InputError",
    "InternalError",
    "LayerProgram",
    "MismatchError",
    "Problem",
    "Program",
    "Records",
    "Split",
    "ToolError",
    "Trace",
    "Word",
    "__version__",
    "audit",
    "data",
    "evaluate",
    "export_nir",
    "fit",
    "import_nir",
    "montecarlo",
    "run",
    "train",
    "write_data",
]

if _sys.executable:
    # A build of a model that crashes takes a process of its own with it, and not this one.
    _bruno.judge_with(_sys.executable, [str(_Path(__file__).with_name("__main__.py")), "judge"])
