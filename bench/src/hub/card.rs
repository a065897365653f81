//! The card of an exported folder, whose header tells `datasets.load_dataset` which files are which split.

use std::collections::BTreeMap;

use crate::release::TableEntry;

/// The card `README.md` for `tables`; each folder of tables is a configuration.
///
/// Names of splits are names of files, but for files that are named for repositories: those are one split together.
pub(super) fn card(tables: &[TableEntry], by_repository: bool) -> String {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (folder, file) in tables.iter().filter_map(|entry| entry.path.rsplit_once('/')) {
        folders.entry(folder).or_default().push(file);
    }
    let mut lines = vec!["---".to_owned(), "configs:".to_owned()];
    for (folder, files) in folders {
        lines.push(format!("- config_name: {}", folder.replace('/', "_")));
        lines.push("  data_files:".to_owned());
        if by_repository {
            lines.extend(data_file("train", &format!("{folder}/*.parquet")));
            continue;
        }
        for file in files {
            lines.extend(data_file(file.trim_end_matches(".parquet"), &format!("{folder}/{file}")));
        }
    }
    lines.push("---".to_owned());
    lines.join("\n") + "\n\n" + TEXT
}

fn data_file(split: &str, path: &str) -> [String; 2] {
    [format!("  - split: {split}"), format!("    path: {path}")]
}

const TEXT: &str = "\
# Tasks in the published column layout

Columns come in the published order, columns of this project last. `export.json` names every file with its rows and
hash, and the release they were exported from.
";
