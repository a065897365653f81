//! `report`: pages and files from folders of scores.

mod beside;
mod facts;
mod opened;
mod serve;
mod submissions;
mod tasks;
mod traces;

use std::path::PathBuf;

use anyhow::{Result, bail};
use bench::{Split, Track};
use reports::board::Rejected;
use reports::gallery::{self, Sources};
use reports::paper::{ByContext, PaperTables, Source};
use reports::text::Shown;
use reports::{Board, Edition, Site};

use crate::cli::ReportArgs;
use crate::exit::Answer;
use crate::ui::Ui;
pub(crate) use beside::CURVE;
use opened::Opened;
use traces::Traces;

/// The folder of the scores of submissions, below the board.
const SCORES: &str = "scores";

/// Writes the pages of `args.scores` and prints the paths of the first and of the leaderboards without scripts.
pub(crate) fn run(args: &ReportArgs, ui: &mut Ui) -> Result<Answer> {
    let answer = once(args, ui)?;
    match args.serve {
        Some(port) => serve::serve(&args.out, port, inputs(args), ui, || once(args, ui).map(drop)).map(|()| answer),
        None => Ok(answer),
    }
}

/// The files and folders that pages are made of.
fn inputs(args: &ReportArgs) -> Vec<PathBuf> {
    let lists = [&args.scores, &args.predictions, &args.training];
    lists.into_iter().flatten().chain(&args.submissions).chain(&args.statistics).cloned().collect()
}

/// Checks what was submitted and writes everything once.
fn once(args: &ReportArgs, ui: &Ui) -> Result<Answer> {
    let mut args = args.clone();
    let mut rejected = Vec::new();
    if let Some(folder) = args.submissions.take() {
        let judged = submissions::judge(&folder, &args.release, &args.scores, &args.out.join(SCORES), ui)?;
        args.scores.extend(judged.scores);
        args.predictions.extend(judged.predictions);
        rejected = judged.rejected;
    }
    rejected.iter().for_each(|one| one.reasons.iter().for_each(|reason| ui.fault(&format!("{}: {reason}", one.name))));
    if args.scores.is_empty() {
        bail!("no submission is complete and valid, so there is no board");
    }
    let answer = if rejected.is_empty() { Answer::Done } else { Answer::No };
    write(&opened::read(&args.release, &args.scores)?, rejected, &args, ui)?;
    Ok(answer)
}

/// Writes everything that can be made of `opened`, and tells of those that were `rejected`.
fn write(opened: &[Opened], rejected: Vec<Rejected>, args: &ReportArgs, ui: &Ui) -> Result<()> {
    let editions = opened.iter().map(|one| one.edition(&args.title, ui)).collect::<Result<Vec<Edition>>>()?;
    let all: Vec<_> = opened.iter().flat_map(|one| &one.scored).collect();
    let traces = Traces::read(&args.predictions, &all)?;
    let statistics = args.statistics.as_deref().map(|path| beside::statistics(path, opened)).transpose()?;
    let curves = beside::curves(&args.training)?;
    let mut board = Board::of(&args.title, &editions)?;
    board.rejected = rejected;
    let training_tasks = beside::training_tasks(opened);
    let sources = Sources {
        board: &board,
        editions: &editions,
        statistics: statistics.as_ref(),
        training_tasks: &training_tasks,
        curves: &curves,
        fits: beside::fits(),
    };
    let plots = gallery::plots(&sources);
    board.figures = gallery::write(&plots, &args.out.join("figures"), "figures")?;
    let stems: Vec<String> = editions.iter().map(|edition| stem(&editions, edition)).collect();
    board.files.extend(stems.iter().flat_map(|stem| ["html", "md"].map(|ending| listed(&format!("{stem}.{ending}")))));
    board.files.extend(["md", "tex"].map(|ending| listed(&format!("tables/tables.{ending}"))));
    let (site, by_context) = site(&board, &editions, opened, &traces, args, ui)?;
    let source = Source { board: &board, statistics: statistics.as_ref(), by_context: by_context.as_ref() };
    PaperTables::of(&source).write(&args.out.join("tables"))?;
    let mut pages = Vec::new();
    for (edition, stem) in editions.iter().zip(&stems) {
        pages.push(reports::write(edition.leaderboard(), stem, &args.out)?.html);
    }
    pages.insert(0, site.finish(&format!("{}.html", stems[0]))?);
    pages.iter().for_each(|page| ui.data(&page.display().to_string()));
    Ok(())
}

/// The name of the leaderboard of `edition`, without ending.
fn stem(editions: &[Edition], edition: &Edition) -> String {
    let track = edition.leaderboard().track;
    if editions.len() == 1 { "leaderboard".to_owned() } else { format!("leaderboard-{track}") }
}

fn listed(path: &str) -> (Shown, String) {
    (Shown::name(path), path.to_owned())
}

/// The site of `board`, complete but not yet in its place, and what Table 11 needs of its tasks.
fn site<'a>(
    board: &'a Board,
    editions: &'a [Edition],
    opened: &[Opened],
    traces: &Traces,
    args: &ReportArgs,
    ui: &Ui,
) -> Result<(Site<'a>, Option<ByContext>)> {
    let site = Site::create(board, editions, &args.out)?;
    let mut by_context = None;
    let bar = ui.bar("site", board.suites.len() as u64, "suites");
    for (place, one) in opened.iter().enumerate() {
        for (_, path, from) in one.scored.iter().flat_map(opened::downloads) {
            site.copy(&path, &from)?;
        }
        let splits: Vec<Split> =
            board.suites.iter().filter(|suite| suite.edition == place).map(|suite| suite.split).collect();
        for split in splits {
            let tasks = tasks::suite(one, split, traces, args.prompt_chars as usize)?;
            if split == Split::CrossRepoTest && one.release.manifest().contents.track == Track::Static {
                by_context = ByContext::of(board, place, &tasks);
            }
            site.suite(place, &tasks)?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok((site, by_context))
}
