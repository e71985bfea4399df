"""A chip that loads its program from a ROM; the bare core is loaded over its bus."""

import os
from pathlib import Path

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

import bare
import chip
from test_recorder import Recorder, decided, signed

IMAGE = chip.image(Path(os.environ["CHIP"]).stem + "_program.hex")
SHELL = 3


class Booted(Recorder):
    """The bench of a chip that comes with its program."""

    async def load(self):
        await done(self.dut)
        await self.bare.load([(address, data) for address, data in IMAGE if address >> 26 != SHELL])


async def done(dut):
    """Waits for the end of the boot; the cycles that it takes."""
    cycles = 0
    while dut.boot_done.value != 1:
        await RisingEdge(dut.clk)
        cycles += 1
    return cycles


@cocotb.test(**bare.LIMIT)
async def every_word(dut):
    """What is read back is what the ROM holds, and what the bare core says that was loaded over its bus."""
    bench = await Booted().start(dut)
    assert dut.boot_error.value == 0
    for address, data in IMAGE:
        answer = await bench.host.read(address)
        assert answer[1] == 0, hex(address)
        if address >> 26 == SHELL:
            assert answer[0] & 0xFFFFFF == data, hex(address)
        else:
            assert answer[0] == (await bench.bare.transfer(address))[0], hex(address)
            assert answer[0] & 0xFFFFFF == data, hex(address)


@cocotb.test(**bare.LIMIT)
async def decides(dut):
    """Spikes, records, scores and class follow from the program of the ROM."""
    bench = await Booted().start(dut)
    biases = [signed(data, 24) for address, data in IMAGE if address >> 26 == SHELL]
    assert len(biases) == chip.OUTPUTS
    assert len(set(await decided(bench, biases, 5, 0, 31, loaded=True))) == 3
    await decided(bench, biases, 4, 2, 32, loaded=True)


@cocotb.test(**bare.LIMIT)
async def host_waits(dut):
    """A transfer that comes too early is answered after the last word; a reset in the middle starts the boot again."""
    bench = Booted()
    await bench.start(dut)
    for cycles in (3, 10, 111, 400):
        await bare.reset(dut)
        await ClockCycles(dut.clk, cycles)
        assert dut.boot_done.value == 0
    await bare.reset(dut)
    early = cocotb.start_soon(bench.host.read(chip.VERSION))
    took = await done(dut)
    assert not early.done()
    assert await early == (1, 0)
    assert took < 20 * len(IMAGE), (took, len(IMAGE))
    await bench.bare.load([(address, data) for address, data in IMAGE if address >> 26 != SHELL])
    for address, data in IMAGE[:: len(IMAGE) // 20]:
        assert (await bench.host.read(address))[0] & 0xFFFFFF == data, hex(address)


@cocotb.test(**bare.LIMIT)
async def foreign(dut):
    """A word that the chip refuses: the boot goes on to its end and says so."""
    bench = Booted()
    await bench.start(dut)
    memory = dut.shell.boot_rom.memory
    kept = int(memory[40].value)
    memory[40].value = 6  # no register has this address
    await bare.reset(dut)
    await done(dut)
    assert dut.boot_error.value == 1
    memory[40].value = kept
    await bare.reset(dut)
    await done(dut)
    assert dut.boot_error.value == 0
