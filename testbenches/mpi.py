"""What `scripts/mpi` and `scripts/slurm` run: bruno on ranks of MPI and as a job array against bruno alone, file by file. The
only argument: the number of kills, or `slurm` for the scripts of examples/slurm."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BRUNO = os.environ["BRUNO"]
CHIP = {
    "name": "tiny", "inputs": 4,
    "layers": [{
        "name": "hidden", "kind": "felif", "neurons": 4, "recurrent": True, "variability": "illustrative",
        "synapse": {"bits": 3, "range_pA": 900}, "recurrent_synapse": {"bits": 3, "range_pA": 30},
        "device": {"t_ref_ms": 1},
    }],
    "readout": {"outputs": 2, "synapse": {"range_pA": 100}},
    "training": {
        "data": {"kind": "events", "channels": 4}, "epochs": 3, "batch": 4, "learning_rate": 0.1, "keep": "best",
        "init": {"readout_std": 0.4}, "device": [{"parameter": "area", "bounds": [3, 5]}],
        "tune": {"budget": {"trials": 4}, "parallel": 2},
    },
}
# A run that two ranks work at for longer than half a minute.
LONG = ["--set", "layers.hidden.neurons=24", "--set", "training.epochs=350"]
# Ranks and threads of each.
SHAPES = [(1, 2), (2, 1), (3, 2), (4, 1)]


def task(folder):
    """Writes a chip and samples in which one half of the channels spikes."""
    (folder / "chip.json").write_text(json.dumps(CHIP))
    lif = dict(CHIP, layers=[dict(CHIP["layers"][0], kind="lif")])
    (folder / "lif.json").write_text(json.dumps(lif))
    (folder / "data").mkdir()
    labels = ["file,label,split,duration_us"]
    for index in range(16):
        split = ["train", "train", "valid", "test"][index // 4]
        labels.append(f"{index}.csv,{['low', 'high'][index % 2]},{split},16000")
        times = [500 + k * 2000 + index * 137 % 900 for k in range(6)]
        lines = [f"{t},{2 * (index % 2) + k % 2}" for k, t in enumerate(times)]
        (folder / "data" / f"{index}.csv").write_text("t_us,channel\n" + "\n".join(lines) + "\n")
    (folder / "data" / "labels.csv").write_text("\n".join(labels) + "\n")


def command(name, file, *more):
    # The integer model: the same numbers, and nothing to build.
    return [BRUNO, name, file, "--data", "data", "--simulator", "integer", *more]


# What is run, by name: the command without --out and --threads.
CASES = {
    "train": command("train", "chip.json", "--checkpoint-every", "1"),
    "montecarlo": command("montecarlo", "run", "--chips", "5", "--target", "0.5"),
    "sweep": command("train", "chip.json", "--set", "training.epochs=1", "--sweep", "training.seed=1,2,3"),
    "tune": command("tune", "chip.json"),
    "compare": command("compare", "chip.json", "lif.json", "--seeds", "2", "--trials", "2"),
    "tune one by one": command("tune", "chip.json", "--trials", "2", "--set", "training.tune.parallel=1"),
}


def on_ranks(ranks, words):
    return ["mpirun", "-n", str(ranks), *words]


def run(folder, words, code=0):
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300)
    if ran.returncode != code:
        sys.exit(f"mpi: exit code {ran.returncode}, not {code}: {' '.join(words)}\n{ran.stdout}{ran.stderr}")
    return ran


def tree(folder):
    """Every file and its bytes, but for event files, which hold the time of day, and how the runs were called."""
    def is_result(path):
        called = path.name in ("commands.jsonl", "report.html")
        return path.is_file() and path.parent.name != "tensorboard" and not called
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if is_result(p)}


def same(folder, one, many, after):
    one, many = tree(folder / one), tree(folder / many)
    differ = [name for name in sorted(one | many) if one.get(name) != many.get(name)]
    if differ or not one:
        sys.exit(f"mpi: {after}: differ from one process: {', '.join(differ)}")


def spread(folder, name, words):
    """On ranks and threads the files and the printed result are those of one process."""
    def out(where, threads):
        return [*words, "--out", where, "--threads", str(threads)]
    whole = f"{name}-1"
    printed = run(folder, out(whole, 1)).stdout
    for ranks, threads in SHAPES:
        many = f"{name}-{ranks}x{threads}"
        ran = run(folder, on_ranks(ranks, out(many, threads)))
        same(folder, whole, many, f"{name} on {ranks} ranks of {threads} threads")
        if ran.stdout.replace(many, whole) != printed:
            sys.exit(f"mpi: {name} on {ranks} ranks prints something else:\n{printed}\n{ran.stdout}")
    print(f"mpi: {name}: {len(SHAPES)} shapes of ranks and threads give the files of one process", flush=True)


def evaluation(folder):
    words = command("eval", "run", "--json")
    printed = run(folder, words).stdout
    for ranks, threads in SHAPES:
        ran = run(folder, on_ranks(ranks, [*words, "--threads", str(threads)]))
        if ran.stdout != printed:
            sys.exit(f"mpi: eval on {ranks} ranks:\n{printed}\n{ran.stdout}")
    print("mpi: eval prints the same", flush=True)


def scale(folder):
    """A plan says what its ranks measured, and predicts those and more."""
    words = command("scale", "chip.json", "--steps", "1", "--most", "4", "--threads", "1", "--json")
    found = json.loads(run(folder, on_ranks(2, words)).stdout)
    ranks = [row["ranks"] for row in found["rows"]]
    network = found["costs"]["network"]
    if found["measured"]["ranks"] != 2 or ranks != [1, 2, 4] or not network["origin"] == "measured between 2 ranks":
        sys.exit(f"mpi: scale: {found}")
    print("mpi: scale plans with what 2 ranks measure", flush=True)


def errors(folder):
    """Failures end all ranks with bruno's exit code and one message."""
    cases = [
        (command("train", "absent.json"), "absent.json"),
        (command("train", "chip.json", "--nonsense"), "--nonsense"),
        (command("montecarlo", "run", "--chips", "5", "--seed", "9", "--out", "montecarlo-1"), "(--seed)"),
        # The learning rate makes a number of some sample infinite.
        (command("train", "chip.json", "--out", "failed", "--set", "training.learning_rate=1e30"), "bruno:"),
        # A folder that cannot be made: only rank 0 tries.
        (command("train", "chip.json", "--out", "chip.json/x"), "cannot be locked"),
    ]
    for words, expected in cases:
        alone = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300)
        ran = run(folder, on_ranks(3, words), 2)
        told = [line for line in alone.stderr.splitlines() if expected in line][0]
        if alone.returncode != 2 or ran.stderr.count(told) != 1:
            sys.exit(f"mpi: {' '.join(words)}:\n{alone.stderr}\n{ran.stderr}")
    print(f"mpi: {len(cases)} errors end all ranks with exit code 2 and are told once", flush=True)


def ranks_of(job):
    """The processes of a job that are bruno's."""
    found = subprocess.run(["pgrep", "-P", str(job.pid)], capture_output=True, text=True).stdout.split()
    name = Path(BRUNO).name
    def is_bruno(pid):
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip() == name
        except OSError:
            return False
    return [int(pid) for pid in found if is_bruno(pid)]


def kills(folder, count):
    rng = random.Random(1)
    names = ["train", "montecarlo", "sweep", "tune", "compare"]
    killed = 0
    for number in range(count):
        name = names[number % len(names)]
        out = f"killed-{number}"
        words = [*CASES[name], "--out", out, "--threads", "1"]
        ranks = rng.choice([2, 3, 4])
        start = time.monotonic()
        run(folder, on_ranks(ranks, [*words[:-3], f"timed-{number}", "--threads", "1"]))
        lasts = time.monotonic() - start
        job = subprocess.Popen(on_ranks(ranks, words), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.2, 1) * lasts)
        victims = ranks_of(job)
        if victims:
            os.kill(rng.choice(victims), signal.SIGKILL)
            killed += 1
        job.wait(60)
        other = rng.choice([n for n in [1, 2, 3, 4] if n != ranks])
        run(folder, on_ranks(other, words))
        same(folder, f"{name}-1", out, f"{name}, killed on {ranks} ranks, continued on {other}")
    print(f"mpi: {killed} of {count} jobs lost a rank before their end; all ended with the files of one process", flush=True)


def slurm(folder):
    """The scripts of the examples, with one core a task."""
    scripts = Path(__file__).resolve().parent.parent / "examples" / "slurm"
    for name in ["train", "montecarlo"]:
        run(folder, [*CASES[name], "--out", f"{name}-1", "--threads", "1"])
    def submit(script, *words):
        run(folder, ["sbatch", "--wait", "--cpus-per-task=1", "--output=%x.log", *words[0], str(scripts / script), *words[1:]])
    def options(name):
        return CASES[name][3:]
    submit("train.sh", ["--nodes=1", "--ntasks-per-node=2"], "chip.json", "slurm-train", *options("train"))
    same(folder, "train-1", "slurm-train", "train.sh")
    os.environ["SHARDS"] = "3"
    submit("array.sh", ["--array=1-3"], "run", "slurm-array", *options("montecarlo"))
    run(folder, [BRUNO, "merge", "slurm-array"])
    whole, merged = tree(folder / "montecarlo-1"), tree(folder / "slurm-array")
    if any(merged.get(name) != whole[name] for name in whole):
        sys.exit("slurm: array.sh: the merged files differ from those of one process")
    print("slurm: train.sh and array.sh give the files of one process", flush=True)
    requeued(folder, command("train", "chip.json", *LONG), scripts / "train.sh")


def requeued(folder, words, script):
    """A job that Slurm warns of its time limit asks for a checkpoint, enters the queue again, and goes on from there."""
    run(folder, [*words, "--out", "long-1", "--threads", "2"])
    options = ["--parsable", "--nodes=1", "--ntasks-per-node=2", "--cpus-per-task=1", "--output=long.log"]
    # Slurm warns up to a minute early: here within half a minute after the start.
    limit = ["--time=1", "--signal=B:USR1@55"]
    ran = run(folder, ["sbatch", *options, *limit, str(script), "chip.json", "slurm-long", *words[3:]])
    job, end, nudged = ran.stdout.strip(), time.monotonic() + 400, 0
    def log():
        return (folder / "long.log").read_text() if (folder / "long.log").exists() else ""
    while True:
        state = run(folder, ["scontrol", "show", "job", job]).stdout
        if "JobState=COMPLETED" in state:
            break
        if time.monotonic() > end or "JobState=FAILED" in state or "JobState=TIMEOUT" in state:
            nodes = run(folder, ["scontrol", "show", "node"]).stdout
            sys.exit(f"{log()}\nslurm: a job that is requeued:\n{state}{nodes}")
        if "JobState=PENDING" in state and "Restarts=0" not in state and time.monotonic() > nudged + 20:
            nudged = time.monotonic()
            start_again(folder, job)
        time.sleep(0.5)
    same(folder, "long-1", "slurm-long", "train.sh, requeued")
    # The checkpoint may be that of an epoch which ended right after the warning, so nothing is asked of its own message.
    if not nudged or "continuing" not in log():
        sys.exit(f"{log()}\nslurm: the job had no second turn, or did not go on in it from a checkpoint")
    print("slurm: a job that is warned of its time limit and requeued ends with the files of one process", flush=True)


def start_again(folder, job):
    """What an operator does for a job in the queue of an empty cluster: it is not held back, nothing is waited for, its node
    may be used, and its second turn is given all the time that it takes. Slurm itself holds a job whose start met the end
    of its first turn, and sets a node aside on which one ended late."""
    for words in [
        ["update", f"JobId={job}", "StartTime=now+2", "TimeLimit=10"], ["release", job],
        ["update", "NodeName=node", "State=RESUME"],
    ]:
        # Refused where there is nothing to change.
        subprocess.run(["scontrol", *words], cwd=folder, capture_output=True, timeout=60)


def main(what):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        task(folder)
        run(folder, command("train", "chip.json", "--out", "run", "--threads", "1"))
        if what == "slurm":
            return slurm(folder)
        for name, words in CASES.items():
            spread(folder, name, words)
        evaluation(folder)
        scale(folder)
        errors(folder)
        kills(folder, int(what))


main(sys.argv[1])
