"""Spikes as time-stamped streams, driven by cocotbext-axi's stream models; the bare core gives the expected spikes."""

import itertools
import random

import cocotb
from cocotb.triggers import ClockCycles
from cocotb.utils import get_sim_time
from cocotbext.axi.stream import define_stream

import bare
import chip
import test_axi4_lite

EventBus, Event, EventSource, EventSink, _ = define_stream("Event", signals=["valid", "ready", "addr", "time"])


def pauses(seed, share):
    rng = random.Random(seed)
    return (rng.random() < share for _ in itertools.count())


class Bench:
    """A shell and a bare core with the same program, both at time 0."""

    program = chip.program(3)
    host_class = test_axi4_lite.Host

    def take_words(self):
        self.dut.m_axis_tready.value = 1

    def connect_events(self):
        self.source = EventSource(EventBus.from_prefix(self.dut, "event_in"), self.dut.clk, self.dut.rst)
        self.sink = EventSink(EventBus.from_prefix(self.dut, "event_out"), self.dut.clk, self.dut.rst)

    async def start(self, dut):
        self.dut = dut
        self.take_words()
        self.connect_events()
        self.host = self.host_class(dut)
        self.bare = await bare.start(dut)
        self.ticks = bare.Ticks(dut)
        await self.load()
        await self.clear()
        return self

    async def load(self):
        for address, data in self.program:
            await self.host.write(address, data)
        await self.bare.load(self.program)

    async def clear(self):
        await self.host.write(chip.CLEAR, 1)
        await self.bare.transfer(chip.CLEAR, 1)

    async def counts(self):
        return [(await self.host.read(a))[0] for a in (chip.LATE, chip.UNKNOWN, chip.MERGED, chip.LOST, chip.MISSED)]

    def send(self, events):
        for time, channel in events:
            self.source.send_nowait(Event(addr=channel, time=time))

    def received(self):
        events = []
        while not self.sink.empty():
            event = self.sink.recv_nowait()
            events.append((int(event.time), int(event.addr)))
        return events


def stimulus(seed, first, ticks, channels=chip.INPUTS):
    """Events in order of time, some of them twice, from tick `first` on."""
    rng = random.Random(seed)
    return [(tick, rng.randrange(channels)) for tick in range(first, first + ticks) for _ in range(rng.randrange(4))]


def vectors(events, ticks):
    """The spike vectors that these events mean."""
    result = [0] * ticks
    for tick, channel in events:
        if channel < chip.INPUTS:
            result[tick] |= 1 << channel
    return result


async def stamped(dut, pause):
    """Events act in the ticks of their stamps, and every spike that follows leaves once, with its tick."""
    bench = await Bench().start(dut)
    bench.source.set_pause_generator(pauses(1, pause))
    bench.sink.set_pause_generator(pauses(2, pause))
    events = stimulus(5, 12, 200, chip.INPUTS + 1)
    bench.send(events)
    await bench.ticks.until(240)
    await ClockCycles(dut.clk, 200)
    expected = vectors(events, 240)
    assert bench.ticks.vectors[:240] == expected
    await bench.bare.run(expected)
    # The shell's time has gone on without input meanwhile.
    received = [event for event in bench.received() if event[0] < 240]
    assert received == bench.bare.events and len(received) > 100, (len(received), len(bench.bare.events))
    unknown = sum(channel >= chip.INPUTS for _, channel in events)
    merged = len(events) - unknown - sum(vector.bit_count() for vector in expected)
    assert unknown > 10 and merged > 10
    assert await bench.counts() == [0, unknown, merged, 0, 0]


@cocotb.test(**bare.LIMIT)
async def stamped_events(dut):
    await stamped(dut, 0.0)


@cocotb.test(**bare.LIMIT)
async def stamped_events_with_pauses(dut):
    await stamped(dut, 0.5)


@cocotb.test(**bare.LIMIT)
async def late_events(dut):
    """Events whose tick is over act in the next one and are counted, also across the wrap of the time."""
    bench = await Bench().start(dut)
    await bench.ticks.until(30)
    for stamp in (0, 7, 0xFFFFFFF0, 0x80000100):
        await ClockCycles(dut.clk, chip.CLOCK_MHZ)
        before = len(bench.ticks.vectors)
        bench.send([(stamp, 2)])
        await ClockCycles(dut.clk, 3 * chip.CLOCK_MHZ)
        after = bench.ticks.vectors[before:]
        assert after.count(4) == 1 and 4 in after[:2], (stamp, after)
    assert (await bench.counts())[0] == 4


@cocotb.test(**bare.LIMIT)
async def early_events_hold_back_later_ones(dut):
    """The stream is in order: an event behind one that waits goes with it, and is counted as late."""
    bench = await Bench().start(dut)
    bench.send([(60, 0), (20, 1), (70, 3)])
    await bench.ticks.until(80)
    assert bench.ticks.vectors[:80] == vectors([(60, 0), (60, 1), (70, 3)], 80)
    assert await bench.counts() == [1, 0, 0, 0, 0]


@cocotb.test(**bare.LIMIT)
async def clear_forgets_what_waits(dut):
    bench = await Bench().start(dut)
    bench.send([(40, 0), (50, 1)])
    await bench.ticks.until(10)
    await bench.clear()
    bench.send([(30, 2)])
    await bench.ticks.until(60)
    assert bench.ticks.vectors[:60] == vectors([(30, 2)], 60)
    tick, _ = await bench.host.read(chip.TICK)
    assert abs(tick - len(bench.ticks.vectors)) <= 1, (tick, len(bench.ticks.vectors))


@cocotb.test(**bare.LIMIT)
async def clear_forgets_what_is_due(dut):
    """An event that waits for the coming tick, at any phase of the microsecond."""
    bench = await Bench().start(dut)
    for phase in range(chip.CLOCK_MHZ):
        await bench.ticks.until(2)
        await ClockCycles(dut.clk, phase)
        bench.send([(0, 3)])
        await bench.host.write(chip.CLEAR, 1)
        await bench.ticks.until(4)
        assert not any(bench.ticks.vectors), phase


@cocotb.test(**bare.LIMIT)
async def time_starts_with_a_clear(dut):
    """At any phase of the microsecond: stamps and the core's ticks count from the same tick."""
    bench = await Bench().start(dut)
    for phase in range(chip.CLOCK_MHZ):
        await bench.ticks.until(3)
        await ClockCycles(dut.clk, phase)
        await bench.clear()
        bench.send([(9, 2)])
        await bench.ticks.until(11)
        assert (await bench.host.read(chip.TICK))[0] == 11, phase
        assert bench.ticks.vectors[:11] == vectors([(9, 2)], 11), phase


@cocotb.test(**bare.LIMIT)
async def busy_configuration_bus(dut):
    """Transfers at every phase, reads of weights and levels among them, delay ticks by some cycles; none is missed, time keeps
    pace with the clock, and the neurons fire as without them."""
    bench = await Bench().start(dut)
    rng = random.Random(3)
    events = [(tick, tick % chip.INPUTS) for tick in range(12, 60)]
    bench.send(events)
    await bench.ticks.until(5)
    start, count = get_sim_time("us"), len(bench.ticks.vectors)
    while len(bench.ticks.vectors) < 70:
        await bench.host.read(chip.device(0, 9))
        address, data = rng.choice(bench.program)
        signed = data - (data >> 23 << 24) & 0xFFFFFFFF
        assert (await bench.host.read(address))[0] == signed, hex(address)
        await ClockCycles(dut.clk, rng.randrange(1, 20))
    assert abs(len(bench.ticks.vectors) - count - (get_sim_time("us") - start)) <= 1
    assert bench.ticks.vectors[:60] == vectors(events, 60)
    assert await bench.counts() == [0, 0, 0, 0, 0]
    await bench.bare.run(vectors(events, 70))
    received = [event for event in bench.received() if event[0] < 70]
    assert received == bench.bare.events and len(received) > 30, len(received)


@cocotb.test(**bare.LIMIT)
async def slow_receiver(dut):
    """A receiver that stops loses spikes; every one of them is counted, the others leave in order."""
    bench = await Bench().start(dut)
    bench.sink.pause = True
    events = stimulus(8, 12, 300)
    bench.send(events)
    await bench.ticks.until(330)
    bench.sink.pause = False
    await ClockCycles(dut.clk, 200)
    await bench.bare.run(vectors(events, 330))
    received = [event for event in bench.received() if event[0] < 330]
    lost = (await bench.counts())[3]
    assert lost > 10 and len(received) >= 64
    assert len(received) + lost == len(bench.bare.events)
    remaining = iter(bench.bare.events)
    assert all(event in remaining for event in received), "an event twice, or out of order"
