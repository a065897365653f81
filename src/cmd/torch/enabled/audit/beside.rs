//! What is laid beside an audit.

use std::path::{Path, PathBuf};

use anyhow::Result;
use baselines::audit::per_repository as geometry_of;
use baselines::{Artifact, LanguageModel};
use bench::audit::{AUDIT_FORMAT, AuditReport, ControlGeometry};

use super::folder::AuditFolder;

/// The geometry of the adapters in the artifact of `plora` at `root`, which must be of the base model in the folder `base`.
pub(super) fn per_repository(root: &Path, model: &LanguageModel, base: &Path) -> Result<ControlGeometry> {
    let artifact = Artifact::open(root)?;
    artifact.check("plora", artifact.manifest().profile, &baselines::model::fingerprint(base)?)?;
    Ok(geometry_of(&artifact, model.config(), model.model.device())?)
}

/// The reports in the folders of training controls.
pub(super) fn controls(folders: &[PathBuf]) -> Result<Vec<AuditReport>> {
    let read = |folder: &PathBuf| {
        let path = AuditFolder::new(folder).report();
        Ok(bench::file::read_format(&path, &["format"], AUDIT_FORMAT, "audit")?)
    };
    folders.iter().map(read).collect()
}
