"""The commands of `bruno` as functions: each gives as a dict what the command line prints with `--json`.

What goes on is told on standard error. Ctrl-C ends a command; what it has kept on disk is as after a kill, and `train`
and `montecarlo` continue from there.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _bruno
from .errors import bad

if TYPE_CHECKING:
    from .chip import Chip

PathLike = str | os.PathLike[str]
Described = "PathLike | Mapping[str, Any] | Chip"
Simulator = Literal["rtl", "integer"]
Split = Literal["train", "valid", "test"]


def _told(line: str) -> None:
    print(line, file=sys.stderr)


def run(*words: PathLike) -> str:
    """Runs any command of the command line in this process: `run("check", "chip.json")` gives what it prints."""
    return _bruno.command([os.fspath(word) for word in words], _told)


def of_chip(command: str, chip: Any, options: Sequence[str]) -> dict[str, Any]:
    """A command on a chip, with `--json`."""
    with _file(chip) as path:
        result: dict[str, Any] = json.loads(run(command, path, *options, "--json"))
    return result


@contextmanager
def _file(chip: Any) -> Iterator[str]:
    """The file of a description; of a chip or a dict one for as long as it is needed."""
    description = getattr(chip, "description", chip)
    if not isinstance(description, Mapping):
        if not isinstance(chip, (str, os.PathLike)):
            raise bad("`chip`", type(chip).__name__, "a path, a dict or a bruno.Chip", "pass a description")
        yield os.fspath(chip)
        return
    name = str(description.get("name", "chip"))
    with tempfile.TemporaryDirectory(prefix="bruno-") as folder:
        path = Path(folder) / f"{Path(name).name or 'chip'}.json"
        path.write_text(json.dumps(description), encoding="utf-8")
        yield str(path)


def _options(**options: Any) -> list[str]:
    """Words of the command line: `--name value`, a flag for True, nothing for None and False, one pair a list's entry."""
    words = []
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is True:
                words.append(flag)
            elif one is not None and one is not False:
                words += [flag, os.fspath(one) if isinstance(one, os.PathLike) else str(one)]
    return words


def train(
    chip: Any,
    out: PathLike | None = None,
    *,
    data: PathLike | None = None,
    simulator: Simulator = "rtl",
    threads: int | None = None,
    baseline: PathLike | None = None,
    restart: bool = False,
    checkpoint_every: int | None = None,
    ridge: Literal["auto", "always", "never"] = "auto",
) -> dict[str, Any]:
    """`bruno train`: trains a chip (a path, a dict or a `Chip`) by its settings `training`; gives the test result.

    Files of the run (checkpoint.json, program.json, report.html, ...) go to `out`, `out/NAME` where None. A run that was
    stopped continues from there."""
    return of_chip("train", chip, _options(
        out=out, data=data, simulator=simulator, threads=threads, baseline=baseline, restart=restart,
        checkpoint_every=checkpoint_every, ridge=ridge,
    ))


def evaluate(
    run: Any,
    *,
    program: PathLike | None = None,
    data: PathLike | None = None,
    split: Split = "test",
    simulator: Simulator = "rtl",
    threads: int | None = None,
    ridge: Literal["auto", "always", "never"] = "auto",
) -> dict[str, Any]:
    """`bruno eval`: scores a run's checkpoint.json, or a chip with `program`; accuracy with its interval, confusion,
    rates (Hz), energy (nJ), area (um2)."""
    return of_chip("eval", run, _options(
        program=program, data=data, split=split, simulator=simulator, threads=threads, ridge=ridge,
    ))


def audit(
    run: Any,
    *,
    data: PathLike | None = None,
    samples: int = 8,
    gradients: Sequence[str] = (),
    windows: Sequence[int] = (),
    finite_differences: bool = False,
    plot: PathLike | None = None,
    simulator: Simulator = "rtl",
    threads: int | None = None,
) -> dict[str, Any]:
    """`bruno audit`: cosine and norm ratio of each gradient to exact backpropagation, by group of parameters, of a chip
    with fresh weights or of a checkpoint; `windows` in us."""
    return of_chip("audit", run, _options(
        data=data, samples=samples, gradient=list(gradients), window=list(windows),
        finite_differences=finite_differences, plot=plot, simulator=simulator, threads=threads,
    ))


def montecarlo(
    run: Any,
    *,
    of: PathLike | None = None,
    chips: int = 20,
    target: float | None = None,
    seed: int = 1,
    data: PathLike | None = None,
    split: Split = "test",
    samples: int | None = None,
    out: PathLike | None = None,
    restart: bool = False,
    simulator: Simulator = "rtl",
    threads: int | None = None,
) -> dict[str, Any]:
    """`bruno montecarlo`: virtual chips of a trained run: distribution of the accuracy and, with `target` (least accuracy
    of a good chip), the yield with its interval. `run` is a run's folder or checkpoint.json, or a description whose
    spreads are put on the run `of`."""
    return of_chip("montecarlo", run, _options(
        run=of, chips=chips, target=target, seed=seed, data=data, split=split, samples=samples, out=out,
        restart=restart, simulator=simulator, threads=threads,
    ))


def fit(
    data: PathLike | Sequence[PathLike],
    parameters: Sequence[str] = (),
    *,
    card: PathLike | None = None,
    temperature: float | None = None,
    leak_ohm: float | None = None,
    noise: float = 0.01,
    largest_error: float = 0.05,
    bits: int = 3,
    out: PathLike = "out/fit",
) -> dict[str, Any]:
    """`bruno device fit`: parameters of the capacitor's card from measured traces (CSV) with their standard errors, or a
    level table from pulse data of so many `bits`; `temperature` in K, `leak_ohm` in Ohm.

    Gives the fit (estimates, correlation, measured and fitted columns), or the level table; the files stay in `out`."""
    files = [data] if isinstance(data, (str, os.PathLike)) else list(data)
    out = Path(out)
    printed = run("device", "fit", *files, *_options(
        parameters=",".join(parameters) or None, card=card, temperature=temperature, leak_ohm=leak_ohm, noise=noise,
        largest_error=largest_error, bits=bits, out=out,
    ))
    # The last line names the files that were written.
    name = "fit.json" if "fit.json" in printed.splitlines()[-1] else "levels.json"
    result: dict[str, Any] = json.loads((out / name).read_text(encoding="utf-8"))
    return result


def import_nir(
    network: PathLike,
    out: PathLike,
    *,
    dt_us: float | None = None,
    unit: Literal["s", "ms"] = "s",
    discretisation: Literal["exact", "euler", "impulse"] = "euler",
    reset: Literal["file", "value", "subtract"] = "file",
    step_ticks: int = 1,
    bits: int = 8,
    bias: str = "refuse",
    window_us: int = 100,
    new_chip: bool = False,
) -> dict[str, Any]:
    """`bruno nir import`: a network of other tools (NIR) as chip.json and program.json in `out`; gives the choices that were
    made and what the codes lose of each layer. docs/nir.md says what the options mean."""
    result: dict[str, Any] = json.loads(run("nir", "import", network, "--json", *_options(
        out=out, dt_us=dt_us, unit=unit, discretisation=discretisation, reset=reset, step_ticks=step_ticks, bits=bits,
        bias=bias, window_us=window_us, new_chip=new_chip,
    )))
    return result


def export_nir(chip: Any, program: PathLike, out: PathLike, *, dt_us: float = 1.0) -> None:
    """`bruno nir export`: a chip of `lif` or `lif_subtractive` neurons (a path, a dict or a `Chip`) with its program.json as a network."""
    with _file(chip) as path:
        run("nir", "export", path, *_options(program=program, out=out, dt_us=dt_us))
