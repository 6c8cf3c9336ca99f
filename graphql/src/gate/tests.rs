//! Refusals are tested over HTTP, in `tests/hostile.rs`; here only what HTTP does not show.

use super::{Limits, measure};

#[test]
fn what_stands_in_texts_and_comments_is_not_counted() {
    let limits = Limits::default();
    let brackets = "[{(".repeat(100);
    for text in [
        format!("{{a(b:\"{brackets}\")}}"),
        format!("{{a(b:\"\"\"{brackets}\"\"\")}}"),
        format!("# {brackets}\n{{a}}"),
    ] {
        assert_eq!(measure(&text, &limits), Ok(()), "{text}");
    }
}

#[test]
fn any_bytes_are_measured_to_the_end() {
    let limits = Limits::default();
    for seed in 0..2_000_u32 {
        let mut state = seed;
        let text: String = (0..60)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ["\"", "\"\"\"", "\\", "{", "}", "(", "#", "\n", "a", "é", "@", "\\\"\"\""]
                    [(state >> 24) as usize % 12]
            })
            .collect();
        // It ends, and says something: that is all that can be asked of noise.
        let _ = measure(&text, &limits);
    }
}
