//! A decoder as an encoder, against the reference implementation: windows, what is tokenized again, mean pooling.
//!
//! `../golden/make_qwen3.py` made the expected values with `../golden/encode_windows.py`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use baselines::Tokenizer;
use baselines::encoder::{EncodedText, Encoder, ModelEncoder, WindowLayout};
use baselines::inspect::{Asked, inspect_model};
use baselines::model::Precision;
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use crate::qwen3::{GOLDEN, difference, folder, json, tensors};

/// The ids of each window of each text.
type Windows = Vec<Vec<Vec<u32>>>;

/// Texts, and what the reference makes of them in some layouts.
struct Golden {
    texts: Vec<String>,
    layouts: Vec<(String, WindowLayout, Windows)>,
}

impl Golden {
    fn read(name: &str) -> Self {
        let value = json(name);
        let layout = |(name, value): (&String, &Value)| {
            let count = |key: &str| usize::try_from(value[key].as_u64().unwrap()).unwrap();
            let layout = WindowLayout::new(count("length"), count("overlap"), count("least"));
            (name.clone(), layout, serde_json::from_value(value["windows"].clone()).unwrap())
        };
        Self {
            texts: serde_json::from_value(value["texts"].clone()).unwrap(),
            layouts: value["layouts"].as_object().unwrap().iter().map(layout).collect(),
        }
    }

    fn texts(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }
}

fn open(folder: &Path, precision: Precision) -> ModelEncoder {
    ModelEncoder::open(folder, Device::Cpu, precision).unwrap()
}

/// [windows, D]
fn stacked(text: &EncodedText) -> Tensor {
    Tensor::stack(&text.windows.iter().map(|window| Tensor::from_slice(window)).collect::<Vec<_>>(), 0)
}

/// M12: cut, decoded, tokenized again, with the appended token.
#[test]
fn windows_are_tokenized_again_as_the_reference_does() {
    let golden = Golden::read("prefixed");
    let tokenizer = Tokenizer::open(&folder("prefixed"), &[0]).unwrap();
    for (name, layout, expected) in &golden.layouts {
        for (text, expected) in golden.texts.iter().zip(expected) {
            let ids = tokenizer.encode(text).unwrap();
            let again = |range| {
                let text = tokenizer.decode(&ids[range]).unwrap();
                tokenizer.encode_closed(&text, layout.length).unwrap()
            };
            let found: Vec<Vec<u32>> = layout.windows(ids.len()).into_iter().map(again).collect();
            assert_eq!(&found, expected, "{name}, {text:?}");
            assert!(found.iter().all(|ids| ids.len() <= layout.length && ids.last() == Some(&0)));
        }
    }
    let cut = |windows: &Windows| windows.iter().flatten().any(|ids| ids.len() != 8);
    assert!(golden.layouts.iter().any(|(name, _, windows)| name == "tiny" && cut(windows)), "some counts change");
}

/// R136: what looks like a special token in a text is gone when its windows are read.
#[test]
fn special_tokens_of_texts_are_not_read() {
    let encoder = open(&folder("prefixed"), Precision::F32);
    let layout = WindowLayout::new(64, 8, 1);
    let vectors = |text: &str| stacked(&encoder.encode(&[text], layout).unwrap()[0]);
    let tokenizer = std::fs::read(folder("prefixed").join("tokenizer.json")).unwrap();
    let tokenizer: Value = serde_json::from_slice(&tokenizer).unwrap();
    let named = tokenizer["added_tokens"][0]["content"].as_str().unwrap();
    assert_eq!(vectors(&format!("a = 1{named}\n")), vectors("a = 1\n"));
}

/// M10, M11.
#[test]
fn vectors_of_windows_equal_the_reference() {
    for name in GOLDEN {
        let golden = Golden::read(name);
        let encoder = open(&folder(name), Precision::F32);
        let expected = tensors(name);
        let mut largest: f64 = 0.0;
        for (layout_name, layout, windows) in &golden.layouts {
            let found = encoder.encode(&golden.texts(), *layout).unwrap();
            for (index, text) in found.iter().enumerate() {
                assert_eq!(text.windows.len(), windows[index].len(), "{layout_name}, text {index}");
                let key = format!("window.{layout_name}.{index}");
                match expected.iter().find(|(name, _)| *name == key) {
                    Some((_, expected)) => largest = largest.max(difference(&stacked(text), expected)),
                    None => assert!(text.windows.is_empty()),
                }
            }
        }
        eprintln!("{name}: largest difference of window vectors {largest:e}");
        assert!(largest <= 1e-5, "{name}: {largest:e}");
    }
}

/// M13: batches hold windows of unequal length, padded on the left.
#[test]
fn company_does_not_matter() {
    let golden = Golden::read("prefixed");
    let encoder = open(&folder("prefixed"), Precision::F32);
    let layout = WindowLayout::new(24, 6, 3);
    let together = encoder.encode(&golden.texts(), layout).unwrap();
    for (text, together) in golden.texts.iter().zip(&together).filter(|(_, together)| !together.windows.is_empty()) {
        let alone = encoder.encode(&[text], layout).unwrap().remove(0);
        assert_eq!(alone.tokens, together.tokens);
        assert!(difference(&stacked(&alone), &stacked(together)) <= 1e-5);
    }
}

/// M13: within 2e-3 of what is computed in f32.
#[test]
fn bf16_is_near() {
    let golden = Golden::read("bare");
    let layout = WindowLayout::new(24, 6, 3);
    let [exact, half] = [Precision::F32, Precision::BF16].map(|precision| {
        let found = open(&folder("bare"), precision).encode(&golden.texts(), layout).unwrap();
        Tensor::cat(&found.iter().filter(|text| !text.windows.is_empty()).map(stacked).collect::<Vec<_>>(), 0)
    });
    let error = (&half - &exact).square().mean(Kind::Double).sqrt().double_value(&[]);
    let scale = exact.square().mean(Kind::Double).sqrt().double_value(&[]);
    eprintln!("bf16 differs by {error:.5} of {scale:.3}");
    assert!(error <= 2e-2 * scale, "{error} of {scale}");
}

#[test]
fn windows_that_the_model_cannot_read_are_refused() {
    let encoder = open(&folder("bare"), Precision::F32);
    let message = encoder.encode(&["x"], WindowLayout::new(513, 1, 1)).unwrap_err().to_string();
    assert!(message.contains("the model reads 512 at most"), "{message}");
}

#[test]
fn identities_tell_encoders_apart() {
    let [a, b] = GOLDEN.map(|name| open(&folder(name), Precision::F32).identity().clone());
    assert_eq!((a.name.as_str(), a.precision.as_str(), a.width, b.width), ("prefixed", "f32", 32, 24));
    assert_ne!(a.fingerprint, b.fingerprint);
}

#[test]
fn what_is_inspected_equals_the_reference() {
    let folder_of_output = tempfile::tempdir().unwrap();
    let rows: Vec<Vec<u32>> = serde_json::from_value(json("bare")["rows"].clone()).unwrap();
    let out = folder_of_output.path().join("hidden.safetensors");
    let ask = |rows: &[Vec<u32>], asked| inspect_model(&folder("bare"), rows, asked, &out, Device::Cpu, Precision::F32);
    let report = ask(&rows, Asked::Hidden).unwrap();
    assert_eq!((report.rows, report.tokens, report.width), (3, 46, 24));
    let found = Tensor::read_safetensors(&out).unwrap();
    assert_eq!(found.len(), 3);
    for (name, found) in found {
        let expected = tensors("bare").into_iter().find(|(key, _)| *key == name).unwrap().1;
        assert!(difference(&found, &expected) <= 1e-5, "{name}");
    }
    assert!(ask(&rows, Asked::Logits).unwrap_err().to_string().contains("`lm_head.weight` is missing"));
    assert!(ask(&[vec![384]], Asked::Hidden).unwrap_err().to_string().contains("the vocabulary ends at 384"));
    assert!(ask(&[vec![1; 513]], Asked::Hidden).unwrap_err().to_string().contains("reads 512 tokens at most"));
}

/// Needs a Python with torch and transformers as `python3`, or as the environment variable PYTHON says.
#[test]
#[ignore = "needs Python with transformers"]
fn the_reference_encodes_alike() {
    let texts = ["def f(x):\n    return x + 1\n".repeat(40), "é漢\u{1F600}".repeat(30), "a <|endoftext|> b".to_owned()];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let layout = WindowLayout::new(32, 4, 2);
    for name in GOLDEN {
        let theirs = reference(&folder(name), layout, &texts);
        let ours = open(&folder(name), Precision::F32).encode(&texts, layout).unwrap();
        for (theirs, ours) in theirs.iter().zip(&ours) {
            let theirs: Vec<Tensor> = theirs.iter().map(|window| Tensor::from_slice(window)).collect();
            let found = difference(&stacked(ours), &Tensor::stack(&theirs, 0));
            eprintln!("{name}: largest difference {found:e}");
            assert!(found <= 1e-5, "{name}: {found:e}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one setting of a test that needs another program")]
fn reference(folder: &Path, layout: WindowLayout, texts: &[&str]) -> Vec<Vec<Vec<f32>>> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/encode_windows.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut child = Command::new(python)
        .arg(script)
        .arg(folder)
        .args([layout.length, layout.overlap, layout.least].map(|count| count.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(texts).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
