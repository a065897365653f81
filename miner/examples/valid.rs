//! Scratch
fn main() {
    let cases: Vec<String> = serde_json::from_str(&std::fs::read_to_string("/tmp/edge.json").unwrap()).unwrap();
    let expected: Vec<bool> = serde_json::from_str(&std::fs::read_to_string("/tmp/edge.out.json").unwrap()).unwrap();
    let mut bad = 0;
    for (case, expected) in cases.iter().zip(expected) {
        let found = miner::is_valid_python(case);
        if found != expected { bad += 1; println!("py {expected} rs {found} {:?}", case.chars().take(90).collect::<String>()); }
    }
    println!("{bad} of {}", cases.len());
}
