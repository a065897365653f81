//! Scratch: pairs of the files named on standard input, as JSON lines.
use std::io::BufRead;
fn main() {
    let mut extractor = miner::Extractor::new();
    let start = std::time::Instant::now();
    let (mut bytes, mut files) = (0, 0);
    for path in std::io::stdin().lock().lines().map(Result::unwrap) {
        let Ok(raw) = std::fs::read(&path) else { continue };
        let text = bench::pytext::universal_newlines(&bench::pytext::decode_ignore(&raw)).into_owned();
        bytes += text.len();
        files += 1;
        let file = extractor.file(&text);
        let pairs: Vec<_> = file
            .iter()
            .flat_map(|f| &f.pairs)
            .map(|p| {
                serde_json::json!([
                    p.kind.name(),
                    p.line,
                    p.column,
                    p.target_column,
                    p.function,
                    p.class,
                    p.difficulty.name(),
                    p.multiline,
                    p.prefix,
                    p.target
                ])
            })
            .collect();
        let skipped: std::collections::BTreeMap<_, _> =
            file.iter().flat_map(|f| &f.skipped).map(|(k, v)| (k.name(), v)).collect();
        let row = serde_json::json!({"path": path, "valid": file.is_some(), "reader": file.as_ref().map(|f| format!("{:?}", f.reader)), "content": miner::is_test_content(&text), "pairs": pairs, "skipped": skipped});
        println!("{row}");
    }
    eprintln!("{files} files {bytes} bytes {:?}", start.elapsed());
}
