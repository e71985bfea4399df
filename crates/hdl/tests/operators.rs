//! Every operator of the back end, for every value of its operands: rust-hdl = Icarus = Verilator.

mod support;

use bruno_hdl::integers::*;
use rust_hdl_core::prelude::{
    In, Local, Logic, LogicBlock, Out, Signal, Synth, ast, block, hdl_gen, logic, probe,
};

/// A block that applies the operators of numbers of one type.
macro_rules! operators {
    ($name: ident, $type: ty) => {
        /// One output an operator.
        #[derive(LogicBlock, Default)]
        struct $name {
            a: Signal<In, $type>,
            b: Signal<In, $type>,
            m: Signal<In, $type>,
            add: Signal<Out, $type>,
            sub: Signal<Out, $type>,
            mul: Signal<Out, $type>,
            and_: Signal<Out, $type>,
            or_: Signal<Out, $type>,
            xor_: Signal<Out, $type>,
            neg: Signal<Out, $type>,
            not_: Signal<Out, $type>,
            shl: Signal<Out, $type>,
            shr: Signal<Out, $type>,
            shl_by: Signal<Out, $type>,
            shr_by: Signal<Out, $type>,
            eq: Signal<Out, bool>,
            ne: Signal<Out, bool>,
            lt: Signal<Out, bool>,
            le: Signal<Out, bool>,
            ge: Signal<Out, bool>,
            gt: Signal<Out, bool>,
            bit3: Signal<Out, bool>,
            masked: Signal<Out, bool>,
            wraps: Signal<Out, bool>,
            logical: Signal<Out, bool>,
            nested: Signal<Out, $type>,
            shifted_sum: Signal<Out, $type>,
            chosen: Signal<Out, $type>,
            next_: Signal<Local, $type>,
            zero: Signal<Local, $type>,
        }

        impl Logic for $name {
            #[hdl_gen]
            fn update(&mut self) {
                self.add.next = self.a.val() + self.b.val();
                self.sub.next = self.a.val() - self.b.val();
                self.mul.next = self.a.val() * self.b.val();
                self.and_.next = self.a.val() & self.b.val();
                self.or_.next = self.a.val() | self.b.val();
                self.xor_.next = self.a.val() ^ self.b.val();
                self.neg.next = -self.a.val();
                self.not_.next = !self.a.val();
                self.shl.next = self.a.val() << self.b.val();
                self.shr.next = self.a.val() >> self.b.val();
                self.shl_by.next = self.a.val() << 1;
                self.shr_by.next = self.a.val() >> 2;
                self.eq.next = self.a.val() == self.b.val();
                self.ne.next = self.a.val() != self.b.val();
                self.lt.next = self.a.val() < self.b.val();
                self.le.next = self.a.val() <= self.b.val();
                self.ge.next = self.a.val() >= self.b.val();
                self.gt.next = self.a.val() > self.b.val();
                self.bit3.next = self.a.val().get_bit(3);
                self.zero.next = self.a.val() ^ self.a.val();
                self.masked.next = (self.a.val() & self.m.val()) == self.b.val();
                self.wraps.next = (self.a.val() + 1) == self.zero.val();
                self.logical.next = self.a.val() == self.b.val()
                    || !(self.a.val() < self.m.val() && self.b.val() < self.m.val());
                self.nested.next =
                    (self.a.val() - (self.b.val() - self.m.val())) * (self.a.val() + self.b.val());
                self.shifted_sum.next =
                    ((self.a.val() + self.b.val()) >> 1) - (self.m.val() >> self.b.val());
                self.next_.next = self.a.val() + 1;
                if self.next_.val() < self.b.val() {
                    self.chosen.next = self.m.val();
                } else if self.a.val() == self.m.val() {
                    self.chosen.next = self.b.val() - 3;
                } else {
                    self.chosen.next = -self.next_.val();
                }
            }
        }
    };
}

operators!(Signed4, S<4>);
operators!(Unsigned4, U<4>);

/// Changes of type.
#[derive(LogicBlock, Default)]
struct Casts {
    s: Signal<In, S<4>>,
    u: Signal<In, U<4>>,
    f: Signal<In, bool>,
    s_wide: Signal<Out, S<7>>,
    s_cut: Signal<Out, S<2>>,
    s_one: Signal<Out, S<1>>,
    u_wide: Signal<Out, U<7>>,
    u_cut: Signal<Out, U<3>>,
    to_s: Signal<Out, S<4>>,
    to_u: Signal<Out, U<4>>,
    sum_wide: Signal<Out, S<7>>,
    shr_unsigned: Signal<Out, U<4>>,
    mixed: Signal<Out, S<7>>,
    product: Signal<Out, S<7>>,
    either: Signal<Out, bool>,
    flag: Signal<Out, U<4>>,
}

impl Logic for Casts {
    #[hdl_gen]
    fn update(&mut self) {
        self.s_wide.next = bits_signed::<7, 4>(self.s.val());
        self.s_cut.next = bits_signed::<2, 4>(self.s.val());
        self.s_one.next = bits_signed::<1, 4>(self.s.val());
        self.u_wide.next = bits_unsigned::<7, 4>(self.u.val());
        self.u_cut.next = bits_unsigned::<3, 4>(self.u.val());
        self.to_s.next = signed_cast(self.u.val());
        self.to_u.next = unsigned_cast(self.s.val());
        self.sum_wide.next = bits_signed::<7, 4>(self.s.val()) + 5;
        self.shr_unsigned.next = unsigned_cast(self.s.val() >> 1) + (self.u.val() >> 1);
        self.mixed.next =
            bits_signed::<7, 4>(self.s.val()) - (self.s_wide.val() >> 1) + self.s_wide.val();
        self.product.next = bits_signed::<7, 4>(self.s.val()) * self.s_wide.val();
        self.either.next = self.f.val() | (self.s.val() < self.to_s.val());
        self.flag.next = bits_of_flag::<4>(self.f.val());
    }
}

fn duts() -> Vec<support::Dut> {
    macro_rules! four {
        ($type: ty, $name: literal) => {
            dut!(
                $type,
                $name,
                [a, b, m],
                [
                    add,
                    sub,
                    mul,
                    and_,
                    or_,
                    xor_,
                    neg,
                    not_,
                    shl,
                    shr,
                    shl_by,
                    shr_by,
                    eq,
                    ne,
                    lt,
                    le,
                    ge,
                    gt,
                    bit3,
                    masked,
                    wraps,
                    logical,
                    nested,
                    shifted_sum,
                    chosen
                ],
                support::exhaustive
            )
        };
    }
    vec![
        four!(Signed4, "signed4"),
        four!(Unsigned4, "unsigned4"),
        dut!(
            Casts,
            "casts",
            [s, u, f],
            [
                s_wide,
                s_cut,
                s_one,
                u_wide,
                u_cut,
                to_s,
                to_u,
                sum_wide,
                shr_unsigned,
                mixed,
                product,
                either,
                flag
            ],
            support::exhaustive
        ),
    ]
}

#[test]
fn rust_hdl_equals_icarus() {
    support::icarus(&duts());
}

#[test]
fn rust_hdl_equals_verilator() {
    support::verilator(&duts());
}

#[test]
fn no_tool_complains() {
    duts().iter().for_each(support::lint);
}

/// The bench sees a wrong operator.
#[test]
#[should_panic(expected = "DIFFERENT signed4")]
fn a_seeded_fault_is_found() {
    let mut faulty = duts();
    faulty[0].verilog = faulty[0].verilog.replace(">>>", ">>");
    support::icarus(&faulty);
}
