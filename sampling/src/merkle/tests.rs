use super::*;

fn leaves(suite: Suite, n: usize) -> Vec<Digest> {
    (0..n).map(|i| leaf(suite, format!("line {i}").as_bytes())).collect()
}

#[test]
fn leaves_and_nodes_of_any_length_are_told_apart() {
    for suite in Suite::ALL {
        for n in 0..300 {
            let line = vec![b'x'; n];
            let text = |prefix: u8| [&[prefix], line.as_slice()].concat();
            assert_eq!(leaf(suite, &line), suite.hash(&text(0)), "{n} bytes");
            assert_ne!(leaf(suite, &line), suite.hash(&text(1)), "{n} bytes");
        }
        let (a, b) = (leaf(suite, b"A"), leaf(suite, b"B"));
        assert_eq!(node(suite, &a, &b), suite.hash(&[&[1], a.0.as_slice(), b.0.as_slice()].concat()));
    }
}

#[test]
fn every_inclusion_proof_holds_only_at_its_place() {
    let suite = Suite::Sha256;
    for n in 1..40usize {
        let leaves = leaves(suite, n);
        let root = root_of_leaves(suite, &leaves);
        for index in 0..n {
            let path = inclusion(suite, &leaves, index).unwrap();
            let line = format!("line {index}");
            let check = |index, path: &[Digest]| {
                check_inclusion(suite, line.as_bytes(), index, n as u64, path, &root)
            };
            assert_eq!(check(index as u64, &path), Ok(()), "{index} of {n}");
            for other in (0..n + 1).filter(|&other| other != index) {
                assert!(check(other as u64, &path).is_err(), "{index} passes as {other} of {n}");
            }
            let mut long = path.clone();
            long.push(root);
            assert!(check(index as u64, &long).is_err());
        }
        assert_eq!(inclusion(suite, &leaves, n), None);
    }
}

#[test]
fn the_size_of_a_proof_is_the_committed_one() {
    // The same path leads to the same root for (1,2) and for (2,3): only the size tells them apart.
    let suite = Suite::Sha256;
    let leaves = leaves(suite, 3);
    let root = root_of_leaves(suite, &leaves);
    let path = inclusion(suite, &leaves, 2).unwrap();
    assert_eq!(check_inclusion(suite, b"line 2", 2, 3, &path, &root), Ok(()));
    assert_eq!(check_inclusion(suite, b"line 2", 1, 2, &path, &root), Ok(()));
}

#[test]
fn every_consistency_proof_holds_and_no_other() {
    let suite = Suite::Sm3;
    for n in 0..33usize {
        let all = leaves(suite, n);
        let new = TreeHead { size: n as u64, root: root_of_leaves(suite, &all) };
        for m in 0..=n {
            let old = TreeHead { size: m as u64, root: root_of_leaves(suite, &all[..m]) };
            let path = consistency(suite, &all, m).unwrap();
            assert_eq!(check_consistency(suite, old, new, &path), Ok(()), "{m} of {n}");
            let forged = TreeHead { root: leaf(suite, b"forged"), ..old };
            assert!(check_consistency(suite, forged, new, &path).is_err(), "{m} of {n}");
            if m > 0 && m < n {
                let forged = TreeHead { root: leaf(suite, b"forged"), ..new };
                assert!(check_consistency(suite, old, forged, &path).is_err(), "{m} of {n}");
                assert!(check_consistency(suite, old, new, &path[1..]).is_err(), "{m} of {n}");
            }
        }
    }
}

#[test]
fn the_root_does_not_depend_on_threads() {
    for n in [0, 1, 2, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17, 4 * PIECE] {
        let text: String = (0..n).map(|i| format!("line {i}\n")).collect();
        let one = (root_of_leaves(Suite::Sha256, &leaves(Suite::Sha256, n)), n);
        for threads in [0, 1, 2, 3, 7] {
            assert_eq!(
                root_of_text(Suite::Sha256, text.as_bytes(), threads),
                one,
                "{n} lines, {threads} threads"
            );
        }
    }
}
