//! The command line: arguments → the same app → words or JSON.

mod account;
mod ams;
mod camera;
mod config;
mod dashboard;
#[cfg(feature = "simulator")]
mod demo;
mod device;
mod explain;
mod firmware;
mod headless;
mod help;
mod history;
mod journal;
mod json;
mod messages;
#[cfg(not(feature = "simulator"))]
mod no_simulator;
mod objects;
mod orders;
mod output;
mod printers;
mod projects;
mod resolve;
mod select;
#[cfg(feature = "simulator")]
mod simulate;
mod snapshot;
mod status;
mod table;

use crate::{
    config as configuration,
    config::{Keys, Loaded, Outside, Problem, Problems, System},
    state::{command::action::PrintAction, settings::ColorDepth, view::keymap::Keymap},
    storage::private_files,
};
use clap::{Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand};
#[cfg(not(feature = "simulator"))]
use no_simulator as demo;
use output::Failure;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::{io, path::PathBuf, process::ExitCode};
use tokio::runtime::{Builder, Handle, Runtime};

/// What the shell is told; a promise to scripts.
const EXIT_CODES: &str = "Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration, 3 printer unreachable, \
    4 refused by the printer or not confirmed.";

/// A terminal dashboard for Bambu Lab 3D printers.
#[derive(Debug, Parser)]
#[command(name = "bambu-tui", version, about, max_term_width = 100)]
#[command(after_help = format!("Without a command: the dashboard on the configured printers.\n{EXIT_CODES}"))]
pub struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Verb>,
}

/// Flags that every command knows.
#[derive(Debug, Clone, Args)]
struct Global {
    /// Configuration file (default: see `config path`)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Log file (default: bambu-tui.log in the state directory)
    #[arg(long, global = true, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Colours of the terminal
    #[arg(long, global = true, value_name = "auto|never|16|256|true", default_value = "auto", value_parser = colour)]
    color: ColorChoice,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    ascii: bool,
    /// Send no control command; the screen says so
    #[arg(long, global = true)]
    read_only: bool,
    /// Pin new certificates of configured printers without a question, also self-made ones
    #[arg(long, global = true)]
    trust_new: bool,
    /// Where everything runs that is not the program's loop
    #[arg(skip)]
    network: Option<Handle>,
}

/// `--color`; `None` is automatic.
#[derive(Debug, Clone, Copy)]
struct ColorChoice(Option<ColorDepth>);

fn colour(text: &str) -> Result<ColorChoice, String> {
    match text {
        "auto" => Ok(ColorChoice(None)),
        other => ColorDepth::from_name(other)
            .map(|depth| ColorChoice(Some(depth)))
            .ok_or_else(|| "must be one of auto, never, 16, 256, true".to_owned()),
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// The dashboard on simulated printers, inside this process
    #[command(after_help = EXIT_CODES)]
    Demo(demo::Plan),
    /// Simulated printers alone, for other clients: prints one line of JSON when ready, runs until SIGINT or SIGTERM
    #[command(after_help = EXIT_CODES)]
    #[cfg(feature = "simulator")]
    Simulate(simulate::SimulateOptions),
    #[cfg(not(feature = "simulator"))]
    Simulate(demo::Plan),
    /// Print what the printers report: a table or JSON, without a screen
    #[command(after_help = EXIT_CODES)]
    Status(status::StatusOptions),
    /// Pause the running print
    #[command(after_help = EXIT_CODES)]
    Pause(orders::PrintOptions),
    /// Resume the paused print
    #[command(after_help = EXIT_CODES)]
    Resume(orders::PrintOptions),
    /// Stop the print for good
    #[command(after_help = EXIT_CODES)]
    Stop(orders::PrintOptions),
    /// Run any action by name: heat, fans, filament, drying, light …
    Do(orders::DoOptions),
    /// Print the objects of the running print, with their numbers: what `do PRINTER skip` takes
    #[command(after_help = EXIT_CODES)]
    Objects(objects::ObjectsOptions),
    /// Print the filament of a printer: by its own report, else by what the cloud has on record
    #[command(after_help = EXIT_CODES)]
    Ams(ams::AmsOptions),
    /// Take one camera picture: into a file, or onto the terminal
    #[command(after_help = EXIT_CODES)]
    Snapshot(snapshot::SnapshotOptions),
    /// Print what happened: the dashboard's journal, also of earlier days
    Journal(journal::JournalOptions),
    /// Say what an error code means, and what to do about it
    #[command(after_help = EXIT_CODES)]
    Explain(explain::ExplainOptions),
    /// Sign in to the Bambu Lab cloud: its printers appear in the dashboard
    #[command(after_help = EXIT_CODES)]
    Login(account::LoginOptions),
    /// Forget the sign-in to the cloud
    Logout,
    /// Who is signed in to the cloud, and until when
    Whoami(account::WhoamiOptions),
    /// The account's printers and their jobs by the cloud's word, without a connection to any of them
    #[command(after_help = EXIT_CODES)]
    Printers(printers::PrintersOptions),
    /// The prints that the cloud remembers: a list, one of them, or what they add up to
    #[command(after_help = EXIT_CODES)]
    History(history::HistoryOptions),
    /// The account's projects, or one of them with its plates
    #[command(after_help = EXIT_CODES)]
    Projects(projects::ProjectsOptions),
    /// The account's messages
    #[command(after_help = EXIT_CODES)]
    Messages(messages::MessagesOptions),
    /// Firmware of the account's printers and what is on offer, by the cloud's word; nothing is installed
    #[command(after_help = EXIT_CODES)]
    Firmware(firmware::FirmwareOptions),
    /// Give a printer of the account another name
    #[command(after_help = EXIT_CODES)]
    Rename(device::RenameOptions),
    /// Unconfirmed: try to bind a printer to the account with the code on its screen
    #[command(after_help = EXIT_CODES)]
    Bind(device::BindOptions),
    /// Show the credentials of a printer's remote video, which only the vendor's programs can open
    #[command(after_help = EXIT_CODES)]
    CameraCredentials(camera::CameraOptions),
    /// Ask the cloud's API for a path and print the answer, with secrets masked
    Api(account::ApiOptions),
    /// Check, find or explain the configuration file
    #[command(subcommand, after_help = EXIT_CODES)]
    Config(config::Verb),
    /// Print a page of the manual, or the help of a command
    #[command(after_help = EXIT_CODES)]
    Help(help::HelpOptions),
}

/// The command line. `help` of the program is its own, which clap takes for all of its commands; `config` keeps clap's.
fn program() -> Command {
    let config = |config: Command| config.defer(|config| config.disable_help_subcommand(false));
    Arguments::command().disable_help_subcommand(true).mut_subcommand("config", config)
}

/// Where the program runs.
struct Runtimes {
    /// The main thread, which has its keyboard, its timers and its signals for itself: what printers send never keeps a key
    /// waiting.
    main: Runtime,
    /// One thread for everything else. A second would wake and sleep for every other report of a farm, which costs a quarter
    /// more. What takes long goes to threads of its own.
    network: Runtime,
}

impl Runtimes {
    fn new() -> io::Result<Self> {
        let main = Builder::new_current_thread().enable_all().build()?;
        let network = Builder::new_multi_thread().worker_threads(1).thread_name("network").enable_all().build()?;
        Ok(Self { main, network })
    }

    /// Ends what still runs. A thread that waits for the person's keys must not keep the program from ending.
    fn end(self) {
        self.main.shutdown_background();
        self.network.shutdown_background();
    }
}

/// Access codes are in memory: no core file tells them, and on Linux no other program of the person may look. Programs that
/// this one starts may ask for core files again.
#[cfg(unix)]
fn write_no_core() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..getrlimit(Resource::Core) });
    // A system that pipes core files to a program does so whatever the limit is.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Runs a command line and says how it went.
pub fn run() -> ExitCode {
    #[cfg(unix)]
    write_no_core();
    let arguments = Arguments::from_arg_matches(&program().get_matches()).unwrap_or_else(|error| error.exit());
    let result = Runtimes::new().map_err(Failure::from).and_then(|runtimes| {
        let result = runtimes.main.block_on(dispatch(arguments, runtimes.network.handle()));
        runtimes.end();
        result
    });
    output::report(result)
}

async fn dispatch(arguments: Arguments, network: &Handle) -> Result<u8, Failure> {
    let global = Global { network: Some(network.clone()), ..arguments.global };
    // Not on the main thread, which may be waiting for a program that tells a secret.
    #[cfg(unix)]
    network.spawn(end_by_signal());
    // Nothing of a person's is needed to simulate, nor to print an example or the manual.
    let needs_nothing = matches!(
        arguments.command,
        Some(Verb::Simulate(_) | Verb::Help(_) | Verb::Config(config::Verb::Path | config::Verb::Example))
    );
    if !needs_nothing {
        global.tidy();
    }
    match arguments.command {
        None => Box::pin(dashboard::run(&global)).await,
        Some(Verb::Demo(plan)) => Box::pin(demo::run(&global, &plan)).await,
        #[cfg(feature = "simulator")]
        Some(Verb::Simulate(options)) => simulate::run(&global, &options).await,
        #[cfg(not(feature = "simulator"))]
        Some(Verb::Simulate(plan)) => Box::pin(demo::run(&global, &plan)).await,
        Some(Verb::Status(options)) => status::run(&global, options).await,
        Some(Verb::Pause(options)) => orders::run(&global, options, PrintAction::Pause.into()).await,
        Some(Verb::Resume(options)) => orders::run(&global, options, PrintAction::Resume.into()).await,
        Some(Verb::Stop(options)) => orders::run(&global, options, PrintAction::Stop.into()).await,
        Some(Verb::Do(options)) => orders::run_any(&global, options).await,
        Some(Verb::Objects(options)) => objects::run(&global, options).await,
        Some(Verb::Snapshot(options)) => snapshot::run(&global, options).await,
        Some(Verb::Journal(options)) => journal::run(&global, &options),
        Some(Verb::Explain(options)) => explain::run(&global, &options).await,
        Some(Verb::Login(options)) => account::login(&global, options).await,
        Some(Verb::Logout) => account::logout(&global),
        Some(Verb::Whoami(options)) => account::whoami(&global, &options).await,
        Some(Verb::Ams(options)) => ams::run(&global, options).await,
        Some(Verb::Printers(options)) => printers::run(&global, &options).await,
        Some(Verb::History(options)) => history::run(&global, &options).await,
        Some(Verb::Projects(options)) => projects::run(&global, &options).await,
        Some(Verb::Messages(options)) => messages::run(&global, &options).await,
        Some(Verb::Firmware(options)) => firmware::run(&global, &options).await,
        Some(Verb::Rename(options)) => device::rename(&global, &options).await,
        Some(Verb::Bind(options)) => device::bind(&global, &options).await,
        Some(Verb::CameraCredentials(options)) => camera::run(&global, &options).await,
        Some(Verb::Api(options)) => account::api(&global, &options).await,
        Some(Verb::Config(verb)) => config::run(&global, verb),
        Some(Verb::Help(options)) => help::run(&global, &options),
    }
}

impl Global {
    fn env(name: &str) -> Option<String> {
        System.env(name)
    }

    /// Where the configuration is.
    fn config_path(&self) -> Result<PathBuf, Failure> {
        match &self.config {
            Some(path) => Ok(path.clone()),
            None => Ok(folders()?.0.join("config.toml")),
        }
    }

    /// Reads the configuration; a file that was named must exist.
    fn load(&self) -> Result<Loaded, Failure> {
        let path = self.config_path()?;
        let read = configuration::load(&path, self.config.is_some(), &System);
        let keys = read.as_ref().map_or_else(|problems| &problems.keys, |loaded| &loaded.config.keys);
        let wrong = Keymap::with_overrides(keys).err().unwrap_or_default();
        let wrong: Vec<_> = wrong.into_iter().map(|(line, what, cure)| Problem::at(line, what, cure)).collect();
        match read {
            Ok(loaded) if wrong.is_empty() => Ok(loaded),
            Ok(loaded) => Err(Problems::new(&path, wrong, Keys::new()).and(loaded.of_hooks).into()),
            Err(problems) => Err(problems.and(wrong).into()),
        }
    }

    /// The same for those who carry hooks out, to whom every problem with them matters.
    fn load_with_hooks(&self) -> Result<Loaded, Failure> {
        let mut loaded = self.load()?;
        match std::mem::take(&mut loaded.of_hooks) {
            none if none.is_empty() => Ok(loaded),
            wrong => Err(Problems::new(&self.config_path()?, wrong, Keys::new()).into()),
        }
    }

    /// Where the database, logs and learned certificates are kept.
    fn state_folder() -> Result<PathBuf, Failure> {
        Ok(folders()?.1)
    }

    fn state_file(name: &str) -> Result<PathBuf, Failure> {
        Ok(Self::state_folder()?.join(name))
    }

    /// Clears away what a killed run has left in the folders in which files are written and renamed. A folder that a person
    /// keeps, and the scratch folder where it is a link, are nothing of ours: these are not closed to others.
    fn tidy(&self) {
        let scratch = Self::state_file("scratch").ok().filter(|folder| !folder.is_symlink());
        let own = [Self::state_file("").ok(), scratch, cache_folder().ok()];
        own.into_iter().flatten().for_each(|folder| private_files::tidy(&folder));
        if let Ok(config) = self.config_path() {
            private_files::clear(private_files::folder_of(&config));
            if let Ok(target) = private_files::target(&config) {
                private_files::clear(private_files::folder_of(&target));
            }
        }
    }

    /// Starts the log. A log that cannot be written is no reason not to run.
    fn start_log(&self) -> Option<PathBuf> {
        let path = match &self.log {
            Some(path) => path.clone(),
            None => Self::state_file("bambu-tui.log").ok()?,
        };
        match crate::logging::start(&path) {
            Ok(path) => Some(path),
            Err(e) => {
                output::note(&format!("no log: {}: {e}", path.display()));
                None
            }
        }
    }
}

/// Folders for configuration and state, by the XDG rules.
fn folders() -> Result<(PathBuf, PathBuf), Failure> {
    use etcetera::BaseStrategy;
    let base = etcetera::base_strategy::Xdg::new()
        .map_err(|e| Failure::usage(format!("no home directory: {e}; name the file with --config")))?;
    Ok((base.config_dir().join("bambu-tui"), base.state_dir().unwrap_or_else(|| base.data_dir()).join("bambu-tui")))
}

/// Folder for what can be fetched again.
fn cache_folder() -> Result<PathBuf, Failure> {
    use etcetera::BaseStrategy;
    let base = etcetera::base_strategy::Xdg::new().map_err(|e| Failure::usage(format!("no home directory: {e}")))?;
    Ok(base.cache_dir().join("bambu-tui"))
}

/// The next signal of a kind; never, if the kind cannot be listened to.
#[cfg(unix)]
async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Somebody waits for the signals that end the program, and ends it in good order.
#[cfg(unix)]
static STOPS_IN_ORDER: AtomicBool = AtomicBool::new(false);

/// A signal that ends the program ends the programs that it has started for a secret, too: they have groups of their own,
/// which Ctrl-C does not reach. Then it does what it does to every program, unless somebody waits for it.
#[cfg(unix)]
async fn end_by_signal() {
    use signal_hook::{consts, low_level::emulate_default_handler};
    use tokio::signal::unix::{SignalKind, signal};
    let [mut term, mut hang_up, mut interrupt] =
        [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()].map(|kind| signal(kind).ok());
    loop {
        let number = tokio::select! {
            () = next(&mut term) => consts::SIGTERM,
            () = next(&mut hang_up) => consts::SIGHUP,
            () = next(&mut interrupt) => consts::SIGINT,
        };
        configuration::end_programs();
        if !STOPS_IN_ORDER.load(Ordering::Relaxed) && emulate_default_handler(number).is_err() {
            std::process::exit(128 + number);
        }
    }
}

/// Resolves when somebody wants the program to end: SIGTERM, SIGHUP or SIGINT. Listening begins with the call.
#[cfg(unix)]
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    STOPS_IN_ORDER.store(true, Ordering::Relaxed);
    let [mut term, mut hang_up, mut interrupt] =
        [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()].map(|kind| signal(kind).ok());
    async move {
        tokio::select! {
            () = next(&mut term) => {}
            () = next(&mut hang_up) => {}
            () = next(&mut interrupt) => {}
        }
    }
}

#[cfg(not(unix))]
fn stop_signal() -> impl Future<Output = ()> {
    async {
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(all(test, unix))]
mod tests;
