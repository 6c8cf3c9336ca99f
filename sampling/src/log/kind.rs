//! What an entry says: its kind and the fields of the kind, in order.

use std::collections::BTreeSet;

use crate::encoding::{Code, Digest, is_code, is_sid, parse_u64};
use crate::seed::Share;

/// A step, as it is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the protocol, under the same names")]
pub enum Kind {
    /// C is fixed.
    Committed { digest: Digest },
    /// A party or holder has fixed a share.
    ShareCommitted { party: Code, digest: Digest },
    /// A second holder has received a share file.
    ShareHeld { party: Code, holder: Code, digest: Digest },
    /// No more shares.
    SharesClosed,
    /// A party's share.
    ShareRevealed { party: Code, share: Share },
    /// A public value.
    PublicEntropy { index: u64, value: String },
    /// The result exists.
    DrawExecuted { result: Digest, evidence: Digest, roots: Vec<(String, Digest)> },
    /// A holder's share.
    ShareOpened { party: Code, share: Share },
    /// Something happened after the draw.
    Event { event: u64, digest: Digest },
    /// The public value for an event.
    EventEntropy { event: u64, value: String },
    /// What followed from an event.
    EventExecuted { event: u64, out: String, into: String },
    /// A company was no subject.
    Substitution { matter: Code, out: String, into: String, reason: Code, evidence: Digest },
    /// Results of inspections.
    Result { digest: Digest },
    /// Everything is public.
    Published,
    /// The draw is void.
    Voided { reason: Code, named: Vec<Code>, approvers: Vec<Code> },
}

impl Kind {
    /// The word in the file.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Committed { .. } => "Committed",
            Kind::ShareCommitted { .. } => "ShareCommitted",
            Kind::ShareHeld { .. } => "ShareHeld",
            Kind::SharesClosed => "SharesClosed",
            Kind::ShareRevealed { .. } => "ShareRevealed",
            Kind::PublicEntropy { .. } => "PublicEntropy",
            Kind::DrawExecuted { .. } => "DrawExecuted",
            Kind::ShareOpened { .. } => "ShareOpened",
            Kind::Event { .. } => "Event",
            Kind::EventEntropy { .. } => "EventEntropy",
            Kind::EventExecuted { .. } => "EventExecuted",
            Kind::Substitution { .. } => "Substitution",
            Kind::Result { .. } => "Result",
            Kind::Published => "Published",
            Kind::Voided { .. } => "Voided",
        }
    }

    /// Name and text of each field, in order.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let text = |value: &dyn std::fmt::Display| value.to_string();
        match self {
            Kind::Committed { digest } | Kind::Result { digest } => vec![("digest", text(digest))],
            Kind::ShareCommitted { party, digest } => vec![("party", text(party)), ("digest", text(digest))],
            Kind::ShareHeld { party, holder, digest } => {
                vec![("party", text(party)), ("holder", text(holder)), ("digest", text(digest))]
            }
            Kind::SharesClosed | Kind::Published => Vec::new(),
            Kind::ShareRevealed { party, share } | Kind::ShareOpened { party, share } => {
                vec![("party", text(party)), ("share", share.reveal())]
            }
            Kind::PublicEntropy { index, value } => vec![("index", text(index)), ("value", value.clone())],
            Kind::DrawExecuted { result, evidence, roots } => {
                let roots: Vec<String> = roots.iter().map(|(name, root)| format!("{name}:{root}")).collect();
                vec![("result", text(result)), ("evidence", text(evidence)), ("roots", roots.join(","))]
            }
            Kind::Event { event, digest } => vec![("event", text(event)), ("digest", text(digest))],
            Kind::EventEntropy { event, value } => vec![("event", text(event)), ("value", value.clone())],
            Kind::EventExecuted { event, out, into } => {
                vec![("event", text(event)), ("out", out.clone()), ("in", into.clone())]
            }
            Kind::Substitution { matter, out, into, reason, evidence } => vec![
                ("matter", text(matter)),
                ("out", out.clone()),
                ("in", into.clone()),
                ("reason", text(reason)),
                ("evidence", text(evidence)),
            ],
            Kind::Voided { reason, named, approvers } => {
                let named = if named.is_empty() { String::new() } else { format!(":{}", join(named)) };
                vec![("reason", format!("{reason}{named}")), ("approvers", join(approvers))]
            }
        }
    }

    /// Reads a kind and its fields. `Err` is the number of the first bad field, counted from 0; `Ok(None)` an unknown kind.
    pub(super) fn parse(word: &[u8], fields: &[(&[u8], &[u8])]) -> Result<Option<Kind>, usize> {
        let reader = Fields(fields);
        let kind = match word {
            b"Committed" => Kind::Committed { digest: reader.digest(0, "digest")? },
            b"Result" => Kind::Result { digest: reader.digest(0, "digest")? },
            b"ShareCommitted" => {
                Kind::ShareCommitted { party: reader.code(0, "party")?, digest: reader.digest(1, "digest")? }
            }
            b"ShareHeld" => Kind::ShareHeld {
                party: reader.code(0, "party")?,
                holder: reader.code(1, "holder")?,
                digest: reader.digest(2, "digest")?,
            },
            b"SharesClosed" => Kind::SharesClosed,
            b"Published" => Kind::Published,
            b"ShareRevealed" => {
                Kind::ShareRevealed { party: reader.code(0, "party")?, share: reader.share(1, "share")? }
            }
            b"ShareOpened" => {
                Kind::ShareOpened { party: reader.code(0, "party")?, share: reader.share(1, "share")? }
            }
            b"PublicEntropy" => {
                Kind::PublicEntropy { index: reader.number(0, "index")?, value: reader.text(1, "value")? }
            }
            b"DrawExecuted" => Kind::DrawExecuted {
                result: reader.digest(0, "result")?,
                evidence: reader.digest(1, "evidence")?,
                roots: reader.read(2, "roots", roots)?,
            },
            b"Event" => {
                Kind::Event { event: reader.number(0, "event")?, digest: reader.digest(1, "digest")? }
            }
            b"EventEntropy" => {
                Kind::EventEntropy { event: reader.number(0, "event")?, value: reader.text(1, "value")? }
            }
            b"EventExecuted" => Kind::EventExecuted {
                event: reader.number(0, "event")?,
                out: reader.read(1, "out", party_or_subject)?,
                into: reader.read(2, "in", party_or_subject)?,
            },
            b"Substitution" => Kind::Substitution {
                matter: reader.code(0, "matter")?,
                out: reader.read(1, "out", party_or_subject)?,
                into: reader.read(2, "in", party_or_subject)?,
                reason: reader.code(3, "reason")?,
                evidence: reader.digest(4, "evidence")?,
            },
            b"Voided" => {
                let (reason, named) = reader.read(0, "reason", reason)?;
                Kind::Voided { reason, named, approvers: reader.read(1, "approvers", distinct_codes)? }
            }
            _ => return Ok(None),
        };
        if fields.len() > kind.fields().len() { Err(kind.fields().len()) } else { Ok(Some(kind)) }
    }
}

/// Fields by their place.
struct Fields<'a>(&'a [(&'a [u8], &'a [u8])]);

impl Fields<'_> {
    fn read<T>(&self, place: usize, name: &str, parse: impl Fn(&[u8]) -> Option<T>) -> Result<T, usize> {
        let value = self.0.get(place).filter(|(key, _)| *key == name.as_bytes()).map(|(_, value)| *value);
        value.and_then(parse).ok_or(place)
    }

    fn code(&self, place: usize, name: &str) -> Result<Code, usize> {
        self.read(place, name, Code::parse)
    }

    fn digest(&self, place: usize, name: &str) -> Result<Digest, usize> {
        self.read(place, name, Digest::parse)
    }

    fn share(&self, place: usize, name: &str) -> Result<Share, usize> {
        self.read(place, name, Share::parse)
    }

    fn number(&self, place: usize, name: &str) -> Result<u64, usize> {
        self.read(place, name, |text| parse_u64(text).filter(|&number| number > 0))
    }

    fn text(&self, place: usize, name: &str) -> Result<String, usize> {
        let is_value = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_alphanumeric);
        self.read(place, name, |text| is_value(text).then(|| String::from_utf8_lossy(text).into_owned()))
    }
}

fn join(codes: &[Code]) -> String {
    codes.iter().map(Code::as_str).collect::<Vec<_>>().join(",")
}

fn distinct_codes(text: &[u8]) -> Option<Vec<Code>> {
    let codes: Vec<Code> = text.split(|&byte| byte == b',').map(Code::parse).collect::<Option<_>>()?;
    let distinct: BTreeSet<&Code> = codes.iter().collect();
    (distinct.len() == codes.len()).then_some(codes)
}

fn reason(text: &[u8]) -> Option<(Code, Vec<Code>)> {
    match text.iter().position(|&byte| byte == b':') {
        None => Some((Code::parse(text)?, Vec::new())),
        Some(colon) => Some((Code::parse(text.get(..colon)?)?, distinct_codes(text.get(colon + 1..)?)?)),
    }
}

/// A code, a subject, `-`, or a digest.
fn party_or_subject(text: &[u8]) -> Option<String> {
    let is_named = is_code(text) || is_sid(text) || Digest::parse(text).is_some();
    is_named.then(|| String::from_utf8_lossy(text).into_owned())
}

/// `name:root`, comma-separated, sorted.
fn roots(text: &[u8]) -> Option<Vec<(String, Digest)>> {
    let root = |item: &[u8]| {
        let colon = item.iter().position(|&byte| byte == b':')?;
        let name = String::from_utf8(item.get(..colon)?.to_vec()).ok()?;
        Some((name, Digest::parse(item.get(colon + 1..)?)?))
    };
    let roots: Vec<(String, Digest)> = text.split(|&byte| byte == b',').map(root).collect::<Option<_>>()?;
    roots.is_sorted_by(|a, b| a.0 < b.0).then_some(roots)
}
