"""Runs the suites of this directory in Icarus on generated chips.

    run.py DIRECTORY [SUITE ...]

DIRECTORY holds one directory a chip (`bruno generate`). Exit code 1 when a test fails.
"""

import contextlib
import os
import subprocess
import sys
import warnings
import xml.etree.ElementTree
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench import bench

with warnings.catch_warnings():
    # The runner is called experimental; its version is pinned.
    warnings.simplefilter("ignore")
    from cocotb.runner import get_runner

HERE = Path(__file__).parent
SUITES = {
    "spi": "serial",
    "aer": "serial",
    "axi4_lite": "stream",
    "event_stream": "stream",
    "recorder": "stream",
    "tight": "tight",
    "boot": "booted",
    "boot_folded": "booted_folded",
}


@contextlib.contextmanager
def logged(path):
    """What this process and the tools it starts print goes to a file."""
    kept = [os.dup(1), os.dup(2)]
    with open(path, "w") as log:
        for descriptor in (1, 2):
            os.dup2(log.fileno(), descriptor)
    try:
        yield
    finally:
        sys.stdout.flush()
        for descriptor, copy in zip((1, 2), kept):
            os.dup2(copy, descriptor)
            os.close(copy)


def environment(chip):
    """What the suites' modules read."""
    return {"PYTHONPATH": str(HERE), "CHIP": str(HERE / "chips" / f"{chip}.json")}


def build(directory, chip):
    """Compiles a chip with its bench; a ROM gets a program."""
    source = directory / chip
    for rom in source.glob("*_program.hex"):
        subprocess.run([sys.executable, HERE / "chip.py", rom], env={**os.environ, **environment(chip)}, check=True)
    (source / "bench.v").write_text(bench(chip, source))
    files = (source / f"{chip}.f").read_text().split()
    runner = get_runner("icarus")
    log = source / "build.log"
    try:
        with logged(log):
            runner.build(
                verilog_sources=[source / name for name in [*files, "bench.v"]],
                hdl_toplevel="bench",
                build_dir=source / "build",
                timescale=("1ns", "1ps"),
                always=True,
            )
    except SystemExit:
        sys.exit(f"{log.read_text()}\n{chip}: Icarus could not compile the bench")
    return runner


def failures(results):
    """Tests of a results file that failed; all of it when it is not there or empty."""
    if not results.exists():
        return ["no results"]
    cases = list(xml.etree.ElementTree.parse(results).iter("testcase"))
    failed = [case.get("name") for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return failed if cases else ["no tests"]


def run(runner, directory, suite):
    """Runs a suite and returns the names of the tests that failed."""
    chip = SUITES[suite]
    results = directory / chip / f"{suite}.xml"
    results.unlink(missing_ok=True)
    with contextlib.suppress(SystemExit), logged(directory / chip / f"{suite}.log"):
        runner.test(
            hdl_toplevel="bench",
            test_module=f"test_{suite}",
            build_dir=directory / chip / "build",
            test_dir=directory / chip,
            results_xml=results.name,
            seed=1,
            extra_env=environment(chip),
        )
    return failures(results)


def main():
    directory = Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:] or list(SUITES)
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        sys.exit(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    runners = {chip: build(directory, chip) for chip in sorted({SUITES[suite] for suite in wanted})}
    failed = False
    with ProcessPoolExecutor() as pool:
        running = [pool.submit(run, runners[SUITES[suite]], directory, suite) for suite in wanted]
        for suite, result in zip(wanted, running):
            log = directory / SUITES[suite] / f"{suite}.log"
            bad = result.result()
            if bad:
                print(log.read_text())
            print(f"{suite}: {'FAILED: ' + ', '.join(bad) + f'; {log}' if bad else 'passed'}", flush=True)
            failed |= bool(bad)
    sys.exit(failed)


main()
