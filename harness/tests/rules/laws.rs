//! What holds for every text.

use harness::{Answer, PairScorer, Paper, Reference, Slot, Strict, edit_similarity, em_paper, em_strict};
use proptest::prelude::*;

/// Text that looks enough like Python to reach every branch.
fn code() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-c]{1,3}",
        "[0-9]{1,2}",
        "[ \\t\\n]{1,2}",
        "[()\\[\\]{},:;#.=+\\\\]",
        "['\"]{1,3}",
        Just("f'".to_owned()),
        Just("lambda ".to_owned()),
        Just("é🙂".to_owned()),
        Just("\u{1d}".to_owned()),
        Just("<|fim_middle|>".to_owned()),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn slot() -> impl Strategy<Value = Slot> {
    prop_oneof![Just(Slot::Comparand), Just(Slot::Argument), Just(Slot::Pair), Just(Slot::Arguments)]
}

fn similarity(completion: &str, target: &str) -> f64 {
    let reference = Reference::<Paper>::clean(target);
    edit_similarity(&Answer::<Paper>::clean(completion, &reference), &reference)
}

proptest! {
    #[test]
    fn similarity_is_in_range(completion in code(), target in code()) {
        prop_assert!((0.0..=1.0).contains(&similarity(&completion, &target)));
    }

    #[test]
    fn equal_cleaned_texts_are_exact_and_wholly_similar(completion in code(), target in code()) {
        let reference = Reference::<Paper>::clean(&target);
        let answer = Answer::<Paper>::clean(&completion, &reference);
        if answer.text() == reference.text() {
            prop_assert!(em_paper(&answer, &reference));
            prop_assert_eq!(edit_similarity(&answer, &reference).to_bits(), 1.0_f64.to_bits());
        }
    }

    /// S22, S27–S29, S68, S72; a blank side has no components.
    #[test]
    fn every_metric_of_a_pair_is_in_range(completion in code(), target in code()) {
        let scores = PairScorer::default().score(&completion, &target);
        prop_assert!((0.0..=1.0).contains(&scores.code_bleu) && (0.0..=1.0).contains(&scores.code_bleu_fallback));
        prop_assert_eq!(scores.codebleu_components.is_none(), scores.pred_clean.is_empty() || scores.ref_clean.is_empty());
        if let Some(parts) = scores.codebleu_components {
            let all = [parts.ngram_match, parts.weighted_ngram_match, parts.syntax_match, parts.dataflow_match];
            prop_assert!(all.iter().chain([&parts.codebleu]).all(|part| (0.0..=1.0).contains(part)), "{:?}", parts);
            prop_assert!(scores.code_bleu_fallback > 0.0);
        }
    }

    /// Also where a value depends on hashes, which then differ in order only between different texts (S66).
    #[test]
    fn a_text_against_itself_is_whole(text in code()) {
        let scores = PairScorer::default().score(&text, &(text.clone() + "\n"));
        prop_assume!(scores.pred_clean == scores.ref_clean && !scores.pred_clean.is_empty());
        prop_assert_eq!((scores.code_bleu.to_bits(), scores.code_bleu_fallback.to_bits()), (1.0_f64.to_bits(), 1.0_f64.to_bits()));
        let parts = scores.codebleu_components.unwrap();
        prop_assert_eq!(parts.syntax_match.to_bits(), 1.0_f64.to_bits());
        prop_assert!([0.0_f64, 1.0].map(f64::to_bits).contains(&parts.dataflow_match.to_bits()));
        prop_assert!(!scores.hash_sensitive);
    }

    #[test]
    fn any_text_can_be_scored(completion in ".*", target in "(?s).*") {
        let scores = PairScorer::default().score(&completion, &target);
        prop_assert!((0.0..=1.0).contains(&scores.code_bleu));
    }

    /// S12; nested markers are its exception.
    #[test]
    fn paper_cleaning_is_idempotent(completion in code(), target in code()) {
        let reference = Reference::<Paper>::clean(&target);
        let once = Answer::<Paper>::clean(&completion, &reference);
        prop_assume!(!once.text().contains("<|fim_"));
        prop_assert_eq!(Answer::<Paper>::clean(once.text(), &reference), once);
    }

    #[test]
    fn a_target_answers_itself_strictly(target in code(), slot in slot()) {
        let answer = Answer::<Strict>::clean(&target, slot);
        prop_assert_eq!(em_strict(&answer, &Reference::<Strict>::clean(&target, slot)), !answer.text().is_empty());
    }

    /// The closing bracket of the call and whatever follows it change nothing, once it is reached.
    #[test]
    fn nothing_after_the_end_matters(target in "[a-c]{1,3}(\\([a-c]{0,2}, [a-c]\\))?", rest in code(), slot in slot()) {
        let whole = format!("{target})");
        prop_assert_eq!(
            Answer::<Strict>::clean(&format!("{whole}{rest}"), slot),
            Answer::<Strict>::clean(&whole, slot)
        );
    }
}

/// Repetitive and long text: neither time nor stack may blow up.
#[test]
fn long_texts_are_scored_in_reasonable_time() {
    let long = "ab".repeat(5_000);
    assert_eq!(similarity(&long, &long).to_bits(), 1.0_f64.to_bits());
    // From 200 characters on nothing frequent starts a block, and these two differ at their first character.
    assert_eq!(similarity(&"ba".repeat(5_000), &long).to_bits(), 0.0_f64.to_bits());
    let short = "a".repeat(199);
    assert!((similarity(&"a".repeat(10_000), &short) - 2.0 * 199.0 / 10_199.0).abs() < 1e-12);
}
