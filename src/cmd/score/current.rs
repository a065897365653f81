//! Whether a folder of scores is what scoring again would make.

use std::path::Path;

use bench::{Predictions, Release, SUMMARY_FORMAT, ScoreManifest};

use super::{manifest_path, named, options};
use crate::cli::ScoreArgs;

/// Whether `args.out` holds the whole scores of the one predictions file of `args`, made with these options by these rules.
pub(crate) fn is_current(args: &ScoreArgs) -> bool {
    let ([predictions], Some(release)) = (args.predictions.as_slice(), &args.release) else { return false };
    scored(args, predictions, release).unwrap_or(false)
}

fn scored(args: &ScoreArgs, predictions: &Path, release: &Path) -> bench::Result<bool> {
    let path = manifest_path(&args.out);
    if args.slices.is_some() || !path.exists() {
        return Ok(false);
    }
    let found: ScoreManifest = bench::file::read_format(&path, &["format"], SUMMARY_FORMAT, "manifest")?;
    let same = found.slices.is_none()
        && found.options == named(&options(args))
        && found.versions == harness::versions()
        && found.release == Release::open(release)?.id()
        && found.predictions == Predictions::read(predictions)?.hash();
    for (name, expected) in &found.files {
        if !same || bench::file::hash(&args.out.join(name))? != *expected {
            return Ok(false);
        }
    }
    Ok(same)
}
