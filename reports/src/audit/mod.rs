//! The page of an audit: what [`AuditReport`] says, with figures. Everything is decided in the report; nothing is computed
//! here but places on paper.

mod axis;
mod curves;
mod page;
mod parts;
mod ranks;
mod scatter;
mod tables;

use std::path::{Path, PathBuf};

use bench::audit::AuditReport;

use crate::error::Result;
use crate::write::write_all;

/// The name of the page.
pub const PAGE: &str = "audit.html";

/// Writes the page of `report` into the folder `out`, which is made if need be, with the audits of training controls laid
/// beside. The file is complete or untouched; the same input gives the same bytes.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if it cannot be written.
pub fn write(report: &AuditReport, controls: &[AuditReport], out: &Path) -> Result<PathBuf> {
    let written = write_all(out, &[(PAGE, page::render(report, controls))])?;
    Ok(written.into_iter().next().expect("because one file was written"))
}
