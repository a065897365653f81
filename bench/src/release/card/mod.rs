//! The data card of a release, `README.md`: what `datasets.load_dataset` and people must know.
//!
//! It is made of the manifest and the provenance alone, so it costs nothing and the same release gives the same card. It
//! is outside the seal, because people write in it; measured statistics are a [section](with_statistics) of it.

mod configs;
mod licences;

pub(crate) use configs::{Splits, configs};
pub(crate) use licences::licences;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::manifest::{Contents, Manifest, Origin};
use super::provenance::{Made, PROVENANCE, PROVENANCE_FORMAT, ReleaseProvenance};
use super::{Release, TaskSet};
use crate::error::{Error, Result};
use crate::file::{read_format, write_atomic, write_json};
use crate::partition::Grouping;
use crate::profile::{Profile, Track};
use crate::split::Split;

/// The name of the card inside a release.
pub(crate) const CARD: &str = "README.md";
/// The name of the file that holds the licences.
pub(crate) const LICENCES: &str = "LICENCES.md";

/// What encloses the statistics in a card, so that they can be replaced.
const STATISTICS: [&str; 2] = ["<!-- statistics: begin -->", "<!-- statistics: end -->"];

/// Writes `provenance.json`, `README.md` and `LICENCES.md` of `manifest` into the folder `root`.
pub(super) fn write(root: &Path, manifest: &Manifest, made: Made) -> Result<()> {
    let provenance = ReleaseProvenance::of(manifest, made);
    write_json(&root.join(PROVENANCE), &provenance)?;
    write_atomic(&root.join(LICENCES), licences(manifest, &provenance).as_bytes())?;
    write_atomic(&root.join(CARD), card(manifest, &provenance).as_bytes())
}

impl Release {
    /// How the release was made; none if it was sealed by a version that did not tell.
    ///
    /// # Errors
    /// If `provenance.json` cannot be read, is of another format, or is that of another release.
    pub fn provenance(&self) -> Result<Option<ReleaseProvenance>> {
        let path = self.root().join(PROVENANCE);
        if !path.exists() {
            return Ok(None);
        }
        let found: ReleaseProvenance = read_format(&path, &["format"], PROVENANCE_FORMAT, "provenance")?;
        if found.release != self.id() {
            let (found, expected) = (format!("the provenance of release {}", found.release), self.id().to_owned());
            return Err(Error::Mismatch { path, found, expected });
        }
        Ok(Some(found))
    }

    /// The licence and origin of every repository, as Markdown.
    ///
    /// # Errors
    /// As [`Release::provenance`].
    pub(crate) fn licences(&self) -> Result<String> {
        Ok(licences(self.manifest(), &self.known_provenance()?))
    }

    /// The provenance, which says nothing if none was told.
    fn known_provenance(&self) -> Result<ReleaseProvenance> {
        Ok(self.provenance()?.unwrap_or_else(|| ReleaseProvenance::of(self.manifest(), Made::default())))
    }

    /// Puts `statistics`, Markdown with headings below the second level, into the card of this release, in the place of
    /// those that stand there; the card, which is made if there is none.
    ///
    /// # Errors
    /// If the card cannot be read or written, or [`Release::provenance`] fails.
    pub fn write_statistics(&self, statistics: &str) -> Result<PathBuf> {
        let path = self.root().join(CARD);
        let text = if path.exists() {
            std::fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?
        } else {
            card(self.manifest(), &self.known_provenance()?)
        };
        write_atomic(&path, with_statistics(&text, statistics).as_bytes())?;
        Ok(path)
    }
}

/// `card` with the section `statistics`, which replaces an earlier one.
fn with_statistics(card: &str, statistics: &str) -> String {
    let [begin, end] = STATISTICS;
    let section = format!("{begin}\n\n## Statistics\n\n{}\n\n{end}", statistics.trim());
    let found = card.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    match found {
        Some((before, after)) => [before, &section, after].concat(),
        None => format!("{}\n\n{section}\n", card.trim_end()),
    }
}

/// The card of the release under `manifest`.
fn card(manifest: &Manifest, provenance: &ReleaseProvenance) -> String {
    let contents = &manifest.contents;
    let mut text = header(contents);
    let _ = write!(text, "\n# {}\n\n{}\n\n", title(contents), about(contents.track, contents.origin));
    let _ =
        writeln!(text, "Release `{}`. The licences of all {} repositories are in", manifest.root, contents.repos.len());
    let _ = writeln!(text, "[{LICENCES}]({LICENCES}). `repopeft verify` says whether these files are whole.\n");
    text.push_str("| split | repositories | tasks |\n| --- | ---: | ---: |\n");
    for (name, repos, tasks) in counts(contents) {
        let _ = writeln!(text, "| {name} | {repos} | {tasks} |");
    }
    text.push_str("\n## How it was made\n\n");
    sentences(&mut text, &making(contents));
    text.push_str(&filters(provenance));
    text.push_str("\n## Before you use it\n\n");
    sentences(&mut text, &warnings(contents));
    text
}

fn sentences(text: &mut String, all: &[String]) {
    for sentence in all {
        let _ = writeln!(text, "- {sentence}");
    }
}

/// The YAML that the Hugging Face Hub reads. Licences differ by repository, for which it knows no other word.
fn header(contents: &Contents) -> String {
    let tasks: u64 = contents.repos.iter().flat_map(|known| known.tasks.values()).sum();
    let mut lines = vec![
        "---".to_owned(),
        format!("pretty_name: {}", title(contents)),
        "license: other".to_owned(),
        "license_name: per-repository".to_owned(),
        format!("license_link: {LICENCES}"),
        "language:\n- code".to_owned(),
        "task_categories:\n- text-generation".to_owned(),
        "tags:\n- code\n- python\n- unit-tests\n- assertion-completion".to_owned(),
        format!("size_categories:\n- {}", size(tasks)),
    ];
    lines.extend(configs(&contents.tables, |folder| match folder {
        "tasks" | "anchor" | "static" => Splits::Files,
        _ => Splits::Together,
    }));
    lines.push("---".to_owned());
    lines.join("\n") + "\n"
}

/// The size as the Hub writes it.
const fn size(tasks: u64) -> &'static str {
    match tasks {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        _ => "1M<n<10M",
    }
}

fn title(contents: &Contents) -> String {
    format!("RepoPeftBench, {} track, profile {}", contents.track, contents.profile)
}

fn about(track: Track, origin: Origin) -> &'static str {
    match (track, origin) {
        (Track::Static, Origin::Mined) => {
            "Assertion completion: a model reads a Python test file up to the middle of an assertion and writes the rest.\n\
             Tasks are those of one commit of each repository. A row of `tasks` holds the `prefix` to read and the `target`\n\
             to write; `sources` holds the files of the repositories that a method may look at."
        }
        (Track::Evolution, Origin::Mined) => {
            "Assertion completion through the history of repositories: a model reads a Python test file, as it was at a\n\
             commit, up to the middle of an assertion and writes the rest. A row of `tasks` holds the `target` and points to\n\
             its prefix: the text of `blob` from byte `prefix_start` to byte `prefix_end`, followed by `in_line`.\n\
             `repopeft export` writes prefixes out. `commits`, `blobs`, `files` and `definitions` tell what a method may\n\
             look at at each commit."
        }
        (Track::Static, Origin::Imported) => {
            "Assertion completion: a model reads a Python test file up to the middle of an assertion and writes the rest.\n\
             Tasks are those of one commit of each repository. A row of `tasks` holds the `prefix` to read and the `target`\n\
             to write."
        }
        (Track::Evolution, Origin::Imported) => {
            "Assertion completion through the history of repositories: a model reads a Python test file, as it was at a\n\
             commit, up to the middle of an assertion and writes the rest. A row of `tasks` holds the `prefix` to read and\n\
             the `target` to write."
        }
    }
}

/// Repositories and tasks of every set, by name.
fn counts(contents: &Contents) -> Vec<(String, usize, u64)> {
    let row = |set: TaskSet| {
        let rows = contents.table(&set.path())?.rows;
        Some(match set {
            TaskSet::Split(split) => {
                let repos = contents.repos.iter().filter(|known| known.tasks.get(&split).is_some_and(|n| *n > 0));
                (split.title().to_owned(), repos.count(), rows)
            }
            TaskSet::Anchor => ("Train at the anchors".to_owned(), of(contents, Split::Train), rows),
            TaskSet::StaticOod => ("OOD, one static set".to_owned(), of(contents, Split::OodTest), rows),
        })
    };
    TaskSet::all().filter_map(row).collect()
}

/// Repositories of the partition of `split`.
fn of(contents: &Contents, split: Split) -> usize {
    contents.repos.iter().filter(|known| known.partition == split.partition()).count()
}

fn making(contents: &Contents) -> Vec<String> {
    if contents.origin == Origin::Imported {
        return vec![
            "Imported from tables that others published, by `repopeft import`; splits and selection are theirs."
                .to_owned(),
        ];
    }
    let mut all = vec![
        match contents.profile {
            Profile::Paper => {
                "Mined by the profile `paper`: the rules of the authors' programs, quirks included.".to_owned()
            }
            Profile::Strict => {
                "Mined by the profile `strict`: the rules that the paper describes, quirks repaired.".to_owned()
            }
        },
        format!(
            "Repositories without a fixed partition were drawn with the seed {}, among those with at least {} selected \
             tasks.",
            contents.split_seed, contents.min_pairs
        ),
    ];
    if contents.track == Track::Static {
        all.push(match contents.group {
            Grouping::Pair => "The tasks of a training repository were divided task by task.".to_owned(),
            group => {
                format!("The tasks of a training repository were divided in groups: all of one {group} stay together.")
            }
        });
    }
    if let Some(caps) = contents.caps {
        all.push(format!(
            "Of a commit at most {} training tasks ({} a file) and {} evaluated ones were taken.",
            caps.trained, caps.file, caps.evaluated
        ));
    }
    if !contents.left_out.is_empty() {
        all.push(format!("Repositories left out for having fewer tasks: {}.", contents.left_out.len()));
    }
    if !contents.without_commits.is_empty() {
        all.push(format!("Repositories left out for having no commit with tasks: {}.", contents.without_commits.len()));
    }
    all
}

/// What was found and what filters rejected, as a table; empty if it is not known.
fn filters(provenance: &ReleaseProvenance) -> String {
    let made = &provenance.made;
    if made.counts.is_empty() {
        return String::new();
    }
    let tools = made.tools.iter().map(|(name, version)| format!("{} {}", plain(name), plain(version)));
    let tools: Vec<String> = std::iter::once(format!("repopeft {}", plain(&provenance.program))).chain(tools).collect();
    let mut text = format!("\nCounts over all mined repositories, by {}:\n\n", tools.join(", "));
    text.push_str("| count | |\n| --- | ---: |\n");
    for (name, n) in &made.counts {
        let _ = writeln!(text, "| {} | {n} |", plain(name));
    }
    for (reason, n) in &made.skipped {
        let _ = writeln!(text, "| rejected: {} | {n} |", plain(reason));
    }
    text
}

fn warnings(contents: &Contents) -> Vec<String> {
    let mut all = Vec::new();
    if (contents.track, contents.group) == (Track::Static, Grouping::Pair) {
        all.push(
            "**Answers leak within training repositories (R86).** IR-val and IR-test tasks were drawn task by task, so the \
             prefix of a training task can hold the answer of a test task. CR-test and OOD are free of this; the profile \
             `strict` divides in groups."
                .to_owned(),
        );
    }
    if (contents.profile, contents.track) == (Profile::Paper, Track::Evolution) {
        all.push(
            "**Most tasks of a commit are assertions that it did not touch (R102, Q29).** Any change above an assertion \
             makes it a task again; the column `event` says `reemitted`. The first tasks of a commit are evaluated, so the \
             alphabetically first file dominates (Q38)."
                .to_owned(),
        );
    }
    if contents.origin == Origin::Imported {
        all.push("The release holds no sources: methods that read the repository cannot answer it.".to_owned());
    }
    all.push(
        "The repositories are public: a model may have seen them, answers included, before its training cut-off."
            .to_owned(),
    );
    all.push("Tasks of the two profiles, and of different releases, are not comparable.".to_owned());
    all.push(
        "The texts are code of others: see the licences before you pass them on, and do not run them unseen."
            .to_owned(),
    );
    all
}

/// `text` with nothing that Markdown, YAML or HTML would read as more than text.
fn plain(text: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || " .,-_+~:/()@%=&?#".contains(c);
    text.chars().map(|c| if kept(c) { c } else { '\u{fffd}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_replaced_and_nothing_else() {
        let once = with_statistics("# Card\n\nmine\n", "### a\n");
        assert!(once.starts_with("# Card\n\nmine\n\n<!-- statistics: begin -->\n\n## Statistics\n\n### a\n\n<!--"));
        let more = once.clone() + "\nbelow\n";
        let twice = with_statistics(&more, "### b");
        assert_eq!(twice, more.replace("### a", "### b"));
    }

    #[test]
    fn foreign_text_is_only_text() {
        assert_eq!(plain("MIT | <b>`x`\n"), "MIT \u{fffd} \u{fffd}b\u{fffd}\u{fffd}x\u{fffd}\u{fffd}");
        assert_eq!(plain("(MIT OR Apache-2.0+)"), "(MIT OR Apache-2.0+)");
    }
}
