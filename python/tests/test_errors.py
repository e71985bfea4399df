"""Bad calls: each is a Python exception that says what and how, and the chip works after it."""

import pickle

import numpy as np
import pytest

import bruno
from bruno import DescriptionError, InputError
from conftest import SMALL

ZEROS = np.zeros((1, 4, 3), int)
PAIR = np.array([[10, 0]])


def changed(**fields):
    return {**SMALL, **fields}


def layer(**fields):
    return changed(layers=[{**SMALL["layers"][0], **fields}])


DESCRIPTIONS = {
    "unknown_field": (changed(inputz=3), "inputz"),
    "missing_field": ({"name": "t"}, "inputs"),
    "no_inputs": (changed(inputs=0), "inputs"),
    "negative_inputs": (changed(inputs=-1), "inputs"),
    "fraction_of_inputs": (changed(inputs=2.5), "inputs"),
    "text_for_a_number": (changed(inputs="3"), "inputs"),
    "name_with_a_space": (changed(name="a b"), "name"),
    "name_that_verilog_keeps": (changed(name="module"), "name"),
    "no_layers": (changed(layers=[]), "layers"),
    "unknown_kind": (layer(kind="hodgkin"), "kind"),
    "no_bits": (layer(synapse={"bits": 0, "range_pA": 1}), "bits"),
    "too_many_bits": (layer(synapse={"bits": 9, "range_pA": 1}), "bits"),
    "no_range": (layer(synapse={"bits": 3}), "range_pA"),
    "infinite_range": (layer(synapse={"bits": 3, "range_pA": 1e99}), "range_pA"),
    "not_a_number": (layer(device={"area_um2": float("nan")}), ""),
    "window_of_nothing": (changed(window_ticks=0), "window_ticks"),
    "fold_of_three": (changed(fold=3), "fold"),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_descriptions(name):
    description, field = DESCRIPTIONS[name]
    with pytest.raises(DescriptionError) as caught:
        bruno.Chip.load(description, simulator="integer")
    assert field in str(caught.value)
    assert caught.value.problems and caught.value.remedy


LOADS = {
    "no_such_file": (("nowhere.json",), {}, "nowhere.json"),
    "a_folder": (("/",), {}, "/"),
    "a_number": ((7,), {}, "int"),
    "nothing": ((None,), {}, "NoneType"),
    "a_set_inside": (({"name": {1}},), {}, "JSON"),
    "nul_in_the_path": (("a\0b",), {}, "JSON file"),
    "unknown_simulator": ((SMALL,), {"simulator": "spice"}, "simulator"),
    "no_threads": ((SMALL,), {"threads": 0}, "threads"),
    "negative_threads": ((SMALL,), {"threads": -1}, "threads"),
    "half_a_thread": ((SMALL,), {"threads": 1.5}, "threads"),
    "thousands_of_threads": ((SMALL,), {"threads": 1 << 40}, "threads"),
}


@pytest.mark.parametrize("name", LOADS)
def test_loads(name):
    arguments, options, word = LOADS[name]
    with pytest.raises(InputError, match=word.replace("\\", "")):
        bruno.Chip.load(*arguments, **options)


INPUTS = {
    "nothing": ({}, "both or none"),
    "both": ({"events": PAIR, "counts": ZEROS}, "both or none"),
    "counts_of_one_axis": ({"counts": np.zeros(3, int)}, "shape"),
    "counts_of_four_axes": ({"counts": np.zeros((1, 1, 4, 3), int)}, "shape"),
    "counts_of_other_channels": ({"counts": np.zeros((1, 4, 2), int)}, "3 inputs"),
    "no_samples": ({"counts": np.zeros((0, 4, 3), int)}, "at least one"),
    "no_windows": ({"counts": np.zeros((1, 0, 3), int)}, "at least one"),
    "negative_counts": ({"counts": ZEROS - 1}, r"counts\[0, 0, 0\]"),
    "more_than_ticks": ({"counts": ZEROS + 1001}, "0..1000"),
    "broken_counts": ({"counts": ZEROS + 0.5}, "whole numbers"),
    "counts_that_are_no_numbers": ({"counts": ZEROS * np.nan}, "whole numbers"),
    "infinite_counts": ({"counts": ZEROS + np.inf}, "whole numbers"),
    "complex_counts": ({"counts": ZEROS + 1j}, "type"),
    "text_for_counts": ({"counts": "spikes"}, "shape"),
    "objects_for_counts": ({"counts": np.full((1, 4, 3), None)}, "type"),
    "ragged_counts": ({"counts": [[1, 2, 3], [1]]}, "equal lengths"),
    "counts_and_duration": ({"counts": ZEROS, "duration_us": 9}, "duration_us"),
    "huge_counts": ({"counts": ZEROS.astype(np.uint64) + np.uint64(2**63)}, "whole numbers"),
    "events_of_three_columns": ({"events": np.zeros((4, 3), int)}, "shape"),
    "events_of_one_axis": ({"events": np.arange(4)}, "shape"),
    "events_that_are_a_number": ({"events": 4}, "shape"),
    "negative_times": ({"events": PAIR - [[20, 0]]}, "times from 0 on"),
    "negative_channels": ({"events": PAIR - [[0, 1]]}, "channels 0..2"),
    "channels_beyond": ({"events": PAIR + [[0, 3]]}, "channels 0..2"),
    "times_in_seconds": ({"events": np.array([[0.0105, 0]])}, "whole numbers"),
    "times_that_are_no_numbers": ({"events": np.array([[np.nan, 0]])}, "whole numbers"),
    "events_after_the_end": ({"events": PAIR + [[5000, 0]], "duration_us": 1000}, "duration_us"),
    "no_duration": ({"events": np.empty((0, 2)), "duration_us": 0}, "duration_us"),
    "negative_duration": ({"events": PAIR, "duration_us": -1}, "duration_us"),
    "broken_duration": ({"events": PAIR, "duration_us": 1.5}, "duration_us"),
    "hours": ({"events": PAIR, "duration_us": 10**12}, "duration_us"),
    "years": ({"events": PAIR, "duration_us": 10**30}, "duration_us"),
    "an_empty_batch": ({"events": []}, "empty batch"),
    "a_batch_of_nonsense": ({"events": [PAIR, "b"]}, r"events\[1\]"),
    "fields_without_times": ({"events": np.zeros(2, [("x", int)])}, "time_us"),
    "fields_without_channels": ({"events": np.zeros(2, [("t", int)])}, "channel"),
    "records_beyond_memory": ({"events": [PAIR] * 9, "duration_us": 3_600_000_000}, "memory"),
}


@pytest.mark.parametrize("name", INPUTS)
def test_inputs(name, chip):
    arguments, word = INPUTS[name]
    with pytest.raises(InputError, match=word):
        chip.forward(**arguments)
    assert chip.forward(PAIR).currents.shape == (1, 1, 2)


def no_levels(program):
    program["hidden"].levels = program["hidden"].levels[:2]


def other_weights(program):
    program["hidden"].weights = program["hidden"].weights[:2]


def codes_beyond(program):
    program["hidden"].weights[0, 0] = 8


def negative_codes(program):
    program["hidden"].weights = program["hidden"].weights.astype(int) - 9


def levels_beyond(program):
    program["hidden"].levels[0] = 2**31 - 1


def unknown_register(program):
    program["hidden"].registers["nonsense"] = 1


def register_beyond(program):
    program["hidden"].registers["t_ref"] = 1 << 30


def missing_layer(program):
    program.layers.pop()


@pytest.mark.parametrize(
    "damage",
    [no_levels, other_weights, codes_beyond, negative_codes, levels_beyond, unknown_register, register_beyond, missing_layer],
)
def test_programs(damage, chip):
    program = chip.program
    damage(program)
    with pytest.raises(InputError):
        chip.program = program
    assert chip.forward(PAIR).currents.shape == (1, 1, 2)


def test_a_program_that_is_none(chip):
    with pytest.raises(InputError, match="bruno.Program"):
        chip.program = {}


def test_a_program_file_that_is_none(chip, tmp_path):
    (tmp_path / "p.json").write_text("{}")
    with pytest.raises(InputError, match="no program"):
        chip.load_program(tmp_path / "p.json")


def test_a_closed_chip(chip):
    with chip:
        chip.forward(PAIR)
    with pytest.raises(InputError, match="closed"):
        chip.forward(PAIR)


def test_unknown_words(chip):
    with pytest.raises(KeyError, match="this recorder has v, p"):
        chip.forward(PAIR).records["hidden"]["voltage"]


def test_errors_pickle():
    with pytest.raises(DescriptionError) as caught:
        bruno.Chip.load(changed(inputs=0))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.problems) == (str(caught.value), caught.value.problems)


def test_words_that_are_no_command():
    with pytest.raises(InputError, match="unrecognized subcommand"):
        bruno.run("frobnicate")
