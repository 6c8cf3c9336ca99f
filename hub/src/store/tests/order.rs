//! The outcome is a function of the set of records and judgements: histories in any order, one dump.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::store::{Entry, JudgementDecision, PreparedBatch, Store, Stream};

use super::fixture::{
    Place, Streams, batch, dead, dump, gone, holding, holdings, penalty, registration, streams,
};

/// A small generator of its own, so that a seed printed by a failure says everything.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Two codes share their organisation code, so that claims collide.
const CODES: [&str; 5] = ["91610131MA6TE5T09D", "914403001922038216", "-", "-", "9144030071526726XG"];
const NUMBERS: [&str; 3] = ["-", "110000000000009", "610131000000006"];
/// Parents, companies and shareholders: by code, by old number, by one that is neither.
const OTHERS: [&str; 6] = [
    "-",
    "91610131MA6TE5T09D",
    "914403001922038216",
    "110000000000009",
    "610131000000006",
    "000000000000000",
];
const TAX: [&str; 4] = ["-", "610131MA6TE5T09", "440300192203821", "914403001922038216"];
const HASHES: [&str; 4] = ["-", "aa", "bb", "cc"];
const DAYS: [&str; 3] = ["-", "2020-01-01", "2024-05-06"];

/// What happens to one key of one stream, in its own order.
struct Life {
    stream: usize,
    versions: Vec<Entry>,
}

fn lives(chance: &mut Chance) -> Vec<Life> {
    let mut lives = Vec::new();
    for stream in 0..5 {
        for key in 0..4 {
            let key = format!("k{key}");
            let mut versions = Vec::new();
            for _ in 0..=chance.below(3) {
                let what = chance.below(10);
                versions.push(match (what, stream) {
                    (0 | 1, _) => gone(&key),
                    (2, _) => dead(&key, chance.of(&["x", "y"])),
                    (_, 0 | 1) => registration(&format!(
                        "{key} {} {} n{stream}{} {} {} {}",
                        chance.of(&CODES),
                        chance.of(&NUMBERS),
                        chance.below(3),
                        chance.of(&HASHES),
                        chance.of(&DAYS),
                        chance.of(&OTHERS),
                    )),
                    (_, 4) => holding(&format!(
                        "{key} {} {} {}",
                        chance.of(&OTHERS),
                        chance.of(&OTHERS),
                        chance.of(&HASHES),
                    )),
                    _ => penalty(&format!(
                        "{key} {} {} {} 029-{}",
                        chance.of(&CODES),
                        chance.of(&NUMBERS),
                        chance.of(&TAX),
                        chance.below(3),
                    )),
                });
            }
            lives.push(Life { stream, versions });
        }
    }
    lives
}

/// All streams, in the order in which lives number them.
async fn all(store: &Store) -> Vec<Arc<Stream>> {
    let Streams { registry, old_registry, penalties, fines } = streams(store).await;
    vec![registry, old_registry, penalties, fines, holdings(store).await]
}

/// Each key's versions in their order, keys and streams interleaved at random, in batches of random size.
fn interleaved(lives: &[Life], streams: &[Arc<Stream>], chance: &mut Chance) -> Vec<PreparedBatch> {
    let mut turns: Vec<usize> =
        lives.iter().enumerate().flat_map(|(life, l)| vec![life; l.versions.len()]).collect();
    chance.shuffle(&mut turns);
    let mut next: BTreeMap<usize, usize> = BTreeMap::new();
    let mut batches: Vec<(usize, Vec<Entry>)> = Vec::new();
    for life in turns {
        let at = next.entry(life).or_default();
        let entry = lives[life].versions[*at].clone();
        *at += 1;
        let of = lives[life].stream;
        let goes_on = chance.below(4) > 0;
        match batches.last_mut() {
            Some((stream, entries))
                if goes_on && *stream == of && entries.iter().all(|other| other.key != entry.key) =>
            {
                entries.push(entry);
            }
            _ => batches.push((of, vec![entry])),
        }
    }
    batches
        .into_iter()
        .map(|(of, mut entries)| {
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            batch(&streams[of], entries)
        })
        .collect()
}

async fn outcome(store: &Store, lives: &[Life], chance: &mut Chance) -> String {
    for batch in interleaved(lives, &all(store).await, chance) {
        store.apply(batch).await.unwrap();
    }
    dump(store).await
}

/// Where two dumps part, with the lines around.
fn difference(a: &str, b: &str) -> String {
    let at = a.lines().zip(b.lines()).position(|(a, b)| a != b).unwrap_or_default();
    let around = |text: &str| text.lines().skip(at.saturating_sub(9)).take(14).collect::<Vec<_>>().join("\n");
    format!("one:\n{}\nother:\n{}", around(a), around(b))
}

#[tokio::test]
async fn twenty_orders_give_one_graph() {
    for seed in 1..=6 {
        let lives = lives(&mut Chance(seed));
        let mut first: Option<String> = None;
        for order in 0..20 {
            let place = Place::new();
            let text = outcome(&place.open().await, &lives, &mut Chance(seed * 1_000 + order)).await;
            let first = first.get_or_insert_with(|| text.clone());
            assert!(*first == text, "seed {seed}, order {order}: {}", difference(first, &text));
        }
    }
}

/// Judgements name records, so that they can be made in any order too.
#[tokio::test]
async fn judgements_hold_whatever_comes_after_them() {
    for seed in 1..=8 {
        let lives = lives(&mut Chance(seed));
        let mut first: Option<String> = None;
        for order in 0..6 {
            let place = Place::new();
            let store = place.open().await;
            let streams = streams(&store).await;
            // What the judgements speak of is there in every order.
            let base = [
                batch(
                    &streams.registry,
                    vec![
                        registration("z1 91610131MA6TE5T09D - zone aa -"),
                        registration("z2 914403001922038216 - zwei - -"),
                        registration("z3 - - drei - -"),
                    ],
                ),
                batch(
                    &streams.penalties,
                    vec![penalty("z4 914403001922038216 - - 029-9"), penalty("z5 - - - -")],
                ),
            ];
            for batch in base {
                store.apply(batch).await.unwrap();
            }
            let mut chance = Chance(seed * 1_000 + order);
            let batches = interleaved(&lives, &all(&store).await, &mut chance);
            let when = chance.below(batches.len() + 1);
            for (turn, batch) in batches.into_iter().enumerate() {
                if turn == when {
                    judge(&store, seed).await;
                }
                store.apply(batch).await.unwrap();
            }
            if judged(&store).await == 0 {
                judge(&store, seed).await;
            }
            let text = dump(&store).await;
            let first = first.get_or_insert_with(|| text.clone());
            assert!(*first == text, "seed {seed}, order {order}: {}", difference(first, &text));
        }
    }
}

async fn judged(store: &Store) -> usize {
    let mut n = 0;
    for record in 1..=5 {
        n += store.judgements(crate::RecordId(record)).await.unwrap().len();
    }
    n
}

/// Records 1 to 3 are the registrations z1 to z3, 4 and 5 the penalties z4 and z5.
async fn judge(store: &Store, seed: u64) {
    let one = anchored(store, 1).await;
    let two = anchored(store, 2).await;
    let three = anchored(store, 3).await;
    let record = crate::RecordId;
    let judge = |of, role, decision| store.judge(record(of), role, decision, "li", "test");
    judge(5, "party", JudgementDecision::Same(three)).await.unwrap();
    match seed % 4 {
        0 => judge(4, "party", JudgementDecision::NotSame(two)).await.map(drop).unwrap(),
        1 => judge(3, "subject", JudgementDecision::Same(one)).await.map(drop).unwrap(),
        2 => judge(4, "party", JudgementDecision::Nobody).await.map(drop).unwrap(),
        _ => {
            let undone = judge(4, "party", JudgementDecision::Same(one)).await.unwrap();
            store.undo(undone).await.unwrap();
        }
    }
}

async fn anchored(store: &Store, record: i64) -> crate::EntityId {
    let sql = "SELECT entity FROM link WHERE record = $1 AND evidence = 'anchor' AND until_seq IS NULL";
    let params = [super::super::session::Param::Int(record)];
    let row = store.reader().await.unwrap().fetch_first(sql, &params).await.unwrap();
    crate::EntityId(row.unwrap().int(0).unwrap())
}

/// The same on PostgreSQL, where `TONGJIAN_TEST_PG_URL` names a database of the test's own.
#[tokio::test]
async fn both_engines_give_one_graph() {
    let Ok(url) = std::env::var("TONGJIAN_TEST_PG_URL") else { return };
    for seed in 1..=3 {
        let lives = lives(&mut Chance(seed));
        let place = Place::new();
        let one = outcome(&place.open().await, &lives, &mut Chance(seed)).await;
        for order in 0..2 {
            let store = place.open_postgres(&url, &format!("order_{seed}_{order}")).await;
            let text = outcome(&store, &lives, &mut Chance(seed * 1_000 + order)).await;
            assert!(one == text, "seed {seed}, order {order}: {}", difference(&one, &text));
            store.close().await;
        }
    }
}
