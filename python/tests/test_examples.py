"""The examples run, and do what they say."""

import importlib.util
import os
from pathlib import Path

import pytest

from conftest import ROOT

NETWORKS = Path(os.environ.get("BRUNO_REFERENCE_DATA", ROOT / "../shared/data")) / "nir"


def example(name):
    path = ROOT / f"python/examples/{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not NETWORKS.is_dir(), reason="needs the reference data")
def test_nir_to_verilog(tmp_path):
    network = NETWORKS / "braille_noDelay_noBias_subtract.nir"
    trace, verilog = example("nir_to_verilog").main([str(network), "--out", str(tmp_path)])
    assert sum(len(spikes) for spikes in trace.spikes.values()) > 0
    assert any(file.suffix == ".v" for file in verilog)
    assert (tmp_path / "again.nir").stat().st_size > 10_000


def test_a_chip_of_a_neuron_file_against_float():
    spikes, results = example("chip_against_float").main(["--simulator", "integer", "--milliseconds", "80"])
    own, asked = results["the chip's weights"], results["the weights asked for"]
    assert own["spikes"] == spikes > 50
    assert own["median_us"] < 20 and own["share_within_1_ms"] == 1.0
    assert own["readout_error"] < asked["readout_error"]


def test_an_encoder_before_a_chip():
    pytest.importorskip("torch")
    assert example("encoder").main(["--simulator", "integer"]) > 0.9


def test_a_chip_in_other_simulators():
    """Norse and snnTorch step as the chip does, in single precision; Rockpool decays otherwise, which moves spikes."""
    pytest.importorskip("nirtorch", reason="snnTorch, Norse, Rockpool: scripts/python --frameworks installs them")
    frameworks = example("frameworks")
    results = frameworks.main([])
    assert sum(len(rows) > 1 for rows in results.values()) == 4
    for rows in results.values():
        own = rows["bruno"][0]
        assert own > 20
        for name, (spikes, same) in rows.items():
            assert abs(spikes - own) <= 0.05 * own, (name, rows)
            assert name == "rockpool" or same >= 0.8 * own, (name, rows)
