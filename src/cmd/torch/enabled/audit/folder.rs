//! The folder of an audit.

use std::path::{Path, PathBuf};

use anyhow::Result;
use bench::audit::{AuditReport, AuditRow};
use bench::file::write_json;
use bench::table::write_table;
use bench::{Journal, Prediction};

/// Where everything of an audit stands.
pub(super) struct AuditFolder {
    root: PathBuf,
}

impl AuditFolder {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The report.
    pub(super) fn report(&self) -> PathBuf {
        self.root.join("audit.json")
    }

    /// A row a task and setting.
    pub(super) fn tasks(&self) -> PathBuf {
        self.root.join("tasks.parquet")
    }

    /// Where finished pieces are kept until the run is over.
    pub(super) fn journal(&self) -> PathBuf {
        Journal::<Prediction>::beside(&self.tasks())
    }

    /// Writes the table of `rows`, which stand in its order.
    pub(super) fn write_rows(&self, rows: Vec<AuditRow>) -> Result<()> {
        write_table(&self.tasks(), &[], rows)?;
        Ok(())
    }

    /// Writes the report, and the page with `controls` laid beside; the journal is not needed any more.
    pub(super) fn finish(&self, report: &AuditReport, controls: &[AuditReport]) -> Result<()> {
        write_json(&self.report(), report)?;
        reports::audit::write(report, controls, &self.root)?;
        Ok(Journal::<Prediction>::remove(&self.journal())?)
    }

    /// The page.
    pub(super) fn page(&self) -> PathBuf {
        self.root.join(reports::audit::PAGE)
    }
}
