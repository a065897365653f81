//! Scratch: the two readers against each other.
use std::io::BufRead;
fn main() {
    let mut parser = bench::python::Parser::new();
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for path in std::io::stdin().lock().lines().map(Result::unwrap) {
        let Ok(raw) = std::fs::read(&path) else { continue };
        let text = bench::pytext::universal_newlines(&bench::pytext::decode_ignore(&raw)).into_owned();
        let verdict = miner::compare(&text, &mut parser).unwrap_or_else(|| "invalid".into());
        let key = verdict.split(' ').next().unwrap().to_owned();
        if key != "same" && key != "invalid" { println!("{path} {}", verdict.chars().take(900).collect::<String>()); }
        *counts.entry(key).or_default() += 1;
    }
    eprintln!("{counts:?}");
}
