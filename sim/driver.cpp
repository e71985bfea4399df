// Drives one Verilated chip: configuration bus, whole samples, and (in probe builds) single ticks with state access.
// bruno_model.h is generated per chip; it names the model class and its port widths, and nothing here knows a chip.
#include "bruno_model.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

void BRUNO_EVAL(BRUNO_ROOT* root);  // what the model's own eval() wraps in bookkeeping for threads
void BRUNO_EDGE(BRUNO_ROOT* root);  // what that calls once it has found out which clocks rose

namespace {

// Lets the clock rise without asking which clocks did: a model with one clock and no path from an input has one trigger.
// False where this Verilator keeps triggers in another way, or where the model has such a path (`__VicoTriggered`).
template <typename Root, typename = void> struct HasInputPaths : std::false_type {};
template <typename Root> struct HasInputPaths<Root, std::void_t<decltype(std::declval<Root&>().__VicoTriggered)>> : std::true_type {};
template <typename Root>
auto rise(Root& root, int) -> std::enable_if_t<sizeof root.__VnbaTriggered == 1 && !HasInputPaths<Root>::value, bool> {
  root.__VnbaTriggered.at(0) = true;
  BRUNO_EDGE(&root);
  return true;
}
template <typename Root> bool rise(Root&, long) { return false; }

// Makes the falling edge of the clock known to a model on which nothing else hangs from it; false where this Verilator
// keeps the clock's last level under another name.
template <typename Root> auto clock_fell(Root& root, int) -> decltype(root.BRUNO_CLOCK_BEFORE, true) {
  root.BRUNO_CLOCK_BEFORE = 0;
  return true;
}
template <typename Root> bool clock_fell(Root&, long) { return false; }

// Ports of up to 64 bits are integers in a Verilated model, wider ones are arrays of 32-bit words.
template <typename Port> void set_bit(Port& port, uint32_t bit, bool value) {
  const Port mask = static_cast<Port>(Port{1} << bit);
  port = static_cast<Port>(value ? (port | mask) : (port & static_cast<Port>(~mask)));
}
template <std::size_t N> void set_bit(VlWide<N>& port, uint32_t bit, bool value) {
  set_bit(port.at(bit / 32), bit % 32, value);
}
template <typename Port> uint32_t word(const Port& port, uint32_t index) {
  return static_cast<uint32_t>(static_cast<uint64_t>(port) >> (32 * index));
}
template <std::size_t N> uint32_t word(const VlWide<N>& port, uint32_t index) { return port.at(index); }

// The model leaves the upper halves of vector registers as they are; its caller may be code that is slow then.
struct ClearUpperHalves {
  ~ClearUpperHalves() {
#ifdef __AVX__
    __builtin_ia32_vzeroupper();
#endif
  }
};

struct Spike {
  uint32_t tick;
  uint32_t neuron;  // over all hidden layers, in order
};

// What a function answers whose arguments would lead out of an array.
constexpr std::size_t REFUSED = SIZE_MAX;

// Number of events that `ticks` ticks from `start` take: those at the front that are due by then, in order, each for a
// channel of the chip. Looked at before the first tick, so that a tick need not.
std::size_t due(uint32_t start, uint32_t ticks, const uint32_t* events, std::size_t count) {
  if (count > SIZE_MAX / (2 * sizeof(uint32_t)) || (count != 0 && !events)) return REFUSED;
  uint32_t before = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const uint32_t now = events[2 * k] - start;
    if (now >= ticks) return k;
    if (now < before || events[2 * k + 1] >= BRUNO_INPUTS) return REFUSED;
    before = now;
  }
  return count;
}

}  // namespace

struct bruno_model {
  VerilatedContext context;
  std::unique_ptr<BRUNO_CLASS> top;
#ifdef BRUNO_TRACE
  VerilatedVcdC vcd;
  uint64_t time = 0;
  bool dumping = true;
#endif
  std::vector<uint32_t> records[BRUNO_BANKS];
  std::vector<Spike> spikes;
#ifdef BRUNO_PROBE
  uint32_t reader = BRUNO_READER_ALWAYS;
#endif

  void edge(bool level) {
    top->clk_i = level;
    top->eval();
#ifdef BRUNO_TRACE
    if (dumping) vcd.dump(time);
    time += BRUNO_HALF_CYCLE_NS;
#endif
  }

#ifdef BRUNO_BOTH_EDGES
  void cycle() {
    edge(true);
    edge(false);
  }
#else
  // One clock for all, and no path from an input to an output: half of the evaluations would change nothing.
  void cycle() {
    if (rise(*top->rootp, 0)) return;
    top->clk_i = 1;
    BRUNO_EVAL(top->rootp);
    top->clk_i = 0;
    if (!clock_fell(*top->rootp, 0)) BRUNO_EVAL(top->rootp);
  }
#endif

  // The first evaluation of a model is its own: it also runs what Verilator does once.
  void reset() {
    top->rst_i = 1;
    edge(true);
    edge(false);
    cycle();
    top->rst_i = 0;
    cycle();
  }

  // What leaves the chip at the next edge: spikes with their tick, and one recorder word a bank.
  void collect() {
    if (top->event_valid_o) collect_spikes();
    if (top->rec_valid_o) collect_words();
  }

  void collect_words() {
    for (uint32_t bank = 0; bank < BRUNO_BANKS; ++bank) {
      const uint32_t taken = word(top->rec_valid_o, bank / 32) & word(top->rec_ready_i, bank / 32);
      if (taken >> (bank % 32) & 1) records[bank].push_back(word(top->rec_data_o, bank));
    }
  }

  void collect_spikes() {
    for (uint32_t base = 0; base < BRUNO_HIDDEN; base += 32) {
      for (uint32_t bits = word(top->event_spikes_o, base / 32); bits != 0; bits &= bits - 1) {
        const uint32_t neuron = base + static_cast<uint32_t>(__builtin_ctz(bits));
        spikes.push_back({top->event_tick_o, neuron});
#ifdef BRUNO_PREFETCH
        bruno_prefetch(*top->rootp, neuron, 0);
#endif
      }
    }
  }

  void spike_inputs(const uint32_t* channels, std::size_t count, bool value) {
    for (std::size_t k = 0; k < count; ++k) set_bit(top->spike_i, channels[2 * k], value);
  }

  // One tick from its offer until the chip can take the next; a chip that is not folded takes one a cycle.
  void offer_tick() {
#ifdef BRUNO_FOLDED
    top->tick_i = 1;
    while (!top->tick_ready_o) step();
    step();
    top->tick_i = 0;
    while (!top->tick_ready_o) step();
#else
    step();
#endif
  }

  void ready(bool on) {
    for (uint32_t bank = 0; bank < BRUNO_BANKS; ++bank) set_bit(top->rec_ready_i, bank, on);
  }

  void step() {
    cycle();
#ifdef BRUNO_PROBE
    if (reader == BRUNO_READER_SLOW) ready(!(word(top->rec_ready_i, 0) & 1));
#endif
    collect();
  }

  // Returns the number of events consumed.
  std::size_t tick(uint32_t now, const uint32_t* events, std::size_t count) {
    std::size_t here = 0;
    while (here < count && events[2 * here] == now) ++here;
    if (here != 0) spike_inputs(events + 1, here, true);
    offer_tick();
    if (here != 0) spike_inputs(events + 1, here, false);
    return here;
  }

  // Offers a bus transfer until it is taken.
  void transfer() {
    top->cfg_valid_i = 1;
    while (!top->cfg_ready_o) cycle();
    cycle();
    top->cfg_valid_i = 0;
    top->cfg_write_i = 0;
  }
};

// Nothing below trusts its arguments: a null handle is no model, with which nothing is done and nothing found.
extern "C" {

// Null where there is no memory for a model, or its waves have no file.
bruno_model* bruno_new(const char* vcd_path) try {
  const ClearUpperHalves clear;
  auto model = std::make_unique<bruno_model>();
#ifdef BRUNO_TRACE
  model->context.traceEverOn(true);
#endif
  model->top = std::make_unique<BRUNO_CLASS>(&model->context);
#ifdef BRUNO_TRACE
  if (!vcd_path) return nullptr;
  model->top->trace(&model->vcd, 99);
  model->vcd.open(vcd_path);
#else
  (void)vcd_path;
#endif
  model->ready(true);
  model->reset();
  return model.release();
} catch (const std::exception&) {
  return nullptr;
}

void bruno_free(bruno_model* model) {
  if (!model) return;
  // Verilator takes the model's names out of the context that this thread used last: another model's, which may be gone.
  Verilated::threadContextp(&model->context);
#ifdef BRUNO_TRACE
  model->vcd.close();
#endif
  model->top->final();
  delete model;
}

// One write over the configuration bus.
void bruno_write(bruno_model* model, uint32_t address, uint32_t data) {
  if (!model) return;
  const ClearUpperHalves clear;
  auto& top = *model->top;
  top.cfg_write_i = 1;
  top.cfg_addr_i = address;
  top.cfg_wdata_i = data;
  model->transfer();
}

// One transfer over the configuration bus and its answer, which comes within a few cycles: the word read; `refused` is
// 1 where the chip answers with an error and 2 where it does not answer.
uint32_t bruno_ask(bruno_model* model, uint32_t write, uint32_t address, uint32_t data, uint32_t* refused) {
  if (refused) *refused = 2;
  if (!model || !refused) return 0;
  const ClearUpperHalves clear;
  auto& top = *model->top;
  for (int wait = 0; wait < 8; ++wait) model->cycle();  // answers to earlier writes pass by
  top.cfg_write_i = write != 0;
  top.cfg_addr_i = address;
  top.cfg_wdata_i = data;
  model->transfer();
  for (int wait = 0; wait < 8 && !top.cfg_rvalid_o; ++wait) model->cycle();
  *refused = top.cfg_rvalid_o ? top.cfg_error_o : 2;
  return top.cfg_rdata_o;
}

// Lets pending writes reach their registers.
void bruno_settle(bruno_model* model) {
  if (!model) return;
  const ClearUpperHalves clear;
  for (int wait = 0; wait < 8; ++wait) model->cycle();
}

// Forgets what was collected; its memory is kept for what comes.
void bruno_forget(bruno_model* model) {
  if (!model) return;
  for (auto& bank : model->records) bank.clear();
  model->spikes.clear();
}

// Bytes that hold what was collected, filled or not.
std::size_t bruno_held(const bruno_model* model) {
  if (!model) return 0;
  std::size_t bytes = model->spikes.capacity() * sizeof(Spike);
  for (const auto& bank : model->records) bytes += bank.capacity() * sizeof(uint32_t);
  return bytes;
}

// Runs `ticks` ticks from tick `start`; events are (tick, channel) pairs. Returns the events consumed, or REFUSED with
// no tick run where an event is out of order or names no channel.
std::size_t bruno_run(bruno_model* model, uint32_t start, uint32_t ticks, const uint32_t* events, std::size_t count) {
  const ClearUpperHalves clear;
  count = due(start, ticks, events, count);
  if (!model || count == REFUSED) return REFUSED;
  std::size_t used = 0;
  model->top->tick_i = 1;  // stays where a tick takes one cycle
  for (uint32_t now = start; now != start + ticks; ++now) used += model->tick(now, events + 2 * used, count - used);
  model->top->tick_i = 0;
  return used;
}

// Lets the array finish its last tick and the recorder send its last window.
void bruno_drain(bruno_model* model, uint32_t cycles) {
  if (!model) return;
  const ClearUpperHalves clear;
  for (uint32_t wait = 0; wait < cycles; ++wait) model->step();
}

const uint32_t* bruno_records(const bruno_model* model, uint32_t bank, std::size_t* count) {
  if (count) *count = 0;
  if (!model || !count || bank >= BRUNO_BANKS) return nullptr;
  *count = model->records[bank].size();
  return model->records[bank].data();
}

const uint32_t* bruno_spikes(const bruno_model* model, std::size_t* count) {
  if (count) *count = 0;
  if (!model || !count) return nullptr;
  *count = model->spikes.size();
  return reinterpret_cast<const uint32_t*>(model->spikes.data());
}

#ifdef BRUNO_TRACE
// Switches the waves on or off; their time runs on.
void bruno_dump(bruno_model* model, uint32_t on) {
  if (model) model->dumping = on != 0;
}
#endif

#ifdef BRUNO_PROBE
// Copies state array `state` of bank `bank` (generated accessors) to `out`, one 32-bit word a neuron; returns their
// number, 0 where there is no such bank, the bank has no such state, or `out` has no room for it.
uint32_t bruno_probe(const bruno_model* model, uint32_t bank, uint32_t state, uint32_t* out, std::size_t room) {
  if (!model || !out || bank >= BRUNO_BANKS) return 0;
  return bruno_probe_state(model->top->rootp, bank, state, out, room);
}

// How recorder words are taken from now on.
void bruno_reader(bruno_model* model, uint32_t reader) {
  if (!model) return;
  const bool waiting = !(word(model->top->rec_ready_i, 0) & 1);
  model->reader = reader;
  model->ready(reader != BRUNO_READER_STOPPED);
  if (waiting) model->collect_words();  // offered already, taken at the next edge
}
#endif

#ifdef BRUNO_COVERAGE
// Writes what was covered since the start.
void bruno_coverage(bruno_model* model, const char* path) {
  if (model && path) model->context.coveragep()->write(path);
}
#endif

}  // extern "C"
