//! §2 and the log.

use sampling::ceremony::{Ceremony, Publication};
use sampling::chance::SubSeed;
use sampling::encoding::Code;
use sampling::log::{Cosigned, Kind, Log, require_draws};
use sampling::plan::Plan;
use sampling::seed::{Entropy, Share, share_text};
use sampling::{Files, Refused};
use serde_json::{Value, json};

use super::{Answer, Vector, text};

pub(crate) fn seed(v: &Vector) -> Answer {
    let (plan, commit) = (v.plan()?, v.digest("commit"));
    let share = |party: &Code| {
        let share = Share::parse(text(&v.input["shares"][party.as_str()]).as_bytes()).unwrap();
        (party.clone(), share)
    };
    let shares: Vec<_> = plan.share_holders().map(share).collect();
    let entropy =
        Entropy { shares, public: v.list("publics").iter().map(|value| text(value).to_owned()).collect() };
    entropy.require(&plan)?;
    let seed = entropy.seed(v.suite, &commit);
    let sub = |label: &str| SubSeed::derive(v.suite, &seed, label).digest().hex();
    let subs: serde_json::Map<String, Value> =
        v.list("labels").iter().map(|label| (text(label).to_owned(), json!(sub(text(label))))).collect();
    let digests: serde_json::Map<String, Value> = entropy
        .shares
        .iter()
        .map(|(party, share)| {
            (party.to_string(), json!(v.suite.hash(&share_text(&commit, party, share)).hex()))
        })
        .collect();
    let text = String::from_utf8(entropy.text(&commit)).unwrap();
    Ok(json!({ "text": text, "seed": seed.hex(), "digests": digests, "sub": subs }))
}

pub(crate) fn read_seed(v: &Vector) -> Answer {
    let (plan, commit) = (v.plan()?, v.digest("commit"));
    let entropy = Entropy::parse(&v.file("file"), &plan, &commit)?;
    Ok(json!({ "seed": entropy.seed(v.suite, &commit).hex() }))
}

/// Log and heads of a vector. Whoever has a signature file is taken to have signed.
fn checked(plan: &Plan, files: &Files) -> Result<(Log, Vec<Cosigned>), Refused> {
    let log = Log::parse(plan.suite, files)?;
    let heads = Log::parse_heads(files)?;
    log.check_heads(&plan.log, &heads)?;
    let signed = |size: u64, code: &Code| files.contains_key(&format!("head-{size}.{code}.sig"));
    let heads: Vec<Cosigned> = heads
        .into_iter()
        .map(|head| {
            let codes = plan.witnesses.iter().map(|witness| witness.code.clone());
            Cosigned { witnesses: codes.filter(|code| signed(head.size, code)).collect(), head }
        })
        .collect();
    for head in &heads {
        head.require_witnesses(plan)?;
    }
    let bare: Vec<_> = heads.iter().map(|head| head.head.clone()).collect();
    log.require_covered(&bare)?;
    require_draws(log.entries())?;
    Ok((log, heads))
}

pub(crate) fn log(v: &Vector) -> Answer {
    let (plan, files) = (v.plan()?, v.files("log"));
    let (_, heads) = checked(&plan, &files)?;
    let head = &heads.last().unwrap().head;
    Ok(json!({ "size": head.size, "root": head.root.hex(), "head": v.suite.hash(&head.text()).hex() }))
}

pub(crate) fn ceremony(v: &Vector) -> Answer {
    let (plan, files) = (v.plan()?, v.files("log"));
    let (log, heads) = checked(&plan, &files)?;
    let state = Ceremony::replay(&plan, v.digest("commit"), &log, &heads)?;
    state.require_headed()?;
    let last = log.entries().iter().rev().find(|entry| entry.plan_id == plan.plan_id).unwrap();
    let name = match &state {
        Ceremony::Executed(executed) if executed.publication == Publication::Done => "published",
        Ceremony::Executed(_) => "executed",
        Ceremony::Voided(_) => "void",
        Ceremony::Planned(_)
        | Ceremony::Committed(_)
        | Ceremony::Sharing(_)
        | Ceremony::SharesClosed(_)
        | Ceremony::Revealing(_)
        | Ceremony::Revealed(_)
        | Ceremony::Rolling(_)
        | Ceremony::Rolled(_)
        | Ceremony::Opening(_) => last.kind.word(),
    };
    let publics: Vec<&str> = log
        .entries()
        .iter()
        .filter_map(|entry| {
            if let Kind::PublicEntropy { value, .. } = &entry.kind { Some(value.as_str()) } else { None }
        })
        .collect();
    assert_eq!(state.opened().map(|opened| opened.public.len()).unwrap_or(publics.len()), publics.len());
    Ok(json!({ "state": name, "publics": publics }))
}
