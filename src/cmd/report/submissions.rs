//! A folder of submissions: each is checked, scored and put on the board, or rejected with the reasons.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use bench::submission::Coverage;
use bench::{Predictions, Release, Roll, Submission, Summary, Verdict};
use harness::{Asked, RULES_VERSION, ScoreOptions};
use reports::board::{AUDIT, COST, Rejected, read_audit, read_cost};
use reports::text::Shown;

use crate::cmd::compare::open;
use crate::cmd::score::{self, asked, summary};
use crate::ui::Ui;

/// Faults of each kind that a rejection names.
const FAULTS: usize = 3;
/// Reasons of a rejection at most; what is left out is counted.
const REASONS: usize = 12;

/// What became of a folder of submissions.
#[derive(Default)]
pub(super) struct Judged {
    /// Folders of scores, one a submission, by name.
    pub(super) scores: Vec<PathBuf>,
    /// The files of answers of those.
    pub(super) predictions: Vec<PathBuf>,
    /// The others.
    pub(super) rejected: Vec<Rejected>,
}

/// A submission: its name, its folder, and its files of answers.
struct Submitted {
    name: String,
    /// What it is called in the folder of submissions: the name of a file says its format too.
    entry: String,
    /// Where its audit and costs lie; none for a single file.
    folder: Option<PathBuf>,
    files: Vec<PathBuf>,
}

/// A release with what submissions are held against.
struct Opened {
    release: Release,
    roll: Roll,
    /// Read when the first submission is scored.
    tasks: Option<Vec<Asked>>,
}

/// Why a submission is not on the board.
type Reasons = Vec<String>;

/// Checks and scores everything in `folder` against `releases`, into folders below `out`. The board has the methods of the
/// folders `scores` already.
///
/// A submission is a file of answers, or a folder of such files, shards of one submission. Nothing else is looked at, and
/// no link is followed: submissions come from strangers.
pub(super) fn judge(folder: &Path, releases: &[PathBuf], scores: &[PathBuf], out: &Path, ui: &Ui) -> Result<Judged> {
    let mut releases = releases.iter().map(|root| opened(root)).collect::<Result<Vec<Opened>>>()?;
    let mut judged = Judged::default();
    let mut accepted = scores.iter().map(|folder| known(folder)).collect::<Result<Vec<(String, Summary)>>>()?;
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for submitted in submissions(folder)? {
        let scores = out.join(&submitted.name);
        let found = match unused(&submitted, &mut names) {
            Ok(()) => one(&submitted, &mut releases, &scores, ui)?.and_then(|summary| distinct(summary, &accepted)),
            Err(reasons) => Err(reasons),
        };
        match found {
            Ok(summary) => {
                accepted.push((submitted.name, summary));
                judged.scores.push(scores);
                judged.predictions.extend(submitted.files);
            }
            Err(reasons) => judged.rejected.push(rejected(&submitted.name, &reasons)),
        }
    }
    Ok(judged)
}

/// The method in the folder `scores`, called by the name of that folder: others read the reasons, on other machines.
fn known(scores: &Path) -> Result<(String, Summary)> {
    let name = scores.file_name().unwrap_or(scores.as_os_str()).to_string_lossy().into_owned();
    Ok((name, summary(scores)?))
}

/// Refuses a submission whose name one of `names` is, and adds it to them. Small and capital letters are one, as they are
/// to some file systems.
fn unused(submitted: &Submitted, names: &mut BTreeMap<String, String>) -> std::result::Result<(), Reasons> {
    match names.entry(submitted.name.to_ascii_lowercase()) {
        Entry::Occupied(first) => {
            Err(vec![format!("`{}` has the name of `{}`; give it another", submitted.entry, first.get())])
        }
        Entry::Vacant(free) => {
            free.insert(submitted.entry.clone());
            Ok(())
        }
    }
}

fn opened(root: &Path) -> Result<Opened> {
    let release =
        Release::open(root).with_context(|| format!("{} is no release that `build` wrote", root.display()))?;
    let roll = Roll::of(&release, RULES_VERSION)?;
    Ok(Opened { release, roll, tasks: None })
}

/// The submissions in `folder`, by name; names that begin with a dot are passed over.
fn submissions(folder: &Path) -> Result<Vec<Submitted>> {
    let mut found = Vec::new();
    for (name, path, is_folder) in entries(folder)? {
        if is_folder {
            let files = entries(&path)?.into_iter().filter(|(name, _, is_folder)| !is_folder && holds_answers(name));
            let files = files.map(|(_, path, _)| path).collect();
            found.push(Submitted { entry: name.clone(), name, folder: Some(path), files });
        } else if holds_answers(&name) {
            let stem = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.push(Submitted { name: stem, entry: name, folder: None, files: vec![path] });
        }
    }
    Ok(found)
}

fn holds_answers(name: &str) -> bool {
    Predictions::check_name(Path::new(name)).is_ok()
}

/// The ordinary files and folders in `folder`, by name, and whether each is a folder.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf, bool)>> {
    let refused = || format!("cannot read {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(refused)? {
        let entry = entry.with_context(refused)?;
        let (name, kind) = (entry.file_name().to_string_lossy().into_owned(), entry.file_type().with_context(refused)?);
        if !name.starts_with('.') && (kind.is_file() || kind.is_dir()) {
            found.push((name, entry.path(), kind.is_dir()));
        }
    }
    found.sort();
    Ok(found)
}

/// The scores of `submitted`, in the folder `scores`; or why it has none.
fn one(
    submitted: &Submitted,
    releases: &mut [Opened],
    scores: &Path,
    ui: &Ui,
) -> Result<std::result::Result<Summary, Reasons>> {
    let (place, predictions) = match answers(submitted, releases) {
        Ok(found) => found,
        Err(reasons) => return Ok(Err(reasons)),
    };
    let beside = submitted.folder.as_deref();
    if let Some(Err(error)) = beside.map(|folder| read_audit(folder).and_then(|_| read_cost(folder))) {
        return Ok(Err(vec![error.to_string()]));
    }
    let home = &mut releases[place];
    let hash = predictions.hash();
    let options = ScoreOptions::default();
    let known = open(scores).ok().map(|scored| scored.summary).filter(|summary| {
        let Summary { release, rules, predictions, resamples, seed, .. } = summary;
        (release.as_str(), rules.as_str(), predictions) == (home.release.id(), RULES_VERSION, &hash)
            && (*resamples, *seed) == (options.resamples, options.seed)
    });
    let summary = match known {
        Some(summary) => summary,
        None => {
            if home.tasks.is_none() {
                home.tasks = Some(asked(&home.release, &home.release.splits(), None, ui)?);
            }
            let tasks = home.tasks.as_deref().unwrap_or_default();
            score::write(&home.release, tasks, predictions, &options, None, scores)?
        }
    };
    for name in [AUDIT, COST] {
        let kept = scores.join(name);
        match beside.map(|folder| folder.join(name)).filter(|path| path.is_file()) {
            Some(path) => bench::file::write_atomic(&kept, &fs::read(&path)?)?,
            None if kept.exists() => fs::remove_file(&kept)?,
            None => {}
        }
    }
    Ok(Ok(summary))
}

/// The answers of `submitted` and the place of the release that they answer.
fn answers(submitted: &Submitted, releases: &[Opened]) -> std::result::Result<(usize, Predictions), Reasons> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !submitted.name.chars().all(plain) || submitted.name.len() > 100 {
        return Err(vec![
            "its name has other characters than letters, digits, `.`, `_` and `-`, or more than 100".to_owned(),
        ]);
    }
    if submitted.files.is_empty() {
        return Err(vec!["it has no file that ends in .jsonl or .parquet".to_owned()]);
    }
    let read = |opened: &Opened| Submission::read(&submitted.files, &opened.roll, FAULTS);
    let Some(mut submission) = releases.first().map(read) else { return Err(vec!["there is no release".to_owned()]) };
    let mut place = 0;
    let named = submission.header.as_ref().map(|header| header.release.clone());
    if let Some(other) = releases.iter().position(|opened| Some(opened.release.id()) == named.as_deref())
        && other > 0
    {
        (place, submission) = (other, read(&releases[other]));
    }
    if submission.verdict() != Verdict::Complete {
        return Err(reasons(&submission));
    }
    submission.into_predictions().map(|predictions| (place, predictions)).ok_or_else(Vec::new)
}

/// What is wrong with `submission`, the first faults of each kind.
fn reasons(submission: &Submission) -> Reasons {
    let faults = submission.faults.sorted();
    // Files are named without their folders: reasons are read by others, on other machines.
    let bare = |fault: &&bench::submission::Fault| {
        let mut text = fault.to_string();
        for file in &submission.files {
            let (path, name) =
                (file.path.display().to_string(), file.path.file_name().unwrap_or_default().to_string_lossy());
            text = text.replace(&path, &name);
        }
        text
    };
    let mut reasons: Reasons = faults.iter().take(REASONS).map(bare).collect();
    let rest = submission.faults.total() - reasons.len() as u64;
    if rest > 0 {
        reasons.push(format!("{rest} more faults; `repopeft check` lists them"));
    }
    for Coverage { split, tasks, answered } in submission.coverage.iter().filter(|part| part.answered < part.tasks) {
        reasons.push(format!("{answered} of {tasks} tasks of {} are answered", split.title()));
    }
    reasons
}

/// `summary`, unless one of `accepted` is of the same method on the same release.
fn distinct(summary: Summary, accepted: &[(String, Summary)]) -> std::result::Result<Summary, Reasons> {
    let twin = |(_, known): &&(String, Summary)| known.release == summary.release && known.card == summary.card;
    match accepted.iter().find(twin) {
        Some((name, _)) => Err(vec![format!("it is of the same method with the same settings as `{name}`")]),
        None => Ok(summary),
    }
}

fn rejected(name: &str, reasons: &[String]) -> Rejected {
    Rejected { name: Shown::name(name), reasons: reasons.iter().map(|reason| Shown::sentence(reason)).collect() }
}
