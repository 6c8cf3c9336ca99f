//! A short tour of the graph: queries to paste, with somebody real to ask about.
//!
//! Knows the shipped kinds' names in GraphQL and nothing else of the hub.

/// A query and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// For people.
    pub title: &'static str,
    /// GraphQL.
    pub query: String,
}

/// The stops, about the subject of a credit code; with `is_scored` also what waits for a person.
#[must_use]
pub fn stops(uscc: &str, is_scored: bool) -> Vec<Stop> {
    let mut stops = vec![
        Stop {
            title: "一企一档 (one subject, all departments)",
            query: format!(
                "{{ subject(uscc: \"{uscc}\") {{ name state {{ code label }} penalties(first: 3) {{ nodes {{ document decidedOn fine {{ amount }} provenance {{ source key }} }} }} licences(first: 3) {{ nodes {{ title validUntil {{ date openEnded }} }} }} annualReports(first: 3) {{ nodes {{ year submittedOn }} }} }} }}"
            ),
        },
        Stop {
            title: "罚款最高的处罚 (the highest fines)",
            query: "{ penalties(first: 2, orderBy: [{ field: FINE, direction: DESC }]) { edges { node { partyName fine { amount } party { name uscc } } } } }"
                .to_owned(),
        },
        Stop {
            title: "股东、分支机构与人 (shareholders, branches, people)",
            query: format!(
                "{{ subject(uscc: \"{uscc}\") {{ name corporateShareholders {{ edges {{ node {{ name }} record {{ ratio }} }} }} individualShareholders {{ edges {{ node {{ name investments {{ nodes {{ name }} }} }} record {{ ratio }} }} }} branches {{ nodes {{ name }} }} }} }}"
            ),
        },
        Stop {
            title: "各部门记名情况 (states of matching)",
            query: "{ status { department kind counts { received linked waiting nobody deadLetters } } }".to_owned(),
        },
    ];
    if is_scored {
        stops.push(Stop {
            title: "待判定：这条记录说的是谁 (waiting for a person: whom does it mean)",
            query: "{ reviewQueue(first: 1) { record kind role fields { label text } candidates { id bits fields { label text } reasons { feature level bits } } } }".to_owned(),
        });
    }
    stops
}

/// A query as a command to paste, with the key in `$KEY`.
#[must_use]
pub fn command(url: &str, query: &str) -> String {
    let quoted = query.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "curl -s {url} -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' -d '{{\"query\": \"{quoted}\"}}'"
    )
}
