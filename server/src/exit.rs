//! Exit codes: documented, tested, the same for every command.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok,
    /// Failed.
    Failure,
    /// Wrong words on the command line.
    Usage,
    /// Done, but some rows were set aside, or some streams did not come through.
    Partial,
    /// What was named does not exist.
    NotFound,
    /// The key does not carry the right.
    Denied,
    /// A source or the store cannot be reached: nothing was done.
    Unavailable,
    /// May succeed when tried again.
    Retryable,
    /// The configuration is wrong.
    Config,
    /// Interrupted.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

impl Exit {
    /// The number the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Ok => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Partial => 3,
            Exit::NotFound => 4,
            Exit::Denied => 5,
            Exit::Unavailable => 69,
            Exit::Retryable => 75,
            Exit::Config => 78,
            Exit::Interrupted => 130,
        }
    }
}
