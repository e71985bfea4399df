#include "bruno_driver.h"

/* Word addresses of the chip and of its shell; page (bits 31..26) 0 and 3. */
#define ID 0x00000000u
#define CLEAR 0x00000002u
#define VERSION 0x0c000010u
#define HASH 0x0c000011u
#define RECORDS 0x0c000017u
#define EVENT_TIME 0x0c000018u
#define EVENT 0x0c000019u
#define WINDOWS 0x0c00001au
#define FIRST 0x0c00001bu
#define CLASS 0x0c00001cu
#define RESULT 0x0c000100u
#define KIND(address) ((address) >> 26 & 3u) /* 0: registers, 1: level tables, 2: weights */

#define BRUN 0x6272756eu
#define MAP_VERSION 1u

static int expect(const struct bruno_bus *bus, uint32_t address, uint32_t value, int otherwise)
{
    uint32_t data;
    int failed = bus->read(bus->context, address, &data);
    if (failed)
        return failed;
    return data == value ? BRUNO_OK : otherwise;
}

int bruno_identify(const struct bruno_bus *bus, uint32_t hash)
{
    int failed = expect(bus, ID, BRUN, BRUNO_FOREIGN);
    if (!failed)
        failed = expect(bus, VERSION, MAP_VERSION, BRUNO_FOREIGN);
    return failed ? failed : expect(bus, HASH, hash, BRUNO_FOREIGN);
}

int bruno_load(const struct bruno_bus *bus, const struct bruno_word *words, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        int failed = bus->write(bus->context, words[n].address, words[n].data);
        if (!failed && KIND(words[n].address) == 0)
            failed = expect(bus, words[n].address, words[n].data, BRUNO_DIFFERS);
        if (failed)
            return failed;
    }
    return BRUNO_OK;
}

int bruno_verify(const struct bruno_bus *bus, const struct bruno_word *words, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        int failed = expect(bus, words[n].address, words[n].data, BRUNO_DIFFERS);
        if (failed)
            return failed;
    }
    return BRUNO_OK;
}

int bruno_clear(const struct bruno_bus *bus)
{
    return bus->write(bus->context, CLEAR, 1);
}

int bruno_event(const struct bruno_bus *bus, uint32_t tick, uint32_t channel)
{
    int failed = bus->write(bus->context, EVENT_TIME, tick);
    if (!failed)
        failed = bus->write(bus->context, EVENT, channel);
    return failed == BRUNO_REFUSED ? BRUNO_BUSY : failed;
}

int bruno_records(const struct bruno_bus *bus, uint32_t *records)
{
    return bus->read(bus->context, RECORDS, records);
}

int bruno_results(const struct bruno_bus *bus, uint32_t outputs, int32_t *currents, uint32_t *records)
{
    uint32_t after;
    int failed = bruno_records(bus, records);
    for (uint32_t k = 0; !failed && k < outputs; k++) {
        uint32_t data;
        failed = bus->read(bus->context, RESULT + k, &data);
        currents[k] = (int32_t)data;
    }
    if (!failed)
        failed = bruno_records(bus, &after);
    if (failed)
        return failed;
    /* A record that became complete in between has replaced some of them. */
    return after == *records ? BRUNO_OK : BRUNO_BUSY;
}

uint32_t bruno_decide(const struct bruno_rule *rule, const int64_t *sums, uint32_t windows)
{
    uint32_t best = 0;
    float largest = 0;
    for (uint32_t k = 0; k < rule->outputs; k++) {
        float logit = rule->logit_per_code * ((float)sums[k] / (float)windows) + rule->bias[k];
        if (k == 0 || logit > largest) {
            best = k;
            largest = logit;
        }
    }
    return best;
}

int bruno_sample(const struct bruno_bus *bus, uint32_t windows, uint32_t first)
{
    int failed = bus->write(bus->context, WINDOWS, windows);
    return failed ? failed : bus->write(bus->context, FIRST, first);
}

int bruno_class(const struct bruno_bus *bus, uint32_t *decided)
{
    uint32_t data;
    int failed = bus->read(bus->context, CLASS, &data);
    if (failed)
        return failed;
    *decided = data & 0xffffu;
    return data >> 31 ? BRUNO_OK : BRUNO_BUSY;
}

/* ---- SPI */

enum { WRITE = 0x02, READ = 0x03, RESULT_OF = 0x05, DONE = 0x80, ERROR = 0x01 };
enum { TURNAROUND = 1, ANSWER = 5, TRIES = 1000 };

static void put(uint8_t *bytes, uint32_t word)
{
    for (int n = 0; n < 4; n++)
        bytes[n] = (uint8_t)(word >> (24 - 8 * n));
}

/* Looks for the answer in what came behind a command; asks again until the chip is done. */
static int answer(struct bruno_spi *spi, const uint8_t *received, size_t count, uint32_t *data)
{
    uint8_t ask[1 + TURNAROUND + ANSWER] = {RESULT_OF}, next[sizeof ask];
    for (int tries = 0; tries < TRIES; tries++) {
        size_t at = 0;
        while (at < count && received[at] == 0)
            at++;
        if (at + ANSWER <= count) {
            *data = 0;
            for (int n = 1; n < ANSWER; n++)
                *data = *data << 8 | received[at + n];
            if (!(received[at] & DONE))
                return BRUNO_BUS;
            return received[at] & ERROR ? BRUNO_REFUSED : BRUNO_OK;
        }
        if (spi->frame(spi->context, ask, next, sizeof ask))
            return BRUNO_BUS;
        received = next + 1;
        count = sizeof ask - 1;
    }
    return BRUNO_BUSY;
}

static int spi_transfer(struct bruno_spi *spi, int write, uint32_t address, uint32_t *data)
{
    uint8_t sent[9 + TURNAROUND + ANSWER] = {0}, received[sizeof sent];
    size_t command = write ? 9 : 5, count = command + TURNAROUND + ANSWER;
    sent[0] = write ? WRITE : READ;
    put(sent + 1, address);
    if (write)
        put(sent + 5, *data);
    if (spi->frame(spi->context, sent, received, count))
        return BRUNO_BUS;
    return answer(spi, received + command, count - command, data);
}

static int spi_write(void *context, uint32_t address, uint32_t data)
{
    return spi_transfer(context, 1, address, &data);
}

static int spi_read(void *context, uint32_t address, uint32_t *data)
{
    return spi_transfer(context, 0, address, data);
}

struct bruno_bus bruno_spi_bus(struct bruno_spi *spi)
{
    struct bruno_bus bus = {spi, spi_write, spi_read};
    return bus;
}

/* ---- AXI4-Lite */

static uint32_t offset(const struct bruno_axi *axi, uint32_t address)
{
    uint32_t page = address >> 26, index = address & 0x03ffffffu;
    return (page << axi->index_bits | index) << 2;
}

static int axi_write(void *context, uint32_t address, uint32_t data)
{
    struct bruno_axi *axi = context;
    return axi->write(axi->context, offset(axi, address), data);
}

static int axi_read(void *context, uint32_t address, uint32_t *data)
{
    struct bruno_axi *axi = context;
    return axi->read(axi->context, offset(axi, address), data);
}

struct bruno_bus bruno_axi_bus(struct bruno_axi *axi)
{
    struct bruno_bus bus = {axi, axi_write, axi_read};
    return bus;
}
