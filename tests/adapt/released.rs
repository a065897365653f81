//! Checkpoints in the released layout: adapted with, converted, answering.

use std::fs;

use serde_json::Value;

use super::corpus::{CORPUS, done, refused, subject, weights};

/// A tiny encoder.
const ENCODER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baselines/tests/golden/qwen3/prefixed");
const RELEASED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baselines/tests/golden/released");

/// The adapter of a released file is that of the artifact it is converted to; what is not known of its training is not told.
#[test]
fn released_checkpoints_adapt_and_are_converted() {
    let root = CORPUS.path();
    let (_, clone, _) = subject();
    for (file, method, profile) in
        [("static", "static", "paper-g2"), ("evo", "evo", "paper-g2"), ("first", "static", "paper-g1")]
    {
        let common = "--model golden --encoder hashed --fit-on release".to_string();
        let [artifact, direct, through] = ["artifact", "direct", "through"].map(|part| format!("{file}-{part}"));
        let adapt = |checkpoint: &str, out: &str| {
            done(
                root,
                &format!("adapt --method {method} --checkpoint {checkpoint} {common} --device cpu --out {out} {clone}"),
            )
        };
        adapt(&format!("{RELEASED}/{file}.pt"), &direct);
        assert_eq!(
            done(root, &format!("convert {RELEASED}/{file}.pt {common} --out {artifact}")),
            format!("{artifact}\n")
        );
        adapt(&artifact, &through);
        assert!(weights(root.join(&direct)) == weights(root.join(&through)), "{file}");
        let text = fs::read(root.join(&artifact).join("artifact.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!((&manifest["method"], &manifest["profile"]), (&method.into(), &profile.into()), "{file}");
        for unknown in ["presented", "release", "seed", "precision"] {
            assert!(manifest.get(unknown).is_none(), "{file}: {unknown}");
        }
        assert_eq!(manifest["converted"]["file"], format!("{file}.pt"));
        let again = format!("convert {RELEASED}/{file}.pt {common} --out {artifact}");
        assert_eq!(done(root, &again), format!("{artifact}\n"), "{file}: it is there already");
        assert_eq!(fs::read(root.join(&artifact).join("artifact.json")).unwrap(), text, "{file}");
        fs::write(root.join(&artifact).join("notes.txt"), "").unwrap();
        fs::remove_file(root.join(&artifact).join("artifact.json")).unwrap();
        assert!(refused(root, &again).contains("it holds something else"), "{file}");
        fs::remove_file(root.join(&artifact).join("notes.txt")).unwrap();
        fs::write(root.join(&artifact).join("artifact.json.partial"), "{").unwrap();
        done(root, &again);
        assert_eq!(fs::read(root.join(&artifact).join("artifact.json")).unwrap(), text, "{file}: after a kill");
    }
    let other = format!("convert {RELEASED}/static.pt --model base --encoder hashed --fit-on release --out x");
    let message = refused(root, &other);
    assert!(message.contains("that of the base model") || message.contains("is for one whose"), "{message}");
    let narrow = format!("convert {RELEASED}/static.pt --model golden --encoder {ENCODER} --out x");
    let message = refused(root, &narrow);
    assert!(message.contains("and the network reads 12") && !root.join("x").exists(), "{message}");
}

/// `predict` answers with a converted checkpoint, and its header tells no training budget.
#[test]
fn converted_checkpoints_answer() {
    let root = CORPUS.path();
    done(
        root,
        &format!("convert {RELEASED}/static.pt --model golden --encoder hashed --fit-on release --out converted"),
    );
    done(root, "embed --release release --encoder hashed --kind repo_state_g2 --width 12 --out narrow.safetensors");
    let predict =
        "predict static-g2 --release release --model golden --artifact converted --vectors narrow.safetensors \
         --splits cr_val --device cpu --out converted.jsonl"
            .to_string();
    done(root, &predict);
    let text = fs::read_to_string(root.join("converted.jsonl")).unwrap();
    let header: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let card = header.to_string();
    assert!(card.contains("by others, its settings as the paper tells them; static.pt"), "{card}");
    assert!(!card.contains("\"training_budget\":{"), "{card}");
}
