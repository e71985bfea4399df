"""Spikes as address events (four-phase handshakes without a clock); the bare core gives the expected spikes."""

import random

import cocotb
from cocotb.triggers import ClockCycles, Edge, RisingEdge, Timer

import bare
import chip
import test_spi


class Sender:
    """Raises requests with random delays; `taken` are the channels acknowledged, in order."""

    def __init__(self, dut, seed):
        self.dut, self.rng, self.taken = dut, random.Random(seed), []

    async def wait(self, level):
        while self.dut.aer_in_ack.value != level:
            await Edge(self.dut.aer_in_ack)

    async def pause(self, longest=900):
        await Timer(self.rng.randrange(1, longest), "ns")

    async def send(self, channels):
        for channel in channels:
            self.dut.aer_in_addr.value = channel
            await Timer(1, "ns")
            self.dut.aer_in_req.value = 1
            await self.wait(1)
            self.taken.append(channel)
            self.dut.aer_in_addr.value = self.rng.getrandbits(16)  # the address may change now
            await self.pause(100)
            self.dut.aer_in_req.value = 0
            await self.wait(0)
            await self.pause()


class Receiver:
    """Acknowledges requests with random delays; the address must stand still while the request waits."""

    def __init__(self, dut, seed):
        self.dut, self.rng, self.neurons = dut, random.Random(seed), []
        cocotb.start_soon(self._run())

    async def _run(self):
        dut = self.dut
        while True:
            while dut.aer_out_req.value != 1:
                await RisingEdge(dut.clk)
            neuron = int(dut.aer_out_addr.value)
            await Timer(self.rng.randrange(1, 150), "ns")
            assert dut.aer_out_req.value == 1 and dut.aer_out_addr.value == neuron
            self.neurons.append(neuron)
            dut.aer_out_ack.value = 1
            while dut.aer_out_req.value == 1:
                await Edge(dut.aer_out_req)
            await Timer(self.rng.randrange(1, 150), "ns")
            dut.aer_out_ack.value = 0


class Bench:
    """A shell and a bare core with the same program, loaded over SPI and over the bare bus; both at time 0."""

    async def start(self, dut, seed=1):
        self.dut = dut
        self.host, self.bare = await test_spi.start(dut, test_spi.FAST)
        for address, data in chip.program(9):
            await self.host.transfer(address, data)
        await self.bare.load(chip.program(9))
        self.ticks = bare.Ticks(dut)
        self.words = bare.Words(dut.clk, dut.rec_valid, dut.rec_ready, dut.rec_last, dut.rec_data)
        self.sender = Sender(dut, seed)
        self.expected = []  # the tick of every event acknowledged
        cocotb.start_soon(self._acknowledged())
        await self.host.transfer(chip.CLEAR, 1)
        await self.bare.transfer(chip.CLEAR, 1)
        return self

    async def _acknowledged(self):
        """An event acts in the tick that is the next one in the cycle before its acknowledge rises."""
        before = next_tick = 0
        while True:
            await RisingEdge(self.dut.clk)
            now = int(self.dut.aer_in_ack.value)
            if now and not before:
                self.expected.append(next_tick)
            before, next_tick = now, int(self.dut.shell.tick.now_o.value)

    def vectors(self, ticks):
        """The vectors that the acknowledged events mean."""
        result = [0] * ticks
        for tick, channel in zip(self.expected, self.sender.taken):
            if tick < ticks and channel < chip.INPUTS:
                result[tick] |= 1 << channel
        return result

    async def count(self, register):
        return (await self.host.transfer(register))[0]


@cocotb.test(**bare.LIMIT)
async def every_event_once(dut):
    """Input events act in the tick after their acknowledge, output spikes and recorder words are the bare core's."""
    bench = await Bench().start(dut)
    receiver = Receiver(dut, 2)
    rng = random.Random(4)
    channels = [rng.randrange(chip.INPUTS + 1) for _ in range(250)]
    await bench.sender.send(channels)
    ticks = len(bench.ticks.vectors)
    assert ticks > 150
    await ClockCycles(dut.clk, 100 * chip.CLOCK_MHZ)
    assert bench.ticks.vectors[:ticks] == bench.vectors(ticks)
    await bench.bare.run(bench.ticks.vectors)
    neurons = [neuron for _, neuron in bench.bare.events]
    assert receiver.neurons == neurons and len(neurons) > 40, (len(receiver.neurons), len(neurons))
    for words, expected in zip(bench.words.complete(), bench.bare.words.complete()):
        assert len(expected) > 5 and words[: len(expected)] == expected
    unknown = channels.count(chip.INPUTS)
    spikes = sum(vector.bit_count() for vector in bench.ticks.vectors)
    counts = [await bench.count(r) for r in (chip.LATE, chip.UNKNOWN, chip.MERGED, chip.LOST, chip.MISSED)]
    assert counts == [0, unknown, len(channels) - unknown - spikes, 0, 0], counts


@cocotb.test(**bare.LIMIT)
async def slow_receiver(dut):
    """A receiver that stops loses spikes; every one of them is counted."""
    bench = await Bench().start(dut, 20)
    rng = random.Random(6)
    await bench.sender.send(rng.randrange(chip.INPUTS) for _ in range(500))
    await ClockCycles(dut.clk, 100 * chip.CLOCK_MHZ)
    lost = await bench.count(chip.LOST)
    await bench.bare.run(bench.ticks.vectors)
    receiver = Receiver(dut, 3)
    await ClockCycles(dut.clk, 80 * 20)
    assert lost > 0 and len(receiver.neurons) > 64
    assert len(receiver.neurons) + lost == len(bench.bare.events), (len(receiver.neurons), lost)


@cocotb.test(**bare.LIMIT)
async def reset_in_the_middle(dut):
    """A reset in any phase of a handshake: the event counts once or never, and the next ones work."""
    bench = await Bench().start(dut, 30)
    for delay in range(14):
        dut.aer_in_addr.value = 3
        dut.aer_in_req.value = 1
        await ClockCycles(dut.clk, delay)
        dut.rst.value = 1
        await ClockCycles(dut.clk, 3)
        bench.ticks.vectors.clear()
        dut.rst.value = 0
        await ClockCycles(dut.clk, 10)
        assert dut.aer_in_ack.value == 1
        dut.aer_in_req.value = 0
        await ClockCycles(dut.clk, 8)
        assert dut.aer_in_ack.value == 0
        await bench.sender.send([1])
        await ClockCycles(dut.clk, 2 * chip.CLOCK_MHZ)
        spikes = [vector for vector in bench.ticks.vectors if vector]
        assert spikes == [2], (delay, spikes)
