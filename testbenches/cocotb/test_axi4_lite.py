"""Configuration over AXI4-Lite, driven by cocotbext-axi's master."""

import itertools
import random

import cocotb
from cocotb.triggers import ClockCycles, Combine, RisingEdge
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp

import bare
import chip


# Two layers of this chip ask for pages up to 11, the scores of the decision (from 16384 on) for fifteen bits of index.
PAGE_BITS, INDEX_BITS = 4, 15


def fits(word):
    """Whether the window has a place for a word address."""
    return word >> 26 < 1 << PAGE_BITS and word & 0x3FFFFFF < 1 << INDEX_BITS


def byte_address(word):
    assert fits(word), hex(word)
    return (word >> 26 << INDEX_BITS | word & 0x3FFFFFF) << 2


def pauses(rng):
    """Endless: some cycles of pause, some without."""
    while True:
        yield from itertools.repeat(True, rng.choice([1, 3, 10, 60]))
        yield from itertools.repeat(False, rng.randrange(1, 4))


class Host:
    """Word transfers over the model's master."""

    def __init__(self, dut):
        self.master = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axi"), dut.clk, dut.rst)

    async def write(self, address, data):
        return (await self.master.write(byte_address(address), data.to_bytes(4, "little"))).resp

    async def read(self, address):
        answer = await self.master.read(byte_address(address), 4)
        return int.from_bytes(answer.data, "little"), answer.resp

    async def registers(self):
        return [await self.read(address) for address in chip.REGISTERS]

    def pause(self, seed):
        """Random pauses on all five channels, some of them longer than a transfer takes."""
        write, read = self.master.write_if, self.master.read_if
        channels = [write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel]
        for number, channel in enumerate(channels):
            channel.set_pause_generator(pauses(random.Random(seed + number)))


async def start(dut):
    dut.event_in_valid.value = 0
    dut.event_out_ready.value = 1
    dut.m_axis_tready.value = 1
    host = Host(dut)
    return host, await bare.start(dut)


async def transfers(host, core):
    """Reset values, registers written and read back, signed values, the shell's registers."""
    assert await host.read(chip.ID) == (chip.BRUN, AxiResp.OKAY)
    for address in chip.REGISTERS:
        assert await host.read(address) == ((await core.transfer(address))[0], AxiResp.OKAY), hex(address)
    rng = random.Random(7)
    for address in chip.REGISTERS:
        data = rng.getrandbits(30)
        assert await host.write(address, data) == AxiResp.OKAY
        await core.transfer(address, data)
    for address in chip.REGISTERS:
        assert await host.read(address) == ((await core.transfer(address))[0], AxiResp.OKAY), hex(address)
    for address in [chip.LATE, chip.UNKNOWN, chip.MERGED, chip.LOST, chip.MISSED]:
        assert await host.read(address) == (0, AxiResp.OKAY)


@cocotb.test(**bare.LIMIT)
async def what_the_chip_is(dut):
    """Version, sizes and hash are read; a status bit that is not enabled raises no interrupt."""
    host, _ = await start(dut)
    assert len(dut.s_axi_awaddr) == PAGE_BITS + INDEX_BITS + 2
    sizes = [(await host.read(a))[0] for a in (chip.VERSION, chip.SIZE_INPUTS, chip.SIZE_NEURONS, chip.SIZE_OUTPUTS)]
    assert sizes == [1, chip.INPUTS, chip.NEURONS, chip.OUTPUTS]
    assert (await host.read(chip.HASH))[0] not in (0, 0xFFFFFFFF)
    assert await host.write(chip.IRQ_ENABLE, 0xFFFFFFFF) == AxiResp.OKAY
    assert await host.read(chip.IRQ_ENABLE) == (0x3F, AxiResp.OKAY)
    assert await host.write(chip.IRQ_ENABLE, 0) == AxiResp.OKAY
    assert not dut.irq.value


@cocotb.test(**bare.LIMIT)
async def registers(dut):
    await transfers(*await start(dut))


@cocotb.test(**bare.LIMIT)
async def registers_with_pauses(dut):
    host, core = await start(dut)
    host.pause(1)
    await transfers(host, core)


@cocotb.test(**bare.LIMIT)
async def illegal_addresses_and_strobes(dut):
    """An error response, and no register has changed."""
    host, _ = await start(dut)
    before = await host.registers()
    for address in filter(fits, chip.ILLEGAL_READS):
        assert (await host.read(address))[1] == AxiResp.SLVERR, hex(address)
    for address in filter(fits, chip.ILLEGAL_WRITES):
        assert await host.write(address, 0x15555555) == AxiResp.SLVERR, hex(address)
    for address in chip.REGISTERS[:12]:
        for offset, size in [(0, 1), (1, 1), (0, 3), (2, 2), (1, 3)]:
            answer = await host.master.write(byte_address(address) + offset, b"\x5a" * size)
            assert answer.resp == AxiResp.SLVERR, (hex(address), offset, size)
    assert await host.registers() == before


@cocotb.test(**bare.LIMIT)
async def back_to_back(dut):
    """Reads and writes in flight at once, with and without pauses: each gets its own answer, in order."""
    host, _ = await start(dut)
    thresholds = range(1000, 1040)

    async def write():
        # One word after another into the same register: the model issues all addresses before the first response.
        pending = [
            host.master.init_write(byte_address(chip.device(0, 9)), value.to_bytes(4, "little")) for value in thresholds
        ]
        for operation in pending:
            await operation.wait()
            assert operation.data.resp == AxiResp.OKAY

    async def read():
        pending = [host.master.init_read(byte_address(chip.device(0, 9)), 4) for _ in thresholds]
        values = []
        for operation in pending:
            await operation.wait()
            values.append(int.from_bytes(operation.data.data, "little"))
        return values

    for round in range(2):
        await host.write(chip.device(0, 9), 999)
        reader, writer = cocotb.start_soon(read()), cocotb.start_soon(write())
        await Combine(reader, writer)
        values = reader.result()
        assert values == sorted(values) and set(values) <= {999, *thresholds} and len(set(values)) > 10, values
        assert await host.read(chip.device(0, 9)) == (1039, AxiResp.OKAY)
        host.pause(20)


@cocotb.test(**bare.LIMIT)
async def reset_in_the_middle(dut):
    """A reset at any cycle of a write: the register has its reset value afterwards, and the bus works."""
    host, _ = await start(dut)
    default = await host.read(chip.WINDOW)
    for delay in range(12):
        host.master.init_write(byte_address(chip.WINDOW), (77).to_bytes(4, "little"))
        host.master.init_read(byte_address(chip.ID), 4)
        await ClockCycles(dut.clk, delay + 1)
        await bare.reset(dut)
        for _ in range(20):
            await RisingEdge(dut.clk)
            assert not dut.s_axi_bvalid.value and not dut.s_axi_rvalid.value, "an answer to nothing"
        assert await host.read(chip.WINDOW) == default, delay
        assert await host.write(chip.WINDOW, 50) == AxiResp.OKAY
        assert await host.read(chip.WINDOW) == (50, AxiResp.OKAY)
