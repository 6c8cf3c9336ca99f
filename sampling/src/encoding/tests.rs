use super::*;
use crate::{Reason, Refused};

#[track_caller]
fn refused(file: &str, text: &[u8], place: &str, reason: Reason) {
    let refused = require_text(file, text).unwrap_err();
    assert_eq!((refused.place.to_string().as_str(), refused.reason), (place, reason));
}

#[test]
fn the_earliest_bad_byte_is_the_place() {
    refused("a.tsv", b"\xef\xbb\xbfA\n", "a.tsv:1:1", Reason::TextBom);
    refused("a.tsv", b"A\r\nB\n", "a.tsv:1:2", Reason::TextCarriageReturn);
    refused("a.tsv", b"A\nB\x07\n", "a.tsv:2:2", Reason::TextControl);
    refused("a.tsv", b"A\nB\x7f\n", "a.tsv:2:2", Reason::TextControl);
    refused("a.tsv", "A\u{85}\n".as_bytes(), "a.tsv:1:2", Reason::TextControl);
    refused("a.tsv", b"A\n\nB\n", "a.tsv:2:1", Reason::TextEmptyLine);
    refused("a.tsv", b"\n", "a.tsv:1:1", Reason::TextEmptyLine);
    refused("a.tsv", b"A\nB", "a.tsv:2:2", Reason::TextNoFinalLf);
    refused("a.tsv", b"A\n\xff\n", "a.tsv:2:1", Reason::TextUtf8);
    refused("a.tsv", b"A\xe4\xb8\nB\r\n", "a.tsv:1:2", Reason::TextUtf8);
    refused("a.tsv", b"A\r\xff\n", "a.tsv:1:2", Reason::TextCarriageReturn);
    refused("plan.txt", b"a=\tb\n", "plan.txt:1:3", Reason::TextControl);
    assert_eq!(require_text("a.tsv", b"A\tB\n"), Ok(()));
    assert_eq!(require_text("a.tsv", b""), Ok(()));
}

#[test]
fn normal_form_is_the_duty_of_who_commits() {
    let nfd = "text.a=e\u{301}\n".as_bytes();
    refused("plan.txt", nfd, "plan.txt:1:8", Reason::TextNotNfc);
    assert_eq!(require_verifier_text("plan.txt", nfd), Ok(()));
    assert_eq!(require_text("plan.txt", "text.a=é 通鉴\n".as_bytes()), Ok(()));
}

#[test]
fn small_types_have_one_form() {
    for good in ["0", "9", "10", "340282366920938463463374607431768211455"] {
        assert_eq!(parse_int(good.as_bytes()).map(|value| value.to_string()).as_deref(), Some(good));
    }
    for bad in
        ["", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "１", "340282366920938463463374607431768211456"]
    {
        assert_eq!(parse_int(bad.as_bytes()), None, "{bad}");
    }
    for good in ["2024-02-29", "2000-02-29", "9999-12-31", "0001-01-01"] {
        assert_eq!(Date::parse(good.as_bytes()).unwrap().to_string(), good);
    }
    for bad in
        ["2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-1-01", "0000-01-01", "2026/01/01"]
    {
        assert_eq!(Date::parse(bad.as_bytes()), None, "{bad}");
    }
    let time = |text: &str| Time::parse(text.as_bytes());
    assert_eq!(time("2026-05-20T23:59:59Z").unwrap().to_string(), "2026-05-20T23:59:59Z");
    assert_eq!(
        time("2026-05-21T00:00:00Z").unwrap().seconds() - time("2026-05-20T23:59:59Z").unwrap().seconds(),
        1
    );
    for bad in ["2026-05-20T24:00:00Z", "2026-05-20T00:00:60Z", "2026-05-20 00:00:00Z", "2026-05-20T00:00:00"]
    {
        assert_eq!(time(bad), None, "{bad}");
    }
    assert!(
        is_code(b"-") && is_code(&[b'a'; 32]) && !is_code(&[b'a'; 33]) && !is_code(b"a_b") && !is_code(b"")
    );
    assert!(is_sid(&[b'Z'; 54]) && !is_sid(&[b'Z'; 55]) && !is_sid(b"a") && !is_sid("Ａ".as_bytes()));
    assert_eq!(Digest::parse(&[b'A'; 64]), None);
    assert_eq!(Digest::parse(&[b'a'; 64]).unwrap().hex(), "a".repeat(64));
    assert_eq!(Digest::parse(&[b'a'; 65]), None);
}

#[test]
fn order_is_that_of_bytes_and_keys_are_unique() {
    let check = |text: &[u8]| {
        require_sorted("a.tsv", text, Sorted::Keys(1)).map_err(|refused: Refused| refused.reason)
    };
    assert_eq!(check(b"A\t2\nAB\t1\n"), Ok(()));
    assert_eq!(check(b"AB\t1\nA\t2\n"), Err(Reason::LinesUnsorted));
    assert_eq!(check(b"A\t1\nA\t1\n"), Err(Reason::LinesEqual));
    assert_eq!(check(b"A\t1\nA\t2\n"), Err(Reason::KeyTwice));
    // Unicode order of letters is not asked for: bytes are.
    assert_eq!(check(b"B\t1\na\t1\n"), Ok(()));
}
