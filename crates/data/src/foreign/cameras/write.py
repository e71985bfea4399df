"""Writes the recordings of cameras in this folder: python write.py (needs numpy and dv-processing).

The AEDAT 4.0 files are written by the library of the cameras' vendor; 2.0 and 3.1 follow the vendor's description of the
formats. All hold the events of `EVENTS`.
"""

import struct

import dv_processing as dv

# Time in us, x, y, whether the pixel became brighter.
EVENTS = [(1_000 + 37 * k, (7 * k) % 128, (11 * k + k // 5) % 128, k % 3 == 0) for k in range(200)]

for name, compression in (("lz4", "LZ4"), ("zstd", "ZSTD"), ("plain", "NONE")):
    config = dv.io.MonoCameraWriter.Config("DVS128_1")
    config.compression = getattr(dv.CompressionType, compression)
    config.addEventStream((128, 128))
    writer = dv.io.MonoCameraWriter(f"{name}.aedat4", config)
    for half in (EVENTS[:120], EVENTS[120:]):
        store = dv.EventStore()
        for t, x, y, on in half:
            store.push_back(t, x, y, on)
        writer.writeEvents(store)
    del writer

with open("addresses.aedat", "wb") as file:
    file.write(b"#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n")
    for t, x, y, on in EVENTS:
        file.write(struct.pack(">II", on | x << 1 | y << 8, t))
    file.write(struct.pack(">II", 1 << 15, 9_000))

with open("packets.aedat", "wb") as file:
    file.write(b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n")
    file.write(struct.pack("<hhiiiiii", 2, 1, 12, 8, 0, 1, 1, 1) + bytes(12))
    file.write(struct.pack("<hhiiiiii", 1, 1, 8, 4, 0, len(EVENTS) + 1, len(EVENTS) + 1, len(EVENTS)))
    for t, x, y, on in EVENTS:
        file.write(struct.pack("<Ii", 1 | on << 1 | y << 2 | x << 17, t))
    file.write(struct.pack("<Ii", 0, 9_000))
