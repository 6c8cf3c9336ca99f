//! From lines to a plan: every key once, in its form, and none missing.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Key, SIMPLE};
use super::values::{self, int};
use super::{
    Dept, EventSource, FrameMode, Group, Matter, PLAN, Plan, Problems, Rounding, SeedRelease, Source,
    SourceKind, Stratum, Timing, judge,
};
use crate::encoding::{Code, Date, Digest, Sorted, Time, lines, require_text};
use crate::{Reason, Refused, Suite};

/// The value of a key, with its place.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Keys and values being turned into a plan, and what is wrong so far.
pub(super) struct Reader {
    pub(super) values: BTreeMap<Key, Value>,
    pub(super) problems: Vec<Refused>,
    n_lines: usize,
}

/// Reads and judges a plan.
pub(super) fn plan(text: &[u8]) -> Result<Plan, Problems> {
    require_text(PLAN, text).map_err(|refused| Problems(vec![refused]))?;
    let mut reader = Reader { values: BTreeMap::new(), problems: Vec::new(), n_lines: 0 };
    reader.read(text);
    let plan = reader.plan();
    if let Some(plan) = &plan {
        judge::contradictions(plan, &mut reader);
    }
    match plan {
        Some(plan) if reader.problems.is_empty() => Ok(plan),
        Some(_) | None => Err(Problems(reader.problems)),
    }
}

impl Reader {
    fn read(&mut self, text: &[u8]) {
        let mut before = None;
        for line in lines(PLAN, text) {
            self.n_lines = line.number;
            if let Some(before) = before {
                self.problems.extend(line.require_after(&before, Sorted::Lines).err());
            }
            before = Some(line);
            let refuse = |column, reason| Refused::at(PLAN, line.number, column, reason);
            let text = String::from_utf8_lossy(line.bytes);
            let Some((key, value)) = text.split_once('=') else {
                self.problems.push(refuse(1, Reason::PlanLine).with(&text));
                continue;
            };
            let Some(parsed) = Key::parse(key).filter(|_| is_key(key)) else {
                self.problems.push(refuse(1, Reason::PlanKey).with(key));
                continue;
            };
            let column = key.len() + 2;
            if value.is_empty() || value.starts_with(' ') || value.ends_with(' ') {
                self.problems.push(refuse(column, Reason::PlanSpace).with(key));
                continue;
            }
            if let Key::Text = parsed {
                continue;
            }
            let value = Value { text: value.to_owned(), line: line.number, column };
            if self.values.insert(parsed, value).is_some() {
                self.problems.push(refuse(1, Reason::KeyTwice).with(key));
            }
        }
        self.text_keys_twice(text);
    }

    /// Keys `text.…` have no effect, but are unique like all others.
    fn text_keys_twice(&mut self, text: &[u8]) {
        let mut seen = BTreeSet::new();
        for line in lines(PLAN, text) {
            let key = line.bytes.split(|&byte| byte == b'=').next().unwrap_or_default();
            if key.starts_with(b"text.") && !seen.insert(key) {
                let key = String::from_utf8_lossy(key);
                self.problems.push(Refused::at(PLAN, line.number, 1, Reason::KeyTwice).with(key));
            }
        }
    }

    fn plan(&mut self) -> Option<Plan> {
        let suite = self.simple("algorithm", |text| Suite::parse(text.as_bytes()));
        let engine = self.simple("engine", |text| Digest::parse(text.as_bytes()));
        let plan_id = self.simple("plan_id", |text| Code::parse(text.as_bytes()));
        let draw_no = self.simple("draw_no", |text| int(text).filter(|&number| number > 0));
        let is_log = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic()).then(|| text.to_owned());
        let log = self.simple("log", is_log);
        let legal_basis = self.simple("legal_basis", |text| Some(text.to_owned()));
        let timing: Option<Timing> = self.simple("timing", values::timing);
        let publicity = self.simple("publicity", |text| Date::parse(text.as_bytes()));
        let frame: Option<FrameMode> = self.simple("frame", values::frame);
        let seed_release: Option<SeedRelease> = self.simple("seed_release", values::seed_release);
        let parties = self.simple("parties", values::codes);
        let escrow = self.simple("escrow", values::escrow);
        let witnesses = self.simple("witnesses", values::witnesses);
        let entropy = self.entropy();
        let event_source = self.event_source();
        let groups = self.groups();
        let matters = self.matters();
        let depts = self.depts();
        Some(Plan {
            suite: suite?,
            engine: engine?,
            plan_id: plan_id?,
            draw_no: draw_no?,
            log: log?,
            legal_basis: legal_basis?,
            timing: timing?,
            publicity: publicity?,
            frame: frame?,
            seed_release: seed_release?,
            parties: parties?,
            escrow: escrow?,
            witnesses: witnesses?,
            entropy,
            event_source,
            groups,
            matters,
            depts,
        })
    }

    fn simple<T>(&mut self, key: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        debug_assert!(SIMPLE.contains(&key), "{key} is a simple key");
        self.required(&Key::Simple(key), key, parse)
    }

    /// The value of a mandatory key; a problem if it is missing or not in its form.
    fn required<T>(&mut self, key: &Key, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        if !self.values.contains_key(key) {
            self.missing(name);
            return None;
        }
        self.optional(key, parse)
    }

    /// The value of a key if it is there; a problem if it is not in its form.
    fn optional<T>(&mut self, key: &Key, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = self.values.get(key)?;
        let parsed = parse(&value.text);
        if parsed.is_none() {
            self.problem(key, Reason::PlanValue);
        }
        parsed
    }

    /// A mandatory key is not there.
    pub(super) fn missing(&mut self, name: &str) {
        self.problems.push(Refused::at(PLAN, self.n_lines + 1, 1, Reason::PlanMissing).with(name));
    }

    /// A problem at the value of a key.
    pub(super) fn problem(&mut self, key: &Key, reason: Reason) {
        let refused = match self.values.get(key) {
            Some(value) => Refused::at(PLAN, value.line, value.column, reason).with(&value.text),
            None => Refused::at(PLAN, self.n_lines + 1, 1, reason),
        };
        self.problems.push(refused);
    }

    /// A numbered key follows none.
    fn gap(&mut self, key: &Key) {
        let line = self.values.get(key).map_or(self.n_lines + 1, |value| value.line);
        self.problems.push(Refused::at(PLAN, line, 1, Reason::PlanGap));
    }

    /// Values under indices 1, 2, … without gap.
    fn numbered<T>(&mut self, keys: Vec<(u64, Key)>, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut out = Vec::new();
        for (place, (index, key)) in keys.into_iter().enumerate() {
            if index != place as u64 + 1 {
                self.gap(&key);
            }
            out.extend(self.optional(&key, &parse));
        }
        out
    }

    fn entropy(&mut self) -> Vec<Source> {
        let indices: BTreeSet<u64> = self
            .values
            .keys()
            .filter_map(|key| if let Key::Entropy(index, _) = key { Some(*index) } else { None })
            .chain([1])
            .collect();
        let mut sources = Vec::new();
        for (place, &index) in indices.iter().enumerate() {
            if index != place as u64 + 1 {
                let first = ["kind", "length", "ref", "time"].map(|field| Key::Entropy(index, field));
                let first = first.into_iter().find(|key| self.values.contains_key(key));
                first.into_iter().for_each(|key| self.gap(&key));
            }
            sources.extend(self.source(index));
        }
        sources
    }

    fn source(&mut self, index: u64) -> Option<Source> {
        let key = |field| Key::Entropy(index, field);
        let name = |field: &str| format!("entropy.{index}.{field}");
        let is_length = |text: &str| int(text).filter(|digits| (1..=1000).contains(digits));
        let kind = self.required(&key("kind"), &name("kind"), one_of_kinds);
        let time = self.required(&key("time"), &name("time"), |text| Time::parse(text.as_bytes()));
        let length = self.optional(&key("length"), is_length);
        let reference = self.optional(&key("ref"), |text| Some(text.to_owned()));
        let kind = kind?;
        let has_length = self.values.contains_key(&key("length"));
        match (kind, has_length) {
            (Kind::Drand, true) => self.problem(&key("length"), Reason::PlanConflict),
            (Kind::Dice | Kind::Numbers, false) => self.missing(&name("length")),
            (Kind::Drand, false) | (Kind::Dice | Kind::Numbers, true) => {}
        }
        if !matches!(kind, Kind::Dice) && reference.is_none() {
            self.missing(&name("ref"));
        }
        let digits = length.and_then(|digits| u32::try_from(digits).ok()).unwrap_or(0);
        Some(Source { kind: kind.with(digits), time: time?, reference })
    }

    fn event_source(&mut self) -> Option<EventSource> {
        let fields = ["kind", "delay", "ref"];
        if !fields.iter().any(|field| self.values.contains_key(&Key::Event(field))) {
            return None;
        }
        let kind = self.required(&Key::Event("kind"), "entropy.event.kind", one_of_kinds);
        let delay = self.required(&Key::Event("delay"), "entropy.event.delay", int);
        let reference = self.required(&Key::Event("ref"), "entropy.event.ref", |text| Some(text.to_owned()));
        Some(EventSource { kind: kind?.with(0), delay: delay?, reference: reference? })
    }

    fn groups(&mut self) -> BTreeMap<Code, Group> {
        let codes: BTreeSet<Code> = self.values.keys().filter_map(Key::group).cloned().collect();
        if codes.is_empty() {
            self.missing("group.<G>.matters");
        }
        let mut groups = BTreeMap::new();
        for group in codes {
            let name = format!("group.{group}.matters");
            let matters = self.required(&Key::GroupMatters(group.clone()), &name, values::sorted_codes);
            let keys = self.keys_with_index(|key| key.window_of(&group));
            let windows = self.numbered(keys, values::window);
            groups.insert(group, Group { matters: matters.unwrap_or_default(), windows });
        }
        groups
    }

    fn keys_with_index(&self, index: impl Fn(&Key) -> Option<u64>) -> Vec<(u64, Key)> {
        self.values.keys().filter_map(|key| Some((index(key)?, key.clone()))).collect()
    }

    fn matters(&mut self) -> BTreeMap<Code, Matter> {
        let codes: BTreeSet<Code> = self.values.keys().filter_map(Key::matter).cloned().collect();
        let mut matters = BTreeMap::new();
        for code in codes {
            matters.extend(self.matter(&code).map(|matter| (code, matter)));
        }
        matters
    }

    fn matter(&mut self, code: &Code) -> Option<Matter> {
        let key = |field| Key::Matter(code.clone(), field);
        let name = |field: &str| format!("matter.{code}.{field}");
        let dept = self.required(&key("dept"), &name("dept"), |text| Code::parse(text.as_bytes()));
        let rounding: Option<Rounding> = self.required(&key("rounding"), &name("rounding"), values::rounding);
        let reserve = self.required(&key("reserve"), &name("reserve"), int);
        let (mut strata, mut slots) = (BTreeMap::new(), BTreeMap::new());
        let keys: Vec<Key> = self.values.keys().cloned().collect();
        for key in &keys {
            if let Key::Stratum(matter, stratum, _) = key
                && matter == code
                && !strata.contains_key(stratum)
            {
                strata.insert(stratum.clone(), self.stratum(code, stratum));
            }
            if let Key::Slot(matter, class) = key
                && matter == code
            {
                slots.extend(self.optional(key, values::slot).map(|slot| (class.clone(), slot)));
            }
        }
        if strata.is_empty() {
            self.missing(&name("stratum.<S>.rate"));
        }
        let strata = strata.into_iter().filter_map(|(code, stratum)| Some((code, stratum?))).collect();
        Some(Matter { dept: dept?, rounding: rounding?, reserve: reserve?, strata, slots })
    }

    fn stratum(&mut self, matter: &Code, stratum: &Code) -> Option<Stratum> {
        let key = |field| Key::Stratum(matter.clone(), stratum.clone(), field);
        let rate = match self.values.get(&key("rate")).map(|value| values::rate(&value.text)) {
            Some(None) => {
                self.problem(&key("rate"), Reason::PlanRate);
                return None;
            }
            rate => rate.flatten(),
        };
        let count = self.optional(&key("count"), int);
        let min = self.optional(&key("min"), int);
        let design = self.optional(&key("design"), values::design);
        let has = |field| self.values.contains_key(&key(field));
        match (has("rate"), has("count"), has("min")) {
            (true, true, _) => self.problem(&key("rate"), Reason::PlanConflict),
            (false, true, true) => self.problem(&key("min"), Reason::PlanConflict),
            (false, false, _) => self.missing(&format!("matter.{matter}.stratum.{stratum}.rate")),
            (true, false, _) | (false, true, false) => {}
        }
        let quota = values::quota(rate, count, min)?;
        Some(Stratum { quota, design: design.unwrap_or(super::Design::Srs) })
    }

    fn depts(&mut self) -> BTreeMap<Code, Dept> {
        let codes: BTreeSet<Code> = self.values.keys().filter_map(Key::dept).cloned().collect();
        let mut depts = BTreeMap::new();
        for code in codes {
            let load = self.optional(&Key::Dept(code.clone(), "load"), values::load);
            let pair_limit = self.optional(&Key::Dept(code.clone(), "pair_limit"), int);
            let keys = self.keys_with_index(|key| key.remedy_of(&code));
            let remedies = self.numbered(keys, values::remedy);
            depts.insert(code, Dept { load, pair_limit, remedies });
        }
        depts
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Dice,
    Drand,
    Numbers,
}

impl Kind {
    fn with(self, digits: u32) -> SourceKind {
        match self {
            Kind::Dice => SourceKind::Dice { digits },
            Kind::Drand => SourceKind::Drand,
            Kind::Numbers => SourceKind::Numbers { digits },
        }
    }
}

fn one_of_kinds(text: &str) -> Option<Kind> {
    match text {
        "dice" => Some(Kind::Dice),
        "drand" => Some(Kind::Drand),
        "numbers" => Some(Kind::Numbers),
        _ => None,
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
