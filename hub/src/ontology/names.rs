//! Names: which ids may be, and what they are called in GraphQL.

/// Ids no field of a record kind may have: columns of the store, and what every record answers in GraphQL.
pub const RESERVED_RECORD_FIELDS: &[&str] = &[
    "id",
    "record",
    "entity",
    "provenance",
    "disagreements",
    "history",
    "flags",
    "since_seq",
    "until_seq",
    "since",
    "source",
    "stream",
    "source_key",
    "matching",
    "changed_at",
    "typename",
    "and",
    "or",
    "not",
];

/// Ids no golden field may have: columns of the store, and what every entity answers in GraphQL.
pub const RESERVED_ENTITY_FIELDS: &[&str] = &[
    "id",
    "record",
    "entity",
    "provenance",
    "disagreements",
    "history",
    "since_seq",
    "until_seq",
    "since",
    "redirected_from",
    "coverage",
    "typename",
    "and",
    "or",
    "not",
];

/// Ids no list or relation of an entity or record may have: what the pages of lists answer in GraphQL, and are
/// measured by.
pub const RESERVED_LISTS: &[&str] = &["edges", "node", "nodes", "cursor", "page_info", "total_count"];

/// Whether a list, relation or role may not have this id: one of these, or of the lists'.
pub(super) fn is_reserved_way(id: &str, others: &[&str]) -> bool {
    others.contains(&id) || RESERVED_LISTS.contains(&id)
}

/// Fields of `Query` that are not made from kinds.
pub const RESERVED_QUERY_FIELDS: &[&str] = &[
    "sources",
    "source",
    "streams",
    "stream",
    "dead_letters",
    "review_queue",
    "dead_letter",
    "feed",
    "entity",
    "entities",
    "record",
    "records",
    "me",
    "hub",
    "schema",
    "audit",
    "kinds",
    "code_lists",
    "query",
    "mutation",
    "subscription",
    "status",
    "department",
    "departments",
    "quality_findings",
];

/// GraphQL types that are not made from kinds.
pub const RESERVED_TYPES: &[&str] = &[
    "Query",
    "Mutation",
    "Subscription",
    "String",
    "Int",
    "Float",
    "Boolean",
    "ID",
    "Node",
    "PageInfo",
    "Record",
    "Entity",
    "Code",
    "Money",
    "Decimal",
    "Integer",
    "Long",
    "Date",
    "PartialDate",
    "Until",
    "Timestamp",
    "DateTime",
    "Identifier",
    "Phone",
    "Address",
    "Source",
    "Stream",
    "DeadLetter",
    "Provenance",
    "Disagreement",
    "Coverage",
    "Order",
    "OrderDirection",
    "Precision",
    "Link",
    "Fault",
    "Matching",
    "Kind",
    "Field",
    "Feed",
    "FeedEntry",
    "CreditCode",
    "AsOf",
    "Lang",
    "Counts",
    "Status",
    "FieldProvenance",
    "DifferingValue",
    "DeadLetterPage",
    "JudgeAbsent",
    "JudgeDecision",
    "JudgePayload",
    "JudgeRefused",
    "Judged",
    "JudgementAbsent",
    "ReviewCandidate",
    "ReviewContradiction",
    "ReviewField",
    "ReviewItem",
    "ReviewReason",
    "UndoPayload",
    "Undone",
    "DeadLetterReason",
    "DeadLetterCell",
    "Department",
    "DepartmentQuality",
    "FieldQuality",
    "QualityAgreement",
    "QualityDimension",
    "QualityFinding",
    "QualityFindingPage",
    "QualityFindingSays",
    "QualityReason",
    "QualityRule",
    "QualityShare",
    "QualityTimeliness",
    "QualityValidity",
    "StreamQuality",
];

/// Ends that GraphQL types made beside a kind's own have.
pub const TYPE_ENDINGS: &[&str] = &[
    "Connection",
    "Edge",
    "Where",
    "Filter",
    "OrderBy",
    "OrderField",
    "Order",
    "Version",
    "History",
    "Provenance",
];

/// Characters of an id, at most: table and index names stay below PostgreSQL's 63 bytes.
pub const MAX_ID_LENGTH: usize = 40;

/// Whether a text is an id: `[a-z][a-z0-9_]*`, without `__`, not ending in `_`, not too long.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID_LENGTH
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !text.contains("__")
        && !text.ends_with('_')
}

/// The GraphQL type of an id: `annual_report` → `AnnualReport`.
#[must_use]
pub fn pascal_case(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for word in id.split('_') {
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

/// The GraphQL field of an id: `legal_person_name` → `legalPersonName`.
#[must_use]
pub fn camel_case(id: &str) -> String {
    let mut out = pascal_case(id);
    if let Some(first) = out.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    out
}

/// An id made of any text, to be suggested; `None` if nothing of it can stay.
pub(super) fn suggested_id(text: &str) -> Option<String> {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && out.ends_with(|l: char| l.is_ascii_lowercase()) {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    let trimmed = out.trim_matches('_').trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let cut = trimmed.get(..MAX_ID_LENGTH.min(trimmed.len()))?.trim_end_matches('_');
    is_id(cut).then(|| cut.to_owned())
}

/// The word of `known` nearest to `found`, if it is near enough to be meant.
pub(crate) fn nearest<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let limit = (found.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (distance(&found.to_lowercase(), &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, word)| word)
}

/// Levenshtein's distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, cb) in row.iter_mut().skip(1).zip(&b) {
            let cost = (diagonal + usize::from(ca != *cb)).min(*slot + 1).min(left + 1);
            diagonal = *slot;
            *slot = cost;
            left = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
