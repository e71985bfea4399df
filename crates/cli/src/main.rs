//! The command line `bruno` (under construction).

fn main() {}
