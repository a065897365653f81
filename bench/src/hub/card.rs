//! The card of an exported folder, whose header tells `datasets.load_dataset` which files are which split.

use crate::release::{Splits, TableEntry, configs};

/// The card `README.md` for `tables`; each folder of tables is a configuration.
///
/// Names of splits are names of files, but for files that are named for repositories: those are one split together.
pub(super) fn card(tables: &[TableEntry], by_repository: bool) -> String {
    let splits = if by_repository { Splits::Together } else { Splits::Files };
    let mut lines = vec!["---".to_owned()];
    lines.extend(configs(tables, |_| splits));
    lines.push("---".to_owned());
    lines.join("\n") + "\n\n" + TEXT + if by_repository { "" } else { LICENSED }
}

const TEXT: &str = "\
# Tasks in the published column layout

Columns come in the published order, columns of this project last. `export.json` names every file with its rows and
hash, and the release they were exported from.
";

const LICENSED: &str = "
The texts are under the licences of the repositories that they were taken from: see [LICENCES.md](LICENCES.md).
";
