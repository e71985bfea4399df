"""Drives the bare core next to the shell and collects what it says: the expected events and recorder words."""

import logging

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge

import chip

# Of simulated time: a handshake that hangs fails the test.
LIMIT = {"timeout_time": 3, "timeout_unit": "ms"}


async def start(dut):
    """Clock and reset of a bench; the bare core's inputs rest at zero."""
    logging.getLogger("cocotb.bench").setLevel(logging.ERROR)  # bus models log every transfer
    for name in ["cfg_valid", "cfg_write", "cfg_addr", "cfg_wdata", "tick", "spike"]:
        getattr(dut, f"bare_{name}").value = 0
    dut.bare_on.value = 1
    dut.bare_rec_ready.value = (1 << len(dut.bare_rec_ready)) - 1
    cocotb.start_soon(Clock(dut.clk, 1000 / chip.CLOCK_MHZ, "ns").start())
    await reset(dut)
    core = Bare(dut)
    await core.rest()
    return core


async def reset(dut, cycles=3):
    dut.rst.value = 1
    await ClockCycles(dut.clk, cycles)
    dut.rst.value = 0
    await ClockCycles(dut.clk, 4)


async def transfer(dut, bus, address, data=None):
    """One transfer on a configuration bus: data read and error."""
    signal = {name: getattr(dut, f"{bus}_{name}") for name in ("valid", "write", "addr", "wdata", "ready", "rvalid")}
    signal["valid"].value = 1
    signal["write"].value = int(data is not None)
    signal["addr"].value = address
    signal["wdata"].value = data or 0
    await RisingEdge(dut.clk)
    while not signal["ready"].value:
        await RisingEdge(dut.clk)
    signal["valid"].value = 0
    await RisingEdge(dut.clk)
    while not signal["rvalid"].value:
        await RisingEdge(dut.clk)
    return int(getattr(dut, f"{bus}_rdata").value), int(getattr(dut, f"{bus}_error").value)


class Words:
    """Collects the words of every bank's recorder stream as records."""

    def __init__(self, clk, valid, ready, last, data):
        self.records = [[[]] for _ in range(len(valid))]
        cocotb.start_soon(self._run(clk, valid, ready, last, data))

    async def _run(self, clk, valid, ready, last, data):
        while True:
            await RisingEdge(clk)
            if not valid.value.is_resolvable:
                continue
            taken = int(valid.value) & int(ready.value)
            for bank, records in enumerate(self.records):
                if taken >> bank & 1:
                    # As text: the words of other banks may be undefined.
                    end = len(data) - 32 * bank
                    records[-1].append(int(data.value.binstr[end - 32 : end], 2))
                    if int(last.value) >> bank & 1:
                        records.append([])

    def complete(self):
        """The records that have ended, a list a bank."""
        return [records[:-1] for records in self.records]


class Bare:
    """The bare core: bus transfers, ticks, and what follows from them. Its clock stands still between them."""

    def __init__(self, dut):
        self.dut = dut
        self.events = []
        self.words = Words(dut.bare_clk, dut.bare_rec_valid, dut.bare_rec_ready, dut.bare_rec_last, dut.bare_rec_data)
        cocotb.start_soon(self._collect())

    async def _collect(self):
        dut = self.dut
        while True:
            await RisingEdge(dut.bare_clk)
            if dut.bare_event_valid.value == 1:
                spikes, tick = int(dut.bare_event_spikes.value), int(dut.bare_event_tick.value)
                self.events += [(tick, neuron) for neuron in range(chip.NEURONS) if spikes >> neuron & 1]

    async def transfer(self, address, data=None):
        """One bus transfer: data read and error."""
        await self.wake()
        answer = await transfer(self.dut, "bare_cfg", address, data)
        await self.rest()
        return answer

    async def wake(self):
        self.dut.bare_on.value = 1
        await ClockCycles(self.dut.clk, 2)

    async def rest(self):
        self.dut.bare_on.value = 0
        await ClockCycles(self.dut.clk, 2)

    async def load(self, writes):
        for address, data in writes:
            _, error = await self.transfer(address, data)
            assert not error, hex(address)

    async def run(self, vectors):
        """One tick a vector, every second cycle or when the core is ready; then time for the last record to leave."""
        dut = self.dut
        await self.wake()
        for vector in vectors:
            dut.bare_spike.value = vector
            dut.bare_tick.value = 1
            await RisingEdge(dut.clk)
            while not dut.bare_tick_ready.value:
                await RisingEdge(dut.clk)
            dut.bare_tick.value = 0
            await RisingEdge(dut.clk)
        await ClockCycles(dut.clk, 100)
        await self.rest()


class Ticks:
    """Watches the core inside the shell: the spike vector of every tick since the last clear of the states."""

    def __init__(self, dut):
        self.dut = dut
        self.vectors = []
        cocotb.start_soon(self._run())

    async def _run(self):
        shell = self.dut.shell
        while True:
            await RisingEdge(self.dut.clk)
            if shell.clear.value == 1:
                self.vectors.clear()
            if shell.core.tick_i.value == 1 and shell.core.tick_ready_o.value == 1:
                self.vectors.append(int(shell.core.spike_i.value))

    async def until(self, count):
        """Waits until so many ticks have started."""
        while len(self.vectors) < count:
            await RisingEdge(self.dut.clk)
