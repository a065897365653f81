//! `embed` and `inspect`, from outside: what files of vectors hold, what refuses them, and that a killed run is taken up.

#![cfg(feature = "torch")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../predict/corpus.rs"]
mod corpus;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use baselines::encoder::{Encoder, HashedEncoder, PooledFile, Recipe, Weighting};
use baselines::vectors::{Vectors, Wanted};
use bench::{CommitId, Release, RepoId, Seed, VectorKind};
use tempfile::TempDir;

use corpus::{command, corpus, done, refused, stderr};

/// Width of the vectors of these tests.
const WIDTH: &str = "64";

/// A tiny Qwen3 model with a tokenizer; it reads 512 tokens, which suits diffs alone.
fn qwen3() -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baselines/tests/golden/qwen3/prefixed");
    folder.to_string_lossy().into_owned()
}

fn hashed<'a>(release: &'a str, kind: &'a str, out: &'a str) -> Vec<&'a str> {
    vec!["embed", "--release", release, "--encoder", "hashed", "--width", WIDTH, "--kind", kind, "--out", out]
}

fn open(folder: &TempDir, file: &str, kind: VectorKind) -> Vectors {
    Vectors::open(&folder.path().join(file), &Wanted::kind(kind)).unwrap()
}

fn numbers(vectors: &Vectors, repo: &RepoId, commit: &CommitId) -> Vec<f32> {
    Vec::try_from(vectors.get(repo, commit).unwrap()).unwrap()
}

fn length(numbers: &[f32]) -> f64 {
    numbers.iter().map(|&number| f64::from(number).powi(2)).sum::<f64>().sqrt()
}

/// The state of `repo` at `commit`, made of the view that methods get: every file encoded, nothing remembered.
fn state(release: &Release, recipe: Recipe, repo: &RepoId, commit: &CommitId) -> Vec<f32> {
    let encoder = HashedEncoder::fit_on(release, 32, Weighting::Spread, Seed(0)).unwrap();
    let view = release.view(repo, commit).unwrap();
    let read = view.files.iter().filter(|file| recipe.reads(&file.path, file.role, file.text.len()));
    let encoded: Vec<_> = read
        .map(|file| {
            let text = encoder.encode(&[&file.text], recipe.layout()).unwrap().remove(0);
            (&file.path, recipe.text_vector(&text, encoder.width()))
        })
        .collect();
    let pooled: Vec<PooledFile<'_>> = encoded.iter().map(|(path, text)| PooledFile { path, lines: 1, text }).collect();
    recipe.tree_vector(&pooled, encoder.width())
}

#[test]
fn vectors_say_what_they_are_and_fit_nothing_else() {
    let folder = corpus();
    let here = folder.path();
    done(here, &hashed("evolution", "repo_state_g2", "state.safetensors"));
    done(here, &[&hashed("evolution", "repo_state_g2", "clean.safetensors")[..], &["--exclude-tests"]].concat());
    states_are_those_of_the_views(&folder);
    diffs_have_one_vector_a_kept_commit(&folder);
    snapshots_are_normalised_when_they_are_read(&folder);
    wrong_files_and_options_are_refused(here);
    let journal = here.join("state.safetensors.journal");
    fs::write(&journal, "of a run that was killed in its last moment").unwrap();
    let again = done(here, &hashed("evolution", "repo_state_g2", "state.safetensors"));
    assert!(!journal.exists());
    assert!(stderr(&again).contains("state.safetensors is up to date"));
    let other = [&hashed("evolution", "repo_state_g2", "other.safetensors")[..], &["--threads", "1"]].concat();
    done(here, &other);
    let [one, two] = ["state", "other"].map(|name| fs::read(here.join(name).with_extension("safetensors")).unwrap());
    assert!(one == two, "threads do not show");
    let told = String::from_utf8(done(here, &["inspect", "vectors", "state.safetensors"]).stdout).unwrap();
    for part in
        ["kind\trepo_state_g2", "test files\tcounted in", "encoder\thashed, f32, ", "64 numbers each", "lengths\t"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}

fn states_are_those_of_the_views(folder: &TempDir) {
    let release = Release::open(&folder.path().join("evolution")).unwrap();
    let kept: u64 = release.manifest().contents.repos.iter().flat_map(|repo| repo.commits.values()).sum();
    let mut files = Vec::new();
    for (file, exclude) in [("state.safetensors", false), ("clean.safetensors", true)] {
        let vectors = open(folder, file, VectorKind::RepoStateG2);
        assert_eq!((vectors.len() as u64, vectors.header().exclude_tests), (kept, exclude));
        let recipe = Recipe::new(VectorKind::RepoStateG2, exclude).unwrap();
        for known in release.manifest().contents.repos.iter().take(2) {
            let history = release.history(&known.repo).unwrap();
            for place in [history.commits().first().unwrap(), history.commits().last().unwrap()] {
                let found = numbers(&vectors, &known.repo, &place.commit);
                assert_eq!(
                    found,
                    state(&release, recipe, &known.repo, &place.commit),
                    "{} {}",
                    known.repo,
                    place.index
                );
                assert!((length(&found) - 1.0).abs() < 1e-3, "M21");
            }
        }
        files.push(vectors);
    }
    let (repo, commit) = files[0].places().next().unwrap();
    assert_ne!(numbers(&files[0], &repo, &commit), numbers(&files[1], &repo, &commit), "M22");
}

fn diffs_have_one_vector_a_kept_commit(folder: &TempDir) {
    done(folder.path(), &hashed("evolution", "diff_g2", "diff.safetensors"));
    let (diffs, states) = (
        open(folder, "diff.safetensors", VectorKind::DiffG2),
        open(folder, "state.safetensors", VectorKind::RepoStateG2),
    );
    assert!(diffs.places().eq(states.places()));
    let (repo, commit) = diffs.places().next().unwrap();
    assert!((length(&numbers(&diffs, &repo, &commit)) - 1.0).abs() > 0.1, "M23: not of length 1");
}

fn snapshots_are_normalised_when_they_are_read(folder: &TempDir) {
    for release in ["release", "evolution"] {
        let file = format!("{release}.safetensors");
        done(folder.path(), &hashed(release, "static_g1", &file));
        let vectors = open(folder, &file, VectorKind::StaticG1);
        let release = Release::open(&folder.path().join(release)).unwrap();
        assert_eq!(vectors.len(), release.manifest().contents.repos.len());
        for known in &release.manifest().contents.repos {
            let commit = known.anchor.as_ref().map_or(&known.commit, |anchor| &anchor.commit);
            let read: Vec<f32> = vectors.context(&known.repo, commit).unwrap().try_into().unwrap();
            assert!((length(&read) - 1.0).abs() < 1e-5, "M18");
            assert!((length(&numbers(&vectors, &known.repo, commit)) - 1.0).abs() > 0.1, "stored as it is");
        }
    }
}

fn wrong_files_and_options_are_refused(here: &Path) {
    let path = here.join("state.safetensors");
    let why = |wanted: &Wanted| Vectors::open(&path, wanted).unwrap_err().to_string();
    assert!(why(&Wanted::kind(VectorKind::StaticG1)).contains("of the kind repo_state_g2, but static_g1 is needed"));
    let state = Wanted::kind(VectorKind::RepoStateG2);
    assert!(why(&state.clone().of("another")).contains("but another is needed"));
    assert!(why(&Wanted { exclude_tests: Some(true), ..state.clone() }).contains("count test files in"));
    let mut encoder = Vectors::open(&path, &state).unwrap().header().encoder.clone();
    assert!(Vectors::open(&path, &state.clone().by(&encoder)).is_ok());
    encoder.fingerprint = "0".repeat(64);
    assert!(why(&state.by(&encoder)).contains("(f32, 0000000000000000…) is needed"));
    let model = qwen3();
    for (arguments, part) in [
        (hashed("release", "diff_g2", "a.safetensors"), "give a release of the track evolution"),
        (hashed("release", "repo_state_g2", "a.bin"), "does not end in .safetensors"),
        (
            [&hashed("evolution", "diff_g2", "a.safetensors")[..], &["--exclude-tests"]].concat(),
            "never read test files",
        ),
        (
            [&hashed("evolution", "diff_g2", "a.safetensors")[..], &["--device", "cpu"]].concat(),
            "--device and --precision",
        ),
        (hashed("evolution", "static_g1", "state.safetensors"), "it holds something else"),
        (hashed("evolution", "static_g3", "a.safetensors"), "unknown kind of vector `static_g3`"),
        (
            vec![
                "embed",
                "--release",
                "evolution",
                "--encoder",
                &model,
                "--kind",
                "repo_state_g2",
                "--out",
                "a.safetensors",
            ],
            "its windows have 2048 tokens, the model reads 512 at most",
        ),
        (
            vec![
                "embed",
                "--release",
                "evolution",
                "--encoder",
                &model,
                "--kind",
                "diff_g2",
                "--out",
                "a.safetensors",
                "--width",
                "8",
            ],
            "--width, --fit-on and --seed are for the encoder",
        ),
        (vec!["inspect", "vectors", "probe/repos.toml"], "not a whole safetensors file"),
    ] {
        let message = refused(here, &arguments, 2);
        assert!(message.contains(part), "{part}: {message}");
        assert!(!here.join("a.safetensors").exists());
    }
}

/// A model's vectors depend, in their last bits, on which texts are encoded together; a run that was killed must not show.
#[test]
fn a_killed_run_ends_with_the_same_bytes() {
    let folder = corpus();
    let (here, model) = (folder.path(), qwen3());
    let run = |out| {
        vec![
            "embed",
            "--release",
            "evolution",
            "--encoder",
            &model,
            "--kind",
            "diff_g2",
            "--out",
            out,
            "--device",
            "cpu",
        ]
    };
    done(here, &run("whole.safetensors"));
    assert!(!here.join("whole.safetensors.journal").exists(), "tidy");
    let journal = here.join("killed.safetensors.journal");
    let mut killed = 0;
    while killed < 3 {
        let mut child =
            command(here, &run("killed.safetensors")).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let held = || fs::metadata(&journal).map_or(0, |file| file.len());
        let before = held();
        while held() <= before.max(1_000) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().and_then(|()| child.wait()).unwrap();
        killed += 1;
        assert!(!here.join("killed.safetensors").exists(), "what has its name is whole");
    }
    assert!(killed > 0, "no run was caught at work");
    if !here.join("killed.safetensors").exists() {
        let end = done(here, &run("killed.safetensors"));
        assert!(stderr(&end).contains("encoded texts of an interrupted run"), "{}", stderr(&end));
    }
    let [whole, again] =
        ["whole", "killed"].map(|name| fs::read(here.join(name).with_extension("safetensors")).unwrap());
    assert!(whole == again, "the bytes are those of a run that nobody disturbed");
}

#[test]
fn a_journal_of_another_run_is_not_taken_up() {
    let folder = corpus();
    let here = folder.path();
    fs::write(here.join("a.safetensors.journal"), "{}\n").unwrap();
    let message = refused(here, &hashed("release", "static_g1", "a.safetensors"), 2);
    assert!(message.contains("it belongs to another release, encoder, recipe"), "{message}");
}
