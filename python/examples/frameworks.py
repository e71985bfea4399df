"""A trained chip runs elsewhere: its network, exported as NIR, in the simulators that are installed, beside the chip.

    python python/examples/frameworks.py        # snnTorch, Norse, Rockpool, as far as they are there

Prints the spikes of the hidden layer, and how many of the chip's are in the same step.
"""

import argparse
import importlib
import importlib.util
import tempfile
from pathlib import Path

import numpy as np

import bruno

WINDOWS, CHANNELS = 12, 3
# The importer of snnTorch takes this step for granted.
STEP_US = 100.0
NEURONS = {
    "lif": {"kind": "lif", "device": {"t_ref_ms": 0, "tau_syn_ms": 1, "v_floor_V": -2}},
    "lif_subtractive": {"model": "lif_subtractive", "parameters": {"tau_syn": 1, "V_floor": -2}},
}


def description(neurons, recurrent):
    layer = {"name": "hidden", "neurons": 8, "recurrent": recurrent, "synapse": {"bits": 3, "range_pA": 60}}
    return {
        "name": "abroad",
        "inputs": CHANNELS,
        "layers": [layer | NEURONS[neurons]],
        "readout": {"outputs": 2, "synapse": {"bits": 3, "range_pA": 100}},
        "training": {"data": {"kind": "npz", "channels": CHANNELS, "bin_us": 1000}, "epochs": 2, "batch": 4,
                     "init": {"input_mean": 0.5}},
    }


def trained(folder, neurons, recurrent):
    """A chip trained for two epochs to tell which channel spikes more; its folder."""
    rng = np.random.default_rng(3)
    label = np.tile([0, 1], 8)
    counts = rng.integers(0, 2, (16, WINDOWS, CHANNELS))
    counts[np.arange(16), :, label] += 3
    np.savez(folder / "data.npz", label=label, split=np.repeat([0, 1, 2], [8, 4, 4]), counts=counts)
    bruno.train(description(neurons, recurrent), folder / "out", data=folder / "data.npz", simulator="integer",
                ridge="never")
    return folder / "out"


def abroad(file):
    """The exported graph up to its last spikes: simulators have readouts of their own."""
    nir = importlib.import_module("nir")
    graph = nir.read(file)
    nodes = {name: node for name, node in graph.nodes.items() if not name.startswith("readout")}
    nodes["output"] = nir.Output(output_type={"output": np.array(nodes["hidden"].v_threshold.shape)})
    edges = [edge for edge in graph.edges if edge[0] in nodes and edge[1] in nodes]
    return nir.NIRGraph(nodes=nodes, edges=[*edges, ("hidden", "output")])


def snntorch(graph):
    return importlib.import_module("snntorch.import_nir").import_from_nir(graph)


def norse(graph):
    torch, pytree = importlib.import_module("torch"), importlib.import_module("torch.utils._pytree")
    # Norse is written for newer versions of PyTorch than Debian's: a name, and how gradients are declared, which the
    # forward pass does not need.
    if not hasattr(pytree, "register_pytree_node"):
        pytree.register_pytree_node = lambda kind, flat, back, **_: pytree._register_pytree_node(kind, flat, back)
    package = importlib.import_module("norse.torch")
    reset = importlib.import_module("norse.torch.functional.reset")
    subtracts = "subtract" in str(graph.nodes["hidden"].metadata.get("reset", ""))
    method = reset.reset_subtract if subtracts else reset.reset_value
    network = package.from_nir(graph, reset_method=method, dt=STEP_US * 1e-6)
    for module in network.modules():
        if isinstance(module, package.LIFBoxCell) and torch.__version__ < "2":
            module.p = module.p._replace(method="heaviside")
    return network


def rockpool(graph):
    """Subtracts the threshold whatever the graph says, and decays by exp(-dt/tau)."""
    return importlib.import_module("rockpool.nn.modules.torch.nir").from_nir(graph)


def steps(network, inputs):
    """Spikes [step, neuron] of a network for spikes [step, channel]."""
    torch = importlib.import_module("torch")
    state, found = None, []
    with torch.no_grad():
        for row in torch.tensor(inputs, dtype=torch.float32):
            out = network(row[None]) if state is None else network(row[None], state)
            out, state = out if isinstance(out, tuple) else (out, None)
            found.append(out.reshape(-1).numpy() > 0)
    return np.array(found)


def compare(folder, neurons, recurrent, frameworks):
    """Spikes of the chip, and for each framework its spikes and how many of the chip's are in the same step."""
    out = trained(folder, neurons, recurrent)
    chip = bruno.Chip.load(out / "chip.json", simulator="integer")
    chip.load_program(out / "program.json")
    file = folder / "abroad.nir"
    bruno.export_nir(out / "chip.json", out / "program.json", file, dt_us=STEP_US)
    ticks = WINDOWS * 1000
    inputs = np.random.default_rng(4).random((ticks, CHANNELS)) < 2e-3
    trace = chip.forward(np.argwhere(inputs), duration_us=ticks)
    own = np.zeros((ticks, 8), bool)
    spikes = trace.spikes["hidden"]
    own[spikes["time_us"], spikes["neuron"]] = True
    rows = {"bruno": (int(own.sum()), int(own.sum()))}
    for framework in frameworks:
        found = steps(framework(abroad(file)), inputs)
        rows[framework.__name__] = (int(found.sum()), int((found & own).sum()))
    return rows


def installed():
    """The simulators that are there; the others are named."""
    found = []
    for framework in (snntorch, norse, rockpool):
        missing = [name for name in ("nir", "nirtorch", framework.__name__) if not importlib.util.find_spec(name)]
        if missing:
            print(f"{framework.__name__}: not run, for {', '.join(missing)} is not installed")
        else:
            found.append(framework)
    return found


def takes(framework, neurons, recurrent):
    """Whether a simulator reads the network as it is meant; what snnTorch 1.0.0 makes of the others is said."""
    if framework is snntorch and neurons == "lif_subtractive":
        print("snntorch: not run, for its importer resets to zero")
    elif framework is snntorch and recurrent:
        print("snntorch: not run, for its importer leads the input over the recurrent weights")
    else:
        return True
    return False


def main(arguments=None):
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args(arguments)
    frameworks, results = installed(), {}
    for neurons in NEURONS:
        for recurrent in (False, True):
            chosen = [framework for framework in frameworks if takes(framework, neurons, recurrent)]
            with tempfile.TemporaryDirectory() as folder:
                rows = compare(Path(folder), neurons, recurrent, chosen)
            results[neurons, recurrent] = rows
            for name, (spikes, same) in rows.items():
                print(f"{neurons}{' recurrent' if recurrent else ''}: {name} {spikes} spikes, {same} in the same step")
    return results


if __name__ == "__main__":
    main()
