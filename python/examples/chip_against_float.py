"""What a chip loses against the same network in float: to fixed point, and to the levels of its synapses.

    python python/examples/chip_against_float.py --bits 3 --simulator integer

runs a recurrent network of leaky neurons with a reset by subtraction on the chip, and twice in NumPy, in float64 with
exact decays: with the currents that the chip's synapses have, and with the weights that were asked for.
"""

import argparse

import numpy as np

import bruno

INPUTS, NEURONS, OUTPUTS, WINDOW_US = 16, 32, 4, 1000
NEURON = {"C": 1.0, "tau_m": 20.0, "tau_syn": 5.0, "V_th": 0.4, "V_floor": -1.0}  # pF, ms, ms, V, V
READOUT_MS = 10.0


def described(bits):
    """The chip: a layer of the neurons that come with bruno as `lif_subtractive`."""
    return {
        "name": "twin",
        "inputs": INPUTS,
        "window_ticks": WINDOW_US,
        "layers": [
            {
                "name": "hidden",
                "model": "lif_subtractive",
                "parameters": NEURON,
                "neurons": NEURONS,
                "recurrent": True,
                "synapse": {"bits": bits, "range_pA": 60},
            }
        ],
        "readout": {"outputs": OUTPUTS, "tau_ms": READOUT_MS, "synapse": {"bits": bits, "range_pA": 60}},
    }


def nearest(levels, wanted):
    """Codes of the levels that are nearest to the weights that are wanted, both in LSB of the current."""
    return np.abs(levels - wanted[..., None]).argmin(axis=-1)


def simulated(events, ticks, weights, recurrent, readout):
    """The network in float64: spikes `[tick, neuron]` and the readout's currents (pA) at the ends of windows."""
    decay, loss, out_decay = np.exp(-1e-3 / np.array([NEURON["tau_syn"], NEURON["tau_m"], READOUT_MS]))
    arriving = np.zeros((ticks, INPUTS))
    np.add.at(arriving, (events[:, 0], events[:, 1]), 1)
    current, membrane, fired = np.zeros(NEURONS), np.zeros(NEURONS), np.zeros(NEURONS)
    out, spikes, outputs = np.zeros(OUTPUTS), np.zeros((ticks, NEURONS), bool), []
    for tick in range(ticks):
        out = out * out_decay + fired @ readout
        current = current * decay + arriving[tick] @ weights + fired @ recurrent
        # pA / pF is V / s.
        membrane = membrane * loss + 1e-6 * current / NEURON["C"]
        membrane = np.maximum(membrane, NEURON["V_floor"])
        fired = (membrane > NEURON["V_th"]).astype(float)
        membrane -= NEURON["V_th"] * fired
        spikes[tick] = fired > 0
        if (tick + 1) % WINDOW_US == 0:
            outputs.append(out)
    return spikes, np.array(outputs)


def distances(spikes, reference):
    """Distance of every spike of the reference to the nearest one of the same neuron, in us."""
    found = []
    for neuron in range(NEURONS):
        own, other = np.flatnonzero(spikes[:, neuron]), np.flatnonzero(reference[:, neuron])
        if len(own) and len(other):
            found.append(np.abs(own[None] - other[:, None]).min(axis=1))
    return np.concatenate(found)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bits", type=int, default=8, help="bits of a synapse")
    parser.add_argument("--simulator", choices=["rtl", "integer"], default="rtl")
    parser.add_argument("--milliseconds", type=int, default=200)
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    ticks = 1000 * options.milliseconds
    events = np.argwhere(rng.random((ticks, INPUTS)) < 50e-6)  # 50 Hz a channel

    chip = bruno.Chip.load(described(options.bits), simulator=options.simulator)
    program = chip.program
    hidden, readout = program["hidden"], program["readout"]
    # pA of a level's LSB, from the first word of each layer's records, its current.
    hidden_pA, readout_pA = (chip.words[name][0].lsb for name in ("hidden", "readout"))
    wanted = [rng.normal(8, 12, (INPUTS, NEURONS)), rng.normal(0, 4, (NEURONS, NEURONS)), rng.normal(0, 10, (NEURONS, OUTPUTS))]
    tables = [hidden.levels * hidden_pA, hidden.recurrent_levels * hidden_pA, readout.levels * readout_pA]
    codes = [nearest(table, weights) for table, weights in zip(tables, wanted)]
    hidden.weights, readout.weights = np.concatenate(codes[:2]), codes[2]
    chip.program = program

    trace = chip.forward(events, duration_us=ticks)
    of_chip = np.zeros((ticks, NEURONS), bool)
    of_chip[trace.spikes["hidden"]["time_us"], trace.spikes["hidden"]["neuron"]] = True
    arms = {
        "the chip's weights": [table[own] for table, own in zip(tables, codes)],
        "the weights asked for": wanted,
    }
    results = {}
    print(f"chip: {of_chip.sum()} spikes in {options.milliseconds} ms, {trace.saturations[0]} saturations")
    for name, weights in arms.items():
        spikes, outputs = simulated(events, ticks, *weights)
        error = trace.currents[0] - outputs
        far = distances(of_chip, spikes)
        results[name] = {
            "spikes": int(spikes.sum()),
            "median_us": float(np.median(far)),
            "share_within_1_ms": float(np.mean(far <= 1000)),
            "readout_error": float(np.median(np.abs(error)) / outputs.std()),
        }
        print(f"float, {name}: " + ", ".join(f"{key} {value:.4g}" for key, value in results[name].items()))
    return int(of_chip.sum()), results


if __name__ == "__main__":
    main()
