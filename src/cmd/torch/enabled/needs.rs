//! What the registry says that a method needs.

use std::path::Path;

use anyhow::{Result, bail};
use baselines::AdaptationSettings;
use baselines::examples::Budget;
use baselines::fit::{self, Kind, NetworkSettings, TrainingSettings};
use baselines::model::Config;
use baselines::registry;
use bench::VectorKind;

use super::audit::check_claim;
use crate::cli::ExperimentArgs;
use crate::cmd::experiment::{Needs, Training, Vectors};

/// What `method` needs under the profile of `args`, or under the one that its name says. Settings and budget are read, and
/// whether it can be audited is looked up where it shall be, so that a mistake is found before anything is computed.
pub(crate) fn needs(method: &str, args: &ExperimentArgs) -> Result<Needs> {
    let (entry, profile) = registry::named(method, args.profile)?;
    let _: Budget = args.budget.parse()?;
    let mut vectors = Vec::new();
    let training = match entry.trained {
        None => None,
        Some(id) => {
            let recipe = fit::recipe(id, profile)?;
            let settings = TrainingSettings::read(recipe.settings, profile, args.train_config.as_deref())?;
            vectors.extend(settings.network.iter().flat_map(read));
            // A training that is no method's alone has its own name.
            let name = registry::find(id).map_or_else(|_| id.to_owned(), |entry| entry.name(profile));
            let shares_budget = settings.kind == Kind::LoraPerRepository;
            Some(Training { recipe: id.to_owned(), name, profile, shares_budget })
        }
    };
    let settings = entry.settings(profile, args.predict_config.as_deref())?;
    let name = entry.name(profile);
    if args.audit.contains(&name) {
        check_claim(&name, &settings)?;
        if settings.adaptation == (AdaptationSettings::LoraPerRepository {}) {
            bail!(
                "{name} has no adapters for CR-test, which an experiment audits; use `repopeft audit --splits ir_test`"
            );
        }
    }
    Ok(Needs { method: name, profile, training, vectors, encoder: settings.context.needs_encoder() })
}

/// Refuses the folder of a model whose configuration cannot be read.
pub(crate) fn check_model(folder: &Path) -> Result<()> {
    Config::read(folder)?;
    Ok(())
}

/// The files of vectors that a network reads.
fn read(network: &NetworkSettings) -> Vec<Vectors> {
    let exclude_tests = network.exclude_tests && network.vectors == VectorKind::RepoStateG2;
    let mut read = vec![Vectors { kind: network.vectors, exclude_tests }];
    if network.reads_diffs() {
        read.push(Vectors { kind: VectorKind::DiffG2, exclude_tests: false });
    }
    read
}
