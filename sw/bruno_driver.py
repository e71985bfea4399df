"""Driver of a chip that bruno generated with a shell: identifies it, loads a program, reads results, decides.

It stands on any object with `write(address, data)` and `read(address)` for words of the register map (a serial port, a board's
memory map, a simulator). `Spi` makes one of a function that exchanges the bytes of a frame, `Axi` one of an object that writes
and reads 32-bit words at byte offsets.

    chip = Chip(Spi(device.xfer))
    chip.load(Program(open("program.hex").read()))
"""

import struct
import time

ID, CLEAR = 0x00000000, 0x00000002
VERSION, HASH, RECORDS, RESULT = 0x0C000010, 0x0C000011, 0x0C000017, 0x0C000100
EVENT_TIME, EVENT = 0x0C000018, 0x0C000019
WINDOWS, FIRST, CLASS = 0x0C00001A, 0x0C00001B, 0x0C00001C
BRUN, MAP_VERSION = 0x6272756E, 1


class Refused(Exception):
    """The chip answered with an error: no such address, or not writable or readable."""


class Foreign(Exception):
    """No chip of bruno, another map, or one that takes other programs."""


class Program:
    """A program as `bruno program export --format hex` writes it: one word a line, address and data; decisions in comments.

    `outputs`, `logit_per_code`, `bias`, `hash`: as in the file's head.
    """

    def __init__(self, text):
        self.words, self.bias = [], []
        self.hash, self.logit_per_code = None, None
        for line in text.splitlines():
            field = line.split()
            if line.startswith("// hash "):
                self.hash = int(field[2], 16)
            elif line.startswith("// logit_per_code "):
                self.logit_per_code = float(field[2])
            elif line.startswith("// bias "):
                self.bias = [float(value) for value in field[2:]]
            elif field and not line.startswith("//"):
                address, data = (int(word, 16) for word in field)
                self.words.append((address, data))
        self.outputs = len(self.bias)

    def decide(self, sums, windows):
        """The class of outputs whose codes were summed over so many windows: the first of the largest logits."""
        logits = [self.logit_per_code * total / windows + bias for total, bias in zip(sums, self.bias)]
        return max(range(len(logits)), key=lambda k: (logits[k], -k))


class Chip:
    """A chip behind a transport."""

    def __init__(self, transport):
        self.transport = transport

    def identify(self, hash):
        """Raises Foreign unless the chip is one of bruno's with this hash."""
        found = [self.transport.read(address) for address in (ID, VERSION, HASH)]
        if found != [BRUN, MAP_VERSION, hash]:
            raise Foreign("id %08x, map version %d, hash %08x; expected hash %08x" % (*found, hash))

    def load(self, program):
        """Writes a program; registers are read back and compared."""
        self.identify(program.hash)
        for address, data in program.words:
            self.transport.write(address, data)
            if address >> 26 & 3 == 0 and self.transport.read(address) != data:
                raise ValueError("register %08x does not hold %08x" % (address, data))

    def verify(self, program):
        """Reads a program back and compares: of a chip that was generated with `readback`."""
        for address, data in program.words:
            found = self.transport.read(address)
            if found != data:
                raise ValueError("word %08x holds %08x instead of %08x" % (address, found, data))

    def clear(self):
        """States to rest; time starts at 0 when it returns."""
        self.transport.write(CLEAR, 1)

    def event(self, tick, channel):
        """An input event in a tick, counted from the last clear, of a chip whose events come over this bus; in order of time.

        Waits while there is no room for it.
        """
        self.transport.write(EVENT_TIME, tick)
        while not self.transport.read(EVENT):
            pass
        self.transport.write(EVENT, channel)

    def records(self):
        """Complete records of the readout since the last clear."""
        return self.transport.read(RECORDS)

    def results(self, outputs):
        """Currents of all outputs at the end of the last window, LSB of I, and which record they are of (1: the first)."""
        while True:
            before = self.records()
            words = [self.transport.read(RESULT + k) for k in range(outputs)]
            if self.records() == before:
                return [word - (word >> 31 << 32) for word in words], before

    def windows(self, outputs, count, timeout=None):
        """The results of the first `count` windows after a clear, one after the other.

        Raises LookupError when one was missed: the transport is too slow for the window; TimeoutError after so many seconds.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        for number in range(1, count + 1):
            while self.records() < number:
                if ends is not None and time.monotonic() > ends:
                    raise TimeoutError("no record %d" % number)
            currents, found = self.results(outputs)
            if found != number:
                raise LookupError("record %d instead of %d" % (found, number))
            yield currents

    def sample(self, windows, first=0):
        """Of a chip that decides: samples have so many windows, of which those from `first` on count, the last always."""
        self.transport.write(WINDOWS, windows)
        self.transport.write(FIRST, first)

    def decided(self):
        """The class of the sample that began with the last clear; None while it is not decided."""
        word = self.transport.read(CLASS)
        return word & 0xFFFF if word >> 31 else None

    def classify(self, program, windows, first=0):
        """Sums the outputs over windows `first`.. of the sample that runs since the last clear, and decides."""
        sums = [0] * program.outputs
        for number, currents in enumerate(self.windows(program.outputs, windows)):
            if number >= first:
                sums = [a + b for a, b in zip(sums, currents)]
        return program.decide(sums, windows - first)


class Spi:
    """Transport over SPI, mode 0; `exchange(bytes)` sends one frame and returns the bytes received in it."""

    WRITE, READ, RESULT = 0x02, 0x03, 0x05
    TRIES = 1000

    def __init__(self, exchange):
        self.exchange = exchange

    def write(self, address, data):
        self._transfer(struct.pack(">BII", self.WRITE, address, data))

    def read(self, address):
        return self._transfer(struct.pack(">BI", self.READ, address))

    def _transfer(self, command):
        answer = bytes(self.exchange(command + bytes(6)))[len(command) :]
        for _ in range(self.TRIES):
            answer = answer.lstrip(b"\0")
            if len(answer) >= 5:
                status, data = struct.unpack(">BI", answer[:5])
                if status & 1:
                    raise Refused("status %02x" % status)
                return data
            answer = bytes(self.exchange(bytes([self.RESULT]) + bytes(6)))[1:]
        raise TimeoutError("the chip does not answer")


class Axi:
    """Transport over a window of AXI4-Lite; `memory.write(offset, data)`, `memory.read(offset)`; index_bits of its header."""

    def __init__(self, memory, index_bits):
        self.memory, self.index_bits = memory, index_bits

    def _offset(self, address):
        return (address >> 26 << self.index_bits | address & 0x3FFFFFF) << 2

    def write(self, address, data):
        self.memory.write(self._offset(address), data)

    def read(self, address):
        return self.memory.read(self._offset(address))
