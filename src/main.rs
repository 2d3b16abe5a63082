//! The `bambu-tui` program.

fn main() {}
