"""Classifies samples with the Python driver, whose transport is a pipe to the Verilated shell (harness.cpp).

    classify.py FOLDER_OF_THE_DRIVER spi|axi stream|config HARNESS PROGRAM SAMPLES INDEX_BITS

With `config` the events, too, are given by the driver, and the chip decides.
"""

import subprocess
import sys

sys.path.insert(0, sys.argv[1])
from bruno_driver import Axi, Chip, Foreign, Program, Refused, Spi  # noqa: E402


class Pipe:
    """Lines to the harness and back."""

    def __init__(self, harness):
        self.process = subprocess.Popen([harness], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.say(line)
        return self.process.stdout.readline().split()

    def exchange(self, sent):
        return bytes.fromhex(self.ask("frame " + sent.hex())[0])

    def write(self, offset, data):
        if int(self.ask("write %x %x" % (offset, data))[0]):
            raise Refused("write of %x" % offset)

    def read(self, offset):
        failed, data = self.ask("read %x" % offset)
        if int(failed):
            raise Refused("read of %x" % offset)
        return int(data, 16)


def refuses(function, error):
    """The control: it raises this error."""
    try:
        function()
    except error:
        return
    sys.exit("no %s" % error.__name__)


def main():
    kind, events_by, harness, program, samples, index_bits = sys.argv[2:]
    pipe = Pipe(harness)
    chip = Chip(Spi(pipe.exchange) if kind == "spi" else Axi(pipe, int(index_bits)))
    program = Program(open(program).read())
    refuses(lambda: chip.identify(program.hash ^ 1), Foreign)
    refuses(lambda: chip.transport.write(0, 1), Refused)
    chip.load(program)
    chip.verify(program)
    events = []
    for line in open(samples):
        word, *numbers = line.split()
        if word == "event":
            events.append(numbers)
            continue
        if events_by == "config":
            chip.sample(int(numbers[0]))
        chip.clear()
        for tick, channel in events:
            if events_by == "config":
                chip.event(int(tick), int(channel))
            else:
                pipe.say(f"event {tick} {channel}")
        events = []
        decided = chip.classify(program, int(numbers[0]))
        if events_by == "config" and chip.decided() != decided:
            sys.exit("the chip decides %s instead of %s" % (chip.decided(), decided))
        print(decided)


main()
