//! Records that no identifier decides, in the store: linked, asked about, judged, contradicted, in any order.

use std::sync::Arc;

use contract::{Digest, SourceId, SourceKey};

use crate::ontology::{
    EntityKind, EntityNature, FieldType, Freshness, IdentifierField, Label, Ontology, Role, Scheme, Scored,
    Share,
};
use crate::store::{
    Counts, Entry, JudgementDecision, Mapped, Outcome, ReviewItem, Store, Stream, StreamRegistration,
};
use crate::{EntityId, RecordId};

use super::fixture::*;

const CODE: &str = "91610131MA6TE5T09D";
const OTHER_CODE: &str = "91350100M000100Y43";

fn role(is_scored: bool) -> Role {
    Role {
        id: "party".to_owned(),
        entity: "subject".to_owned(),
        label: Label::default(),
        is_party: true,
        inverse: "records".to_owned(),
        identifiers: vec![IdentifierField { scheme: Scheme::Uscc, field: 0 }],
        name: Some(1),
        scored: is_scored.then_some(Scored {
            code: Some(0),
            former_names: None,
            representative: Some(2),
            phone: Some(3),
            address: Some(4),
        }),
    }
}

/// Registrations and penalties: code, name, representative, telephone, address.
pub(super) fn ontology(is_scored: bool) -> Ontology {
    let fields = || {
        vec![
            field("uscc", FieldType::Identifier(Scheme::Uscc), Freshness::Key),
            field("name", FieldType::Text, Freshness::Key),
            field("representative", FieldType::Text, Freshness::Copy),
            field("phone", FieldType::Phone, Freshness::Copy),
            field("address", FieldType::Address, Freshness::Copy),
        ]
    };
    Ontology {
        version: format!("000000000000000{}", u8::from(is_scored)),
        kinds: vec![
            kind("registration", fields(), vec![role(is_scored)]),
            kind("penalty", fields(), vec![role(is_scored)]),
        ],
        entities: vec![EntityKind {
            id: "subject".to_owned(),
            plural: "subjects".to_owned(),
            label: Label::default(),
            description: Label::default(),
            share: Share::Unconditional,
            nature: EntityNature::Subject,
            fields: vec![golden(
                field("name", FieldType::Text, Freshness::Key),
                &[("registration", 1, "party", None)],
            )],
        }],
        relations: Vec::new(),
        lists: std::collections::BTreeMap::new(),
    }
}

pub(super) struct House {
    pub(super) store: Store,
    registry: Arc<Stream>,
    penalties: Arc<Stream>,
}

impl House {
    pub(super) async fn open(place: &Place, is_scored: bool) -> House {
        let store = Store::open(place.options(), Arc::new(ontology(is_scored)), place.clock.clone());
        House::of(store.await.unwrap()).await
    }

    pub(super) async fn of(store: Store) -> House {
        let stream = |name: &str, kind: &str, anchor: Option<&str>| StreamRegistration {
            source: SourceId::new("zone"),
            name: name.to_owned(),
            kind: kind.to_owned(),
            department: "zone".to_owned(),
            anchor: anchor.map(str::to_owned),
        };
        let wanted =
            [stream("registry", "registration", Some("subject")), stream("penalties", "penalty", None)];
        let made = store.register_streams(&wanted).await.unwrap();
        let [registry, penalties] = made.try_into().unwrap();
        House { store, registry, penalties }
    }

    pub(super) async fn register(&self, lines: &[&str]) {
        let entries = lines.iter().map(|line| entry(line)).collect();
        self.store.apply(batch(&self.registry, entries)).await.unwrap();
    }

    pub(super) async fn punish(&self, lines: &[&str]) {
        let entries = lines.iter().map(|line| entry(line)).collect();
        self.store.apply(batch(&self.penalties, entries)).await.unwrap();
    }

    async fn counts(&self) -> Counts {
        let all = self.store.counts().await.unwrap();
        all.into_iter().find(|one| one.name == "penalties").unwrap().counts
    }

    /// Linked, waiting, nobody.
    async fn states(&self) -> (u64, u64, u64) {
        let counts = self.counts().await;
        (counts.linked, counts.waiting, counts.nobody)
    }

    pub(super) async fn queue(&self) -> Vec<ReviewItem> {
        self.store.review_queue(RecordId(0), 100, |_| true).await.unwrap()
    }

    /// The record of a key and whom it is linked to, with the evidence.
    pub(super) async fn link(&self, key: &str) -> (RecordId, Option<(EntityId, String)>) {
        let mut session = self.store.reader().await.unwrap();
        let sql = format!(
            "SELECT k.record, l.entity, l.evidence FROM record_key k LEFT JOIN link l ON l.record = k.record \
             AND l.until_seq IS NULL WHERE k.source_key = '{key}'"
        );
        let row = session.fetch_first(&sql, &[]).await.unwrap().unwrap();
        let link = row.opt_int(1).unwrap().map(|entity| (EntityId(entity), row.text(2).unwrap()));
        (RecordId(row.int(0).unwrap()), link)
    }

    async fn evidence(&self, key: &str) -> Option<String> {
        self.link(key).await.1.map(|(_, evidence)| evidence)
    }
}

/// `key|code|name|representative|phone|address`; a line of a key alone is a deletion.
fn entry(line: &str) -> Entry {
    let words: Vec<&str> = line.split('|').collect();
    let [key, values @ ..] = words.as_slice() else { panic!("`{line}` has no key") };
    if values.is_empty() {
        return gone(key);
    }
    assert_eq!(values.len(), 5, "{line}");
    let values = values.iter().map(|word| text(if word.is_empty() { "-" } else { word })).collect();
    Entry {
        key: SourceKey((*key).to_owned()),
        digest: Digest::of(line.as_bytes()),
        outcome: Outcome::Record(Mapped { values, person_hashes: Vec::new(), flags: Vec::new() }),
    }
}

pub(super) const SUBJECT: &str =
    "r1|91610131MA6TE5T09D|西安三元科技有限公司|欧阳文彬|029-88213456|高新区锦业路12号";
pub(super) const NEAR: &str =
    "r2|91350100M000100Y43|西安三元商贸有限公司|欧阳文彬|13991234567|高新区锦业路12号";

#[tokio::test]
async fn a_record_is_linked_whichever_comes_first() {
    let record = "p1||西安三元科技有限责任公司|欧阳文彬||高新区锦业路12号";
    let bare = "p2||西安三元科技有限公司|||";
    let stranger = "p3||宝鸡明德餐饮管理有限公司|王建国|13900001234|宝鸡市渭滨区1号";
    let mut dumps = Vec::new();
    for is_first in [true, false] {
        let place = Place::new();
        let house = House::open(&place, true).await;
        if is_first {
            house.punish(&[record, bare, stranger]).await;
            assert_eq!(house.states().await, (0, 0, 3));
        }
        house.register(&[SUBJECT, NEAR]).await;
        if !is_first {
            house.punish(&[record, bare, stranger]).await;
        }
        assert_eq!(house.states().await, (1, 1, 1));
        assert_eq!(house.evidence("p1").await.as_deref(), Some("scored"));
        let queue = house.queue().await;
        assert_eq!(queue.len(), 1);
        let told: i64 = queue[0].candidates[0].reasons.iter().map(|(_, _, weight)| weight).sum();
        let before = crate::resolve::scored::Weights::frozen().odds_before();
        assert_eq!(told + i64::from(before), queue[0].candidates[0].total);
        dumps.push(dump(&house.store).await);
    }
    assert_eq!(dumps[0], dumps[1]);
}

#[tokio::test]
async fn what_the_anchor_becomes_is_followed() {
    let place = Place::new();
    let house = House::open(&place, true).await;
    house.punish(&["p1||西安三元科技有限公司|欧阳文彬||"]).await;
    house.register(&[SUBJECT]).await;
    assert_eq!(house.states().await, (1, 0, 0));
    let linked = dump(&house.store).await;
    // Renamed: nothing is left of what the record says but the representative.
    house
        .register(&["r1|91610131MA6TE5T09D|西安明德文化传媒有限公司|欧阳文彬|029-88213456|高新区锦业路12号"])
        .await;
    assert_eq!(house.states().await.0, 0);
    house.register(&[SUBJECT]).await;
    assert_eq!(house.states().await, (1, 0, 0));
    assert_eq!(dump(&house.store).await, linked);
    house.register(&["r1"]).await;
    assert_eq!(house.states().await, (0, 0, 1));
    house.register(&[SUBJECT]).await;
    assert_eq!(house.states().await, (1, 0, 0));
    // An exact code outranks what was weighed.
    house.register(&[NEAR]).await;
    house.punish(&[&format!("p1|{OTHER_CODE}|西安三元科技有限公司|欧阳文彬||")]).await;
    assert_eq!(house.evidence("p1").await.as_deref(), Some("uscc"));
    house.punish(&["p1||西安三元科技有限公司|欧阳文彬||"]).await;
    assert_eq!(house.evidence("p1").await.as_deref(), Some("scored"));
    house.punish(&["p1"]).await;
    assert!(house.queue().await.is_empty());
}

#[tokio::test]
async fn two_rows_with_one_code_are_one_candidate_until_they_part() {
    let place = Place::new();
    let house = House::open(&place, true).await;
    house.punish(&["p1||西安三元科技有限公司|欧阳文彬||"]).await;
    let twin = SUBJECT.replace("r1|", "r3|");
    house.register(&[SUBJECT, &twin]).await;
    assert_eq!(house.states().await, (1, 0, 0), "one subject, told twice");
    let (_, before) = house.link("p1").await;
    house.register(&[&twin.replace(CODE, OTHER_CODE)]).await;
    assert_eq!(house.states().await, (0, 1, 0), "two subjects that nothing tells apart");
    assert_eq!(house.queue().await[0].candidates.len(), 2);
    house.register(&[&twin]).await;
    assert_eq!(house.link("p1").await.1, before, "merged again, under the older id");
}

#[tokio::test]
async fn judgements_come_before_weights_and_undo_cleanly() {
    let place = Place::new();
    let house = House::open(&place, true).await;
    house.register(&[SUBJECT, NEAR]).await;
    house.punish(&["p1||西安三元科技有限公司|欧阳文彬||", "p2||西安三元科技有限公司|||"]).await;
    let before = dump(&house.store).await;
    let queue = house.queue().await;
    let (p1, link) = house.link("p1").await;
    let (subject, _) = link.unwrap();
    let (_, near) = house.link("r2").await;
    let near = near.unwrap().0;
    for decision in
        [JudgementDecision::NotSame(subject), JudgementDecision::Same(near), JudgementDecision::Nobody]
    {
        let judgement = house.store.judge(p1, "party", decision, "steward", "looked").await.unwrap();
        assert_ne!(house.link("p1").await.1.map(|(entity, _)| entity), Some(subject), "{decision:?}");
        house.store.undo(judgement).await.unwrap();
        assert_eq!(dump(&house.store).await, before, "{decision:?}");
        assert_eq!(house.queue().await, queue, "{decision:?}");
    }
    let (p2, _) = house.link("p2").await;
    let judgement = house
        .store
        .judge(p2, "party", JudgementDecision::Same(subject), "steward", "asked them")
        .await
        .unwrap();
    assert!(house.queue().await.is_empty());
    // A code that comes later says otherwise: the judgement holds, and a person is told.
    house.punish(&[&format!("p2|{OTHER_CODE}|西安三元科技有限公司|||")]).await;
    assert_eq!(house.evidence("p2").await.as_deref(), Some("judgement"));
    let queue = house.queue().await;
    assert_eq!(queue.len(), 1);
    let contradiction = queue[0].contradiction.clone().unwrap();
    assert_eq!((contradiction.entity, contradiction.scheme.as_str()), (near, "uscc"));
    house.store.undo(judgement).await.unwrap();
    assert_eq!(house.evidence("p2").await.as_deref(), Some("uscc"));
    assert!(house.queue().await.is_empty());
    // So does a subject that registers later under a code the judged record has had all along.
    house.store.judge(p2, "party", JudgementDecision::Nobody, "steward", "").await.unwrap();
    assert_eq!(house.queue().await.len(), 1);
    house.register(&["r2"]).await;
    assert!(house.queue().await.is_empty());
    house.register(&[NEAR]).await;
    assert_eq!(house.queue().await.len(), 1);
}

#[tokio::test]
async fn what_hundreds_share_says_nothing_whichever_comes_first() {
    let name = |n: u32| -> String { (0..3).filter_map(|at| char::from_u32(0x5000 + n * 3 + at)).collect() };
    let lines: Vec<String> =
        (0..500).map(|n| format!("r{n}||西安{}科技有限公司||029-81234567|", name(n))).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let record = format!("p1||西安{}科技有限公司||029-81234567|", name(7));
    let mut dumps = Vec::new();
    for first in [0, 100, 500] {
        let place = Place::new();
        let house = House::open(&place, true).await;
        house.register(&lines[..first]).await;
        house.punish(&[&record]).await;
        if first == 100 {
            assert_eq!(house.states().await, (1, 0, 0), "a hundred still say something");
        }
        for part in lines[first..].chunks(90) {
            house.register(part).await;
        }
        assert_eq!(house.states().await, (0, 1, 0));
        dumps.push(dump(&house.store).await);
    }
    assert!(dumps.iter().all(|one| *one == dumps[0]));
}

#[tokio::test]
async fn the_order_of_arrival_does_not_count() {
    let brands = ["三元", "三原", "大华", "大元", "明德"];
    let trades = ["科技", "商贸"];
    let mut registrations = Vec::new();
    let mut penalties = Vec::new();
    for (b, brand) in brands.iter().enumerate() {
        for (t, trade) in trades.iter().enumerate() {
            let n = b * 2 + t;
            let (owner, phone) =
                (["王建国", "李晓明", "欧阳文彬"][n % 3], format!("1399123{:04}", n / 2 * 37));
            let address = format!("高新区锦业路{}号", n % 4 + 1);
            registrations.push(format!("r{n}||西安{brand}{trade}有限公司|{owner}|{phone}|{address}"));
            penalties.push(format!("p{n}||{brand}{trade}有限公司|{owner}||{address}"));
            penalties.push(format!("q{n}||西安{brand}{trade}有限责任公司||{phone}|"));
            penalties.push(format!("s{n}||西安{brand}{trade}股份有限公司|{owner}|{phone}|"));
        }
    }
    let mut seed = 20_u64;
    let mut expected: Option<(String, usize)> = None;
    for turn in 0..20 {
        let mut all: Vec<(bool, &str)> = registrations.iter().map(|line| (true, line.as_str())).collect();
        all.extend(penalties.iter().map(|line| (false, line.as_str())));
        for place in (1..all.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            all.swap(place, (seed >> 33) as usize % (place + 1));
        }
        let place = Place::new();
        let house = House::open(&place, true).await;
        for part in all.chunks(7) {
            for is_registry in [true, false] {
                let lines: Vec<&str> =
                    part.iter().filter(|(is, _)| *is == is_registry).map(|(_, line)| *line).collect();
                if is_registry { house.register(&lines).await } else { house.punish(&lines).await }
            }
        }
        let found = (dump(&house.store).await, house.queue().await.len());
        let counts = house.counts().await;
        assert!(counts.linked > 5 && counts.waiting > 5, "{counts:?}");
        match &expected {
            None => expected = Some(found),
            Some(expected) => assert!(*expected == found, "turn {turn} came out otherwise"),
        }
    }
}

#[tokio::test]
async fn turning_it_on_and_off_is_the_same_as_having_had_it_so() {
    let place = Place::new();
    let lines = ["p1||西安三元科技有限公司|欧阳文彬||", "p2||西安三元科技有限公司|||"];
    let house = House::open(&place, false).await;
    house.register(&[SUBJECT, NEAR]).await;
    house.punish(&lines).await;
    assert_eq!(house.states().await, (0, 0, 2));
    let off = dump(&house.store).await;
    house.store.close().await;
    drop(house);
    let house = House::open(&place, true).await;
    assert_eq!(house.states().await, (1, 1, 0));
    let on = dump(&house.store).await;
    let fresh = Place::new();
    let other = House::open(&fresh, true).await;
    other.register(&[SUBJECT, NEAR]).await;
    other.punish(&lines).await;
    assert_eq!(dump(&other.store).await, on);
    house.store.close().await;
    drop(house);
    let house = House::open(&place, false).await;
    assert_eq!(dump(&house.store).await, off);
    assert!(house.queue().await.is_empty());
}

/// Killed in the middle of being switched on, with some records weighed already, and then switched off.
#[tokio::test]
async fn what_was_left_half_switched_is_decided_anew() {
    let place = Place::new();
    let house = House::open(&place, false).await;
    house.register(&[SUBJECT, NEAR]).await;
    house.punish(&["p1||西安三元科技有限公司|欧阳文彬||", "p2||西安三元科技有限公司|||"]).await;
    let off = dump(&house.store).await;
    house.store.close().await;
    drop(house);
    let house = House::open(&place, true).await;
    assert_eq!(house.states().await, (1, 1, 0));
    house.store.run_for_test("UPDATE meta SET value = 'changing' WHERE name = 'scored'").await;
    house.store.run_for_test("DELETE FROM score").await;
    house.store.close().await;
    drop(house);
    let house = House::open(&place, false).await;
    assert_eq!(dump(&house.store).await, off);
}

/// Where `TONGJIAN_TEST_PG_URL` names an empty database: the other engine comes to the same.
#[tokio::test]
async fn both_engines_come_to_the_same() {
    let Ok(url) = std::env::var("TONGJIAN_TEST_PG_URL") else { return };
    let place = Place::new();
    let mut dumps = Vec::new();
    for is_postgres in [false, true] {
        let house = match is_postgres {
            false => House::open(&place, true).await,
            true => House::of(place.open_postgres_with(&url, "scored", ontology(true)).await).await,
        };
        house.punish(&["p1||西安三元科技有限公司|欧阳文彬||", "p2||西安三元科技有限公司|||"]).await;
        house.register(&[SUBJECT, NEAR]).await;
        assert_eq!(house.states().await, (1, 1, 0), "PostgreSQL: {is_postgres}");
        let (p2, _) = house.link("p2").await;
        let near = house.link("r2").await.1.unwrap().0;
        house.store.judge(p2, "party", JudgementDecision::Same(near), "steward", "").await.unwrap();
        house.punish(&[&format!("p2|{CODE}|西安三元科技有限公司|||")]).await;
        assert!(house.queue().await[0].contradiction.is_some());
        house.register(&["r1"]).await;
        assert!(house.queue().await.is_empty());
        dumps.push(dump(&house.store).await);
    }
    assert_eq!(dumps[0], dumps[1]);
}
