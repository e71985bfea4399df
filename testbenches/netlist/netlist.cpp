// 64 copies of a chip, as a netlist of iCE40 cells, behind their SPI ports alone: each copy is loaded by the C driver, is played a
// sample, and decides. netlist.h is printed by lanes.py: a word holds the values of one net, a bit a copy.
//
//   netlist SAMPLES      SAMPLES: bruno program samples; prints the classes decided, a line a sample
//
// Cells behave as in Yosys' ice40/cells_sim.v. Flip-flops begin with arbitrary bits, others in each copy, and so do memories without
// contents: that no result rests on what they hold at power-up is a part of the test.

#include "bruno_driver.h"
#include "program.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <ucontext.h>
#include <vector>

typedef uint64_t W;
enum { COPIES = 64 };

struct FlipFlop {
    int clock, falling, d, q, enable, reset, reset_value, asynchronous;
};

// 256 words of 16 bits; a bit of `mask` keeps a bit of a word.
struct Memory {
    int read_address[8], read_data[16], write_address[8], write_data[16], mask[16];
    int clock, read, read_clock, write, write_clock;
    const char *initial; // 4096 bits, those of word 0 first; an x has no value
};

#include "netlist.h"

template <class T, size_t N> constexpr size_t length(const T (&)[N]) { return N; }

static W next_q[length(flip_flops)];
static W words[length(memories)][256][16], next_data[length(memories)][16];

static void power_up() {
    std::mt19937_64 random(1);
    for (size_t k = 0; k < length(memories); k++)
        for (int at = 0; at < 4096; at++) {
            char bit = memories[k].initial ? memories[k].initial[at] : 'x';
            words[k][at / 16][at % 16] = bit == 'x' ? random() : bit == '1' ? ~W(0) : 0;
        }
    for (const FlipFlop &f : flip_flops) n[f.q] = random();
    for (const Memory &m : memories)
        for (int q : m.read_data) n[q] = random();
    n[0] = 0;
    n[1] = ~W(0);
}

// What an asynchronous reset holds, and all that follows from it.
static void settle_with_resets() {
    bool changed = true;
    while (changed) {
        settle();
        changed = false;
        for (const FlipFlop &f : flip_flops) {
            if (!f.asynchronous) continue;
            W q = f.reset_value ? n[f.q] | n[f.reset] : n[f.q] & ~n[f.reset];
            changed |= q != n[f.q];
            n[f.q] = q;
        }
    }
}

// Copies that hold the address of the first of `left`, which is told.
static W with_equal_address(const int (&address)[8], W left, int &first) {
    int copy = __builtin_ctzll(left);
    first = 0;
    W equal = left;
    for (int bit = 0; bit < 8; bit++) {
        bool one = n[address[bit]] >> copy & 1;
        first |= one << bit;
        equal &= one ? n[address[bit]] : ~n[address[bit]];
    }
    return equal;
}

// A clock edge at the memories of these copies: what is read is what stood there before the edge.
static void access(const Memory &m, W (&word)[256][16], W (&data)[16], W edge) {
    int address;
    for (int bit = 0; bit < 16; bit++) data[bit] = n[m.read_data[bit]];
    for (W left = edge & n[m.read] & n[m.read_clock], equal; left; left &= ~equal) {
        equal = with_equal_address(m.read_address, left, address);
        for (int bit = 0; bit < 16; bit++) data[bit] = (data[bit] & ~equal) | (word[address][bit] & equal);
    }
    for (W left = edge & n[m.write] & n[m.write_clock], equal; left; left &= ~equal) {
        equal = with_equal_address(m.write_address, left, address);
        for (int bit = 0; bit < 16; bit++) {
            W written = equal & ~n[m.mask[bit]];
            word[address][bit] = (word[address][bit] & ~written) | (n[m.write_data[bit]] & written);
        }
    }
}

struct Pins {
    W reset, sck, cs_n, mosi;
};

// One cycle: the clock of these copies rises, while each one's SCK rises, falls or stays; then the pins are as given.
static void cycle(const Pins &pins, W copies) {
    const int sck = spi_sck_i[0], clk = clk_i[0];
    const W rising[] = {~n[sck] & pins.sck, copies}, falling[] = {n[sck] & ~pins.sck, 0};
    auto edge = [&](int clock, int falls) { return (falls ? falling : rising)[clock == clk]; };
    for (size_t k = 0; k < length(memories); k++) access(memories[k], words[k], next_data[k], edge(memories[k].clock, 0));
    for (size_t k = 0; k < length(flip_flops); k++) {
        const FlipFlop &f = flip_flops[k];
        W takes = edge(f.clock, f.falling) & n[f.enable], value = f.reset_value ? n[f.d] | n[f.reset] : n[f.d] & ~n[f.reset];
        next_q[k] = (n[f.q] & ~takes) | (value & takes);
    }
    for (size_t k = 0; k < length(flip_flops); k++) n[flip_flops[k].q] = next_q[k];
    for (size_t k = 0; k < length(memories); k++)
        for (int bit = 0; bit < 16; bit++) n[memories[k].read_data[bit]] = next_data[k][bit];
    n[rst_i[0]] = pins.reset;
    n[sck] = pins.sck;
    n[spi_cs_n_i[0]] = pins.cs_n;
    n[spi_mosi_i[0]] = pins.mosi;
    settle_with_resets();
}

struct Event {
    uint32_t tick, channel;
};

struct Sample {
    std::vector<Event> events;
    uint32_t windows, first, expected, decided;
    uint32_t counters[5]; // late, unknown, merged, lost, missed: what became of events and ticks
};

// The host of one copy: the driver on a stack of its own, which rests while a frame is on the wires.
struct Host {
    int copy;
    Sample *sample;
    ucontext_t driver, outside;
    std::vector<char> stack;
    const uint8_t *sent = nullptr;
    uint8_t *received = nullptr;
    size_t bits = 0, half = 0;
    bool done = false;

    // Mode 0, SCK at half the clock: a half of a bit a cycle. The answer's bit is sampled as SCK rises.
    void drive(Pins &pins) {
        const W own = W(1) << copy;
        auto set = [own](W &pin, bool value) { pin = value ? pin | own : pin & ~own; };
        size_t bit = (half - 1) / 2;
        if (half == 0) {
            set(pins.cs_n, false);
        } else if (bit < bits && half % 2 == 1) {
            set(pins.sck, false);
            set(pins.mosi, sent[bit / 8] >> (7 - bit % 8) & 1);
        } else if (bit < bits) {
            received[bit / 8] = received[bit / 8] << 1 | (n[spi_miso_o[0]] >> copy & 1);
            set(pins.sck, true);
        } else if (half == 2 * bits + 1) {
            set(pins.sck, false);
        } else if (half == 2 * bits + 3) {
            set(pins.cs_n, true);
        } else if (half == 2 * bits + 8) {
            swapcontext(&outside, &driver); // the driver goes on, to its next frame or its end
            return;
        }
        half++;
    }
};

static int frame(void *context, const uint8_t *sent, uint8_t *received, size_t count) {
    Host &host = *static_cast<Host *>(context);
    host.sent = sent;
    host.received = received;
    host.bits = 8 * count;
    host.half = 0;
    swapcontext(&host.driver, &host.outside);
    return 0;
}

static void must(int failed, const char *what) {
    if (!failed) return;
    std::fprintf(stderr, "%s: %d\n", what, failed);
    std::exit(1);
}

// From a chip that was reset to its decision.
static void bring_up(Host *host) {
    bruno_spi spi = {host, frame};
    bruno_bus bus = bruno_spi_bus(&spi);
    Sample &sample = *host->sample;
    must(bruno_identify(&bus, program_hash), "identify");
    must(bruno_load(&bus, program_words, length(program_words)), "load");
    must(bruno_sample(&bus, sample.windows, sample.first), "sample");
    must(bruno_clear(&bus), "clear");
    int failed;
    for (const Event &event : sample.events) {
        while ((failed = bruno_event(&bus, event.tick, event.channel)) == BRUNO_BUSY) {}
        must(failed, "event");
    }
    while ((failed = bruno_class(&bus, &sample.decided)) == BRUNO_BUSY) {}
    must(failed, "class");
    for (uint32_t k = 0; k < length(sample.counters); k++)
        must(bus.read(bus.context, 0x0c000000u + k, &sample.counters[k]), "counter");
    host->done = true;
    swapcontext(&host->driver, &host->outside);
}

static std::vector<Sample> samples_of(const char *file) {
    std::ifstream in(file);
    std::vector<Sample> samples;
    std::vector<Event> events;
    std::string line;
    while (std::getline(in, line)) {
        uint32_t a, b, c;
        if (std::sscanf(line.c_str(), "event %u %u", &a, &b) == 2) events.push_back({a, b});
        if (std::sscanf(line.c_str(), "decide %u %u %u", &a, &b, &c) == 3) {
            samples.push_back({events, a, b, c, ~0u, {}});
            events.clear();
        }
    }
    return samples;
}

// Plays up to 64 samples; cycles that took.
static long play(Sample *samples, size_t count) {
    power_up();
    const W copies = ~W(0) >> (COPIES - count); // the others stand still
    Pins pins = {~W(0), 0, ~W(0), 0};
    for (int k = 0; k < 4; k++) cycle(pins, copies);
    pins.reset = 0;
    for (int k = 0; k < 8; k++) cycle(pins, copies);
    std::vector<Host> hosts(count);
    for (size_t k = 0; k < count; k++) {
        Host &host = hosts[k];
        host.copy = k;
        host.sample = &samples[k];
        host.stack.resize(1 << 16);
        getcontext(&host.driver);
        host.driver.uc_stack.ss_sp = host.stack.data();
        host.driver.uc_stack.ss_size = host.stack.size();
        makecontext(&host.driver, reinterpret_cast<void (*)()>(bring_up), 1, &host);
        swapcontext(&host.outside, &host.driver);
    }
    long cycles = 0;
    for (size_t busy = count; busy; cycles++) {
        busy = 0;
        for (Host &host : hosts) {
            if (!host.done) host.drive(pins);
            busy += !host.done;
        }
        cycle(pins, copies);
    }
    for (Host &host : hosts) {
        uint32_t class_pins = 0;
        for (size_t bit = 0; bit < length(decision_o); bit++) class_pins |= (n[decision_o[bit]] >> host.copy & 1) << bit;
        bool valid = n[decision_valid_o[0]] >> host.copy & 1;
        must(!valid || class_pins != host.sample->decided, "the pins of the decision say something else");
    }
    return cycles;
}

int main(int, char **arguments) {
    std::vector<Sample> samples = samples_of(arguments[1]);
    size_t different = 0;
    long cycles = 0;
    for (size_t at = 0; at < samples.size(); at += COPIES) {
        size_t count = samples.size() - at;
        cycles += play(&samples[at], count < COPIES ? count : COPIES);
    }
    uint32_t counters[5] = {};
    for (const Sample &sample : samples) {
        std::printf("%u %u%s\n", sample.decided, sample.expected, sample.decided == sample.expected ? "" : " differs");
        different += sample.decided != sample.expected;
        for (size_t k = 0; k < length(counters); k++) counters[k] += sample.counters[k];
    }
    std::printf("%zu of %zu samples decided as bruno eval; %ld cycles; late %u, unknown %u, merged %u, lost %u, missed %u\n",
                samples.size() - different, samples.size(), cycles, counters[0], counters[1], counters[2], counters[3], counters[4]);
    return different ? 1 : 0;
}
