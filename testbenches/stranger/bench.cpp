// A shell whose only port is SPI, as CXXRTL of Yosys made it, behind a pipe: the wires and a clock, nothing that knows the chip.
//
//   frame HEX      bytes sent in a frame of SPI, mode 0, SCK at a fourth of the clock; the bytes received are printed
//   run CYCLES     time passes
//   pins           `decision_valid_o` and `decision_o`
//
// SHELL is the class of the shell in `model.h`.

#include "model.h"
#include <cstdint>
#include <iostream>
#include <string>

static cxxrtl_design::SHELL top;

static void cycles(long count) {
    while (count-- > 0) {
        top.p_clk__i.set<bool>(false);
        top.step();
        top.p_clk__i.set<bool>(true);
        top.step();
    }
}

static uint8_t exchanged(uint8_t sent) {
    uint8_t received = 0;
    for (int bit = 7; bit >= 0; bit--) {
        top.p_spi__mosi__i.set<bool>(sent >> bit & 1);
        cycles(2);
        received = received << 1 | top.p_spi__miso__o.get<bool>();
        top.p_spi__sck__i.set<bool>(true);
        cycles(2);
        top.p_spi__sck__i.set<bool>(false);
    }
    return received;
}

static std::string frame(const std::string &sent) {
    static const char digits[] = "0123456789abcdef";
    std::string received;
    top.p_spi__cs__n__i.set<bool>(false);
    cycles(2);
    for (size_t at = 0; at + 1 < sent.size(); at += 2) {
        uint8_t byte = exchanged(std::stoul(sent.substr(at, 2), nullptr, 16));
        received += digits[byte >> 4];
        received += digits[byte & 15];
    }
    cycles(2);
    top.p_spi__cs__n__i.set<bool>(true);
    cycles(4);
    return received;
}

int main() {
    std::string command, bytes;
    long count;
    top.p_spi__cs__n__i.set<bool>(true);
    top.p_rst__i.set<bool>(true);
    cycles(3);
    top.p_rst__i.set<bool>(false);
    cycles(4);
    while (std::cin >> command) {
        if (command == "frame" && std::cin >> bytes) std::cout << frame(bytes) << std::endl;
        if (command == "run" && std::cin >> count) cycles(count);
        if (command == "pins")
            std::cout << top.p_decision__valid__o.get<bool>() << " " << top.p_decision__o.get<uint16_t>() << std::endl;
    }
}
