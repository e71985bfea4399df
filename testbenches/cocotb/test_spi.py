"""Configuration over SPI, driven by cocotbext-spi's master, with SCK slower and faster than the clock."""

import random

import cocotb
from cocotb.triggers import ClockCycles, Timer
from cocotbext.spi import SpiBus, SpiConfig, SpiMaster

import bare
import chip

WRITE, READ, RESULT = 0x02, 0x03, 0x05
DONE, REFUSED, ERROR = 0x80, 0x02, 0x01
# Periods of SCK, ps; the clock's is 40,000. (The model takes those whose halves are exact in floating point.)
SLOW, HALF, NEAR, FAST, VERY_FAST = 191_000, 80_022, 40_026, 9_022, 202


class Host:
    """Frames and transfers over the model's master."""

    def __init__(self, dut, period):
        config = SpiConfig(sclk_freq=1e12 / period, data_output_idle=0, frame_spacing_ns=1)
        self.master = SpiMaster(SpiBus(dut, "spi", sclk_name="sck", cs_name="cs_n"), config)

    async def frame(self, sent):
        """One frame: the bytes that came back."""
        await self.master.write(sent, burst=True)
        return bytes(await self.master.read(len(sent)))

    async def transfer(self, address, data=None, turnaround=1):
        """A transfer, asked for again until it is done: data and status."""
        command = bytes([READ if data is None else WRITE]) + address.to_bytes(4, "big")
        if data is not None:
            command += data.to_bytes(4, "big")
        answer = (await self.frame(command + bytes(turnaround + 5)))[len(command) :]
        for _ in range(100):
            answer = answer.lstrip(b"\0")
            if len(answer) >= 5:
                assert answer[0] & DONE, answer.hex()
                return int.from_bytes(answer[1:5], "big"), answer[0]
            answer = (await self.frame(bytes([RESULT]) + bytes(7)))[1:]
        raise AssertionError("no answer")

    async def registers(self):
        return [await self.transfer(address) for address in chip.REGISTERS]


async def start(dut, period):
    dut.aer_in_req.value = 0
    dut.aer_in_addr.value = 0
    dut.aer_out_ack.value = 0
    dut.rec_ready.value = 7
    host = Host(dut, period)
    core = await bare.start(dut)
    await Timer(random.randrange(40_000), "ps")  # any phase of the two clocks
    return host, core


async def transfers(dut, period, addresses):
    """Reset values, registers written and read back."""
    host, core = await start(dut, period)
    assert await host.transfer(chip.ID) == (chip.BRUN, DONE)
    rng = random.Random(5)
    for address in addresses:
        expected, _ = await core.transfer(address)
        assert await host.transfer(address) == (expected, DONE), hex(address)
        data = rng.getrandbits(30)
        assert (await host.transfer(address, data))[1] == DONE
        await core.transfer(address, data)
    for address in addresses:
        assert await host.transfer(address) == ((await core.transfer(address))[0], DONE), hex(address)


@cocotb.test(**bare.LIMIT)
async def registers_slow(dut):
    await transfers(dut, SLOW, chip.REGISTERS[::5])


@cocotb.test(**bare.LIMIT)
async def registers_near(dut):
    await transfers(dut, NEAR, chip.REGISTERS)


@cocotb.test(**bare.LIMIT)
async def registers_fast(dut):
    await transfers(dut, FAST, chip.REGISTERS)


@cocotb.test(**bare.LIMIT)
async def one_turnaround_byte(dut):
    """Up to half the clock's frequency the answer follows at once."""
    host, _ = await start(dut, HALF)
    for _ in range(10):
        await Timer(random.randrange(80_000), "ps")
        answer = await host.frame(bytes([READ, 0, 0, 0, 0]) + bytes(6))
        assert answer[5:] == bytes([0, DONE]) + b"brun", answer.hex()


@cocotb.test(**bare.LIMIT)
async def illegal_addresses_and_commands(dut):
    """An error in the status, and no register has changed."""
    host, _ = await start(dut, NEAR)
    before = await host.registers()
    for address in chip.ILLEGAL_READS:
        assert (await host.transfer(address))[1] == DONE | ERROR, hex(address)
    for address in chip.ILLEGAL_WRITES:
        assert (await host.transfer(address, 0x15555555))[1] == DONE | ERROR, hex(address)
    for command in (0x00, 0x01, 0x04, 0x06, 0x82, 0xFF):
        frame = bytes([command]) + chip.WINDOW.to_bytes(4, "big") + bytes([0, 0, 0, 99]) + bytes(8)
        assert await host.frame(frame) == bytes(len(frame)), hex(command)
    assert await host.registers() == before


@cocotb.test(**bare.LIMIT)
async def writes_in_a_row(dut):
    """Frames of nine bytes whose answer nobody reads, at the clock's frequency: none is refused."""
    host, _ = await start(dut, NEAR)
    values = {address: 500 + address % 26 for address in chip.REGISTERS[10:14]}
    for address, value in values.items():
        await host.frame(bytes([WRITE]) + address.to_bytes(4, "big") + value.to_bytes(4, "big"))
    for address, value in values.items():
        assert await host.transfer(address) == (value, DONE), hex(address)


@cocotb.test(**bare.LIMIT)
async def memories_read_back(dut):
    """Every weight and level that was written is read, in both banks of the hidden layer."""
    host, _ = await start(dut, NEAR)
    program = chip.program(9)
    for address, data in program:
        assert (await host.transfer(address, data))[1] == DONE
    for address, data in program:
        signed = data - (data >> 23 << 24) & 0xFFFFFFFF
        assert await host.transfer(address) == (signed, DONE), hex(address)


async def bits(dut, sent, count):
    """The first bits of a frame by hand, then CS goes high: the model only sends whole bytes."""
    dut.spi_cs_n.value = 0
    for index in range(count):
        dut.spi_mosi.value = sent[index // 8] >> 7 - index % 8 & 1
        await Timer(30, "ns")
        dut.spi_sck.value = 1
        await Timer(30, "ns")
        dut.spi_sck.value = 0
    await Timer(30, "ns")
    dut.spi_cs_n.value = 1
    await Timer(60, "ns")


@cocotb.test(**bare.LIMIT)
async def frames_cut_short(dut):
    """A write of any length but the whole one changes nothing; neither does SCK without CS."""
    host, _ = await start(dut, NEAR)
    await host.transfer(chip.WINDOW, 33)
    write = bytes([WRITE]) + chip.WINDOW.to_bytes(4, "big") + (77).to_bytes(4, "big")
    for count in range(72):
        await bits(dut, write, count)
    await ClockCycles(dut.clk, 20)
    for _ in range(100):
        dut.spi_sck.value = 1
        await Timer(30, "ns")
        dut.spi_sck.value = 0
        await Timer(30, "ns")
    assert await host.transfer(chip.WINDOW) == (33, DONE)
    await bits(dut, write, 72)
    await ClockCycles(dut.clk, 20)
    assert await host.transfer(chip.WINDOW) == (77, DONE)


@cocotb.test(**bare.LIMIT)
async def refused_while_busy(dut):
    """SCK so fast that a second frame ends before the first one's transfer: refused, and nothing of it happens."""
    host, _ = await start(dut, VERY_FAST)
    await host.transfer(chip.WINDOW, 33)
    await ClockCycles(dut.clk, 20)
    for value in (100, 200):
        frame = bytes([WRITE]) + chip.WINDOW.to_bytes(4, "big") + value.to_bytes(4, "big")
        answer = await host.frame(frame + bytes(6))
    assert answer[-6:] == bytes([0, DONE | REFUSED | ERROR, 0, 0, 0, 0]), answer.hex()
    await ClockCycles(dut.clk, 20)
    assert await host.transfer(chip.WINDOW) == (100, DONE)


@cocotb.test(**bare.LIMIT)
async def reset_in_the_middle(dut):
    """A reset anywhere within a frame: its rest does nothing, and the next frame works."""
    host, _ = await start(dut, NEAR)
    default = await host.transfer(chip.WINDOW)
    write = bytes([WRITE]) + chip.WINDOW.to_bytes(4, "big") + (77).to_bytes(4, "big")
    for delay in [*range(0, 84, 6), 72, 73, 74, 75, 76, 77, 79]:
        frame = cocotb.start_soon(host.frame(write + bytes(6)))
        await ClockCycles(dut.clk, delay)
        await bare.reset(dut)
        answer = (await frame)[9:]
        await ClockCycles(dut.clk, 8)
        assert await host.transfer(chip.WINDOW) == default, (delay, answer.hex())
        assert (await host.transfer(chip.WINDOW, 50))[1] == DONE
        assert await host.transfer(chip.WINDOW) == (50, DONE)
        await bare.reset(dut)
    assert (await host.frame(bytes([RESULT]) + bytes(6)))[2] == DONE | ERROR, "no transfer since the reset"
