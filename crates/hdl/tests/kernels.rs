//! Every kernel at full width, on usual values, corners and any words: rust-hdl = Icarus = Verilator.

mod support;

use bruno_hdl::kernels::{
    Decimator, Draw, Felif, Generator, Lif, LifTruncate, Linearisation, MembraneOffset,
    MembraneReset, Noise, OccupationOffset, OccupationReset, Redraw, Surrogate, Synapse,
    SynapseOffset, SynapseTruncate, WindowCount, WindowMax, WindowMin, WindowSum,
};
use support::{Dut, PortInfo};

const VECTORS: usize = 20_000;

/// Usual values of a port, by its name.
fn range(port: &str) -> (i64, i64) {
    match port {
        "i" | "i_next" | "inject" => (-(1 << 23), (1 << 23) - 1),
        "i_max" => (1 << 20, (1 << 23) - 1),
        "i_min" => (-(1 << 23), -(1 << 20)),
        "i_dec_m" => (0, 127),
        "in_m" | "leak_m" | "xv_m" => (0, 2047),
        "xp_m" | "kap_m" => (0, 1023),
        "v" | "v_moved" | "v_th" | "v_reset" | "v_floor" => (-(1 << 19), (1 << 19) - 1),
        "v_max" => (1 << 18, (1 << 19) - 1),
        "x0" | "xc" => (-(1 << 15), 1 << 14),
        "p" | "p_moved" | "p_reset" | "p_max" => (0, (1 << 20) - 1),
        "p_one" => (1 << 20, 1 << 20),
        "pre" => (0, 4),
        "refr" | "refr_left" | "t_ref" => (0, 2),
        "keep_p" | "i_sat" | "spike" => (0, 1),
        "add" => (0, 2),
        "count" => ((1 << 20) - 5, (1 << 20) - 1),
        "window" => (1, (1 << 20) + 1),
        "p_round" | "v_round" => (0, 255),
        "noise_m" => (0, (1 << 16) - 1),
        "index" => (0, 4095),
        "up_mant" | "down_mant" => (1024, 2047),
        "up_shift" | "down_shift" => (2, 31),
        // From a rate of 1 a tick down to nothing, around the ends of the samples.
        "up_flow" | "down_flow" => (0, 1 << 25),
        "up_sign" | "down_sign" | "active" => (-1, 0),
        "flow_shift" => (0, 4),
        "sur_w" => (1, (1 << 17) - 1),
        "least" | "most" => (-(1 << 19), (1 << 20) - 1),
        _ if port.ends_with("_s") => (0, 30),
        _ if port.ends_with("_h") => (0, 1 << 14),
        _ => (i64::from(i32::MIN), i64::from(i32::MAX)),
    }
}

fn vectors(inputs: &[PortInfo]) -> Vec<Vec<u32>> {
    support::random(inputs, &range, VECTORS)
}

fn synapse() -> Dut {
    dut!(
        Synapse,
        "synapse",
        [i, inject, i_dec_m, i_dec_h, i_dec_s, i_max, i_min],
        [i_next, i_sat],
        vectors
    )
}

fn synapse_truncate() -> Dut {
    dut!(
        SynapseTruncate,
        "synapse_truncate",
        [i, inject, i_dec_m, i_dec_s, i_max, i_min],
        [i_next, i_sat],
        vectors
    )
}

fn felif() -> Dut {
    dut!(
        Felif,
        "felif",
        [
            v, refr, p, i_next, i_sat, in_m, in_h, in_s, leak_m, leak_h, leak_s, xv_m, xv_h, xv_s,
            xp_m, xp_h, xp_s, x0, xc, kap_m, kap_h, kap_s, v_th, v_floor, v_max, pre, p_one, p_max,
            p_round, v_round
        ],
        [
            v_moved, p_moved, refr_left, spike, saturated, up_flow, up_sign, up_mant, up_shift,
            down_flow, down_sign, down_mant, down_shift, active
        ],
        vectors
    )
}

fn lif() -> Dut {
    dut!(
        Lif,
        "lif",
        [
            v, refr, i_next, i_sat, in_m, in_h, in_s, leak_m, leak_h, leak_s, v_th, v_floor, v_max,
            pre, v_round
        ],
        [v_moved, refr_left, spike, saturated, active],
        vectors
    )
}

fn lif_truncate() -> Dut {
    dut!(
        LifTruncate,
        "lif_truncate",
        [
            v, refr, i_next, i_sat, in_m, in_s, leak_m, leak_s, v_th, v_floor, v_max, pre
        ],
        [v_moved, refr_left, spike, saturated, active],
        vectors
    )
}

fn membrane_reset() -> Dut {
    dut!(
        MembraneReset,
        "membrane_reset",
        [spike, v_moved, refr_left, v_reset, t_ref],
        [v_next, refr_next],
        vectors
    )
}

fn occupation_reset() -> Dut {
    dut!(
        OccupationReset,
        "occupation_reset",
        [spike, p_moved, p_reset, keep_p],
        [p_next],
        vectors
    )
}

fn window_count() -> Dut {
    dut!(
        WindowCount,
        "window_count",
        [count, add],
        [count_next],
        vectors
    )
}

fn window_sum() -> Dut {
    dut!(WindowSum, "window_sum", [sum, state], [sum_next], vectors)
}

fn decimator() -> Dut {
    dut!(
        Decimator,
        "decimator",
        [count, window],
        [count_next, first, last],
        vectors
    )
}

fn generator() -> Dut {
    dut!(Generator, "generator", [state], [state_next], vectors)
}

fn draw() -> Dut {
    dut!(Draw, "draw_word", [random, index], [draw], vectors)
}

fn redraw() -> Dut {
    dut!(Redraw, "redraw_word", [draw], [redraw], vectors)
}

fn synapse_offset() -> Dut {
    dut!(
        SynapseOffset,
        "synapse_offset",
        [draw, i_dec_h],
        [i_round],
        vectors
    )
}

fn membrane_offset() -> Dut {
    dut!(
        MembraneOffset,
        "membrane_offset",
        [redraw],
        [v_round],
        vectors
    )
}

fn occupation_offset() -> Dut {
    dut!(
        OccupationOffset,
        "occupation_offset",
        [redraw],
        [p_round],
        vectors
    )
}

fn noise() -> Dut {
    dut!(
        Noise,
        "noise",
        [redraw, noise_m, v_round],
        [v_noisy],
        vectors
    )
}

fn linearisation() -> Dut {
    dut!(
        Linearisation,
        "linearisation",
        [
            up_flow, up_sign, up_mant, up_shift, down_flow, down_sign, down_mant, down_shift,
            active, flow_shift
        ],
        [net_flow, steep_flow, rates],
        vectors
    )
}

fn surrogate() -> Dut {
    dut!(
        Surrogate,
        "surrogate",
        [v_moved, v_th, active, sur_w],
        [nearness],
        vectors
    )
}

fn window_min() -> Dut {
    dut!(
        WindowMin,
        "window_min",
        [least, state],
        [least_next],
        vectors
    )
}

fn window_max() -> Dut {
    dut!(WindowMax, "window_max", [most, state], [most_next], vectors)
}

/// Icarus agrees and no tool complains.
fn check(dut: Dut) {
    support::lint(&dut);
    support::icarus(&[dut]);
}

macro_rules! kernels {
    ($($kernel: ident),*) => {
        mod icarus {
            $(#[test] fn $kernel() { super::check(super::$kernel()); })*
        }

        #[test]
        fn verilator() {
            support::verilator(&[$($kernel()),*]);
        }
    };
}

kernels!(
    synapse,
    synapse_truncate,
    felif,
    lif,
    lif_truncate,
    membrane_reset,
    occupation_reset,
    window_count,
    window_sum,
    decimator,
    generator,
    draw,
    redraw,
    synapse_offset,
    membrane_offset,
    occupation_offset,
    noise,
    linearisation,
    surrogate,
    window_min,
    window_max
);

#[test]
fn printed_synapse() {
    insta::assert_snapshot!(synapse().verilog);
}

/// The vectors reach every event: spikes, refractory holds, clamps of each kind, ends of windows.
#[test]
fn vectors_reach_every_event() {
    for (dut, output, value) in [
        (synapse(), "i_sat", 1),
        (synapse_truncate(), "i_sat", 1),
        (felif(), "spike", 1),
        (felif(), "saturated", 2),
        (lif(), "spike", 1),
        (lif(), "saturated", 2),
        (lif_truncate(), "spike", 1),
        (lif_truncate(), "saturated", 2),
        (window_count(), "count_next", (1 << 20) - 1),
        (decimator(), "last", 1),
        (linearisation(), "net_flow", (1 << 19) - 1),
        (linearisation(), "net_flow", (1u32 << 19).wrapping_neg() + 1),
        (linearisation(), "steep_flow", (1 << 20) - 1),
        (linearisation(), "rates", (1 << 20) - 1),
        (surrogate(), "nearness", 0),
    ] {
        let share = dut.share(output, value);
        println!("{} {output} {share}", dut.name);
        assert!(
            (0.01..0.99).contains(&share),
            "{}.{output} = {value} in {share} of the vectors",
            dut.name
        );
    }
}
