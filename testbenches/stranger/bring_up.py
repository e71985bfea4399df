"""Brings up a chip of SPI alone as somebody would who has its data sheet and nothing else: what follows was written from its two
pages, reads the addresses in their tables, and plays the numbered steps of the section Bring-up as they are printed.

    bring_up.py CHIP_shell.md CHIP_datasheet.md PROGRAM SAMPLES BENCH

PROGRAM: `bruno program export --format spi`. SAMPLES: `bruno program samples`. BENCH: bench.cpp, the chip behind a pipe.
"""

import re
import subprocess
import sys

STATUS_DONE, STATUS_NO_ROOM = 0x80, 0x81


class Sheet:
    """What the pages say: that of the shell, and that of the core within."""

    def __init__(self, text, core):
        rows = re.findall(r"^\| `0x([0-9a-f]{8})` \| `(\w+)` \|", core + text, re.M)
        self.registers = {name: int(address, 16) for address, name in rows}
        steps = text.split("\n## Bring-up\n")[1].split("\n## ")[0]
        self.steps = re.findall(r"^\d+\. (.*)", steps, re.M)
        self.clock_mhz = int(re.search(r"`clk_i` runs at (\d+) MHz", steps)[1])

    def transfers(self, step):
        """The example frames of a step: bytes sent, and the bytes received behind the command."""
        return re.findall(r"`([0-9a-f ]+)` \+ `([0-9a-f ]+)`, answer `([0-9a-f. ]+)`", step)


class Bench:
    """The wires."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.tell(line)
        return self.process.stdout.readline().strip()

    def frame(self, sent):
        return bytes.fromhex(self.ask("frame " + bytes(sent).hex()))


class Spi:
    """Transfers as the section SPI says."""

    def __init__(self, bench):
        self.bench = bench

    def transfer(self, command):
        """Status and data that answer a command."""
        received = self.bench.frame(list(command) + [0] * 6)[len(command) :]
        while True:
            answer = received.lstrip(b"\0")
            if len(answer) >= 5:
                return answer[0], int.from_bytes(answer[1:5], "big")
            received = self.bench.frame([0x05] + [0] * 6)[1:]

    def write(self, address, data):
        return self.transfer([0x02, *address.to_bytes(4, "big"), *data.to_bytes(4, "big")])[0]

    def read(self, address):
        status, data = self.transfer([0x03, *address.to_bytes(4, "big")])
        if status != STATUS_DONE:
            sys.exit("read of %08x: status %02x" % (address, status))
        return data


def play(bench, sheet):
    """The numbered steps, each example as it stands there. How many of them."""
    played = 0
    for number, step in enumerate(sheet.steps, 1):
        wait = re.search(r"A window of (\d+) us later", step)
        if wait:
            bench.tell("run %d" % (int(wait[1]) * sheet.clock_mhz))
        for command, more, answer in sheet.transfers(step):
            sent = bytes.fromhex(command + more)
            received = bench.frame(sent)[len(bytes.fromhex(command)) :]
            expected = answer.split()
            found = agrees(received, expected)
            for _ in range(100):
                if found is not None:
                    break
                found = agrees(bench.frame([0x05] + [0] * 6)[1:], expected)  # "until it does"
            if not found and "`class`" not in step and "`result`" not in step:
                sys.exit("step %d: %s + %s is answered %s, not %s" % (number, command, more, received.hex(" "), answer))
            played += 1
    return played


def agrees(received, expected):
    """Whether an answer is the one of the page; None where the chip is not done."""
    answer = received.lstrip(b"\0")
    wanted = expected[1:]  # behind the turnaround
    if len(answer) < 5:
        return None
    return all(w == ".." or int(w, 16) == byte for w, byte in zip(wanted, answer))


def load(spi, program):
    """The lines of a program: frames of writes. How many."""
    frames = [bytes.fromhex(line) for line in open(program) if not line.startswith("//")]
    for frame in frames:
        status, _ = spi.transfer(frame)
        if status != STATUS_DONE:
            sys.exit("the program's %s: status %02x" % (frame.hex(" "), status))
    return len(frames)


def decide(spi, sheet, events, windows, first):
    """The class of a sample."""
    at = sheet.registers
    for address, data in ((at["windows"], windows), (at["first"], first), (at["clear"], 1)):
        if spi.write(address, data) != STATUS_DONE:
            sys.exit("a write of %08x is refused" % address)
    time = None
    for tick, channel in events:
        if tick != time:
            spi.write(at["event_time"], tick)
            time = tick
        while spi.write(at["event"], channel) == STATUS_NO_ROOM:
            pass
    while not (found := spi.read(at["class"])) >> 31:
        pass
    return found & 0xFFFF


def samples_of(file):
    events = []
    for line in open(file):
        word, *numbers = line.split()
        if word == "event":
            events.append([int(n) for n in numbers])
        if word == "decide":
            yield events, *(int(n) for n in numbers)
            events = []


def main():
    page, core, program, samples, bench = sys.argv[1:]
    sheet, bench = Sheet(open(page).read(), open(core).read()), Bench(bench)
    spi = Spi(bench)
    print("%d examples of the page are answered as it says" % play(bench, sheet))
    print("%d words of the program are loaded" % load(spi, program))
    right, count = 0, 0
    for events, windows, first, expected in samples_of(samples):
        found = decide(spi, sheet, events, windows, first)
        late = spi.read(sheet.registers["late"])
        pins = bench.ask("pins")
        print("class %d, bruno eval %d, pins %s, late %d" % (found, expected, pins, late), flush=True)
        right += found == expected and pins == "1 %d" % found
        count += 1
    print("%d of %d samples decided as bruno eval" % (right, count))
    sys.exit(right != count)


main()
