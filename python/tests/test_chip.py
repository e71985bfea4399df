"""The core of the package: chips, programs, traces."""

import json
import pickle
import threading

import numpy as np

import bruno
from conftest import ROOT


def equal(a, b):
    """Two traces are the same to the bit."""
    assert np.array_equal(a.currents, b.currents)
    assert np.array_equal(a.saturations, b.saturations)
    for layer in a.spikes:
        assert np.array_equal(a.spikes[layer], b.spikes[layer])
    for layer, records in a.records.items():
        for name in records:
            assert np.array_equal(records.codes(name), b.records[layer].codes(name))


def test_a_description_from_a_file_and_from_a_dict():
    path = ROOT / "examples/braille.json"
    a, b = bruno.Chip.load(path), bruno.Chip.load(json.loads(path.read_text()))
    assert a.description == b.description
    assert (a.name, a.inputs, a.outputs, a.window_us) == ("braille", 24, 7, 1000)
    assert a.layers == {"hidden": 32, "readout": 7}
    assert repr(a).startswith("Chip('braille': 24 inputs -> hidden 32 -> readout 7; window 1000 us; rtl, ")


def test_what_a_trace_holds(chip, counts):
    trace = chip.forward(counts=counts)
    assert trace.currents.shape == (2, 12, 2)
    records = trace.records["hidden"]
    assert records["v"].shape == (2, 12, 4)
    assert records.units["v"] == "V" and records.units["i"] == "pA" and records.units["sum_v"] == "V us"
    assert len(trace.spikes["hidden"]) > 10
    assert np.array_equal(trace.counts("hidden"), records["n_spike"])
    # The mean of a window lies between what the membrane can be, and its end is one of its values.
    mean = records["sum_v"] / trace.window_us
    threshold = chip.description["layers"][0]["device"]["v_th_V"]
    assert np.all(mean <= threshold) and np.any(mean > 0.1 * threshold)
    assert np.all(records["sum_p"] >= 0) and np.all(records["p"] < 1)
    assert "sum_v (V us)" in repr(records) and "2 samples x 12 windows" in repr(trace)


def test_the_rtl_is_the_integer_model(small, chip, counts):
    rtl = bruno.Chip.load(small, simulator="rtl", threads=1)
    rtl.program = chip.program
    equal(rtl.forward(counts=counts), chip.forward(counts=counts))


def test_threads_change_nothing(small, chip, counts):
    one = bruno.Chip.load(small, simulator="integer", threads=1)
    one.program = chip.program
    equal(one.forward(counts=counts), chip.forward(counts=counts))


def test_counts_are_events_spread_evenly(chip):
    counts = np.zeros((1, 3, 3), int)
    counts[0, 1, 2] = 2
    events = np.array([[1250, 2], [1750, 2]])
    equal(chip.forward(counts=counts), chip.forward(events, duration_us=3000))


def test_forms_of_events(chip):
    pairs = [[100, 0], [90, 1], [100, 0]]
    fields = np.array([(90, 1, True), (100, 0, False)], dtype=[("t", "<i8"), ("x", "<i2"), ("p", "?")])
    equal(chip.forward(np.array(pairs), duration_us=2500), chip.forward(fields, duration_us=3000))
    batch = chip.forward([np.array(pairs), np.empty((0, 2))], duration_us=3000)
    assert batch.currents.shape == (2, 3, 2)
    assert np.all(batch.currents[1] == 0)


def test_strides_do_not_matter(chip, counts):
    strided = np.asfortranarray(np.repeat(counts, 2, axis=1))[:, ::2]
    assert not strided.flags.c_contiguous
    equal(chip.forward(counts=strided), chip.forward(counts=counts))
    equal(chip.forward(counts=counts.astype(np.float64)), chip.forward(counts=counts.astype(np.uint8)))


def test_without_records(chip, counts):
    trace = chip.forward(counts=counts, records=False)
    assert list(trace.records) == ["readout"]
    assert np.array_equal(trace.currents, chip.forward(counts=counts).currents)


def test_a_fresh_chip_is_silent(small, counts):
    trace = bruno.Chip.load(small, simulator="integer").forward(counts=counts)
    assert not len(trace.spikes["hidden"])


def test_a_program_comes_back(chip):
    program = chip.program
    assert program["hidden"].weights.shape == (7, 4)
    program["hidden"].weights[0, 0] = 5
    program["hidden"].registers["t_ref"] = 77
    assert chip.program["hidden"].weights[0, 0] != 5 or chip.program["hidden"].registers["t_ref"] != 77
    chip.program = program
    assert chip.program["hidden"].weights[0, 0] == 5
    assert chip.program["hidden"].registers["t_ref"] == 77
    assert repr(program["readout"]) == "LayerProgram('readout': 4 channels onto 2 neurons, 8 levels)"


def test_pickles(chip, counts):
    copy = pickle.loads(pickle.dumps(chip))
    assert repr(copy) == repr(chip)
    equal(copy.forward(counts=counts), chip.forward(counts=counts))


def test_two_threads_at_once(chip, counts):
    expected = chip.forward(counts=counts)
    found = []
    threads = [threading.Thread(target=lambda: found.append(chip.forward(counts=counts))) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 4
    [equal(trace, expected) for trace in found]


def test_findings(small):
    small["layers"][0]["device"] = {"area_um2": 0.1, "w_b_eV": 0.9}
    findings = bruno.Chip.load(small, simulator="integer").check()
    assert {finding.verdict for finding in findings} >= {"act", "fine"}
    assert all((finding.remedy is None) == (finding.verdict == "fine") for finding in findings)
    assert any("stiffness" in f.text for f in findings if f.verdict == "act")


def test_generated_verilog_is_that_of_the_command_line(tmp_path):
    files = bruno.Chip.load(ROOT / "examples/braille.json").generate(tmp_path / "rtl")
    golden = {path.name: path.read_text() for path in (ROOT / "rtl/braille").iterdir()}
    found = {path.name: path.read_text() for path in files}
    assert golden.items() <= found.items()
