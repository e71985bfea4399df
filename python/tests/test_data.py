"""Data of others on its way into training."""

import numpy as np
import pytest

import bruno
from bruno import InputError


def described(settings, outputs):
    """A chip for data with these settings."""
    return {
        "name": "any", "inputs": settings["channels"],
        "layers": [{"name": "hidden", "kind": "felif", "neurons": 2, "synapse": {"range_pA": 100}}],
        "readout": {"outputs": outputs, "synapse": {"range_pA": 100}}, "training": {"data": settings},
    }


def back(path, settings, outputs):
    """All samples of an archive as training sees them."""
    data = bruno.data(described(settings, outputs), path)
    return data, [*data.train.events, *data.valid.events, *data.test.events]


def test_pairs_in_seconds(tmp_path):
    events = [np.array([[0.002, 1], [0.001, 0]]), np.array([[0.5, 3]]), [[0.25, 2]]]
    settings = bruno.write_data(tmp_path / "d.npz", events, [0, 1, 0], split=[0, 2, 2], time_unit="s")
    assert settings == {"kind": "npz", "channels": 4}
    data, samples = back(tmp_path / "d.npz", settings, 2)
    assert [s.tolist() for s in samples] == [[(1000, 0), (2000, 1)], [(500_000, 3)], [(250_000, 2)]]
    assert data.train.labels.tolist() == [0] and data.test.labels.tolist() == [1, 0]


def test_events_of_a_sensor(tmp_path):
    """Tonic's structured arrays: x, y, t, p."""
    fields = np.dtype([("x", np.int16), ("y", np.int16), ("t", np.int64), ("p", np.int8)])
    events = [np.array([(1, 0, 10, 0), (2, 1, 5, 1)], fields), np.array([(0, 0, 7, 1)], fields)]
    settings = bruno.write_data(tmp_path / "d.npz", events, [0, 1], split=[0, 2], width=3, height=2)
    _, samples = back(tmp_path / "d.npz", settings, 2)
    assert settings["channels"] == 12 and [s.tolist() for s in samples] == [[(5, 11), (10, 1)], [(7, 6)]]


def test_shares(tmp_path):
    events = [[[10, 0]]] * 20
    settings = bruno.write_data(tmp_path / "d.npz", events, [0, 1] * 10, split=(0.5, 0.25, 0.25))
    data, _ = back(tmp_path / "d.npz", settings, 2)
    assert [len(part) for part in (data.train, data.valid, data.test)] == [10, 5, 5]


ONE = [[[10, 0]]]
BAD = {
    "no_samples": (([], []), {}, "at least one"),
    "labels_of_others": ((ONE, [0, 1]), {}, "one a sample"),
    "negative_labels": ((ONE, [-1]), {}, "0..4095"),
    "an_empty_sample": (([np.empty((0, 2))], [0]), {}, "at least one event"),
    "times_in_hours": ((ONE, [0]), {"time_unit": "h"}, "s, ms or us"),
    "far_beyond": (([[[4000, 0]]], [0]), {"time_unit": "s"}, "0 to 3600 s"),
    "no_times": (([[[np.nan, 0]]], [0]), {}, "0 to 3600 s"),
    "negative_channels": (([[[1, -1]]], [0]), {}, "from 0 on"),
    "shares_above_one": ((ONE, [0]), {"split": (0.9, 0.9, 0.0)}, "sum is 1"),
    "unknown_parts": ((ONE, [0]), {"split": [3]}, "0 train"),
    "three_columns": (([[[1, 2, 3]]], [0]), {}, "shape"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data(name, tmp_path):
    arguments, options, word = BAD[name]
    with pytest.raises(InputError, match=word):
        bruno.write_data(tmp_path / "d.npz", *arguments, **options)


def test_pixels_beyond_the_sensor(tmp_path):
    events = [np.array([(5, 0, 1)], [("x", int), ("y", int), ("t", int)])]
    with pytest.raises(InputError, match="correct `width`"):
        bruno.write_data(tmp_path / "d.npz", events, [0], width=5, height=1)


def test_inspect_and_convert(tmp_path):
    table = tmp_path / "events.csv"
    rows = [f"{k % 3},{k % 10},{k // 10},{k // 10 % 2}" for k in range(100)]
    table.write_text("\n".join(["channel,t_ms,sample,label", *rows]))
    printed = bruno.run("data", "inspect", table)
    assert "10 samples, 100 events" in printed and "0 5, 1 5" in printed
    printed = bruno.run("data", "convert", table, "--out", tmp_path / "d.npz", "--json")
    data, _ = back(tmp_path / "d.npz", {"kind": "npz", "channels": 3}, 2)
    assert len(data.train) == 8 and '"channels":3' in printed
