"""Writes digits.h5, a file as those of SHD: python digits.py (needs h5py)."""

import h5py
import numpy as np

rng = np.random.default_rng(0)
times = [[0.25, 0.5, 0.75], [], np.sort(rng.uniform(0, 1.2, 400))]
units = [[3, 699, 0], [], rng.integers(0, 700, 400)]
with h5py.File("digits.h5", "w") as file:
    spikes = file.create_group("spikes")
    for name, rows, kind in (("times", times, np.float16), ("units", units, np.uint16)):
        dataset = spikes.create_dataset(name, (3,), dtype=h5py.vlen_dtype(kind))
        for k, row in enumerate(rows):
            dataset[k] = np.asarray(row, kind)
    file["labels"] = np.array([1, 0, 1], np.uint16)
    file.create_group("extra")["keys"] = ["zero", "one"]
