//! What the Verilog back end refuses. Each is a fault of a kernel, never of a user's chip.

/// A kernel that cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HdlError {
    /// A construct without a meaning in the back end.
    #[error("kernel `{kernel}`: {what} (a bug in bruno: please report it)")]
    Unsupported {
        /// The kernel.
        kernel: String,
        /// The construct.
        what: String,
    },
    /// An operation on operands of different types.
    #[error(
        "kernel `{kernel}`: `{expression}` mixes {left} and {right} (a bug in bruno: please report it)"
    )]
    Mixed {
        /// The kernel.
        kernel: String,
        /// The expression as printed so far.
        expression: String,
        /// Type of the left operand.
        left: String,
        /// Type of the right operand.
        right: String,
    },
    /// A port without a binding, or an output that no kernel has.
    #[error("`{0}` is not bound to anything (a bug in bruno: please report it)")]
    Unbound(String),
}
