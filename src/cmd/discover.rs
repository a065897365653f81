//! `discover`: repositories on GitHub that meet the published criteria.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use bench::{RepoId, RepoList};
use indicatif::ProgressBar;

use crate::cli::DiscoverArgs;
use crate::discover::{Access, Found, Listener, Tally, discover, queries};
use crate::exit::Answer;
use crate::settings;
use crate::ui::{Ui, printable};

/// Writes the candidates of `args` and the counts of what was refused.
pub(crate) fn run(args: &DiscoverArgs, ui: &mut Ui) -> Result<Answer> {
    let (queries, text) = queries(args.queries.as_deref(), args.profile)?;
    let access = Access {
        api: args.api.trim_end_matches('/').to_owned(),
        token: settings::token(args.token_file.as_deref())?,
        offline: args.offline,
        max_wait: Duration::from_secs(args.max_wait),
    };
    let baseline = baseline(args)?;
    let bar = ui.bar("discover", 0, "searches");
    let listener = Progress { ui, bar: &bar };
    let found = discover(&queries, &access, &args.out.join("responses"), &baseline, &listener)?;
    bar.finish_and_clear();
    write(&args.out, &text, &found)?;
    for (pass, tally) in &found.tallies {
        ui.note(&summary(pass, tally));
    }
    ui.data(&format!("{}\t{}", found.candidates.len(), args.out.join("candidates.jsonl").display()));
    Ok(Answer::Done)
}

/// The repositories that OOD candidates must not be or descend from.
fn baseline(args: &DiscoverArgs) -> Result<BTreeSet<RepoId>> {
    let mut all = BTreeSet::new();
    for path in &args.baseline {
        if path.extension().is_some_and(|suffix| suffix == "toml") {
            all.extend(RepoList::read(path)?.repos.into_iter().map(|spec| spec.name));
        } else {
            all.extend(bench::read_names(path)?);
        }
    }
    Ok(all)
}

fn write(folder: &Path, queries: &str, found: &Found) -> Result<()> {
    let mut lines = String::new();
    for candidate in &found.candidates {
        lines.push_str(&serde_json::to_string(candidate).context("a candidate has no JSON form")?);
        lines.push('\n');
    }
    let counts: BTreeMap<&str, &Tally> = found.tallies.iter().map(|(pass, tally)| (pass.as_str(), tally)).collect();
    bench::file::write_atomic(&folder.join("queries.toml"), queries.as_bytes())?;
    bench::file::write_json(&folder.join("counts.json"), &counts)?;
    Ok(bench::file::write_atomic(&folder.join("candidates.jsonl"), lines.as_bytes())?)
}

fn summary(pass: &str, tally: &Tally) -> String {
    let rejected: Vec<String> = tally.rejected.iter().map(|(reason, count)| format!("{reason:?} {count}")).collect();
    format!("{pass}: {} of {} results; rejected: {}", tally.accepted, tally.results, rejected.join(", "))
}

/// Shows how far the searches are and what they wait for.
struct Progress<'a> {
    ui: &'a Ui,
    bar: &'a ProgressBar,
}

impl Listener for Progress<'_> {
    fn begin(&self, done: usize, total: usize, search: &str) {
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(search.to_owned());
    }

    fn note(&self, text: &str) {
        self.ui.note(&printable(text));
    }
}
