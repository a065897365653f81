//! What a training would present and need: nothing is trained, and no weights are read.

use std::path::Path;
use std::time::Instant;

use bench::{Release, RepoId};
use tch::{Device, Kind as Number, Tensor};

use super::conditions::Presentation;
use super::estimate::{Estimate, estimate};
use super::hold_out::Divided;
use super::record::Presented;
use super::run::FitOptions;
use super::session::Session;
use super::settings::Kind;
use crate::conditioning::ContextFiles;
use crate::error::Result;
use crate::examples::Examples;
use crate::model::Config;
use crate::tokenizer::Tokenizer;

/// What a training would present and need.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// What it would present.
    pub presented: Presented,
    /// Distinct examples.
    pub examples: usize,
    /// Runs: one, or one for each repository.
    pub runs: usize,
    /// What one run needs.
    pub estimate: Estimate,
    /// Tokens of the largest batch, padding included.
    pub batch_tokens: usize,
    /// Seconds at least: its operations at the rate at which this device multiplies matrices.
    pub seconds: f64,
}

/// Time that the rate is measured for, in seconds.
const MEASURED_SECONDS: f64 = 0.4;

/// The outlook of a training on `release` with the model in the folder `base`, of which configuration and tokenizer are
/// read. Ids lie in the folder `scratch` meanwhile.
///
/// # Errors
/// If settings, data or model are refused.
pub fn outlook(release: &Release, base: &Path, options: &FitOptions, scratch: &Path) -> Result<Outlook> {
    let config = Config::read(base)?;
    let tokenizer = Tokenizer::open(base, &config.eos_token_ids)?;
    let settings = options.settings.clone().within(&config);
    let examples = Examples::read(release, &settings.data, &tokenizer, scratch)?;
    let session =
        Session { examples: &examples, settings: &settings, tokenizer: &tokenizer, checkpoint_every: 0, identity: "" };
    let plans: Vec<Presentation> = match settings.kind {
        Kind::LoraPerRepository => {
            let runs = examples.groups().len();
            let own = |(run, (repo, group)): (usize, (&RepoId, &Vec<u32>))| {
                let trained = Divided::of(release, repo, group, &settings.validation)?.trained;
                session.plan_part(&[trained], (run, runs), options.seed).map(Presentation::Drawn)
            };
            examples.repos().iter().zip(examples.groups()).enumerate().map(own).collect::<Result<_>>()?
        }
        Kind::Full | Kind::Lora => vec![Presentation::Drawn(session.plan(examples.groups(), options.seed)?)],
        Kind::Network => {
            let files = ContextFiles::open(release, &options.vectors)?;
            vec![Presentation::draw(&settings, &examples, &files, options.seed)?]
        }
    };
    let (mut presented, mut largest) = (Presented::default(), Largest::default());
    for plan in &plans {
        presented.steps += plan.steps();
        presented.examples += plan.examples();
        largest.see(&session, plan, &mut presented);
    }
    let width = if options.precision.kind() == Number::BFloat16 { 2 } else { 4 };
    let estimate = estimate(&config, &settings, width, (largest.tokens as u64, largest.targets as u64));
    let operations = estimate.operations_per_token as f64 * presented.tokens as f64
        + estimate.operations_per_target as f64 * presented.supervised_tokens as f64
        + estimate.operations_per_step as f64 * presented.steps as f64;
    let seconds = operations / rate(&config, options.device, options.precision.kind());
    let (examples, runs) = (examples.len(), plans.len());
    Ok(Outlook { presented, examples, runs, estimate, batch_tokens: largest.tokens, seconds })
}

/// The largest batch of a training.
#[derive(Default)]
struct Largest {
    tokens: usize,
    targets: usize,
}

impl Largest {
    fn see(&mut self, session: &Session<'_>, plan: &Presentation, presented: &mut Presented) {
        for step in 0..plan.steps() {
            let lengths: Vec<(usize, usize)> =
                plan.step(step).into_iter().map(|index| session.examples.lengths(index)).collect();
            presented.tokens += lengths.iter().map(|(prefix, target)| (prefix + target) as u64).sum::<u64>();
            presented.supervised_tokens += lengths.iter().map(|(_, target)| *target as u64).sum::<u64>();
            let whole: Vec<usize> = lengths.iter().map(|(prefix, target)| prefix + target).collect();
            for batch in crate::examples::micro_batches(&whole, session.settings.batch) {
                let columns = batch.iter().map(|&row| whole[row]).max().unwrap_or(0);
                self.tokens = self.tokens.max(columns * batch.len());
                self.targets = self.targets.max(batch.iter().map(|&row| lengths[row].1).sum());
            }
        }
    }
}

/// Floating-point operations a second of `device` on products of the shape of the MLP.
fn rate(config: &Config, device: Device, kind: Number) -> f64 {
    let (rows, d, f) = (512, config.hidden_size, config.intermediate_size);
    let x = Tensor::ones([rows, d], (kind, device));
    let weight = Tensor::ones([f, d], (kind, device));
    let multiply = || {
        let y = x.linear(&weight, None::<&Tensor>);
        // Reading a number waits for the device.
        let _ = f64::try_from(y.get(0).get(0));
    };
    multiply();
    let (begun, mut products) = (Instant::now(), 0_u32);
    while begun.elapsed().as_secs_f64() < MEASURED_SECONDS {
        multiply();
        products += 1;
    }
    let operations = 2.0 * rows as f64 * d as f64 * f as f64 * f64::from(products);
    operations / begun.elapsed().as_secs_f64()
}
