//! What was received, matched, waits, speaks of nobody, or was set aside: by stream, department and kind.

use super::session::Param;
use super::{Store, StoreError, StreamNumber};

/// 记名 of a record: whether the party it speaks of is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchState {
    /// Its kind has no party role.
    NotMatched,
    /// 记名成功.
    Linked,
    /// 处理中.
    Waiting,
    /// 记名不成功.
    Nobody,
}

impl MatchState {
    /// As the store keeps it.
    #[must_use]
    pub fn number(self) -> i16 {
        match self {
            MatchState::NotMatched => 0,
            MatchState::Linked => 1,
            MatchState::Waiting => 2,
            MatchState::Nobody => 3,
        }
    }

    /// From the store's number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<MatchState> {
        match number {
            0 => Some(MatchState::NotMatched),
            1 => Some(MatchState::Linked),
            2 => Some(MatchState::Waiting),
            3 => Some(MatchState::Nobody),
            _ => None,
        }
    }
}

/// Counts of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamCounts {
    /// The stream.
    pub stream: StreamNumber,
    /// Its source.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Its department.
    pub department: String,
    /// The kind it feeds.
    pub kind: String,
    /// The counts.
    pub counts: Counts,
}

/// How many records, by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records now, and rows set aside of which no earlier version stands.
    pub received: u64,
    /// Of kinds without a party role.
    pub not_matched: u64,
    /// 记名成功.
    pub linked: u64,
    /// 处理中.
    pub waiting: u64,
    /// 不成功.
    pub nobody: u64,
    /// Rows set aside and not dropped by a person, also those of which an earlier version stands.
    pub dead_letters: u64,
}

impl Counts {
    /// Adds other counts.
    pub fn add(&mut self, other: &Counts) {
        self.received += other.received;
        self.not_matched += other.not_matched;
        self.linked += other.linked;
        self.waiting += other.waiting;
        self.nobody += other.nobody;
        self.dead_letters += other.dead_letters;
    }
}

impl Store {
    /// Counts of every registered stream, by source and name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn counts(&self) -> Result<Vec<StreamCounts>, StoreError> {
        let mut all: Vec<StreamCounts> = self
            .streams()
            .iter()
            .map(|stream| StreamCounts {
                stream: stream.number,
                source: stream.registration.source.to_string(),
                name: stream.registration.name.clone(),
                department: stream.registration.department.clone(),
                kind: stream.registration.kind.clone(),
                counts: Counts::default(),
            })
            .collect();
        let mut session = self.reader().await?;
        let sql =
            "SELECT stream, state, count(*) FROM record_key WHERE deleted_seq IS NULL GROUP BY stream, state";
        for row in session.fetch(sql, &[]).await? {
            let (stream, n) = (StreamNumber(row.small(0)?), row.int(2)?.unsigned_abs());
            let Some(counts) = all.iter_mut().find(|one| one.stream == stream).map(|one| &mut one.counts)
            else {
                continue;
            };
            counts.received += n;
            match MatchState::of_number(row.int(1)?) {
                Some(MatchState::Linked) => counts.linked += n,
                Some(MatchState::Waiting) => counts.waiting += n,
                Some(MatchState::Nobody) => counts.nobody += n,
                Some(MatchState::NotMatched) | None => counts.not_matched += n,
            }
        }
        let sql = "SELECT d.stream, count(*), sum(CASE WHEN k.record IS NULL THEN 1 ELSE 0 END) FROM dead_letter d \
                   LEFT JOIN record_key k ON k.stream = d.stream AND k.source_key = d.source_key \
                   AND k.deleted_seq IS NULL WHERE d.state = $1 GROUP BY d.stream";
        for row in session.fetch(sql, &[Param::Int(0)]).await? {
            let stream = StreamNumber(row.small(0)?);
            if let Some(one) = all.iter_mut().find(|one| one.stream == stream) {
                one.counts.dead_letters += row.int(1)?.unsigned_abs();
                one.counts.received += row.int(2)?.unsigned_abs();
            }
        }
        Ok(all)
    }
}
