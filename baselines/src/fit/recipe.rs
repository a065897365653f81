//! The one table of trained methods.

use bench::MethodProfile;

use crate::error::{Error, Result};

/// A method that is trained.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// The id of the method.
    pub id: &'static str,
    /// Texts of `training/`, laid one over the other: what the method has besides what all methods share.
    pub settings: &'static [&'static str],
    /// The profiles it is trained under.
    pub profiles: &'static [MethodProfile],
}

const FFT: &str = include_str!("../../training/fft.toml");
const SLORA: &str = include_str!("../../training/slora.toml");
const SLORA_SHARED: &str = include_str!("../../training/slora-shared.toml");
const PLORA: &str = include_str!("../../training/plora.toml");
const NETWORK: &str = include_str!("../../training/network.toml");
const STATIC: &str = include_str!("../../training/static.toml");
const EVO: &str = include_str!("../../training/evo.toml");
const TEXT2LORA: &str = include_str!("../../training/text2lora.toml");
const PAW: &str = include_str!("../../training/paw.toml");
const RESIDUAL_EVO: &str = include_str!("../../training/residual-evo.toml");
const RESIDUAL: &str = include_str!("../../training/residual.toml");
/// The controls of M173.
const CONSTANT: &str = "network = { control = \"constant\" }";
const PERMUTED: &str = "network = { control = \"permuted\" }";
const RANDOM: &str = "network = { control = \"random\" }";
/// The other half of M128's four: which layers have which pairs.
const LAYERS: &str = "network = { architecture = { sharing = \"per-layer\" } }";
const ONE: &str = "network = { architecture = { sharing = \"shared\" } }";
const ALL: &[MethodProfile] = MethodProfile::ALL;
const FAIR: &[MethodProfile] = &[MethodProfile::Fair];

/// Every trained method, in the order of tables.
#[rustfmt::skip] // a line a method
pub const RECIPES: &[Recipe] = &[
    Recipe { id: "fft", settings: &[FFT], profiles: ALL },
    Recipe { id: "slora", settings: &[SLORA], profiles: ALL },
    Recipe { id: "slora-shared", settings: &[SLORA_SHARED], profiles: FAIR },
    Recipe { id: "plora", settings: &[PLORA], profiles: ALL },
    Recipe { id: "text2lora", settings: &[NETWORK, TEXT2LORA], profiles: ALL },
    Recipe { id: "text2lora-shared", settings: &[NETWORK, TEXT2LORA, ONE], profiles: FAIR },
    Recipe { id: "paw", settings: &[NETWORK, PAW], profiles: FAIR },
    Recipe { id: "static", settings: &[NETWORK, STATIC], profiles: ALL },
    Recipe { id: "static-layers", settings: &[NETWORK, STATIC, LAYERS], profiles: FAIR },
    Recipe { id: "static-constant", settings: &[NETWORK, STATIC, CONSTANT], profiles: FAIR },
    Recipe { id: "static-permuted", settings: &[NETWORK, STATIC, PERMUTED], profiles: FAIR },
    Recipe { id: "static-random", settings: &[NETWORK, STATIC, RANDOM], profiles: FAIR },
    Recipe { id: "residual", settings: &[NETWORK, RESIDUAL], profiles: FAIR },
    Recipe { id: "residual-constant", settings: &[NETWORK, RESIDUAL, CONSTANT], profiles: FAIR },
    Recipe { id: "residual-permuted", settings: &[NETWORK, RESIDUAL, PERMUTED], profiles: FAIR },
    Recipe { id: "residual-evo", settings: &[NETWORK, RESIDUAL_EVO], profiles: FAIR },
    Recipe { id: "evo", settings: &[NETWORK, EVO], profiles: &[MethodProfile::Fair, MethodProfile::PaperG2] },
];

/// The recipe of the method called `id`, if it is trained under `profile`.
///
/// # Errors
/// [`Error::UnknownMethod`], or [`Error::Option`] that lists the profiles.
pub fn recipe(id: &str, profile: MethodProfile) -> Result<&'static Recipe> {
    let recipe = RECIPES.iter().find(|recipe| recipe.id == id).ok_or_else(|| {
        let ids = || RECIPES.iter().map(|recipe| recipe.id);
        let guess = bench::nearest(id, ids()).map_or_else(String::new, |guess| format!("; did you mean `{guess}`?"));
        Error::UnknownMethod { id: id.to_owned(), guess, known: ids().collect::<Vec<_>>().join(", ") }
    })?;
    if recipe.profiles.contains(&profile) {
        return Ok(recipe);
    }
    let known: Vec<&str> = recipe.profiles.iter().map(|profile| profile.name()).collect();
    Err(Error::option("profile", profile, format!("{id} is trained under {} only", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::{Kind, TrainingSettings};
    use crate::train::{Reduction, Updates};

    fn settings(id: &str, profile: MethodProfile) -> TrainingSettings {
        TrainingSettings::read(recipe(id, profile).unwrap().settings, profile, None).unwrap()
    }

    #[test]
    fn every_recipe_is_whole_under_its_profiles() {
        for recipe in RECIPES {
            for profile in recipe.profiles {
                let settings = settings(recipe.id, *profile);
                let kept = settings.listed();
                assert!(kept.len() > 30, "{kept:?}");
            }
        }
        assert!(recipe("slora-shared", MethodProfile::PaperG1).is_err());
        let message = recipe("slra", MethodProfile::Fair).unwrap_err().to_string();
        assert!(message.contains("did you mean `slora`"), "{message}");
    }

    /// M134, the columns of these methods.
    #[test]
    fn published_values_are_in_the_profiles() {
        use crate::examples::{Budget, Format};
        let fft = settings("fft", MethodProfile::PaperG1);
        assert_eq!((fft.kind, fft.budget, fft.step_examples), (Kind::Full, Budget::Epochs(3.0), Some(32)));
        assert_eq!((fft.data.format, fft.data.max_len), (Format::Marker, 2048));
        assert_eq!((fft.optimizer.learning_rate, fft.optimizer.weight_decay), (2e-5, 0.0));
        assert_eq!(fft.optimizer.updates, Updates::InPlace);
        let slora = settings("slora", MethodProfile::PaperG2);
        assert_eq!((slora.optimizer.learning_rate, slora.optimizer.warmup), (2e-4, 0.03));
        assert_eq!((slora.optimizer.reduction, slora.step_examples), (Reduction::Sum(16.0), Some(16)));
        assert_eq!((slora.data.format, slora.data.max_len), (Format::Natural, 4096));
        for profile in [MethodProfile::PaperG1, MethodProfile::PaperG2] {
            let text2lora = settings("text2lora", profile);
            assert_eq!((text2lora.regularization.label_smoothing, text2lora.regularization.neftune_alpha), (0.1, 5.0));
            assert_eq!((text2lora.optimizer.warmup, text2lora.optimizer.weight_decay), (0.2, 1e-3));
            assert_eq!((text2lora.data.format, text2lora.data.max_len), (Format::Marker, 1024));
        }
        let plora = settings("plora", MethodProfile::PaperG1);
        assert_eq!((plora.optimizer.clip, plora.lora.as_ref().unwrap().dropout), (0.3, 0.05));
        let schedule = plora.optimizer.schedule(101);
        assert_eq!((schedule.warmup_steps, schedule.steps), (11, 101));
        let risen = |id, profile, steps| settings(id, profile).optimizer.schedule(steps).warmup_steps;
        assert_eq!(risen("static", MethodProfile::PaperG2, 1200), 36, "M72");
        assert_eq!(risen("evo", MethodProfile::PaperG2, 136_548), 4096, "M84");
        assert_eq!((risen("evo", MethodProfile::PaperG2, 10), risen("static", MethodProfile::PaperG1, 101)), (1, 4));
    }

    /// One file may serve all methods; what says nothing to one is in none of its records.
    #[test]
    fn records_claim_nothing_that_has_no_effect() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("common.toml");
        let common =
            "step_examples = 4\nsampling = \"flat\"\nshare_budget = true\noptimizer.clip_at = \"micro-step\"\n";
        std::fs::write(&path, common).unwrap();
        let recorded = |id: &str| {
            let recipe = recipe(id, MethodProfile::Fair).unwrap();
            let settings = TrainingSettings::read(recipe.settings, MethodProfile::Fair, Some(&path)).unwrap();
            let kept = settings.listed();
            let keys = ["step_examples", "sampling", "optimizer.clip_at", "share_budget"];
            keys.map(|key| kept.get(&format!("training.{key}")).cloned().unwrap_or_default())
        };
        assert_eq!(recorded("evo"), ["", "", "step", "false"]);
        assert_eq!(recorded("residual-evo"), ["", "", "step", "false"]);
        assert_eq!(recorded("static"), ["4", "flat", "micro-step", "false"]);
        assert_eq!(recorded("slora"), ["4", "flat", "micro-step", "false"]);
        assert_eq!(recorded("plora"), ["4", "flat", "micro-step", "true"]);
    }

    #[test]
    fn files_are_laid_over_it_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let recipe = recipe("slora", MethodProfile::Fair).unwrap();
            TrainingSettings::read(recipe.settings, MethodProfile::Fair, Some(&path))
        };
        let own = read("step_examples = 4\nbudget = { steps = 7 }\n[lora]\nrank = 8\n").unwrap();
        assert_eq!((own.step_examples, own.lora.unwrap().rank), (Some(4), 8));
        assert_eq!(own.budget, crate::examples::Budget::Steps(7));
        for (text, reason) in [
            ("kind = 'full'", "kind makes the method"),
            ("steps = 4", "steps"),
            ("[lora]\nrank = 0", "lora.rank"),
            ("[optimizer]\nclip = nan", "optimizer.clip"),
            ("[fair]\nstep_examples = 4", "fair"),
            ("budget = { epochs = -3.0 }", "`budget` is epochs=-3"),
            ("budget = { epochs = nan }", "`budget` is epochs=NaN"),
            ("budget = { steps = 0 }", "with a number above 0"),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
    }
}
