//! Cursors: the place of a row in one list of one question, sealed. What was changed, made up, or belongs to another
//! list, order or filter is refused. Nobody else can read it: what a list is ordered by may be masked where it is shown.

use hub::clock::Timestamp;
use hub::query::plan::{AsOf, Filter, OrderKey, Place, Target};
use hub::{FieldValue, Precision, Until};
use subtle::ConstantTimeEq;

const SEAL: usize = 16;
const MAX_LENGTH: usize = 8 * 1024;

/// The key that seals.
pub(crate) struct CursorKey([u8; 32]);

/// What a cursor is bound to: the list it is a place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding([u8; 32]);

impl Binding {
    /// The binding of a list: what is listed, in which order, which rows, as of when.
    pub(crate) fn of(
        target: &Target,
        order: (&[OrderKey], bool),
        filter: &Filter,
        as_of: Option<AsOf>,
    ) -> Binding {
        let mut hasher = blake3::Hasher::new();
        for part in [format!("{target:?}"), format!("{order:?}"), format!("{filter:?}"), format!("{as_of:?}")]
        {
            hasher.update(&u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Binding(*hasher.finalize().as_bytes())
    }

    /// The same list, reached in a way of its own.
    pub(crate) fn within(self, way: &str) -> Binding {
        Binding(*blake3::keyed_hash(&self.0, way.as_bytes()).as_bytes())
    }

    /// The binding of a list that is no list of a kind: its name, and what it was narrowed by.
    pub(crate) fn named(name: &str, narrowed: &[Option<String>]) -> Binding {
        Binding(*blake3::hash(format!("{name} {narrowed:?}").as_bytes()).as_bytes())
    }
}

impl CursorKey {
    pub(crate) fn new(key: [u8; 32]) -> CursorKey {
        CursorKey(key)
    }

    /// The cursor of a place.
    pub(crate) fn seal(&self, binding: Binding, place: &Place) -> String {
        let mut bytes = Vec::new();
        put_number(&mut bytes, place.parent);
        put_number(&mut bytes, Some(place.id));
        place.keys.iter().for_each(|key| put(&mut bytes, key));
        let seal = self.seal_of(binding, &bytes);
        self.veil(seal, &mut bytes);
        bytes.extend_from_slice(&seal);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The place of a cursor, if it was given out for this list.
    pub(crate) fn open(&self, binding: Binding, cursor: &str) -> Option<Place> {
        let bytes = bytes_of(cursor)?;
        let (body, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL)?)?;
        let seal = <[u8; SEAL]>::try_from(seal).ok()?;
        let mut body = body.to_vec();
        self.veil(seal, &mut body);
        let is_ours: bool = self.seal_of(binding, &body).as_slice().ct_eq(&seal).into();
        if !is_ours {
            return None;
        }
        let mut rest = body.as_slice();
        let parent = take_number(&mut rest)?;
        let id = take_number(&mut rest)??;
        let mut keys = Vec::new();
        while !rest.is_empty() {
            keys.push(take(&mut rest)?);
        }
        Some(Place { keys, id, parent })
    }

    /// Makes a place unreadable, or readable again: order keys are not masked.
    fn veil(&self, seal: [u8; SEAL], bytes: &mut [u8]) {
        let key = blake3::derive_key("tongjian 2026 cursor veil v1", &self.0);
        let mut veil = vec![0; bytes.len()];
        blake3::Hasher::new_keyed(&key).update(&seal).finalize_xof().fill(&mut veil);
        bytes.iter_mut().zip(veil).for_each(|(byte, veil)| *byte ^= veil);
    }

    fn seal_of(&self, Binding(binding): Binding, body: &[u8]) -> [u8; SEAL] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&binding);
        hasher.update(body);
        let mut seal = [0; SEAL];
        hasher.finalize_xof().fill(&mut seal);
        seal
    }
}

fn bytes_of(cursor: &str) -> Option<Vec<u8>> {
    if cursor.len() > MAX_LENGTH || !cursor.is_ascii() || !cursor.len().is_multiple_of(2) {
        return None;
    }
    (0..cursor.len()).step_by(2).map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok()).collect()
}

fn put_number(bytes: &mut Vec<u8>, number: Option<i64>) {
    bytes.push(u8::from(number.is_some()));
    bytes.extend_from_slice(&number.unwrap_or_default().to_be_bytes());
}

fn take_number(rest: &mut &[u8]) -> Option<Option<i64>> {
    let (head, tail) = rest.split_first_chunk::<9>()?;
    *rest = tail;
    let [flag, number @ ..] = *head;
    Some((flag == 1).then(|| i64::from_be_bytes(number)))
}

fn put(bytes: &mut Vec<u8>, value: &FieldValue) {
    let (tag, text) = match value {
        FieldValue::Null => (b'n', String::new()),
        FieldValue::Text(text) => (b't', text.clone()),
        FieldValue::Code { code, .. } => (b'c', code.clone()),
        FieldValue::Money { units, currency } => (b'm', format!("{units} {currency}")),
        FieldValue::Decimal(units) => (b'd', units.to_string()),
        FieldValue::Integer(number) => (b'i', number.to_string()),
        FieldValue::Bool(truth) => (b'b', truth.to_string()),
        FieldValue::Date(day) => (b'a', day.to_string()),
        FieldValue::PartialDate { first, precision } => (b'p', format!("{first} {precision:?}")),
        FieldValue::Until(until) => (b'u', until.as_date().to_string()),
        FieldValue::Timestamp(at) => (b's', Timestamp(*at).0.to_string()),
    };
    bytes.push(tag);
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn take(rest: &mut &[u8]) -> Option<FieldValue> {
    let (tag, tail) = rest.split_first()?;
    let (length, tail) = tail.split_first_chunk::<4>()?;
    let (text, tail) = tail.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = tail;
    let text = std::str::from_utf8(text).ok()?;
    Some(match tag {
        b'n' => FieldValue::Null,
        b't' => FieldValue::Text(text.to_owned()),
        b'c' => FieldValue::Code { code: text.to_owned(), edition: String::new() },
        b'm' => {
            let (units, currency) = text.split_once(' ')?;
            FieldValue::Money { units: units.parse().ok()?, currency: currency.to_owned() }
        }
        b'd' => FieldValue::Decimal(text.parse().ok()?),
        b'i' => FieldValue::Integer(text.parse().ok()?),
        b'b' => FieldValue::Bool(text.parse().ok()?),
        b'a' => FieldValue::Date(text.parse().ok()?),
        b'p' => {
            let (first, precision) = text.split_once(' ')?;
            let precision = match precision {
                "Year" => Precision::Year,
                "Month" => Precision::Month,
                "Day" => Precision::Day,
                _ => return None,
            };
            FieldValue::PartialDate { first: first.parse().ok()?, precision }
        }
        b'u' => {
            let day = text.parse().ok()?;
            let is_open = day == Until::OpenEnded.as_date();
            FieldValue::Until(if is_open { Until::OpenEnded } else { Until::On(day) })
        }
        b's' => FieldValue::Timestamp(text.parse().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn place() -> Place {
        Place {
            keys: vec![
                FieldValue::Null,
                FieldValue::Text("西安高新".into()),
                FieldValue::Code { code: "1150".into(), edition: String::new() },
                FieldValue::Money { units: -5, currency: "CNY".into() },
                FieldValue::Decimal(7),
                FieldValue::Integer(i64::MIN),
                FieldValue::Bool(true),
                FieldValue::Date(date(2024, 2, 29)),
                FieldValue::PartialDate { first: date(2024, 1, 1), precision: Precision::Year },
                FieldValue::Until(Until::OpenEnded),
                FieldValue::Timestamp(-1),
            ],
            id: 42,
            parent: Some(7),
        }
    }

    #[test]
    fn only_what_was_given_out_is_taken_back() {
        let key = CursorKey::new([3; 32]);
        let binding = Binding::named("a", &[]);
        let cursor = key.seal(binding, &place());
        assert_eq!(key.open(binding, &cursor), Some(place()));
        // What it is ordered by may be masked in the rows.
        let bytes = bytes_of(&cursor).unwrap();
        for secret in ["西安高新", "1150"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
        }
        assert_eq!(key.open(Binding::named("b", &[]), &cursor), None);
        assert_eq!(CursorKey::new([4; 32]).open(binding, &cursor), None);
        for at in 0..cursor.len() {
            let mut other = cursor.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(key.open(binding, &String::from_utf8(other).unwrap()), None);
        }
        for bad in ["", "0", "zz", "张三", &cursor[2..], &"0".repeat(9000)] {
            assert_eq!(key.open(binding, bad), None);
        }
    }
}
