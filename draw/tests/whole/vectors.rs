//! The golden vectors of archives and signatures: §8, and the signatures of §7. The engine replays the others.

use std::fs;
use std::path::Path;

use draw::{archive, sign};
use sampling::{Files, Suite};
use serde_json::Value;

fn vectors(kind: &str) -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/golden.json");
    let all: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let vectors = all["vectors"].as_array().unwrap();
    let vectors: Vec<Value> = vectors.iter().filter(|vector| vector["kind"] == kind).cloned().collect();
    assert!(!vectors.is_empty(), "no vectors of {kind}");
    vectors
}

fn bytes(hex: &Value) -> Vec<u8> {
    let text = hex.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn archives_are_written_to_the_byte() {
    for vector in vectors("archive") {
        let members = vector["input"]["members"].as_object().unwrap();
        let files: Files = members
            .iter()
            .map(|(name, text)| (name.clone(), text.as_str().unwrap().as_bytes().to_vec()))
            .collect();
        let archive = archive::write(&files).unwrap();
        assert_eq!(archive.len() as u64, vector["expected"]["size"].as_u64().unwrap(), "{}", vector["name"]);
        assert_eq!(Suite::Sha256.hash(&archive).hex(), vector["expected"]["digest"], "{}", vector["name"]);
    }
}

#[test]
fn archives_are_read_or_refused_at_their_byte() {
    for vector in vectors("read_archive") {
        let found = archive::read(&bytes(&vector["input"]["archive_hex"]));
        let expected = &vector["expected"];
        match found {
            Ok(files) => {
                let names: Vec<&String> = files.keys().collect();
                assert_eq!(serde_json::json!(names), expected["names"], "{}", vector["name"]);
            }
            Err(fault) => {
                assert_eq!(expected["refused"], true, "{}: {fault}", vector["name"]);
                assert_eq!(
                    Some(fault.offset as u64),
                    expected["offset"].as_u64(),
                    "{}: {fault}",
                    vector["name"]
                );
            }
        }
    }
}

#[test]
fn signatures_hold_or_do_not() {
    for vector in vectors("signature") {
        let input = &vector["input"];
        let suite = Suite::parse(vector["suite"].as_str().unwrap().as_bytes()).unwrap();
        let file = format!("{}\n", input["signature"].as_str().unwrap());
        let holds =
            sign::holds(suite, input["key"].as_str().unwrap(), &bytes(&input["message"]), file.as_bytes());
        assert_eq!(vector["expected"]["holds"], holds, "{} {}", vector["suite"], vector["name"]);
    }
}
