//! What the back end refuses to print, and how it says so.

use bruno_hdl::integers::*;
use rust_hdl_core::prelude::{
    In, Local, Logic, LogicBlock, Out, Signal, Synth, ast, block, hdl_gen, logic, probe,
};

/// A block of one statement.
macro_rules! refused {
    ($name: ident, $message: literal, $($update: tt)*) => {
        #[test]
        #[allow(non_snake_case)]
        fn $name() {
            #[derive(LogicBlock, Default)]
            struct Kernel {
                a: Signal<In, S<8>>,
                b: Signal<In, S<8>>,
                f: Signal<In, bool>,
                y: Signal<Out, S<8>>,
                z: Signal<Out, bool>,
                t: Signal<Local, S<8>>,
            }
            impl Logic for Kernel {
                $($update)*
            }
            let error = bruno_hdl::module("refused", &Kernel::default()).unwrap_err();
            assert_eq!(error.to_string().split(" (a bug").next(), Some($message));
        }
    };
}

refused!(
    shift_by_an_expression,
    "kernel `k`: a shift by an expression: name it first",
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.a.val() >> (self.b.val() + 1);
    }
);
refused!(
    cast_of_an_expression,
    "kernel `k`: a cast of an expression: name it first",
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = bits_signed::<8, 8>(self.a.val() + self.b.val());
    }
);
refused!(
    bit_of_an_expression,
    "kernel `k`: a bit that is not a literal index into a named signal",
    #[hdl_gen]
    fn update(&mut self) {
        self.z.next = (self.a.val() + self.b.val()).get_bit(3);
    }
);
refused!(
    bit_out_of_range,
    "kernel `k`: a bit that is not a literal index into a named signal",
    #[hdl_gen]
    fn update(&mut self) {
        self.z.next = self.a.val().get_bit(8);
    }
);

#[test]
fn block_without_a_kernel() {
    #[derive(LogicBlock, Default)]
    struct Empty {
        a: Signal<In, bool>,
    }
    impl Logic for Empty {
        fn update(&mut self) {}
    }
    let error = bruno_hdl::module("refused", &Empty::default()).unwrap_err();
    assert!(
        error.to_string().contains("a block without a kernel"),
        "{error}"
    );
}
