//! Officers, recusals and pairs of a department.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::encoding::{
    Code, Date, Line, Sid, Sorted, is_salt, lines, require_code, require_digest, require_int, require_sid,
    require_verifier_text,
};
use crate::plan::MAX_NUMBER;
use crate::{Reason, Refused, Result};

/// An officer under the pseudonym of this draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// Pseudonym.
    pub code: Code,
    /// Qualifications and the last day each is valid.
    pub qualifications: BTreeMap<Code, Date>,
    /// Slots the officer can take.
    pub capacity: u64,
    /// Load of the year to date.
    pub load: u64,
}

/// Who may not visit whom, and why: recusal, rotation, any other bar.
pub type Recusals = HashMap<(Code, Sid), Code>;

/// How many tasks two officers may have together, lesser code first.
pub type Pairs = BTreeMap<(Code, Code), u64>;

/// Reads `officers-<D>.tsv` or `pool-<D>.tsv`.
pub fn officers(file: &str, text: &[u8]) -> Result<Vec<Officer>> {
    table(file, text, 5, 1, |line| {
        let code = require_code(line, 0)?;
        let qualifications =
            qualifications(line.field(1)).ok_or_else(|| line.refuse(1, Reason::FieldQualifications))?;
        let capacity = require_int(line, 2, 0, MAX_NUMBER)?;
        let load = require_int(line, 3, 0, MAX_NUMBER)?;
        Ok(Officer { code, qualifications, capacity, load })
    })
}

/// Reads `recusals-<D>.tsv`.
pub fn recusals(file: &str, text: &[u8]) -> Result<Recusals> {
    let rows = table(file, text, 5, 2, |line| {
        let key = (require_code(line, 0)?, require_sid(line, 1)?);
        let reason = require_code(line, 2)?;
        require_digest(line, 3)?;
        Ok((key, reason))
    })?;
    Ok(rows.into_iter().collect())
}

/// Reads `pairs-<D>.tsv`.
pub fn pairs(file: &str, text: &[u8]) -> Result<Pairs> {
    let rows = table(file, text, 4, 2, |line| {
        let (first, second) = (require_code(line, 0)?, require_code(line, 1)?);
        if first >= second {
            return Err(line.refuse(1, Reason::PairOrder));
        }
        Ok(((first, second), require_int(line, 2, 0, MAX_NUMBER)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// No officer of the pool is among the officers.
pub fn require_separate(pool_file: &str, pool: &[Officer], officers: &[Officer]) -> Result<()> {
    let known: HashSet<&Code> = officers.iter().map(|officer| &officer.code).collect();
    match pool.iter().position(|officer| known.contains(&officer.code)) {
        Some(index) => Err(Refused::at(pool_file, index + 1, 1, Reason::OfficerTwice)),
        None => Ok(()),
    }
}

/// Rows of a sorted table whose last column is a salt and whose first columns are a key.
fn table<T>(
    file: &str,
    text: &[u8],
    n_fields: usize,
    n_keys: usize,
    row: impl Fn(&Line<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    require_verifier_text(file, text)?;
    let mut rows = Vec::new();
    let mut before: Option<Line<'_>> = None;
    for line in lines(file, text) {
        line.require_fields(n_fields)?;
        rows.push(row(&line)?);
        if !is_salt(line.field(n_fields - 1)) {
            return Err(line.refuse(n_fields - 1, Reason::FieldSalt));
        }
        if let Some(before) = before {
            line.require_after(&before, Sorted::Keys(n_keys))?;
        }
        before = Some(line);
    }
    Ok(rows)
}

/// `Q:DATE` joined by `+`, sorted, each qualification once; or `-`.
fn qualifications(text: &[u8]) -> Option<BTreeMap<Code, Date>> {
    if text == b"-" {
        return Some(BTreeMap::new());
    }
    let items: Vec<&[u8]> = text.split(|&byte| byte == b'+').collect();
    let mut out = BTreeMap::new();
    for item in &items {
        let colon = item.iter().position(|&byte| byte == b':')?;
        let (code, date) = (item.get(..colon)?, item.get(colon + 1..)?);
        out.insert(Code::parse(code)?, Date::parse(date)?);
    }
    (items.is_sorted() && out.len() == items.len()).then_some(out)
}
