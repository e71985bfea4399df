"""Results of the command line from Python."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import bruno
from conftest import ROOT, SMALL


def test_train_and_evaluate(run, capsys):
    again = bruno.evaluate(run.out / "checkpoint.json", data=run.data, ridge="never", **run.simulator)
    assert again["accuracy"] == run.result["accuracy"] and again["confusion"] == run.result["confusion"]
    assert "8 + 4 + 4 samples" in capsys.readouterr().err
    files = {"program": run.out / "program.json", "data": run.data}
    by_program = bruno.evaluate(run.out / "chip.json", ridge="never", **files, **run.simulator)
    assert by_program["accuracy"] == run.result["accuracy"]


def test_a_trained_chip_decides(run):
    chip = bruno.Chip.load(run.out / "chip.json", **run.simulator)
    decision = chip.load_program(run.out / "program.json")
    assert decision["rule"] == "largest_mean" and len(decision["bias"]) == chip.outputs


def test_audit(run):
    found = bruno.audit(run.out / "checkpoint.json", data=run.data, samples=1, gradients=["mean"], **run.simulator)
    [audit] = found["audits"]
    assert audit["audit"]["groups"] and audit["window_ticks"] == 1000


def test_data(run):
    found = bruno.data(run.description, run.data)
    assert repr(found) == "Dataset('data': 8 + 4 + 4 samples (train, valid, test), 3 channels, 2 outputs)"
    with np.load(run.data) as archive:
        for split, samples in ((found.train, archive["counts"][:8]), (found.test, archive["counts"][12:])):
            assert [len(events) for events in split.events] == samples.sum(axis=(1, 2)).tolist()
            assert np.all(np.diff(split.events[0]["time_us"].astype(int)) >= 0)
    assert found.train.labels.tolist() == [0, 1] * 4 and found.train.durations_us.tolist() == [20_000] * 8
    assert sorted(found.order(1)) == list(range(8)) and found.order(1).tolist() != found.order(2).tolist()


def test_montecarlo(run, tmp_path):
    spread = json.loads((run.out / "chip.json").read_text())
    spread["layers"][0]["synapse"]["rram"] = "wan2022"
    options = {"of": run.out, "data": run.data, "out": tmp_path, **run.simulator}
    found = bruno.montecarlo(spread, chips=2, samples=2, target=0.1, **options)
    assert found["chips"] == 2 and found["yield"]["target"] == 0.1


def test_fit(tmp_path):
    rows = [f"{code},{1e-9 * (code + 1)}" for code in range(8) for _ in range(3)]
    (tmp_path / "pulses.csv").write_text("\n".join(["code,i_A", *rows]))
    found = bruno.fit(tmp_path / "pulses.csv", bits=3, out=tmp_path / "fit")
    assert len(found["levels"]) == 8


def test_ctrl_c(run, tmp_path):
    """A command ends at once, gives its lock back, and the next one goes on from what it kept."""
    description = {**run.description, "training": {**run.description["training"], "epochs": 1000}}
    options = {"data": run.data, "ridge": "never", **run.simulator}
    kept = tmp_path / "checkpoint.json"

    def interrupt() -> None:
        """After an epoch, however fast the machine is."""
        while not kept.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        bruno.train(description, tmp_path, **options)
    epochs = json.loads(kept.read_text())["epoch"]
    assert 0 < epochs < 1000
    with pytest.raises(bruno.InputError, match="other settings"):
        bruno.train(run.description, tmp_path, **options)


def test_settings_that_are_bad():
    bad = {**SMALL, "training": {"epochs": 0}}
    with pytest.raises(bruno.DescriptionError) as caught:
        bruno.train(bad)
    assert caught.value.field == "training.epochs"


def test_the_command_line_itself():
    words = [sys.executable, "-m", "bruno", "check", str(ROOT / "examples/braille.json"), "--json"]
    done = subprocess.run(words, capture_output=True, check=True)
    assert json.loads(done.stdout)["chip"]["name"] == "braille"
    assert subprocess.run([*words[:3], "check", "nowhere"], capture_output=True).returncode == 2
