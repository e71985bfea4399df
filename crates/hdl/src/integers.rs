//! Integers of a fixed width for rust-hdl kernels: `S<N>` (two's complement) and `U<N>`, up to 32 bits.
//!
//! rust-hdl's own `Signed` has no arithmetic right shift and few products. Arithmetic wraps at N bits, as the printed
//! Verilog does; a shift amount counts modulo 32.

use rust_hdl_core::ast::VerilogLiteral;
use rust_hdl_core::prelude::*;
use rust_hdl_core::synth::VCDValue;
use std::ops::{Add, BitAnd, BitOr, BitXor, Mul, Neg, Not, Shl, Shr, Sub};

/// Signed integer of N bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct S<const N: usize>(i64);

/// Unsigned integer of N bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct U<const N: usize>(i64);

impl<const N: usize> S<N> {
    /// The integer congruent to `value` modulo 2^N.
    pub fn new(value: i64) -> Self {
        Self(value << (64 - N) >> (64 - N))
    }
}

impl<const N: usize> U<N> {
    /// The integer congruent to `value` modulo 2^N.
    pub fn new(value: i64) -> Self {
        Self(value & ((1 << N) - 1))
    }
}

/// Reads the low N bits as a signed number (printed as `$signed`).
pub fn signed_cast<const N: usize>(x: U<N>) -> S<N> {
    S::new(x.0)
}

/// Reads the bits as an unsigned number (printed as `$unsigned`).
pub fn unsigned_cast<const N: usize>(x: S<N>) -> U<N> {
    U::new(x.0)
}

/// Sign-extends or truncates a named signal to M bits.
pub fn bits_signed<const M: usize, const N: usize>(x: S<N>) -> S<M> {
    S::new(x.0)
}

/// Zero-extends or truncates a named signal to M bits.
pub fn bits_unsigned<const M: usize, const N: usize>(x: U<N>) -> U<M> {
    U::new(x.0)
}

/// A bit as a number of M bits.
pub fn bits_of_flag<const M: usize>(x: bool) -> U<M> {
    U::new(i64::from(x))
}

macro_rules! operator {
    ($type: ident, $trait: ident, $method: ident, $f: expr) => {
        impl<const N: usize> $trait for $type<N> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                let f: fn(i64, i64) -> i64 = $f;
                Self::new(f(self.0, other.0))
            }
        }
        impl<const N: usize> $trait<i32> for $type<N> {
            type Output = Self;
            fn $method(self, other: i32) -> Self {
                let f: fn(i64, i64) -> i64 = $f;
                Self::new(f(self.0, i64::from(other)))
            }
        }
    };
}

macro_rules! integer {
    ($type: ident, $kind: ident) => {
        operator!($type, Add, add, |a, b| a.wrapping_add(b));
        operator!($type, Sub, sub, |a, b| a.wrapping_sub(b));
        operator!($type, Mul, mul, |a, b| a.wrapping_mul(b));
        operator!($type, BitAnd, bitand, |a, b| a & b);
        operator!($type, BitOr, bitor, |a, b| a | b);
        operator!($type, BitXor, bitxor, |a, b| a ^ b);
        // The value is held extended, so the shift of i64 is arithmetic for S and logical for U.
        operator!($type, Shr, shr, |a, b| a >> (b & 31));
        operator!($type, Shl, shl, |a, b| a << (b & 31));

        impl<const N: usize> $type<N> {
            /// The value as a machine integer.
            pub fn value(self) -> i64 {
                self.0
            }
            /// Bit `index`.
            pub fn get_bit(self, index: usize) -> bool {
                (self.0 >> index) & 1 == 1
            }
        }
        impl<const N: usize> From<i32> for $type<N> {
            fn from(value: i32) -> Self {
                Self::new(i64::from(value))
            }
        }
        impl<const N: usize> PartialEq<i32> for $type<N> {
            fn eq(&self, other: &i32) -> bool {
                self.0 == i64::from(*other)
            }
        }
        impl<const N: usize> PartialOrd<i32> for $type<N> {
            fn partial_cmp(&self, other: &i32) -> Option<std::cmp::Ordering> {
                self.0.partial_cmp(&i64::from(*other))
            }
        }
        impl<const N: usize> Neg for $type<N> {
            type Output = Self;
            fn neg(self) -> Self {
                Self::new(-self.0)
            }
        }
        impl<const N: usize> Not for $type<N> {
            type Output = Self;
            fn not(self) -> Self {
                Self::new(!self.0)
            }
        }
        impl<const N: usize> Synth for $type<N> {
            const BITS: usize = N;
            fn descriptor() -> TypeDescriptor {
                TypeDescriptor {
                    name: format!("{}<{N}>", stringify!($type)),
                    kind: TypeKind::$kind(N),
                }
            }
            fn vcd(self) -> VCDValue {
                let bit = |index| vcd::Value::from(self.get_bit(index));
                VCDValue::Vector((0..N).rev().map(bit).collect())
            }
            fn verilog(self) -> VerilogLiteral {
                (U::<N>::new(self.0).0 as u64).into()
            }
        }
    };
}

integer!(S, Signed);
integer!(U, Bits);
