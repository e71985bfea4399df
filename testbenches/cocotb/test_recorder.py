"""The recorder as AXI4-Stream, received by cocotbext-axi's sink; the bare core gives the expected records."""

import cocotb
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiStreamBus, AxiStreamSink

import bare
import chip
from test_event_stream import Bench, pauses, stimulus, vectors

BANKS = 3


class Recorder(Bench):
    """The bench with a sink of packets."""

    async def start(self, dut):
        # The sink is there before the reset; the bench holds TREADY only without one.
        self.packets = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.clk, dut.rst)
        return await super().start(dut)

    def records(self):
        """Packets received, a list a bank: words and TUSER of the last one."""
        records = [[] for _ in range(BANKS)]
        while not self.packets.empty():
            frame = self.packets.recv_nowait(compact=False)
            assert set(frame.tid) == set(frame.tdest) and len(set(frame.tid)) == 1, "one bank a packet"
            words = [int.from_bytes(frame.tdata[n : n + 4], "little") for n in range(0, len(frame.tdata), 4)]
            records[int(frame.tid[0])].append((words, int(frame.tuser[-1])))
        return records

    async def stimulate(self, seed, ticks):
        """Stamped events for so many ticks, to the shell now; the bare core's records for them."""
        events = stimulus(seed, 12, ticks - 12)
        self.send(events)
        await self.ticks.until(ticks)
        return events


@cocotb.test(**bare.LIMIT)
async def every_word_once(dut):
    """Random pauses: what arrives are the bare core's records, complete and in order."""
    bench = await Recorder().start(dut)
    bench.packets.set_pause_generator(pauses(4, 0.6))
    await bench.clear()
    await ClockCycles(dut.clk, 20)
    bench.records()
    windows = 8
    ticks = windows * chip.WINDOW_TICKS
    events = await bench.stimulate(11, ticks)
    await ClockCycles(dut.clk, 500)
    await bench.bare.run(vectors(events, ticks))
    expected = bench.bare.words.complete()
    for bank, records in enumerate(bench.records()):
        assert [words for words, _ in records[:windows]] == expected[bank], bank
        assert not any(user for _, user in records)
    assert [len(records) for records in expected] == [windows] * BANKS
    assert (await bench.host.read(chip.OVERRUN))[0] == 0


@cocotb.test(**bare.LIMIT)
async def results_and_interrupts(dut):
    """Every record of the readout raises an interrupt; the result registers then hold its currents until the next one."""
    bench = await Recorder().start(dut)
    await bench.clear()
    await bench.host.write(chip.IRQ_ENABLE, 1)
    stimulation = cocotb.start_soon(bench.stimulate(13, 6 * chip.WINDOW_TICKS))
    seen = []
    for number in range(1, 6):
        while not dut.irq.value:
            await ClockCycles(dut.clk, 1)
        await bench.host.write(chip.IRQ_STATUS, 1)
        await ClockCycles(dut.clk, 2)
        assert not dut.irq.value
        before = (await bench.host.read(chip.RECORDS))[0]
        seen.append([(await bench.host.read(chip.result(output)))[0] for output in range(chip.OUTPUTS)])
        assert before == (await bench.host.read(chip.RECORDS))[0] == number
    await bench.bare.run(vectors(await stimulation, 6 * chip.WINDOW_TICKS))
    records = bench.bare.words.complete()[BANKS - 1]
    words = len(records[0]) // chip.OUTPUTS
    assert seen == [record[::words] for record in records[:5]]
    assert len({tuple(results) for results in seen}) > 3, "the outputs hardly move"
    await bench.clear()
    assert (await bench.host.read(chip.RECORDS))[0] == 0


def signed(word, bits=32):
    return word - (word >> bits - 1 << bits)


async def decided(bench, biases, windows, first, seed, loaded=False):
    """One sample: what the shell decides, its scores, and those that the bare core's records mean."""
    for output, bias in enumerate(biases):
        if not loaded:
            await bench.host.write(chip.bias(output), bias & 0xFFFFFF)
        assert signed((await bench.host.read(chip.bias(output)))[0]) == bias
    await bench.host.write(chip.WINDOWS, windows)
    await bench.host.write(chip.FIRST, first)
    await bench.clear()
    assert not bench.dut.decision_valid.value
    already = len(bench.bare.words.complete()[BANKS - 1])
    ticks = windows * chip.WINDOW_TICKS
    events = stimulus(seed, 12, ticks - 12) if seed else []
    bench.send(events)
    while not bench.dut.decision_valid.value:
        # The bus reads meanwhile: the scan waits for it.
        await bench.host.read(chip.RECORDS)
    # The records of the other banks leave first, and the bus is asked now and then.
    assert len(bench.ticks.vectors) - ticks in range(8), len(bench.ticks.vectors)
    word = (await bench.host.read(chip.CLASS))[0]
    assert word == 1 << 31 | int(bench.dut.decision.value)
    scores = [signed((await bench.host.read(chip.score(output)))[0]) for output in range(chip.OUTPUTS)]
    await bench.bare.run(vectors(events, ticks))
    records = bench.bare.words.complete()[BANKS - 1][already:]
    words = len(records[0]) // chip.OUTPUTS
    counting = records[min(first, windows - 1) : windows]
    sums = [sum(signed(r[words * k]) + biases[k] for r in counting) for k in range(chip.OUTPUTS)]
    assert scores == [total >> 8 for total in sums], (scores, sums)
    assert word & 0xFFFF == sums.index(max(sums)), sums
    return sums


@cocotb.test(**bare.LIMIT)
async def decisions(dut):
    """Sums, biases and the windows that count, against the bare core's records; of equal sums the first output wins."""
    bench = await Recorder().start(dut)
    assert len(set(await decided(bench, [0, 0, 0], 5, 0, 31))) == 3
    await decided(bench, [-8388608, 8388607, -5], 4, 2, 32)
    await decided(bench, [1000, 200000, -300], 3, 7, 33)
    assert await decided(bench, [-7, -5, -5], 2, 0, 0) == [-14, -10, -10]


@cocotb.test(**bare.LIMIT)
async def stalled_receiver(dut):
    """Longer than a window: the core drops whole records and says so; those that arrive are complete and in order."""
    bench = await Recorder().start(dut)
    windows = 10
    ticks = windows * chip.WINDOW_TICKS
    await bench.clear()
    bench.records()
    stall = cocotb.start_soon(stalls(bench))
    events = await bench.stimulate(12, ticks)
    await stall
    await ClockCycles(dut.clk, 500)
    await bench.bare.run(vectors(events, ticks))
    expected = bench.bare.words.complete()
    for bank, records in enumerate(bench.records()):
        known = [words for words, _ in records if words in expected[bank]]
        assert 2 < len(known) < windows, len(known)
        remaining = iter(expected[bank])
        assert all(words in remaining for words in known), "twice, or out of order"
        assert all(len(words) == len(expected[bank][0]) for words, _ in records)
    assert (await bench.host.read(chip.OVERRUN))[0] == 1


async def stalls(bench):
    for window in (2, 6):
        await bench.ticks.until(window * chip.WINDOW_TICKS + 1)
        bench.packets.pause = True
        await bench.ticks.until((window + 2) * chip.WINDOW_TICKS + 5)
        bench.packets.pause = False


@cocotb.test(**bare.LIMIT)
async def clear_breaks_a_record_off(dut):
    """The packet under way ends with TUSER; nothing of it leaks into the packets after the clear."""
    bench = await Recorder().start(dut)
    broken = []
    for words in range(0, 110, 10):
        await bench.ticks.until(chip.WINDOW_TICKS)
        await ClockCycles(dut.clk, 4 + words)
        bench.packets.pause = True
        await ClockCycles(dut.clk, 30)
        await bench.clear()
        bench.packets.pause = False
        await ClockCycles(dut.clk, 20)
        await bench.clear()  # nothing is under way now
        await ClockCycles(dut.clk, 20)
        ends = [user for records in bench.records() for _, user in records]
        assert sum(ends) <= 1
        broken.append(sum(ends))
        events = await bench.stimulate(words, chip.WINDOW_TICKS)
        await ClockCycles(dut.clk, 300)
        await bench.bare.run(vectors(events, chip.WINDOW_TICKS))
        expected = [(records[-1], 0) for records in bench.bare.words.complete()]
        assert [records[0] for records in bench.records()] == expected, words
        await bench.clear()
        await ClockCycles(dut.clk, 20)
        bench.records()
    assert 0 < sum(broken) < len(broken), broken


@cocotb.test(**bare.LIMIT)
async def reset_in_the_middle(dut):
    """A reset within a packet: the stream is silent, then starts with a whole record."""
    bench = await Recorder().start(dut)
    await bench.ticks.until(chip.WINDOW_TICKS)
    await ClockCycles(dut.clk, 9)
    await bare.reset(dut)
    assert not dut.m_axis_tvalid.value
    bench.packets.clear()
    await bench.host.write(chip.WINDOW, 30)
    await bench.clear()
    bench.ticks.vectors.clear()
    await bench.ticks.until(31)
    await ClockCycles(dut.clk, 300)
    assert [len(words) for records in bench.records() for words, _ in records] == [21, 21, 6]
