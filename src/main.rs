//! The `bambu-tui` program: see the library's documentation for how it is built.

fn main() -> std::process::ExitCode {
    bambu_tui::run()
}
