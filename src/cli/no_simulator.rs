//! What stands in for the simulator where it was left out of the build: a sentence that says how to get it.

use super::{Global, output::Failure};
use clap::Args;

// Any arguments: whoever gives them shall hear that there is no simulator, not that one of them is unknown.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Plan {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    any: Vec<String>,
}

#[expect(clippy::unused_async, reason = "the simulator's are async")]
pub(super) async fn run(_: &Global, plan: &Plan) -> Result<u8, Failure> {
    let _ = &plan.any;
    Err(Failure::usage(
        "this build has no simulated printers; for them, build it with the cargo feature `simulator`, which is on by default",
    ))
}
