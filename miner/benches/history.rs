//! On one thread, commits a second: walking a history, and its diffs as well; and bytes of diffs a second.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Repository as Git, RepositoryInitOptions, Signature, Time};
use miner::Repository;
use miner::history::{Abbreviation, Attributes, History, Limits, Names, Style};

const COMMITS: u64 = 400;
const FILES: u64 = 60;

/// The lines of file `file` in version `version`: one in fifty differs from the version before.
fn text(file: u64, version: u64) -> String {
    let line = |line: u64| {
        let value = if (line + file) % 50 == version % 50 { version } else { line };
        format!("    value_{line} = compute({file}, {value})\n")
    };
    (0..400).map(line).collect()
}

/// A history that edits four files a commit and moves a folder every fiftieth.
fn make(git: &Git) -> Result<(), git2::Error> {
    let mut tree = git.find_tree(git.treebuilder(None)?.write()?)?;
    let mut parent: Option<Oid> = None;
    for version in 0..COMMITS {
        let mut update = TreeUpdateBuilder::new();
        let folder = version / 50;
        for file in 0..FILES {
            if version % 50 == 0 && version > 0 {
                update.remove(format!("src/{}/{file}.py", folder - 1));
            }
            if version % 50 == 0 || (file + version) % (FILES / 4) == 0 {
                update.upsert(
                    format!("src/{folder}/{file}.py"),
                    git.blob(text(file, version).as_bytes())?,
                    FileMode::Blob,
                );
            }
        }
        tree = git.find_tree(update.create_updated(git, &tree)?)?;
        let author = Signature::new("A", "a@example.org", &Time::new(946_684_800, 0))?;
        let parents = parent.map(|id| git.find_commit(id)).transpose()?;
        let parents: Vec<_> = parents.iter().collect();
        parent = Some(git.commit(Some("refs/heads/main"), &author, &author, "c", &tree, &parents)?);
    }
    Ok(())
}

fn history(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = RepositoryInitOptions::new();
    options.bare(true).initial_head("main");
    let git = Git::init_opts(folder.path(), &options).expect("a repository");
    make(&git).expect("a history");
    let repository = Repository::open(folder.path()).expect("a repository");
    let head = repository.resolve(None).expect("a head");
    let style = Style { names: Names::Quoted, abbreviation: Abbreviation::SHORTEST, attributes: Attributes::default() };
    let run = |diffs: bool| -> usize {
        let history = History::open(&repository, Limits::default()).expect("a history");
        let steps = history.walk(&head).expect("a walk").map(|step| step.expect("a step"));
        let diff = |changes: &_| history.diff_of(changes, &style, &|_| true).expect("a diff").text.len();
        steps.map(|step| if diffs { diff(&step.changes) } else { step.changes.len() }).sum()
    };
    let mut group = criterion.benchmark_group("history");
    group.throughput(Throughput::Elements(COMMITS)).sample_size(10);
    group.bench_function("walk", |bencher| bencher.iter(|| run(false)));
    group.bench_function("walk and diffs", |bencher| bencher.iter(|| run(true)));
    let texts = History::open(&repository, Limits::default()).expect("a history");
    let steps: Vec<_> = texts.walk(&head).expect("a walk").map(|step| step.expect("a step")).collect();
    let diffs = || -> usize {
        steps.iter().map(|step| texts.diff_of(&step.changes, &style, &|_| true).expect("a diff").text.len()).sum()
    };
    group.throughput(Throughput::Bytes(diffs() as u64));
    group.bench_function("diffs", |bencher| bencher.iter(diffs));
    group.finish();
}

criterion_group!(benches, history);
criterion_main!(benches);
