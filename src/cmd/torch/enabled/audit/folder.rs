//! The folder of an audit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use bench::audit::{AUDIT_FORMAT, AuditReport, AuditRow};
use bench::file::{digest, read_format, write_json};
use bench::table::write_table;
use bench::{Journal, MethodCard, Prediction, Release};
use harness::audit::Strata;
use reports::board::AUDIT;

use crate::cli::AuditArgs;

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
        self.root.join(AUDIT)
    }

    /// The report, if it is complete and says what the same audit would say again: of the same method and tasks, under the
    /// same settings. An audit that lays others beside is always made.
    pub(super) fn current(
        &self,
        args: &AuditArgs,
        release: &Release,
        card: &MethodCard,
        strata: &Strata,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<AuditReport>> {
        let beside = args.swapped.is_some() || args.beside.plora.is_some() || !args.beside.control.is_empty();
        if beside || !self.report().exists() || self.journal().exists() {
            return Ok(None);
        }
        let report: AuditReport = read_format(&self.report(), &["format"], AUDIT_FORMAT, "audit")?;
        let same = report.release == release.id()
            && report.card == *card
            && report.settings == *settings
            && report.strata == digest(strata.text().as_bytes());
        Ok((same && self.tasks().exists() && self.page().exists()).then_some(report))
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
