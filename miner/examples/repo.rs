//! Scratch: drafts of a repository as JSON lines.
fn main() {
    let source = std::env::args().nth(1).unwrap();
    let spec = bench::RepoSpec {
        name: bench::RepoId::new("o/n").unwrap(),
        source,
        rev: None,
        licence: None,
        partition: None,
        needs: None,
    };
    let start = std::time::Instant::now();
    let outcome = miner::mine(&spec, &miner::Options::new("/nonexistent"), &miner::NoObserver).unwrap();
    eprintln!("{:?} {:?}", start.elapsed(), outcome.statistics);
    for d in &outcome.drafts {
        let a = &d.assertion;
        println!(
            "{}",
            serde_json::json!([
                a.path.as_str(),
                a.kind.name(),
                a.line,
                a.column,
                a.target_column,
                a.function,
                a.class,
                a.difficulty.name(),
                a.multiline,
                a.prefix,
                a.target,
                d.rank
            ])
        );
    }
}
