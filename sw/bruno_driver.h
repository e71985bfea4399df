/* Driver of a chip that bruno generated with a shell: identifies it, loads a program, reads results, decides. It stands on two
 * functions that write and read a word of the register map; those for SPI and for a window of AXI4-Lite are here too.
 *
 * C99, no allocation, no other library. Functions return BRUNO_OK or a negative number; see docs/driver.md. */
#ifndef BRUNO_DRIVER_H
#define BRUNO_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    BRUNO_OK = 0,
    BRUNO_BUS = -1,     /* the transport failed */
    BRUNO_REFUSED = -2, /* the chip answered with an error: no such address, or not writable or readable */
    BRUNO_BUSY = -3,    /* the chip did not answer in time, or a new record came while results were read */
    BRUNO_FOREIGN = -4, /* no chip of bruno, another map, or one that takes other programs */
    BRUNO_DIFFERS = -5  /* a register does not hold what was written */
};

/* Words of the register map by their word address. */
struct bruno_bus {
    void *context;
    int (*write)(void *context, uint32_t address, uint32_t data);
    int (*read)(void *context, uint32_t address, uint32_t *data);
};

/* A word of a program, as `bruno program export --format c` writes them. */
struct bruno_word {
    uint32_t address;
    uint32_t data;
};

/* How outputs become a class: the largest of logit_per_code * mean code + bias, the first of equals. */
struct bruno_rule {
    uint32_t outputs;
    float logit_per_code; /* logit of one LSB of I */
    const float *bias;
};

/* The chip at the other end is one of bruno's, with this hash (CHIP_MAP_HASH of its header). */
int bruno_identify(const struct bruno_bus *bus, uint32_t hash);

/* Writes the words in their order. Registers are read back and compared. */
int bruno_load(const struct bruno_bus *bus, const struct bruno_word *words, size_t count);

/* Reads the words and compares: of a chip that was generated with `readback`. */
int bruno_verify(const struct bruno_bus *bus, const struct bruno_word *words, size_t count);

/* States to rest; time starts at 0 when it returns. Events and records of before are forgotten. */
int bruno_clear(const struct bruno_bus *bus);

/* An input event of a channel in a tick, counted from the last clear, of a chip whose events come over this bus; in order of
 * time. BRUNO_BUSY: no room, try again. */
int bruno_event(const struct bruno_bus *bus, uint32_t tick, uint32_t channel);

/* Complete records of the readout since the last clear. */
int bruno_records(const struct bruno_bus *bus, uint32_t *records);

/* Currents of all outputs at the end of the last window, LSB of I, and which record they are of (1: the first). */
int bruno_results(const struct bruno_bus *bus, uint32_t outputs, int32_t *currents, uint32_t *records);

/* The class of outputs whose codes were summed over so many windows. */
uint32_t bruno_decide(const struct bruno_rule *rule, const int64_t *sums, uint32_t windows);

/* Of a chip that decides: samples have so many windows, of which those from `first` on count, the last always. */
int bruno_sample(const struct bruno_bus *bus, uint32_t windows, uint32_t first);

/* The class of the sample that began with the last clear; BRUNO_BUSY while it is not decided. */
int bruno_class(const struct bruno_bus *bus, uint32_t *decided);

/* SPI: sends `count` bytes and receives as many in one frame (CS low from the first to the last); 0 when it went well. */
struct bruno_spi {
    void *context;
    int (*frame)(void *context, const uint8_t *sent, uint8_t *received, size_t count);
};
struct bruno_bus bruno_spi_bus(struct bruno_spi *spi);

/* A window of AXI4-Lite: 32-bit words at byte offsets from its base; index_bits is CHIP_AXI_INDEX_BITS. An error response is
 * BRUNO_REFUSED. On a processor, `write` and `read` store and load through a volatile pointer. */
struct bruno_axi {
    void *context;
    int (*write)(void *context, uint32_t offset, uint32_t data);
    int (*read)(void *context, uint32_t offset, uint32_t *data);
    unsigned index_bits;
};
struct bruno_bus bruno_axi_bus(struct bruno_axi *axi);

#ifdef __cplusplus
}
#endif

#endif
