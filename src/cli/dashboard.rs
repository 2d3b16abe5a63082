//! The dashboard on the configured printers.

use super::{
    Global,
    output::{Failure, OK},
};
use crate::{
    app::{App, Outcome, Setup},
    config::Config,
    state::{
        printer::WatchdogTimeouts,
        settings::{MouseMode, Settings},
        view::keymap::Keymap,
    },
    storage::Database,
    terminal::{
        self,
        screen::{self, Screen},
    },
};
use std::io::{self, IsTerminal};

pub(super) async fn run(global: &Global) -> Result<u8, Failure> {
    need_terminal()?;
    let loaded = global.load_with_hooks()?;
    let mut setup = setup(global, loaded.config);
    setup.config_stamp = loaded.stamp;
    setup.config_path = Some(global.config_path()?);
    setup.pins = Some(Global::state_file("known_printers")?);
    setup.storage = Some(Database::open(&Global::state_folder()?));
    setup.journal = true;
    setup.texts = Some(super::cache_folder()?);
    setup.warnings = loaded.warnings;
    super::account::use_cloud(&mut setup)?;
    match show(global, setup).await? {
        Outcome::StartDemo => Box::pin(super::demo::run(global, &super::demo::Plan::default())).await,
        Outcome::Exit(code) => Ok(code),
        Outcome::Quit => Ok(OK),
    }
}

/// A dashboard needs a terminal on both ends.
pub(super) fn need_terminal() -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage("the dashboard needs a terminal; without one use `bambu-tui status --json`"))
}

/// What the configuration and the terminal make of the program.
pub(super) fn setup(global: &Global, config: Config) -> Setup {
    // Those of the file were judged when it was read.
    let keymap = Keymap::with_overrides(&config.keys).unwrap_or_default();
    let abilities = terminal::abilities(&Global::env);
    let ui = config.ui;
    let settings = Settings {
        theme: ui.theme,
        own: ui.own,
        colors: global.color.0.unwrap_or(abilities.colors),
        ascii: global.ascii || abilities.ascii,
        units: ui.temperature,
        clock: ui.clock,
        camera: ui.camera,
        confirm: ui.confirm,
        remote: abilities.remote,
        links: abilities.links,
        read_only: global.read_only,
        demo: false,
    };
    let mouse = match ui.mouse {
        MouseMode::Auto => !abilities.remote,
        MouseMode::On => true,
        MouseMode::Off => false,
    };
    let scratch = Global::state_file("scratch").ok();
    let trust_new = global.trust_new;
    let (network, timeouts) = (global.network.clone(), WatchdogTimeouts::default());
    Setup {
        config,
        settings,
        keymap,
        mouse,
        trust_new,
        scratch,
        network,
        watchdog_timeouts: timeouts,
        ..Setup::default()
    }
}

/// Takes the terminal, runs the loop, and gives the terminal back whatever happens.
pub(super) async fn show(global: &Global, setup: Setup) -> Result<Outcome, Failure> {
    let log = global.start_log();
    terminal::install_panic_hook(log);
    let abilities = terminal::Abilities { colors: setup.settings.colors, ..terminal::abilities(&Global::env) };
    let attention = setup.config.notifications;
    let notices = terminal::notices(&Global::env).with(attention.code);
    let mouse = setup.mouse;
    terminal::enter(mouse)?;
    let result = async {
        let screen = Screen::new(terminal::screen()?, screen::keyboard()?, abilities, mouse)?;
        let screen = screen.with_attention(attention, notices);
        #[cfg(unix)]
        let screen = screen.with_job_control()?;
        App::new(setup, screen)?.run(Box::pin(super::stop_signal())).await
    }
    .await;
    terminal::restore();
    Ok(result?)
}
