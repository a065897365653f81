//! Mining hostile repositories: every one ends in a clear error or a counted skip, and the others go on.

mod forge;
mod histories;
mod repositories;
mod texts;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bench::{Mining, Shard, ShardTable};
use tempfile::TempDir;

use crate::measured::{Limits, Run, run};
use forge::Forge;
use repositories::{Case, Fate, Size, TEST};
use texts::Text;

/// What mining all small cases together on two threads may cost.
const SMALL: Limits = Limits { seconds: 120, mib: 1_536 };
/// What mining any full case alone may cost: 2 GiB, as much as the whole list of repositories may.
const FULL: Limits = Limits { seconds: 600, mib: 2_048 };

/// All hostile repositories.
fn cases() -> impl Iterator<Item = &'static Case> {
    repositories::CASES.iter().chain(histories::CASES)
}

/// A folder of repositories and their list.
struct Zoo {
    folder: TempDir,
    list: String,
}

impl Zoo {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), list: String::new() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn add(&mut self, name: &str, make: impl FnOnce(&Forge)) {
        make(&Forge::new(&self.path().join(format!("{name}.git"))));
        let _ = write!(self.list, "[[repo]]\nname = \"hostile/{name}\"\nsource = \"{name}.git\"\n");
    }

    /// Mines all, into the folder `mining`.
    fn mine(&self, limits: Limits) -> Run {
        fs::write(self.path().join("repos.toml"), &self.list).expect("written");
        let arguments = ["mine", "--repos", "repos.toml", "--out", "mining", "--threads", "2", "--skip-failed"];
        run(self.path(), &arguments, limits)
    }

    fn shards(&self) -> Vec<Shard> {
        Mining::at(self.path().join("mining")).index().expect("an index").repos
    }
}

fn shard<'a>(shards: &'a [Shard], name: &str) -> Option<&'a Shard> {
    shards.iter().find(|shard| shard.repo.name() == name)
}

/// What is not as the case foretells.
fn check(case: &Case, shards: &[Shard], stderr: &str) -> Option<String> {
    let Case { name, fate, .. } = case;
    let found = shard(shards, name);
    let said = stderr.lines().find(|line| line.contains(&format!("hostile/{name}:")));
    let as_foretold = match (fate, found, said) {
        (Fate::Refused(words), None, Some(said)) => said.contains(words),
        (Fate::Shard, Some(_), None) => true,
        (Fate::Mined(drafts, counts), Some(shard), None) => {
            let count = |name| shard.skipped.get(name).or_else(|| shard.counts.get(name)).copied();
            shard.rows(ShardTable::Drafts) == *drafts
                && counts.iter().all(|(name, number)| count(*name) == Some(*number))
        }
        _ => false,
    };
    (!as_foretold).then(|| format!("{name} should be {fate:?}; shard {found:?}, said {said:?}\n"))
}

#[test]
fn hostile_repositories_cost_little_and_stop_nobody() {
    let mut zoo = Zoo::new();
    for case in cases() {
        zoo.add(case.name, |forge| (case.make)(forge, Size::Small));
    }
    let run = zoo.mine(SMALL);
    println!("{} repositories: {:.1} s, {} MiB", cases().count(), run.seconds, run.peak_mib);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shards = zoo.shards();
    let wrong: String = cases().filter_map(|case| check(case, &shards, &run.stderr)).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

fn add_text(zoo: &mut Zoo, text: &Text) {
    zoo.add(text.name, |forge| drop(forge.files(&[("test_a.py", text.source.as_bytes())])));
}

/// What is not as the text's fate foretells.
fn check_text(text: &Text, shards: &[Shard]) -> Option<String> {
    let found = shard(shards, text.name);
    let skipped = |reason| found.and_then(|shard| shard.skipped.get(reason).copied()).unwrap_or(0);
    let extracted = found.map_or(0, |shard| shard.counts["extracted"]);
    let as_foretold = match text.fate {
        texts::Fate::Invalid => skipped("file_invalid") == 1,
        texts::Fate::TooLarge => skipped("file_too_large") == 1,
        texts::Fate::Found(least) => extracted >= least as u64 && skipped("file_invalid") == 0,
    };
    (!as_foretold).then(|| format!("{} should be {:?}: {found:?}\n", text.name, text.fate))
}

#[test]
fn hostile_texts_cost_little() {
    let texts = texts::texts(1_000);
    let mut zoo = Zoo::new();
    texts.iter().for_each(|text| add_text(&mut zoo, text));
    let run = zoo.mine(SMALL);
    println!("{} texts: {:.1} s, {} MiB", texts.len(), run.seconds, run.peak_mib);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shards = zoo.shards();
    let wrong: String = texts.iter().filter_map(|text| check_text(text, &shards)).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_repository_that_takes_too_long_is_left_out() {
    let mut zoo = Zoo::new();
    zoo.add("quick", |forge| drop(forge.files(&[("test_a.py", TEST.as_bytes())])));
    zoo.add("slow-texts", |forge| {
        let text = "def test_a():\n    assert f(1) == 12\n".repeat(20_000);
        let names: Vec<String> = (0..100).map(|at| format!("test_{at}.py")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, text.as_bytes())).collect();
        forge.files(&files);
    });
    fs::write(zoo.path().join("repos.toml"), &zoo.list).expect("written");
    let arguments = ["mine", "--repos", "repos.toml", "--out", "mining", "--skip-failed", "--time-limit", "1"];
    let run = run(zoo.path(), &arguments, SMALL);
    assert!(run.stderr.contains("hostile/slow-texts") && run.stderr.contains("longer than it may"), "{}", run.stderr);
    assert_eq!(zoo.shards().len(), 1);
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn what_each_hostile_repository_costs() {
    for case in cases() {
        let mut zoo = Zoo::new();
        zoo.add(case.name, |forge| (case.make)(forge, Size::Full));
        zoo.add("bystander", |forge| drop(forge.files(&[("test_a.py", TEST.as_bytes())])));
        let run = zoo.mine(FULL);
        let shards = zoo.shards();
        assert!(shard(&shards, "bystander").is_some(), "{}", run.stderr);
        assert_eq!(check(case, &shards, &run.stderr), None);
        let drafts = shard(&shards, case.name)
            .map_or_else(|| "refused".to_owned(), |shard| shard.rows(ShardTable::Drafts).to_string());
        println!("{:14} {:7.1} s {:6} MiB  {drafts}", case.name, run.seconds, run.peak_mib);
    }
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn what_each_hostile_text_costs() {
    for text in texts::texts(100_000) {
        let mut zoo = Zoo::new();
        add_text(&mut zoo, &text);
        let run = zoo.mine(FULL);
        let shards = zoo.shards();
        assert_eq!(check_text(&text, &shards), None);
        let shard = &shards[0];
        let (found, drafts) = (shard.counts["extracted"], shard.rows(ShardTable::Drafts));
        println!("{:16} {:7.1} s {:6} MiB  {found} found, {drafts} kept", text.name, run.seconds, run.peak_mib);
    }
}
