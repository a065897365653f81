//! The tokenizer: lossless, deterministic at any number of threads, and read back as written.

use std::fs;

use baselines::{Tokenizer, tokenizer};

/// Source text with enough variety for a few hundred merges.
fn texts() -> Vec<String> {
    let line = |index: usize| {
        let verb = ["parse", "render", "fetch", "merge", "total"][index % 5];
        let noun = ["config", "record", "price", "user", "entry", "page"][index % 6];
        format!(
            "def test_{verb}_{noun}_{index}():\n    assert {verb}({noun}, {}) == \"{noun}é {index}\"\n\n",
            index * 37
        )
    };
    (0..60).map(|file| (file..file + 12).map(line).collect()).collect()
}

fn trained(threads: usize) -> Tokenizer {
    let texts = texts();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| tokenizer::train(&texts, 600).unwrap())
}

fn bytes(tokenizer: &Tokenizer) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    tokenizer.save(folder.path()).unwrap();
    fs::read(folder.path().join("tokenizer.json")).unwrap()
}

#[test]
fn equal_texts_give_equal_bytes_at_any_number_of_threads() {
    let once = bytes(&trained(1));
    for threads in [1, 2, 3, 8] {
        assert!(bytes(&trained(threads)) == once, "{threads} threads");
    }
}

#[test]
fn decoding_gives_back_every_byte() {
    let tokenizer = trained(2);
    for text in [
        "assert x == 1\n",
        "",
        " ",
        "\n\n\t  \r\n",
        "  leading and trailing  ",
        "ünïcödé, 漢字, 🦀, e\u{301} and é",
        "\u{0}\u{1}\u{7f}",
        "it's they'LL 12345 a1b2 ---- !!! x.y(z)[0]",
    ] {
        let ids = tokenizer.encode(text).unwrap();
        assert_eq!(tokenizer.decode(&ids).unwrap(), text);
        assert!(ids.iter().all(|&id| id < tokenizer.rows()));
    }
}

#[test]
fn special_tokens_are_single_ids_and_vanish_in_text() {
    let tokenizer = trained(2);
    for token in tokenizer::SPECIAL {
        let id = tokenizer.id(token).unwrap();
        assert_eq!(tokenizer.encode(&format!("a{token}b")).unwrap()[1], id);
        assert_eq!(tokenizer.decode(&[id]).unwrap(), "");
    }
    let order: Vec<u32> = tokenizer::SPECIAL.iter().map(|token| tokenizer.id(token).unwrap()).collect();
    assert_eq!(order, (tokenizer.eos()..tokenizer.rows()).collect::<Vec<_>>(), "M5: last, in this order");
}

#[test]
fn merges_shorten_what_they_were_learnt_from() {
    let tokenizer = trained(2);
    let text = &texts()[3];
    let ids = tokenizer.encode(text).unwrap();
    assert!(ids.len() * 3 < text.len(), "{} ids for {} bytes", ids.len(), text.len());
    assert!(tokenizer.rows() > 350);
}

#[test]
fn written_tokenizer_reads_back() {
    let tokenizer = trained(2);
    let folder = tempfile::tempdir().unwrap();
    tokenizer.save(folder.path()).unwrap();
    let opened = Tokenizer::open(folder.path(), &[]).unwrap();
    let text = &texts()[7];
    assert_eq!(opened.encode(text).unwrap(), tokenizer.encode(text).unwrap());
    assert_eq!((opened.eos(), opened.bos(), opened.rows()), (tokenizer.eos(), tokenizer.bos(), tokenizer.rows()));
    let texts = texts();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let one_by_one: Vec<Vec<u32>> = texts.iter().map(|text| opened.encode(text).unwrap()).collect();
    assert_eq!(opened.encode_all(&texts).unwrap(), one_by_one);
}

/// The end of sequence comes from `tokenizer_config.json`, as a string or as an object, or else from `config.json`;
/// the beginning falls back to it (M7).
#[test]
fn ends_and_beginnings_are_found_in_either_file() {
    let folder = tempfile::tempdir().unwrap();
    trained(2).save(folder.path()).unwrap();
    let settings = folder.path().join("tokenizer_config.json");
    let open = |text: &str, eos: &[u32]| {
        fs::write(&settings, text).unwrap();
        Tokenizer::open(folder.path(), eos)
    };
    let id = |token| trained(2).id(token).unwrap();
    let chat = open(r#"{"eos_token": {"content": "<|im_end|>"}, "bos_token": "<|im_start|>"}"#, &[5]).unwrap();
    assert_eq!((chat.eos(), chat.bos()), (id("<|im_end|>"), id("<|im_start|>")));
    let plain = open(r#"{"bos_token": null}"#, &[5, 6]).unwrap();
    assert_eq!((plain.eos(), plain.bos()), (5, 5));
    let error = open("{}", &[]).unwrap_err().to_string();
    assert!(error.contains("cannot find the end-of-sequence token"), "{error}");
    let error = open(r#"{"eos_token": "<|no such|>"}"#, &[5]).unwrap_err().to_string();
    assert!(error.contains("`<|no such|>`"), "{error}");
    assert!(open("{", &[5]).unwrap_err().to_string().contains("tokenizer_config.json"));
}
