//! How each stream is doing: a state, numbers, and the last message, for progress bars, for the store, for reports.

use contract::SourceId;
use messages::{Lang, Message};

use crate::clock::Timestamp;
use crate::store::{Applied, StreamNumber, StreamStatus};

/// The state of a stream.
///
/// | state | leaves it by |
/// |---|---|
/// | waiting, idle | its turn → reading |
/// | reading | complete → idle; failed → resting or stopped; not believed → held; soft stop → waiting |
/// | resting | its time → reading |
/// | stopped | the next turn, if what stopped it is mended → reading |
/// | held | an operator: → waiting, or → accepted; a lost file came back → idle |
/// | accepted | the next reading, whatever vanished → idle |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamState {
    /// It has not been read completely yet, or waits for its turn.
    Waiting,
    /// It is being read.
    Reading,
    /// Its last reading is complete.
    Idle,
    /// Its source failed, or is outside its hours; it is tried again.
    Resting,
    /// It cannot be read until something changes: its columns, the source's rights, the credential.
    Stopped,
    /// So much vanished, or was set aside, that an operator must look. It is not read, unless it waits for a file.
    Held,
    /// An operator looked: the next reading is believed.
    Accepted,
}

impl StreamState {
    /// All.
    pub const ALL: [StreamState; 7] = [
        StreamState::Waiting,
        StreamState::Reading,
        StreamState::Idle,
        StreamState::Resting,
        StreamState::Stopped,
        StreamState::Held,
        StreamState::Accepted,
    ];

    /// Its word in the store, the API and configuration; stable for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            StreamState::Waiting => "waiting",
            StreamState::Reading => "reading",
            StreamState::Idle => "idle",
            StreamState::Resting => "resting",
            StreamState::Stopped => "stopped",
            StreamState::Held => "held",
            StreamState::Accepted => "accepted",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<StreamState> {
        StreamState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// How one stream is doing.
#[derive(Clone, Debug)]
pub struct StreamProgress {
    /// The store's number of it.
    pub number: StreamNumber,
    /// Its source.
    pub source: SourceId,
    /// Its name inside the source.
    pub stream: String,
    /// The kind it feeds.
    pub kind: String,
    /// The department whose database it is.
    pub department: String,
    /// Its state.
    pub state: StreamState,
    /// Since when.
    pub since: Timestamp,
    /// Why, where there is a reason.
    pub message: Option<Message>,
    /// Begin of the last reading.
    pub started_at: Option<Timestamp>,
    /// End of the last complete reading.
    pub finished_at: Option<Timestamp>,
    /// Rows received in this or the last reading.
    pub n_received: u64,
    /// Rows the source is said to have.
    pub n_estimated: Option<u64>,
    /// Rows known and found as they were.
    pub n_unchanged: u64,
    /// What this or the last reading did to the store.
    pub applied: Applied,
    /// Rows per second of this or the last reading.
    pub rows_per_second: f64,
    /// Columns the source gained since the last reading, for people.
    pub added_columns: Vec<String>,
    /// Panics caught in its readings.
    pub n_panics: u64,
}

impl StreamProgress {
    /// Rows still to come, where the source says how many it has.
    #[must_use]
    pub fn n_remaining(&self) -> Option<u64> {
        self.n_estimated.map(|all| all.saturating_sub(self.n_received))
    }

    /// Whether the last reading went through.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state == StreamState::Idle
    }

    /// What the store keeps of it.
    pub(super) fn stored(&self) -> StreamStatus {
        StreamStatus {
            state: self.state.word().to_owned(),
            since: self.since,
            message: self.message.as_ref().map(encode),
            started_at: self.started_at,
            finished_at: self.finished_at,
            n_read: i64::try_from(self.n_received).unwrap_or(i64::MAX),
            n_rows: self.n_estimated.map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
        }
    }

    /// Takes over what the store kept.
    pub(super) fn restore(&mut self, status: &StreamStatus) {
        self.state = match StreamState::of_word(&status.state) {
            // Whoever was reading is no more.
            Some(StreamState::Reading) | None => StreamState::Waiting,
            Some(state) => state,
        };
        self.since = status.since;
        self.message = status.message.as_deref().and_then(message_of_status);
        self.started_at = status.started_at;
        self.finished_at = status.finished_at;
        self.n_received = u64::try_from(status.n_read).unwrap_or(0);
        self.n_estimated = status.n_rows.and_then(|n| u64::try_from(n).ok());
    }
}

/// A message as a stream's stored status keeps it: JSON of code and arguments, so that it can be rendered in any
/// language. Read it with [`message_of_status`].
pub(super) fn encode(message: &Message) -> String {
    let args: Vec<(&str, &str)> = message.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    serde_json::to_string(&(message.code, args)).unwrap_or_default()
}

/// The message of [`StreamStatus::message`]; `None` for a text that is none, or whose code this program does not have.
#[must_use]
pub fn message_of_status(text: &str) -> Option<Message> {
    let (code, args): (String, Vec<(String, String)>) = serde_json::from_str(text).ok()?;
    let code = messages::all_codes().find(|known| *known == code)?;
    let places = messages::places(messages::text(code, Lang::En)?);
    let args = args
        .into_iter()
        .filter_map(|(name, value)| Some((places.iter().copied().find(|place| *place == name)?, value)))
        .collect();
    Some(Message { code, args })
}
