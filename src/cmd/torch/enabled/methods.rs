//! `methods`: the registry, or the settings of one method.

use anyhow::Result;
use baselines::{METHODS, registry};

use crate::cli::MethodsArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Prints a line a method and profile, or the settings of the method that `args` names.
pub(crate) fn run(args: &MethodsArgs, ui: &mut Ui) -> Result<Answer> {
    let Some(name) = &args.method else { return list(ui) };
    let (entry, profile) = registry::named(name, args.profile)?;
    ui.data(entry.settings(profile, None)?.to_toml().trim_end());
    Ok(Answer::Done)
}

/// Name, title, profile, context, weights, parameters that are trained, tokens that the context takes at most, limits of
/// prompt and completion, rules.
fn list(ui: &mut Ui) -> Result<Answer> {
    for entry in METHODS {
        for profile in entry.profiles {
            let settings = entry.settings(*profile, None)?;
            let counted = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
            let columns = [
                entry.name(*profile),
                entry.titled(*profile),
                profile.to_string(),
                settings.context.describe(),
                settings.adaptation.describe(),
                counted(settings.adaptation.trained_parameters()),
                counted(settings.context.extra_tokens()),
                format!("{}/{}", settings.decoding.max_input_tokens, settings.decoding.max_new_tokens),
                entry.rules.to_owned(),
            ];
            ui.data(&columns.join("\t"));
        }
    }
    Ok(Answer::Done)
}
