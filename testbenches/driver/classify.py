"""Classifies samples with the Python driver, whose transport is a pipe to the Verilated shell (harness.cpp).

    classify.py FOLDER_OF_THE_DRIVER spi|axi HARNESS PROGRAM SAMPLES [INDEX_BITS]
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
    kind, harness, program, samples = sys.argv[2:6]
    pipe = Pipe(harness)
    chip = Chip(Spi(pipe.exchange) if kind == "spi" else Axi(pipe, int(sys.argv[6])))
    program = Program(open(program).read())
    refuses(lambda: chip.identify(program.hash ^ 1), Foreign)
    refuses(lambda: chip.transport.write(0, 1), Refused)
    chip.load(program)
    chip.verify(program)
    events = []
    for line in open(samples):
        word, *numbers = line.split()
        if word == "event":
            events.append(line.strip())
            continue
        chip.clear()
        for event in events:
            pipe.say(event)
        events = []
        print(chip.classify(program, int(numbers[0])))


main()
