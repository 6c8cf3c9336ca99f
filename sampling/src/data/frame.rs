//! The frame of a matter: flat, so that a million subjects cost no million allocations.

use std::collections::{BTreeSet, HashMap};

use crate::encoding::{
    Code, Line, Sid, Sorted, is_salt, is_sid, lines, require_code, require_digest, require_int, require_sid,
    require_verifier_text,
};
use crate::plan::{FrameMode, Matter};
use crate::{Reason, Refused, Result};

/// A frame over the text it was read from. Units are numbered from 0 in the order of their lines, which is that of
/// their identifiers.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    text: &'a [u8],
    strata: Vec<Code>,
    units: Vec<Unit>,
    per_stratum: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Unit {
    size: u64,
    start: u32,
    stratum: u32,
    sid_length: u8,
}

impl<'a> Frame<'a> {
    /// Reads `frame-<M>.tsv` against its matter.
    pub fn parse(file: &str, text: &'a [u8], matter: &Matter, mode: FrameMode) -> Result<Frame<'a>> {
        require_verifier_text(file, text)?;
        if u32::try_from(text.len()).is_err() {
            return Err(Refused::file(file, Reason::TextTooLarge));
        }
        let strata: Vec<Code> = matter.strata.keys().cloned().collect();
        let numbers: HashMap<&[u8], u32> =
            (0..).zip(&strata).map(|(number, code)| (code.as_bytes(), number)).collect();
        let mut units = Vec::with_capacity(text.len() / 24);
        let mut per_stratum = vec![0; strata.len()];
        let mut before: Option<Line<'_>> = None;
        let mut start = 0;
        for line in lines(file, text) {
            let (sid_length, stratum, size) = unit(&line, &numbers, mode)?;
            if let Some(before) = before {
                line.require_after(&before, Sorted::Keys(1))?;
            }
            units.push(Unit { size, start, stratum, sid_length });
            if let Some(count) = per_stratum.get_mut(stratum as usize) {
                *count += 1;
            }
            start += line.bytes.len() as u32 + 1;
            before = Some(line);
        }
        drop(numbers);
        Ok(Frame { text, strata, units, per_stratum })
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The strata of the plan, in order, also those without units.
    pub fn strata(&self) -> &[Code] {
        &self.strata
    }

    /// Units per stratum, in the order of [`Frame::strata`].
    pub fn per_stratum(&self) -> &[u64] {
        &self.per_stratum
    }

    /// Identifier of a unit.
    pub fn sid(&self, unit: u32) -> &'a [u8] {
        let unit = &self.units[unit as usize];
        &self.text[unit.start as usize..unit.start as usize + usize::from(unit.sid_length)]
    }

    /// Size of a unit.
    pub fn size(&self, unit: u32) -> u64 {
        self.units[unit as usize].size
    }

    /// Stratum of a unit, as an index into [`Frame::strata`].
    pub fn stratum(&self, unit: u32) -> u32 {
        self.units[unit as usize].stratum
    }

    /// The whole line of a unit, without LF.
    pub fn line(&self, unit: u32) -> &'a [u8] {
        let start = self.units[unit as usize].start as usize;
        let rest = &self.text[start..];
        rest.split(|&byte| byte == b'\n').next().unwrap_or(rest)
    }

    /// The unit with an identifier.
    pub fn lookup(&self, sid: &[u8]) -> Option<u32> {
        self.lookup_place(sid).ok()
    }

    /// The unit with an identifier, or the place at which it would stand.
    pub fn lookup_place(&self, sid: &[u8]) -> std::result::Result<u32, u32> {
        let sid_of =
            |unit: &Unit| &self.text[unit.start as usize..unit.start as usize + usize::from(unit.sid_length)];
        match self.units.binary_search_by(|unit| sid_of(unit).cmp(sid)) {
            Ok(unit) => Ok(unit as u32),
            Err(place) => Err(place as u32),
        }
    }
}

/// Length of the identifier, stratum and size of a line.
fn unit(line: &Line<'_>, numbers: &HashMap<&[u8], u32>, mode: FrameMode) -> Result<(u8, u32, u64)> {
    let n_fields = match mode {
        FrameMode::Public => 3,
        FrameMode::Private => 4,
    };
    let mut fields = line.fields();
    let (sid, stratum, size) = (fields.next(), fields.next(), fields.next());
    let rest = fields.next();
    let has_form = fields.next().is_none() && rest.is_some() == (n_fields == 4);
    let (Some(sid), Some(stratum), Some(_), true) = (sid, stratum, size, has_form) else {
        line.require_fields(n_fields)?;
        return Err(line.refuse(0, Reason::FieldCount));
    };
    if !is_sid(sid) {
        return Err(line.refuse(0, Reason::FieldSid));
    }
    let Some(&stratum) = numbers.get(stratum) else {
        require_code(line, 1)?;
        return Err(line.refuse(1, Reason::FrameStratum));
    };
    let size = require_int(line, 2, 1, i64::MAX as u64)?;
    if rest.is_some_and(|salt| !is_salt(salt)) {
        return Err(line.refuse(3, Reason::FieldSalt));
    }
    Ok((sid.len() as u8, stratum, size))
}

/// Reads `excluded-<M>.tsv`: subjects with their reasons.
pub fn excluded(file: &str, text: &[u8]) -> Result<Vec<(Sid, Code)>> {
    require_verifier_text(file, text)?;
    let mut out = Vec::new();
    let mut before: Option<Line<'_>> = None;
    for line in lines(file, text) {
        line.require_fields(4)?;
        let (sid, reason) = (require_sid(&line, 0)?, require_code(&line, 1)?);
        require_digest(&line, 2)?;
        if !is_salt(line.field(3)) {
            return Err(line.refuse(3, Reason::FieldSalt));
        }
        if let Some(before) = before {
            line.require_after(&before, Sorted::Keys(1))?;
        }
        out.push((sid, reason));
        before = Some(line);
    }
    Ok(out)
}

/// No subject is in the frame and excluded from it.
pub fn require_disjoint(file: &str, frame: &Frame<'_>, excluded: &[(Sid, Code)]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (index, (sid, _)) in excluded.iter().enumerate() {
        if frame.lookup(sid.as_bytes()).is_some() || !seen.insert(sid) {
            return Err(Refused::at(file, index + 1, 1, Reason::FrameExcluded).with(sid));
        }
    }
    Ok(())
}
