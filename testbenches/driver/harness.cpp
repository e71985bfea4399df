// A Verilated shell behind the drivers: `harness SAMPLES` classifies samples with the C driver, `harness` alone answers lines
// from a pipe, for drivers in other languages. Built with BRUNO_AXI for AXI4-Lite, otherwise for SPI; the shell is called `dut`,
// its events are streams (with BRUNO_ONE_PORT writes to registers, and it decides), its records go to the result registers. With
// BRUNO_BOOT it has loaded its program by itself.
//
//   frame HEX           the bytes received in a frame of SPI        write OFFSET DATA, read OFFSET   the window of AXI4-Lite
//   event TICK CHANNEL  an input event                              run CYCLES                       time passes

#include "Vdut_shell.h"
#include "bruno_driver.h"
#include "dut_program.h"
#include "dut_registers.h"
#include "verilated.h"
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

struct Event {
    uint32_t tick, channel;
};

struct Shell {
    Vdut_shell dut;
    std::deque<Event> events;

#ifdef BRUNO_ONE_PORT
    void cycle() {
        dut.clk_i = 0;
        dut.eval();
        dut.clk_i = 1;
        dut.eval();
    }
#else
    void cycle() {
        dut.event_in_valid_i = !events.empty();
        if (!events.empty()) {
            dut.event_in_addr_i = events.front().channel;
            dut.event_in_time_i = events.front().tick;
        }
        dut.clk_i = 0;
        dut.eval();
        bool taken = dut.event_in_valid_i && dut.event_in_ready_o;
        dut.clk_i = 1;
        dut.eval();
        if (taken) events.pop_front();
    }
#endif

    void run(int cycles) {
        while (cycles-- > 0) cycle();
    }

    void reset() {
#ifndef BRUNO_ONE_PORT
        dut.event_out_ready_i = 1;
#endif
        dut.rst_i = 1;
        run(4);
        dut.rst_i = 0;
        run(8);
#ifdef BRUNO_BOOT
        while (!dut.boot_done_o) cycle();
#endif
    }
};

#ifdef BRUNO_AXI
// One transfer: the request is offered until it is taken, then the answer awaited.
static int axi_write(void *context, uint32_t offset, uint32_t data) {
    Shell &shell = *static_cast<Shell *>(context);
    Vdut_shell &dut = shell.dut;
    dut.s_axi_awaddr = offset;
    dut.s_axi_wdata = data;
    dut.s_axi_wstrb = 15;
    dut.s_axi_awvalid = dut.s_axi_wvalid = 1;
    shell.cycle(); // both are ready between two transfers
    dut.s_axi_awvalid = dut.s_axi_wvalid = 0;
    while (!dut.s_axi_bvalid) shell.cycle();
    int failed = dut.s_axi_bresp ? BRUNO_REFUSED : BRUNO_OK;
    dut.s_axi_bready = 1;
    shell.cycle();
    dut.s_axi_bready = 0;
    return failed;
}

static int axi_read(void *context, uint32_t offset, uint32_t *data) {
    Shell &shell = *static_cast<Shell *>(context);
    Vdut_shell &dut = shell.dut;
    dut.s_axi_araddr = offset;
    dut.s_axi_arvalid = 1;
    shell.cycle();
    dut.s_axi_arvalid = 0;
    while (!dut.s_axi_rvalid) shell.cycle();
    int failed = dut.s_axi_rresp ? BRUNO_REFUSED : BRUNO_OK;
    *data = dut.s_axi_rdata;
    dut.s_axi_rready = 1;
    shell.cycle();
    dut.s_axi_rready = 0;
    return failed;
}
#else
// Mode 0, SCK at half the clock.
static int spi_frame(void *context, const uint8_t *sent, uint8_t *received, size_t count) {
    Shell &shell = *static_cast<Shell *>(context);
    Vdut_shell &dut = shell.dut;
    dut.spi_cs_n_i = 0;
    shell.cycle();
    for (size_t n = 0; n < count; n++) {
        received[n] = 0;
        for (int bit = 7; bit >= 0; bit--) {
            dut.spi_mosi_i = sent[n] >> bit & 1;
            shell.cycle();
            received[n] |= dut.spi_miso_o << bit;
            dut.spi_sck_i = 1;
            shell.cycle();
            dut.spi_sck_i = 0;
        }
    }
    shell.cycle();
    dut.spi_cs_n_i = 1;
    shell.run(4);
    return 0;
}
#endif

static void must(int failed, const char *what) {
    if (failed) {
        std::fprintf(stderr, "%s: %d\n", what, failed);
        std::exit(1);
    }
}

// The class of the sample that starts now.
static uint32_t classify(Shell &shell, const bruno_bus &bus, const std::vector<Event> &events, uint32_t windows) {
#ifdef BRUNO_ONE_PORT
    must(bruno_sample(&bus, windows, 0), "sample");
#endif
    must(bruno_clear(&bus), "clear");
#ifdef BRUNO_ONE_PORT
    for (const Event &event : events) must(bruno_event(&bus, event.tick, event.channel), "event");
#else
    shell.events.assign(events.begin(), events.end());
#endif
    int64_t sums[DUT_OUTPUTS] = {0};
    for (uint32_t window = 1; window <= windows; window++) {
        uint32_t records = 0;
        while (records < window) must(bruno_records(&bus, &records), "records");
        int32_t currents[DUT_OUTPUTS];
        must(bruno_results(&bus, DUT_OUTPUTS, currents, &records), "results");
        if (records != window) must(BRUNO_BUSY, "a window was missed");
        for (int k = 0; k < DUT_OUTPUTS; k++) sums[k] += currents[k];
    }
    uint32_t decided = bruno_decide(&dut_rule, sums, windows);
#ifdef BRUNO_ONE_PORT
    uint32_t found;
    must(bruno_class(&bus, &found), "class");
    if (found != decided || shell.dut.decision_o != found || !shell.dut.decision_valid_o) must(1, "the chip decides otherwise");
#endif
    return decided;
}

static int samples(Shell &shell, const bruno_bus &bus, const char *file) {
    must(bruno_identify(&bus, DUT_MAP_HASH ^ 1) == BRUNO_FOREIGN ? 0 : 1, "another hash is no failure");
    must(bruno_identify(&bus, DUT_PROGRAM_HASH), "identify");
#ifdef BRUNO_BOOT
    must(shell.dut.boot_error_o, "boot");
#else
    must(bruno_load(&bus, dut_program, sizeof dut_program / sizeof *dut_program), "load");
#endif
    must(bruno_verify(&bus, dut_program, sizeof dut_program / sizeof *dut_program), "verify");
    std::ifstream in(file);
    std::string word;
    std::vector<Event> events;
    uint32_t a, b;
    while (in >> word) {
        if (word == "event" && in >> a >> b) events.push_back({a, b});
        if (word == "decide" && in >> a) {
            std::printf("%u\n", classify(shell, bus, events, a));
            events.clear();
        }
    }
    return 0;
}

// A frame's bytes as hexadecimal digits, there and back.
static void serve(Shell &shell) {
    std::string word;
    while (std::cin >> word) {
        uint32_t a = 0, b = 0;
        if (word == "event" && std::cin >> a >> b) shell.events.push_back({a, b});
        if (word == "run" && std::cin >> a) shell.run(a);
#ifdef BRUNO_AXI
        std::cin >> std::hex;
        if (word == "write" && std::cin >> a >> b) std::printf("%d\n", axi_write(&shell, a, b));
        if (word == "read" && std::cin >> a) {
            int failed = axi_read(&shell, a, &b);
            std::printf("%d %08x\n", failed, b);
        }
        std::cin >> std::dec;
#else
        std::string hex;
        if (word == "frame" && std::cin >> hex) {
            std::vector<uint8_t> sent, received(hex.size() / 2);
            for (size_t n = 0; n + 1 < hex.size(); n += 2) sent.push_back(std::stoul(hex.substr(n, 2), nullptr, 16));
            spi_frame(&shell, sent.data(), received.data(), sent.size());
            for (uint8_t byte : received) std::printf("%02x", byte);
            std::printf("\n");
        }
#endif
        std::fflush(stdout);
    }
}

int main(int count, char **arguments) {
    Shell shell;
#ifdef BRUNO_AXI
    bruno_axi axi = {&shell, axi_write, axi_read, DUT_AXI_INDEX_BITS};
    bruno_bus bus = bruno_axi_bus(&axi);
#else
    shell.dut.spi_cs_n_i = 1;
    bruno_spi spi = {&shell, spi_frame};
    bruno_bus bus = bruno_spi_bus(&spi);
#endif
    shell.reset();
    if (count > 1) return samples(shell, bus, arguments[1]);
    serve(shell);
    return 0;
}
