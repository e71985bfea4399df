"""A chip from its description: run it, look into it, load it, make it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from . import _bruno, commands, stimuli
from .errors import bad
from .program import LayerProgram, Program
from .trace import SPIKE, Records, Trace, Word

Simulator = Literal["rtl", "integer"]
Description = str | os.PathLike[str] | Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """Something worth knowing of a chip, with its numbers, and what to change where not all is fine.

    `verdict`: "act" where it is likely to hurt, "look" where only the user knows, "fine" where nothing is to be changed.
    """

    verdict: Literal["act", "look", "fine"]
    text: str
    remedy: str | None


class Chip:
    """A chip, what it is loaded with, and the simulators that run it.

    `Chip.load("examples/braille.json")` reads a description; a fresh chip is silent (every weight is at the level nearest
    to zero) until a program is loaded (`chip.program = ...`, `chip.load_program("out/braille/program.json")`).
    """

    def __init__(self, native: _bruno.Chip, file: str) -> None:
        self._native = native
        self._file = file
        self._resolved: dict[str, Any] = json.loads(native.resolved())
        words = [tuple(Word(**word) for word in layer) for layer in native.words()]
        self._words = dict(zip((layer["name"] for layer in self._resolved["layers"]), words))

    @classmethod
    def load(cls, description: Description, simulator: Simulator = "rtl", threads: int | None = None) -> Chip:
        """A chip of a description: a path, or the description as a dict.

        `simulator`: the Verilated RTL ("rtl", built once and kept in a cache: the first run of a chip takes a minute or
        two) or the integer model ("integer", no Verilator needed, tens of times slower). The numbers are the same.
        `threads`: simulators that share a batch; all cores where None. The result does not depend on it.

        Raises `DescriptionError` with every problem of the description.
        """
        text, file = read(description)
        return cls(_bruno.Chip(text, file, simulator, checked_threads(threads)), file)

    @property
    def name(self) -> str:
        """The chip's name."""
        return str(self._resolved["name"])

    @property
    def inputs(self) -> int:
        """Input channels."""
        return int(self._resolved["inputs"])

    @property
    def outputs(self) -> int:
        """Outputs."""
        return int(self._resolved["layers"][-1]["neurons"])

    @property
    def window_us(self) -> int:
        """Length of a recorder window, us."""
        return int(self._resolved["window_ticks"])

    @property
    def layers(self) -> dict[str, int]:
        """Neurons of each layer, the readout last."""
        return {layer["name"]: layer["neurons"] for layer in self._resolved["layers"]}

    @property
    def description(self) -> dict[str, Any]:
        """The description with all defaults filled in; a copy."""
        description: dict[str, Any] = json.loads(self._native.description())
        return description

    @property
    def resolved(self) -> dict[str, Any]:
        """The resolved chip: integer codes, level tables, banks; a copy."""
        resolved: dict[str, Any] = json.loads(self._native.resolved())
        return resolved

    @property
    def words(self) -> dict[str, tuple[Word, ...]]:
        """The words of each layer's records."""
        return dict(self._words)

    @property
    def program(self) -> Program:
        """What the chip is loaded with; a copy. Assign one to load it: `InputError` says what does not fit."""
        return Program([LayerProgram._of(layer) for layer in self._native.program()])

    @program.setter
    def program(self, program: Program) -> None:
        if not isinstance(program, Program):
            raise bad("`program`", type(program).__name__, "a bruno.Program", "change a copy of `chip.program`")
        self._native.load([layer._native() for layer in program.layers])

    def load_program(self, path: str | os.PathLike[str]) -> dict[str, Any]:
        """Loads the `program.json` of a training run; gives the rule of its decisions (docs/program.md): scale of the
        logits (1/pA), output biases, classes."""
        decision: dict[str, Any] = json.loads(self._native.load_file(os.fspath(path)))
        return decision

    def check(self) -> list[Finding]:
        """Dead zones, stability and other limits worth knowing, as `bruno check` gives them; those of the training
        settings too."""
        return [Finding(*parts) for parts in self._native.findings()]

    def forward(
        self, events: Any = None, *, counts: Any = None, duration_us: Any = None, records: bool = True
    ) -> Trace:
        """Runs samples from a reset of every state; gives what the chip did.

        Either `events`: one sample as an array `[event, 2]` of times (us) and channels, or with the fields `time_us` (also
        `t_us`, `t`) and `channel` (also `x`); a list of such arrays is a batch. A channel spikes at most once a us: equal
        events are one. `duration_us` is the length of the samples, one time or one of each, rounded up to whole windows; to
        the last event of all where None. What a shorter sample of a batch did ends with zeros. Or `counts`: spikes `[sample, window, channel]` (or `[window, channel]`), spread evenly over each window.

        `records=False` leaves out the records of hidden layers, which take 4 bytes a sample, window, neuron and word.
        """
        if (events is None) == (counts is None):
            raise bad("the input", "both or none", "`events` or `counts`", "pass one of them")
        if events is not None:
            given = stimuli.of_events(events, self.inputs, self.window_us, duration_us)
        elif duration_us is not None:
            raise bad("`duration_us`", duration_us, "none with `counts`", "their windows say how long it lasts")
        else:
            given = stimuli.of_counts(counts, self.inputs, self.window_us)
        return self._trace(self._native.run(given, bool(records)))

    def _trace(self, ran: dict[str, Any]) -> Trace:
        names = list(self._words)
        records = {
            name: Records(self._words[name], codes)
            for name, codes in zip(names, ran["records"])
            if codes.shape[0] or name == names[-1]
        }
        spikes = {}
        for name, (sample, time, neuron) in zip(names, ran["spikes"]):
            spikes[name] = np.empty(len(sample), SPIKE)
            spikes[name]["sample"], spikes[name]["time_us"], spikes[name]["neuron"] = sample, time, neuron
        return Trace(
            currents=records[names[-1]]["i"],
            spikes=spikes,
            records=records,
            saturations=np.array(ran["saturations"], np.uint32),
            window_us=self.window_us,
            neurons={name: self.layers[name] for name in names[:-1]},
        )

    def generate(
        self, out: str | os.PathLike[str], *, testbench: bool = False, ticks: int = 2000, seed: int = 1
    ) -> list[Path]:
        """Writes the Verilog, file list, constraints and data sheet into a directory; gives the files.

        `testbench=True` adds a self-checking testbench with `ticks` us of random stimulus of that seed."""
        bench = ["--testbench", "--ticks", str(ticks), "--seed", str(seed)] if testbench else []
        result = commands.of_chip("generate", self, ["--out", os.fspath(out), *bench])
        return [Path(file) for file in result["files"]]

    def synth(
        self,
        out: str | os.PathLike[str] = "out/synth",
        *,
        target: Literal["osu018", "osu035", "ice40", "generic"] = "osu018",
        memories: Literal["apart", "flip-flops"] = "apart",
        device: Literal["up5k", "hx8k"] = "hx8k",
        timeout: int = 3600,
    ) -> dict[str, Any]:
        """Synthesises the chip with Yosys: cells, area, flip-flops, memory bits and longest path by module, as a dict.

        `timeout`: seconds that each tool may take. Raises `ToolError` where one is missing or fails."""
        options = ["--target", target, "--memories", memories, "--device", device, "--timeout", str(timeout)]
        return commands.of_chip("synth", self, ["--out", os.fspath(out), *options])

    def close(self) -> None:
        """Gives the simulators back; the chip cannot run any more."""
        self._native.close()

    def __enter__(self) -> Chip:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        simulator, threads = self._native.running()
        layers = " -> ".join(f"{name} {neurons}" for name, neurons in self.layers.items())
        return f"Chip({self.name!r}: {self.inputs} inputs -> {layers}; window {self.window_us} us; {simulator}, {threads} threads)"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._native.description(), self._file, *self._native.running(), self.program)


def _restored(text: str, file: str, simulator: Simulator, threads: int, program: Program) -> Chip:
    chip = Chip(_bruno.Chip(text, file, simulator, threads), file)
    chip.program = program
    return chip


def read(description: Description) -> tuple[str, str]:
    """The JSON text of a description, and what it is called in errors."""
    if isinstance(description, Mapping):
        try:
            return json.dumps(dict(description)), "the description"
        except (TypeError, ValueError) as error:
            raise bad("the description", error, "what JSON can hold", "use dicts, lists, texts and numbers") from None
    try:
        path = Path(description)
        return path.read_text(encoding="utf-8"), str(path)
    except TypeError:
        found = type(description).__name__
        raise bad("`description`", found, "a path or a dict", "see examples/braille.json") from None
    except (OSError, ValueError) as error:
        raise bad(f"{description}", f"not readable ({error})", "a JSON file", "name a chip description") from None


def checked_threads(threads: int | None) -> int | None:
    """A number of threads."""
    if threads is None:
        return None
    count = stimuli.whole_number("threads", threads)
    if not 1 <= count <= 1024:
        raise bad("`threads`", count, "1..1024", "leave it out for all cores")
    return count
