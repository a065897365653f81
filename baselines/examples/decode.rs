//! Decodes prompts in every way that must make no difference, and says how long each took and which answers differ.
//!
//! `cargo run --release -p baselines --example decode -- MODEL PROMPTS.jsonl [MAX_NEW [WAY ...]]`. A line of the file is
//! `{"prompt": [ids], "target": [ids], "answer": [ids]}`; answers of another program are optional. See
//! `scripts/decode_speed.py`, which writes such files.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use baselines::decode::{self, Draft, Opening};
use baselines::model::Precision;
use baselines::{DecodeOptions, LanguageModel, device};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    prompt: Vec<u32>,
    target: Vec<u32>,
    answer: Option<Vec<u32>>,
}

/// Draft, and whether starts are shared.
const WAYS: [(&str, Draft, bool); 5] = [
    ("plain", Draft::None, false),
    ("shared", Draft::None, true),
    ("shared+target", Draft::Target, true),
    ("shared+ngram", Draft::Ngram, true),
    ("shared+both", Draft::Both, true),
];

/// Seconds of processor time of this process so far; none where the system does not say.
fn work() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(prompts)) = (arguments.next(), arguments.next()) else {
        return Err("MODEL and PROMPTS.jsonl are missing".into());
    };
    let max_new_tokens = arguments.next().map_or(Ok(64), |word| word.parse())?;
    let wanted: Vec<String> = arguments.collect();
    let device = device::select("cpu".parse()?)?.device;
    device::configure(rayon::current_num_threads());
    let model = LanguageModel::open(Path::new(&folder), device, Precision::F32)?;
    let lines: Vec<Line> =
        std::fs::read_to_string(prompts)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let opening =
        |line: &Line| Opening { prompt: line.prompt.clone(), guesses: vec![line.target.clone()], adapter: None };
    let openings: Vec<Opening> = lines.iter().map(opening).collect();
    let mut first: Option<Vec<Vec<u32>>> = lines.iter().map(|line| line.answer.clone()).collect();
    if let Some(answers) = &first {
        let right = lines.iter().zip(answers).filter(|(line, answer)| line.target == **answer).count();
        println!("{} tasks, {right} answers equal the target", lines.len());
    }
    for (name, draft, share) in WAYS {
        if !wanted.is_empty() && !wanted.iter().any(|way| way == name) {
            continue;
        }
        let options = DecodeOptions { draft, share, ..model.decode_options(max_new_tokens) };
        let (clock, before) = (Instant::now(), work());
        let decoded = decode::greedy_guessing(&model.model, &openings, &options)?;
        let (clock, worked) = (clock.elapsed().as_secs_f64(), before.zip(work()).map_or(f64::NAN, |(a, b)| b - a));
        let count = lines.len() as f64;
        let found: Vec<Vec<u32>> = decoded.into_iter().map(|decoded| decoded.ids).collect();
        let differ = first.as_ref().map_or(0, |first| first.iter().zip(&found).filter(|(a, b)| a != b).count());
        println!(
            "{name}\t{clock:.1} s\t{:.3} tasks/s\t{worked:.1} s of work\t{:.3} tasks/s of work\t{differ} differ",
            count / clock,
            count / worked
        );
        first.get_or_insert(found);
    }
    Ok(())
}
