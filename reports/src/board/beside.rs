//! Files that may lie beside the scores of a method: what an audit found, and what was measured of its cost.

use std::path::Path;

use bench::file::read_format;
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};

/// The name of the verdict of an audit in a folder of scores.
pub const AUDIT: &str = "audit.json";
/// The name of measured costs in a folder of scores.
pub const COST: &str = "cost.json";
/// Bytes of either at most.
const MAX_BYTES: u64 = 64 << 20;
/// Version of both.
const FORMAT: u32 = 1;

/// What an audit said of a method: whether its weights depend on the repository that they were made for. Fields that a
/// board does not show are passed over, so that audits may say more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Audit {
    /// The verdict in words: `conditioned`, `not conditioned`, `generic magnitude`, `inconclusive`.
    pub verdict: String,
    /// How adapters of different repositories lie to each other: `collapsed`, `weak`, `diverse`.
    #[serde(default, deserialize_with = "geometry")]
    pub geometry: Option<String>,
}

/// The verdict on the geometry, by itself or as `audit` writes it, with the numbers behind it.
fn geometry<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Geometry {
        Verdict(String),
        Measured { verdict: String },
    }
    let found = Option::<Geometry>::deserialize(deserializer)?;
    Ok(found.map(|(Geometry::Verdict(verdict) | Geometry::Measured { verdict })| verdict))
}

impl Audit {
    /// Whether the verdict is a reason to doubt what the method's name says: anything but `conditioned`.
    pub fn is_doubtful(&self) -> bool {
        self.verdict != "conditioned"
    }
}

/// What a method costs beyond its base model, as somebody measured it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredCost {
    /// Version of the file.
    pub format: u32,
    /// Seconds until a new repository can be answered for, encoding included.
    #[serde(default)]
    pub adaptation_seconds: Option<f64>,
    /// Bytes of everything that is stored beyond the base model.
    #[serde(default)]
    pub storage_bytes: Option<u64>,
}

/// The audit in the folder of scores `folder`; none if there is none.
///
/// # Errors
/// If the file cannot be read or is of another format.
pub fn read_audit(folder: &Path) -> Result<Option<Audit>> {
    let path = folder.join(AUDIT);
    if !is_there(&path)? {
        return Ok(None);
    }
    Ok(Some(read_format(&path, &["format"], FORMAT, "audit")?))
}

/// The costs in the folder of scores `folder`; none if there is no such file.
///
/// # Errors
/// If the file cannot be read, is of another format, or states a cost that is negative or no number.
pub fn read_cost(folder: &Path) -> Result<Option<MeasuredCost>> {
    let path = folder.join(COST);
    if !is_there(&path)? {
        return Ok(None);
    }
    let cost: MeasuredCost = read_format(&path, &["format"], FORMAT, "cost")?;
    match cost.adaptation_seconds {
        Some(seconds) if !(0.0..=1e9).contains(&seconds) => Err(Error::Cost { path, seconds: format!("{seconds}") }),
        _ => Ok(Some(cost)),
    }
}

/// Whether there is a file at `path`; what is no ordinary file or too large is refused, because it may be a stranger's.
fn is_there(path: &Path) -> Result<bool> {
    match std::fs::symlink_metadata(path) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(Error::io("read", path, source)),
        Ok(found) if found.is_file() && found.len() <= MAX_BYTES => Ok(true),
        Ok(_) => Err(Error::Beside { path: path.to_owned() }),
    }
}
