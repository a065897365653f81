//! What the registry says that a method needs.

use anyhow::Result;
use baselines::examples::Budget;
use baselines::fit::{self, NetworkSettings, TrainingSettings};
use baselines::registry;
use bench::VectorKind;

use crate::cli::ExperimentArgs;
use crate::cmd::experiment::{Needs, Training, Vectors};

/// What `method` needs under the profile of `args`, or under the one that its name says. Settings and budget are read, so
/// that a mistake in them is found before anything is computed.
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
            Some(Training { recipe: id.to_owned(), name, profile })
        }
    };
    Ok(Needs {
        method: entry.name(profile),
        profile,
        training,
        vectors,
        encoder: entry.settings(profile, args.predict_config.as_deref())?.context.needs_encoder(),
    })
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
