//! Why a reading broke off, and what follows for the stream.

use std::fmt::Display;
use std::time::Duration;

use contract::{ReadError, Refusal, Retry};
use messages::{Message, Problem};

use crate::clock::Timestamp;
use crate::sources::NotNow;
use crate::store::StoreError;

use super::status::StreamState;

/// What a stream says under which the store failed.
pub(super) const STORE_FAILED: &str = "TJ-S213";

/// How a reading ended that did not break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The whole stream was read, and what changed is durable.
    Complete,
    /// Somebody asked to stop; what was received is durable.
    Interrupted,
}

/// Why a reading broke off.
#[derive(Debug)]
pub(super) enum Broken {
    /// The source may not be read now.
    NotNow(NotNow),
    /// The source failed.
    Source(ReadError),
    /// The stream is not what the mapping needs.
    Drift(Vec<Problem>),
    /// The reading is complete, but so much vanished that it is not believed.
    Held(Message),
    /// The store failed; nothing of the batch is in it.
    Store(StoreError),
    /// A part of the program failed on it.
    Panicked,
    /// Somebody asked to give up.
    GivenUp,
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Broken {
        Broken::Store(error)
    }
}

/// What follows.
#[derive(Clone, Debug)]
pub(super) struct Consequence {
    /// The stream's state from now on.
    pub(super) state: StreamState,
    /// Why, for people.
    pub(super) message: Option<Message>,
    /// The same may succeed at once or after this time.
    pub(super) again: Option<Duration>,
}

impl Broken {
    /// Whether nobody was there to answer.
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(self, Broken::Source(ReadError::Connect { .. }))
    }

    /// Why the stream rests, for people, where it is known that it is tried again at this moment.
    pub(super) fn message_until(&self, at: Timestamp) -> Option<Message> {
        const SECOND: i64 = 1_000_000;
        let at = Timestamp(at.0.saturating_add(SECOND - 1).div_euclid(SECOND).saturating_mul(SECOND));
        let of = |code, words: &dyn Display| Some(Message::new(code).with("at", at).with("words", words));
        match self {
            Broken::Source(ReadError::Connect { words }) => of("TJ-S224", words),
            Broken::Source(error) => of_source(error).message.and_then(|words| of("TJ-S225", &words)),
            Broken::NotNow(NotNow::Resting { words, .. }) => of("TJ-S225", words),
            Broken::NotNow(NotNow::OutsideHours { .. } | NotNow::Stopped { .. })
            | Broken::Drift(_)
            | Broken::Held(_)
            | Broken::Store(_)
            | Broken::Panicked
            | Broken::GivenUp => self.consequence().message,
        }
    }

    /// | broken by | state | tried again in the same turn |
    /// |---|---|---|
    /// | a failure that passes (source or store) | resting | yes |
    /// | a refusal | stopped | no; credential and TLS refusals count for the source's breaker |
    /// | columns, stream, file not as needed | stopped | no; looked at again at the next turn |
    /// | too much vanished | held | no |
    /// | hours, breaker | resting or stopped | after a rest |
    /// | a panic | resting | no |
    pub(super) fn consequence(&self) -> Consequence {
        let of = |state, message, again| Consequence { state, message: Some(message), again };
        match self {
            Broken::NotNow(NotNow::OutsideHours { opens_in_minutes }) => {
                of(StreamState::Resting, Message::new("TJ-S215").with("minutes", opens_in_minutes), None)
            }
            Broken::NotNow(NotNow::Resting { until, words }) => {
                let rest = until.saturating_duration_since(tokio::time::Instant::now());
                of(StreamState::Resting, Message::new("TJ-S208").with("words", words), Some(rest))
            }
            Broken::NotNow(NotNow::Stopped { words, .. }) => {
                of(StreamState::Stopped, Message::new("TJ-S216").with("words", words), None)
            }
            Broken::Source(error) => of_source(error),
            Broken::Drift(problems) => of(StreamState::Stopped, drift(problems), None),
            Broken::Held(message) => of(StreamState::Held, message.clone(), None),
            Broken::Store(error) => {
                let again = match error.retry() {
                    Retry::After(rest) => Some(rest),
                    Retry::Never => None,
                };
                of(StreamState::Resting, Message::new(STORE_FAILED).with("words", error.message()), again)
            }
            Broken::Panicked => of(StreamState::Resting, Message::new("TJ-S214"), None),
            Broken::GivenUp => Consequence { state: StreamState::Waiting, message: None, again: None },
        }
    }
}

fn of_source(error: &ReadError) -> Consequence {
    let message = match error {
        ReadError::Connect { words } => Message::new("TJ-S201").with("words", words),
        ReadError::Refused { refusal, words } => {
            let code = match refusal {
                Refusal::Credential => "TJ-S202",
                Refusal::Right => "TJ-S203",
                Refusal::Tls => "TJ-S204",
            };
            Message::new(code).with("words", words)
        }
        ReadError::TimedOut { seconds, doing } => {
            Message::new("TJ-S205").with("seconds", seconds).with("doing", doing)
        }
        ReadError::NoStream { stream } => Message::new("TJ-S206").with("stream", stream),
        ReadError::NoColumn { stream, column } => {
            Message::new("TJ-S207").with("stream", stream).with("column", column)
        }
        ReadError::Source { words, .. } => Message::new("TJ-S208").with("words", words),
        ReadError::Malformed { words } => Message::new("TJ-S209").with("words", words),
        ReadError::OpenQuote { file, line } => Message::new("TJ-S223").with("file", file).with("line", line),
        ReadError::Unsupported { what } => Message::new("TJ-S212").with("what", what),
    };
    let (state, again) = match (error, error.retry()) {
        (ReadError::Refused { .. }, _) | (_, Retry::Never) => (StreamState::Stopped, None),
        (_, Retry::After(rest)) => (StreamState::Resting, Some(rest)),
    };
    Consequence { state, message: Some(message), again }
}

/// Missing columns in one message, with what may be meant; anything else is said as it is.
fn drift(problems: &[Problem]) -> Message {
    let arg = |problem: &Problem, name: &str| {
        problem.message.args.iter().find(|(arg, _)| *arg == name).map(|(_, value)| value.clone())
    };
    let missing: Vec<String> = problems
        .iter()
        .filter(|problem| matches!(problem.message.code, "TJ-D114" | "TJ-D115"))
        .filter_map(|problem| {
            let column = arg(problem, "column")?;
            let cure = problem.cure.as_ref().and_then(|cure| cure.args.first());
            Some(match cure {
                Some((_, instead)) if !instead.is_empty() => format!("{column} (→ {instead}?)"),
                Some(_) | None => column,
            })
        })
        .collect();
    match problems.first() {
        Some(_) if !missing.is_empty() => Message::new("TJ-S217").with("columns", missing.join(", ")),
        Some(problem) => problem.message.clone(),
        None => Message::new("TJ-S217").with("columns", ""),
    }
}
