"""Samples on their way into a chip."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _bruno
from .errors import bad
from .program import as_array, whole

TIMES = ("time_us", "t_us", "t")
"""Fields of a structured array that are taken for times, us; `t` is Tonic's."""
CHANNELS = ("channel", "x")
"""Fields that are taken for channels; `x` is Tonic's of data in one row."""


def of_counts(counts: Any, channels: int, window_us: int) -> _bruno.Stimuli:
    """Samples from spikes `[sample, window, channel]`, or `[window, channel]` of one, spread evenly over their windows."""
    array = as_array("counts", counts)
    if array.ndim == 2:
        array = array[np.newaxis]
    if array.ndim != 3 or array.shape[2] != channels:
        allowed = f"[sample, window, {channels}] or [window, {channels}]"
        raise bad("the shape of `counts`", list(array.shape), allowed, f"the chip has {channels} inputs")
    if 0 in array.shape[:2]:
        raise bad("the shape of `counts`", list(array.shape), "at least one sample and window", "pass some")
    return _bruno.Stimuli.of_counts(whole("counts", array, np.int64), window_us)


def of_events(events: Any, channels: int, window_us: int, duration_us: Any) -> _bruno.Stimuli:
    """Samples from their events, each a structured array or `[event, 2]` of times (us) and channels.

    A list is a batch of samples, an array is one. They last `duration_us`, one time or one a sample, rounded up to whole
    windows; to the last event of all where that is None.
    """
    samples = [_columns(f"events[{k}]", e) for k, e in enumerate(events)] if _is_batch(events) else [_columns("events", events)]
    if not samples:
        raise bad("`events`", "an empty batch", "at least one sample", "pass some")
    lasts = np.array([times.max(initial=0) for times, _ in samples])
    durations = of_samples("duration_us", lasts.max() + 1 if duration_us is None else duration_us, len(samples))
    windows = -(-durations // window_us)
    if windows.min() < 1 or windows.max() > 3_600_000_000 // window_us:
        raise bad("`duration_us`", duration_us, "1..3600000000 us", "give the length of the samples")
    if (lasts >= windows * window_us).any():
        sample = int(np.argmax(lasts >= windows * window_us))
        found, end = f"{lasts[sample]} us", windows[sample] * window_us
        raise bad(f"the last event's time of sample {sample}", found, f"below {end} us", "lengthen `duration_us`")
    times = np.concatenate([times for times, _ in samples])
    places = np.concatenate([channels for _, channels in samples])
    outside = (times < 0) | (places < 0) | (places >= channels)
    if outside.any():
        event = int(np.argmax(outside))
        found = f"at {times[event]} us on channel {places[event]}"
        raise bad(f"event {event} of the batch", found, f"times from 0 on, channels 0..{channels - 1}", "correct it")
    offsets = np.cumsum([0] + [len(times) for times, _ in samples])
    return _bruno.Stimuli.of_events(times, places, offsets.tolist(), windows.tolist())


def of_samples(name: str, times: Any, samples: int) -> NDArray[np.int64]:
    """Whole numbers, one for all samples or one of each, as one of each."""
    array = whole(name, times, np.int64)
    if array.shape not in ((), (samples,)):
        raise bad(f"the shape of `{name}`", list(array.shape), f"one time, or [{samples}]", "give one a sample")
    return np.broadcast_to(array, (samples,))


def whole_number(name: str, value: Any) -> int:
    """A whole number."""
    try:
        return operator.index(value)
    except TypeError:
        raise bad(f"`{name}`", repr(value), "a whole number", "convert it") from None


def _is_batch(events: Any) -> bool:
    """A list or tuple holds samples; one of pairs of numbers would be a sample, and is refused by its shape."""
    return isinstance(events, Sequence) and not isinstance(events, (str, bytes))


def _columns(name: str, events: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Times and channels of one sample."""
    array = as_array(name, events)
    if array.dtype.names:
        return (
            whole(f"{name} times", field(name, array, TIMES), np.int64),
            whole(f"{name} channels", field(name, array, CHANNELS), np.int64),
        )
    if array.size == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if array.ndim != 2 or array.shape[1] != 2:
        allowed = "[event, 2], times (us) and channels, or an array with the fields time_us and channel"
        raise bad(f"the shape of `{name}`", list(array.shape), allowed, "a list is a batch of such arrays")
    return whole(f"{name}[:, 0]", array[:, 0], np.int64), whole(f"{name}[:, 1]", array[:, 1], np.int64)


def field(name: str, array: NDArray[Any], names: Sequence[str]) -> NDArray[Any]:
    """The first of these fields that an array has, as a row."""
    fields = array.dtype.names or ()
    found = [field for field in names if field in fields]
    if not found:
        raise bad(f"the fields of `{name}`", ", ".join(fields), f"one of {', '.join(names)}", "rename the field")
    return array[found[0]].ravel()
