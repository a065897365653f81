//! temporary
use baselines::pretrain::{Document, PretrainOptions, Recipe, pretrain};
use baselines::train::{Event, Observer};
use std::time::Instant;
struct Print(Instant, Vec<f64>);
impl Observer for Print {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Step(s) => {
                self.1.push(s.tokens_per_second);
                if s.step % 10 == 0 || s.step <= 2 { eprintln!("{:.1}s step {} loss {:.3} norm {:.2} lr {:.1e} tok/s {:.0}", self.0.elapsed().as_secs_f64(), s.step, s.loss, s.norm, s.lr, s.tokens_per_second); }
            }
            other => eprintln!("{:.1}s {other:?}", self.0.elapsed().as_secs_f64()),
        }
    }
}
#[test]
#[ignore = "speed"]
fn speed() {
    let docs: Vec<(String, String)> = serde_json::from_slice(&std::fs::read(std::env::var("DOCS").unwrap()).unwrap()).unwrap();
    let docs: Vec<Document> = docs.into_iter().map(|(repository, text)| Document { repository, text }).collect();
    let mut recipe = serde_json::to_value(Recipe::quickstart()).unwrap();
    let over: serde_json::Value = serde_json::from_str(&std::env::var("OVER").unwrap_or("{}".into())).unwrap();
    for (k, v) in over.as_object().unwrap() { recipe[k] = v.clone(); }
    let recipe: Recipe = serde_json::from_value(recipe).unwrap();
    tch::set_num_threads(std::env::var("THREADS").map_or(2, |t| t.parse().unwrap()));
    let folder = std::path::PathBuf::from(std::env::var("OUTDIR").unwrap());
    let _ = std::fs::remove_dir_all(&folder);
    let mut observer = Print(Instant::now(), vec![]);
    let made = pretrain(&docs, &folder, &PretrainOptions { recipe, device: tch::Device::Cpu, checkpoint_every: 0 }, &mut observer).unwrap();
    let mut t = observer.1; t.sort_by(f64::total_cmp);
    eprintln!("{:.1}s median tok/s {:.0} params {} corpus {} vocab {} loss {}", observer.0.elapsed().as_secs_f64(), t[t.len()/2], made.parameters, made.corpus_tokens, made.vocabulary, made.last_loss);
}
