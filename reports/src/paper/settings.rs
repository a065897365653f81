//! Tables 8 to 10: what follows from the settings that cards state.

use bench::{Metric, Split, Track};

use super::published::published_tables;
use super::table::{Pair, Table, Unit};
use super::{Source, notes_on};

/// The setting that says how many training repositories a method has seen; methods that state it make Table 10.
pub(crate) const SCALED: &str = "training repositories";

/// Table 8: retrieval by the size and number of chunks.
pub(super) fn retrieval(source: &Source<'_>) -> Table {
    let row = |paper: &'static super::published::Retrieval| {
        let has = |method: usize, name: &str, value: u32| source.setting(method, name) == Some(f64::from(value));
        let method = (0..source.board.methods.len()).find(|method| {
            source.board.methods[*method].id.as_str() == paper.method
                && has(*method, "context.window_tokens", paper.window_tokens)
                && has(*method, "context.chunks", paper.chunks)
        });
        let of_split = |split: Split| {
            let figures = paper.split.get(&split);
            let ours = |metric| source.mean(Track::Static, split, method?, metric);
            [
                Pair::new(ours(Metric::ExactMatchPaper).map(|mean| mean * 100.0), figures.map(|f| f.em)),
                Pair::new(ours(Metric::EditSimilarity), figures.map(|f| f.edit_similarity)),
                Pair::new(ours(Metric::TokenBleu), figures.map(|f| f.token_bleu)),
            ]
        };
        let pairs = [Split::CrossRepoTest, Split::InRepoTest].into_iter().flat_map(of_split).collect();
        (format!("{}, {} tokens, k = {}", paper.title, paper.window_tokens, paper.chunks), pairs)
    };
    let metrics = [("EM", Unit::Percent), ("ES", Unit::Decimal(3)), ("CB", Unit::Decimal(3))];
    Table {
        id: "table-8",
        title: "Table 8: retrieval by size and number of chunks, static track".to_owned(),
        notes: notes_on(source, 8, Some(Track::Static)),
        of: "method",
        columns: [metrics, metrics].concat(),
        groups: vec![("CR-test", 3), ("IR-test", 3)],
        rows: published_tables().retrieval.iter().map(row).collect(),
    }
}

/// Table 9: how methods are trained.
pub(super) fn training(source: &Source<'_>) -> Table {
    let row = |paper: &'static super::published::Training| {
        let method = source.method(&paper.method);
        let ours = |name: &str| source.setting(method?, name);
        let pairs = [
            ("training.optimizer.learning_rate", Some(paper.learning_rate)),
            ("training.budget.epochs", Some(paper.epochs)),
            ("training.data.max_len", Some(paper.max_len)),
            ("training.step_examples", Some(paper.batch)),
            ("training.lora.rank", paper.rank),
            ("training.lora.alpha", paper.alpha),
            ("training.lora.dropout", paper.dropout),
            ("training.optimizer.warmup", Some(paper.warmup)),
        ];
        let pairs = pairs.map(|(name, printed)| Pair::new(ours(name), printed));
        (paper.title.clone(), pairs.to_vec())
    };
    let mut notes = notes_on(source, 9, None);
    notes.push("Ours are those of the first release on which the method was run.".to_owned());
    Table {
        id: "table-9",
        title: "Table 9: how methods are trained, static track".to_owned(),
        notes,
        of: "method",
        columns: vec![
            ("rate", Unit::Rate),
            ("epochs", Unit::Decimal(1)),
            ("length", Unit::Count),
            ("batch", Unit::Count),
            ("rank", Unit::Count),
            ("alpha", Unit::Count),
            ("dropout", Unit::Decimal(2)),
            ("warm-up", Unit::Decimal(2)),
        ],
        groups: Vec::new(),
        rows: published_tables().training.iter().map(row).collect(),
    }
}

/// Table 10: exact match by the number of training repositories.
pub(super) fn scaling(source: &Source<'_>) -> Table {
    let ours = source.scaling();
    let mut counts: Vec<u64> = published_tables().scaling.iter().map(|row| row.repositories).collect();
    counts.extend(ours.iter().map(|(count, _)| *count));
    counts.sort_unstable();
    counts.dedup();
    let row = |count: &u64| {
        let found = ours.iter().find(|(known, _)| known == count).map(|(_, mean)| mean * 100.0);
        let paper = published_tables().scaling.iter().find(|row| row.repositories == *count).map(|row| row.em);
        (crate::render::number::count(*count), vec![Pair::new(found, paper)])
    };
    let mut notes = notes_on(source, 10, Some(Track::Static));
    notes.push(format!("Ours are of methods whose card has the setting \"{SCALED}\"."));
    Table {
        id: "table-10",
        title: "Table 10: EM on CR-test by number of training repositories, static track".to_owned(),
        notes,
        of: "repositories",
        columns: vec![("EM", Unit::Percent)],
        groups: Vec::new(),
        rows: counts.iter().map(row).collect(),
    }
}
