"""Data sets as training sees them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import _bruno
from .chip import Chip, Description, read
from .errors import bad
from .program import as_array, whole
from .stimuli import CHANNELS, TIMES, field, whole_number

EVENT = np.dtype([("time_us", np.uint32), ("channel", np.uint32)])
"""Fields of an event."""


@dataclass(frozen=True)
class Split:
    """A part of a data set."""

    events: list[NDArray[Any]]
    """Events of each sample: fields `time_us` (since the sample's start) and `channel`, in order of time."""
    durations_us: NDArray[np.uint32]
    """Length of each sample, us."""
    labels: NDArray[np.int64]
    """Class of each sample; -1 where it has frames in its place."""
    from_us: NDArray[np.uint32]
    """From where the outputs count, us, of each sample."""
    frames: list[tuple[int, list[list[int]]]]
    """Of samples of frames: the frame's length, us, and the outputs that the end of each frame must show."""

    @classmethod
    def _of(cls, native: dict[str, Any]) -> Split:
        events = np.empty(len(native["times"]), EVENT)
        events["time_us"], events["channel"] = native["times"], native["channels"]
        samples = np.split(events, native["offsets"][1:-1]) if len(native["offsets"]) > 1 else []
        return cls(samples, native["durations"], native["labels"], native["from_us"], native["frames"])

    def __len__(self) -> int:
        return len(self.events)


@dataclass(frozen=True)
class Dataset:
    """A data set with its parts."""

    name: str
    channels: int
    """Input channels."""
    outputs: int
    """Classes or keys."""
    class_names: list[str]
    """Empty where samples have frames."""
    notes: list[str]
    """What to know of the data before a figure is believed."""
    train: Split
    valid: Split
    test: Split

    def order(self, epoch: int, seed: int = 0) -> NDArray[np.int64]:
        """The training samples in the order in which `bruno train` takes them in an epoch, from 1, with this seed."""
        return np.array(_bruno.order(whole_number("seed", seed), whole_number("epoch", epoch), len(self.train)))

    def __repr__(self) -> str:
        sizes = f"{len(self.train)} + {len(self.valid)} + {len(self.test)} samples (train, valid, test)"
        return f"Dataset({self.name!r}: {sizes}, {self.channels} channels, {self.outputs} outputs)"


def data(description: Description | Chip, path: str | os.PathLike[str] | None = None) -> Dataset:
    """The data set of a description's `training.data` (docs/data.md); `path` says where it lies, if it is not built in."""
    if isinstance(description, Chip):
        description = description.description
    text, file = read(description)
    native = _bruno.data(text, file, None if path is None else os.fspath(path))
    for part in ("train", "valid", "test"):
        native[part] = Split._of(native[part])
    return Dataset(**native)


def write_data(
    path: str | os.PathLike[str],
    events: Sequence[Any],
    labels: Any,
    *,
    split: Any = (0.8, 0.1, 0.1),
    time_unit: Literal["s", "ms", "us"] = "us",
    width: int | None = None,
    height: int = 1,
    durations_us: Any = None,
    seed: int = 1,
) -> dict[str, Any]:
    """Writes samples as the archive that `"data": {"kind": "npz"}` reads (docs/data.md); gives these settings.

    `events`: of each sample an array `[event, 2]` of times and channels, or with fields as `Chip.forward` takes them; times
    in `time_unit`, floats too. With `width` (pixels a row; `height` rows) the fields `x`, `y` and, where there is one, `p` of a
    sensor become channels `(p * height + y) * width + x`, as Tonic's structured arrays have them. `labels`: class of each
    sample, whole numbers from 0. `split`: shares of training, validation and test samples, drawn at random with `seed`, or
    of each sample 0, 1 or 2. Samples last to their last event rounded up to a ms, or `durations_us`.
    """
    label = whole("labels", labels, np.int64)
    if label.shape != (len(events),) or not len(events):
        raise bad("the shape of `labels`", list(label.shape), f"[{len(events)}], one a sample, at least one", "correct it")
    if label.min() < 0 or label.max() > 4095:
        raise bad("`labels`", f"{label.min()}..{label.max()}", "0..4095", "number the classes from 0")
    scale = {"s": 1e6, "ms": 1e3, "us": 1}.get(time_unit)
    if scale is None:
        raise bad("`time_unit`", repr(time_unit), "s, ms or us", "say what the times are in")
    times, channels = [], []
    for k, own in enumerate(events):
        time, channel = _sample(f"events[{k}]", own, scale, width, height)
        order = np.lexsort((channel, time))
        times.append(time[order])
        channels.append(channel[order])
    number = int(max(channel.max() for channel in channels)) + 1
    if width is not None:
        number = max(number, width * height)
    arrays = {
        "label": label,
        "split": _split(split, len(label), seed),
        "offset": np.cumsum([0] + [len(time) for time in times]),
        "t_us": np.concatenate(times),
        "channel": np.concatenate(channels),
    }
    if durations_us is not None:
        arrays["duration_us"] = np.broadcast_to(whole("durations_us", durations_us, np.int64), label.shape)
    np.savez_compressed(path, **arrays)
    return {"kind": "npz", "channels": number}


def _sample(
    name: str, events: Any, scale: float, width: int | None, height: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Times (us) and channels of a sample."""
    array = as_array(name, events)
    if array.dtype.names:
        time = field(name, array, TIMES)
        if width is None:
            channel = whole(f"{name} channels", field(name, array, CHANNELS), np.int64)
        else:
            axis = {axis: whole(f"{name}[{axis!r}]", field(name, array, [axis]), np.int64) for axis in "xy"}
            for axis_name, size in (("x", width), ("y", height)):
                if axis[axis_name].min(initial=0) < 0 or axis[axis_name].max(initial=0) >= size:
                    raise bad(f"{name}[{axis_name!r}]", axis[axis_name].max(), f"0..{size - 1}", "correct `width` and `height`")
            polarity = whole(f"{name}['p']", array["p"].ravel(), np.int64) if "p" in array.dtype.names else 0
            channel = (polarity * height + axis["y"]) * width + axis["x"]
    elif array.ndim == 2 and array.shape[1] == 2:
        time, channel = array[:, 0], whole(f"{name}[:, 1]", array[:, 1], np.int64)
    else:
        raise bad(f"the shape of `{name}`", list(array.shape), "[event, 2] or fields", "pass times and channels")
    if not len(time):
        raise bad(f"`{name}`", "empty", "at least one event a sample", "leave the sample out")
    time_us = np.round(np.asarray(time, np.float64) * scale)
    if not (np.isfinite(time_us).all() and time_us.min() >= 0 and time_us.max() < 3.6e9):
        raise bad(f"a time of `{name}`", f"{np.min(time)}..{np.max(time)}", "from 0 to 3600 s", "correct `time_unit`")
    if channel.min() < 0:
        raise bad(f"a channel of `{name}`", channel.min(), "from 0 on", "correct it")
    return time_us.astype(np.int64), channel


def _split(split: Any, samples: int, seed: int) -> NDArray[np.int64]:
    """Part of each sample."""
    array = as_array("split", split)
    if array.shape == (samples,) and array.dtype.kind in "iu":
        if not np.isin(array, (0, 1, 2)).all():
            raise bad("`split`", "other numbers", "0 train, 1 valid, 2 test", "correct it")
        return array.astype(np.int64)
    if array.shape != (3,) or array.dtype.kind != "f" or array.min() < 0 or abs(array.sum() - 1) > 1e-6:
        raise bad("`split`", split, "three shares whose sum is 1, or of each sample 0, 1 or 2", "correct it")
    ends = np.round(np.cumsum(array) * samples)
    part = np.empty(samples, np.int64)
    part[np.random.default_rng(seed).permutation(samples)] = np.searchsorted(ends, np.arange(samples), side="right")
    return part
