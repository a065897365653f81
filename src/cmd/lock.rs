//! `lock`: a list of repositories, each pinned to a commit and judged, or the published list out of its tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use bench::{Partition, Provenance, RepoId, RepoList, RepoSpec};
use miner::lock::{Limits, List, LockOptions, Rejection, Request, lock};
use miner::{mirror_path, mirrored_repo};
use rayon::prelude::*;

use crate::cli::LockArgs;
use crate::discover::read_candidates;
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Where repositories are cloned from that are known by name alone.
const HOST: &str = "https://github.com";

/// Writes the list of `args` and the table of what is not in it.
pub(crate) fn run(args: &LockArgs, ui: &mut Ui) -> Result<Answer> {
    let existing = args.merge.as_deref().map(existing).transpose()?.unwrap_or(RepoList { repos: Vec::new() });
    let (mut list, rejected) = if args.from_release.is_empty() {
        judged(args, existing, ui)?
    } else {
        (merged(existing, published(&args.from_release)?), Vec::new())
    };
    let table = args.rejected.clone().unwrap_or_else(|| args.out.with_file_name("rejected.tsv"));
    if args.from_release.is_empty() {
        write_rejected(&table, &rejected)?;
    }
    if list.repos.is_empty() {
        let reasons = reasons(&rejected);
        bail!("nothing to list: {} repositories were rejected ({reasons}), see {}", rejected.len(), table.display());
    }
    anchor(&mut list, &args.out)?;
    list.write(&args.out, &heading(args, &list))?;
    if !rejected.is_empty() {
        ui.note(&format!("not listed: {} ({}), see {}", rejected.len(), reasons(&rejected), table.display()));
    }
    ui.data(&format!("{}\t{}\t{}", list.repos.len(), rejected.len(), args.out.display()));
    Ok(Answer::Done)
}

/// The entries of the list at `path`, sources as they are written there.
fn existing(path: &Path) -> Result<RepoList> {
    RepoList::read(path).with_context(|| format!("cannot keep the entries of {}", path.display()))
}

/// Opens and judges everything that `args` names.
fn judged(args: &LockArgs, existing: RepoList, ui: &Ui) -> Result<(RepoList, Vec<Rejection>)> {
    let mut list = List::keeping(existing);
    let mut requests = requests(args)?;
    requests.retain(|request| !list.keeps(&request.spec.name));
    requests.sort_by_cached_key(|r| (r.spec.name.owner().to_owned(), r.spec.name.name().to_owned()));
    if let Some([a, _]) = requests.array_windows().find(|[a, b]| a.spec.name == b.spec.name) {
        bail!("{} is named twice", a.spec.name);
    }
    let options = LockOptions {
        cutoff: args.cutoff,
        ood_until: args.ood_until,
        min_tasks: args.min_tasks,
        ..LockOptions::new(args.profile)
    };
    let bar = ui.bar("lock", requests.len() as u64, "repositories");
    let judge = |request: &Request| {
        bar.set_message(request.spec.name.to_string());
        let verdict = lock(request, &options);
        bar.inc(1);
        verdict
    };
    let verdicts: Vec<_> = requests.par_iter().map(judge).collect();
    bar.finish_and_clear();
    for verdict in verdicts {
        list.add(verdict);
    }
    Ok(list.finish(Limits { before: args.take, after: args.take_ood }))
}

/// What is to be opened: the repositories of the list, the candidates or the mirrors, and the known members.
fn requests(args: &LockArgs) -> Result<Vec<Request>> {
    let mirror = |name: &RepoId| mirror_path(args.mirrors.as_deref().unwrap_or(Path::new("")), name);
    let mut requests: BTreeMap<RepoId, Request> = BTreeMap::new();
    let mut add = |request: Request| requests.insert(request.spec.name.clone(), request);
    if let Some(path) = &args.repos {
        for spec in RepoList::read(path)?.repos {
            let is_url = bench::is_url(&spec.source);
            if is_url && args.mirrors.is_none() {
                bail!("{} lists the URL of {}; give its clone's folder with --mirrors", path.display(), spec.name);
            }
            let clone = if is_url { mirror(&spec.name) } else { PathBuf::from(&spec.source) };
            add(Request { spec, clone, created: None });
        }
    } else if let Some(path) = &args.candidates {
        for candidate in read_candidates(path)? {
            let (clone, created) = (mirror(&candidate.name), Some(candidate.created));
            let source = candidate.source();
            add(Request { spec: RepoSpec::new(candidate.name, source), clone, created });
        }
    } else if let Some(folder) = &args.mirrors {
        for (name, clone) in mirrors(folder)? {
            add(Request { spec: on_host(name), clone, created: None });
        }
    }
    for (name, partition) in members(args)? {
        let clone = mirror(&name);
        let request =
            requests.entry(name.clone()).or_insert_with(|| Request { spec: on_host(name), clone, created: None });
        request.spec.partition = partition.or(request.spec.partition);
        request.spec.provenance = Some(Provenance::Published);
    }
    Ok(requests.into_values().collect())
}

fn on_host(name: RepoId) -> RepoSpec {
    let source = format!("{HOST}/{name}.git");
    RepoSpec::new(name, source)
}

/// The mirrors in `folder`, by name.
fn mirrors(folder: &Path) -> Result<Vec<(RepoId, PathBuf)>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        found.extend(entry.file_name().to_str().and_then(mirrored_repo).map(|name| (name, entry.path())));
    }
    if found.is_empty() {
        bail!("{} holds no mirror; `repopeft fetch` makes folders named owner__name.git", folder.display());
    }
    Ok(found)
}

/// The known members and their parts; one that stands in two parts is an error.
fn members(args: &LockArgs) -> Result<BTreeMap<RepoId, Option<Partition>>> {
    let mut members: BTreeMap<RepoId, Option<Partition>> = BTreeMap::new();
    for list in &args.members {
        for name in bench::read_names(&list.path)? {
            match members.insert(name.clone(), list.partition) {
                Some(other) if other != list.partition => {
                    return Err(anyhow!("{name} stands in the lists of two parts; {} is one", list.path.display()));
                }
                _ => {}
            }
        }
    }
    Ok(members)
}

/// The repositories of the published tables at `paths`, each at its last commit there.
fn published(paths: &[PathBuf]) -> Result<RepoList> {
    let mut found = BTreeMap::new();
    for path in paths {
        bench::table::read_published(path, &mut found)?;
    }
    let mut repos: Vec<RepoSpec> = found
        .into_iter()
        .map(|(name, repo)| RepoSpec {
            rev: repo.last.map(|(_, commit)| commit.to_string()),
            partition: Some(repo.partition),
            provenance: Some(Provenance::Published),
            ..on_host(name)
        })
        .collect();
    repos.sort_by_cached_key(|spec| (spec.name.owner().to_owned(), spec.name.name().to_owned()));
    Ok(RepoList { repos })
}

/// `existing` with what `new` adds to it, by owner and name.
fn merged(existing: RepoList, new: RepoList) -> RepoList {
    let key = |spec: &RepoSpec| (spec.name.owner().to_owned(), spec.name.name().to_owned());
    let all = new.repos.into_iter().chain(existing.repos).map(|spec| (key(&spec), spec));
    RepoList { repos: all.collect::<BTreeMap<_, _>>().into_values().collect() }
}

/// Writes the paths of `list` as they count from the folder of `out`.
fn anchor(list: &mut RepoList, out: &Path) -> Result<()> {
    let folder = std::path::absolute(out)?.parent().map(Path::to_owned).unwrap_or_default();
    let anchored = |path: &Path| -> Result<PathBuf> {
        let path = std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?;
        Ok(path.strip_prefix(&folder).map(Path::to_owned).unwrap_or(path))
    };
    for spec in &mut list.repos {
        if !bench::is_url(&spec.source) {
            spec.source = anchored(Path::new(&spec.source))?.to_string_lossy().into_owned();
        }
        spec.needs = spec.needs.take().map(|needs| anchored(&needs)).transpose()?;
    }
    Ok(())
}

fn heading(args: &LockArgs, list: &RepoList) -> Vec<String> {
    let count = |provenance| list.repos.iter().filter(|spec| spec.provenance == Some(provenance)).count();
    let ood = list.repos.iter().filter(|spec| spec.partition == Some(Partition::OodTest)).count();
    let made = if args.from_release.is_empty() {
        format!("Cut-off {}, test framework by the profile {}.", args.cutoff, args.profile)
    } else {
        "Taken from the published tables.".to_owned()
    };
    vec![
        "Repositories of the benchmark, each pinned to a commit. Written by `repopeft lock`.".to_owned(),
        made,
        format!(
            "{} repositories, {ood} of them created after the cut-off; {} known members of the published benchmark, {} \
             chosen by its criteria.",
            list.repos.len(),
            count(Provenance::Published),
            count(Provenance::Ours)
        ),
    ]
}

/// How many were rejected for what.
fn reasons(rejected: &[Rejection]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for rejection in rejected {
        *counts.entry(rejection.criterion.name()).or_default() += 1;
    }
    let counts: Vec<String> = counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
    counts.join(", ")
}

fn write_rejected(path: &Path, rejected: &[Rejection]) -> Result<()> {
    let mut text = "repo\tcriterion\tdetail\n".to_owned();
    for Rejection { repo, criterion, detail } in rejected {
        let detail = printable(detail).replace(['\t', '\n'], " ");
        text.extend([repo.as_str(), "\t", criterion.name(), "\t", &detail, "\n"]);
    }
    Ok(bench::file::write_atomic(path, text.as_bytes())?)
}
