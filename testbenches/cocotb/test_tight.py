"""A shell with the bare bus, events as AXI4-Streams, and a clock of 2 MHz: more events and spikes in a tick than it has cycles."""

import cocotb
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiStreamBus, AxiStreamSink, AxiStreamSource

import bare
import chip
from test_event_stream import Bench, vectors


class Host:
    """Transfers on the shell's configuration bus."""

    def __init__(self, dut):
        self.dut = dut
        dut.cfg_valid.value = 0

    async def write(self, address, data):
        return await bare.transfer(self.dut, "cfg", address, data)

    async def read(self, address):
        return await bare.transfer(self.dut, "cfg", address)


class Tight(Bench):
    """All neurons alike: they fire together."""

    program = [
        (address, 7 if chip.weight(0, 0, 0, chip.NEURONS) <= address < chip.weight(0, chip.INPUTS, 0, chip.NEURONS) else data)
        for address, data in chip.program(3)
    ]
    host_class = Host

    def take_words(self):
        self.dut.rec_ready.value = 7

    def connect_events(self):
        dut = self.dut
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis_event"), dut.clk, dut.rst)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis_event"), dut.clk, dut.rst)

    def send(self, events):
        # What stands above the channel is ignored.
        words = [0xA5A5 << 48 | channel << 32 | time for time, channel in events]
        self.source.send_nowait(b"".join(word.to_bytes(8, "little") for word in words))

    def packets(self):
        """Packets received, each a list of tick and neuron."""
        packets = []
        while not self.sink.empty():
            data = bytes(self.sink.recv_nowait(compact=False).tdata)
            words = [int.from_bytes(data[n : n + 8], "little") for n in range(0, len(data), 8)]
            packets.append([(word & 0xFFFFFFFF, word >> 32) for word in words])
        return packets

    def received(self):
        return [event for packet in self.packets() for event in packet]


@cocotb.test(**bare.LIMIT)
async def registers(dut):
    """The bus as the core has it, one transfer at a time, and the shell's own registers."""
    bench = await Tight().start(dut)
    for address in chip.REGISTERS:
        assert await bench.host.read(address) == await bench.bare.transfer(address), hex(address)
    for address in chip.ILLEGAL_READS:
        assert (await bench.host.read(address))[1] == 1, hex(address)
    for address in chip.ILLEGAL_WRITES:
        assert (await bench.host.write(address, 1))[1] == 1, hex(address)
    assert await bench.counts() == [0, 0, 0, 0, 0]


@cocotb.test(**bare.LIMIT)
async def more_events_than_cycles(dut):
    """Two of five events reach their tick, the others come late and are counted."""
    bench = await Tight().start(dut)
    bench.send([(30, channel) for channel in range(5)])
    await bench.ticks.until(40)
    assert bench.ticks.vectors[:40] == vectors([(30, 0), (30, 1), (31, 2), (31, 3), (32, 4)], 40)
    late, unknown, merged, _, missed = await bench.counts()
    assert [late, unknown, merged, missed] == [3, 0, 0, 0]


@cocotb.test(**bare.LIMIT)
async def time_starts_with_a_clear(dut):
    """A tick is due in every second cycle, so also while a clear is carried out: stamps and ticks stay together."""
    bench = await Tight().start(dut)
    for phase in range(6):
        await ClockCycles(dut.clk, 20 + phase)
        await bench.clear()
        bench.send([(20, 2)])
        await bench.ticks.until(25)
        assert bench.ticks.vectors[:25] == vectors([(20, 2)], 25), phase


@cocotb.test(**bare.LIMIT)
async def a_packet_a_tick(dut):
    """With time between the ticks that fire, every packet holds the spikes of one of them."""
    bench = await Tight().start(dut)
    await bench.clear()
    events = [(tick, tick % chip.INPUTS) for tick in range(20, 320, 25)]
    bench.send(events)
    await bench.ticks.until(330)
    await ClockCycles(dut.clk, 60)
    await bench.bare.run(vectors(events, 330))
    ticks = sorted({tick for tick, _ in bench.bare.events})
    expected = [[event for event in bench.bare.events if event[0] == tick] for tick in ticks]
    packets = bench.packets()
    assert packets == expected and max(map(len, packets)) > 1, (packets, expected)


@cocotb.test(**bare.LIMIT)
async def more_spikes_than_cycles(dut):
    """Six neurons fire at once, so spikes of one tick leave while the next come; those left over are lost and counted."""
    bench = await Tight().start(dut)
    words = bare.Words(dut.clk, dut.rec_valid, dut.rec_ready, dut.rec_last, dut.rec_data)
    await bench.clear()
    events = [(tick, tick % chip.INPUTS) for tick in range(20, 320)]
    bench.send(events)
    await bench.ticks.until(330)
    await ClockCycles(dut.clk, 200)
    await bench.bare.run(vectors(events, 330))
    received = [event for event in bench.received() if event[0] < 330]
    late, _, _, lost, _ = await bench.counts()
    assert late == 0 and lost > 10 and len(received) > 20, (late, lost, len(received))
    assert len(received) + lost == len(bench.bare.events)
    remaining = iter(bench.bare.events)
    assert all(event in remaining for event in received), "an event twice, or out of order"
    for bank, records in enumerate(bench.bare.words.complete()):
        assert len(records) == 8 and words.complete()[bank][:8] == records, bank
