//! Decoding: new tokens a second of a batch, and prompts a second where they share their starts and where they may not.

use std::hint::black_box;

use baselines::decode::{Draft, greedy};
use baselines::model::{Config, Parameters, Qwen2};
use baselines::{DecodeOptions, device};
use bench::Seed;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::rand_core::Rng;
use tch::{Device, Kind};

const VOCABULARY: u32 = 32_000;
const ROWS: usize = 8;
const NEW_TOKENS: usize = 16;

fn model() -> Qwen2 {
    device::configure(rayon::current_num_threads());
    let config = serde_json::json!({
        "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": VOCABULARY, "hidden_size": 512,
        "intermediate_size": 1536, "num_hidden_layers": 8, "num_attention_heads": 8, "num_key_value_heads": 2,
        "max_position_embeddings": 4096, "rope_theta": 10000.0, "rms_norm_eps": 1e-6, "tie_word_embeddings": true,
        "initializer_range": 0.02, "eos_token_id": 0, "hidden_act": "silu",
    });
    let config = Config::parse("config.json".as_ref(), config.to_string().as_bytes()).expect("a configuration");
    Qwen2::new(&config, &Parameters::init(&config, Seed(1), Kind::Float, Device::Cpu))
}

fn tokens(label: &str, count: usize) -> Vec<u32> {
    let mut rng = Seed(2).derive(label).rng();
    (0..count).map(|_| rng.next_u32() % VOCABULARY).collect()
}

fn decoding(criterion: &mut Criterion) {
    let model = model();
    let plain = |max_new_tokens, share| DecodeOptions {
        draft: Draft::None,
        share,
        ..DecodeOptions::new(max_new_tokens, Vec::new(), Vec::new())
    };
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(10).throughput(Throughput::Elements((ROWS * NEW_TOKENS) as u64));
    let prompts: Vec<Vec<u32>> = (0..ROWS).map(|row| tokens(&row.to_string(), 16)).collect();
    group.bench_function("steps", |run| {
        run.iter(|| greedy(&model, black_box(&prompts), &plain(NEW_TOKENS, true)).expect("answers"));
    });
    let text = tokens("text", 1024);
    let prefixes: Vec<Vec<u32>> = (1..=ROWS).map(|row| text[..row * 128].to_vec()).collect();
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, share) in [("prefixes_shared", true), ("prefixes_alone", false)] {
        group.bench_function(name, |run| {
            run.iter(|| greedy(&model, black_box(&prefixes), &plain(1, share)).expect("answers"));
        });
    }
    group.finish();
}

criterion_group!(benches, decoding);
criterion_main!(benches);
