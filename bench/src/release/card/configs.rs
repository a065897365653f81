//! The lines that tell `datasets.load_dataset` which files are which split.

use std::collections::BTreeMap;

use crate::release::manifest::TableEntry;

/// What the splits of a folder of tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Splits {
    /// The files, each under its name.
    Files,
    /// One, of all files together: they are named for repositories.
    Together,
}

/// A configuration for each folder of `tables`, with the splits that `splits` names for it, as lines of YAML.
pub(crate) fn configs(tables: &[TableEntry], splits: impl Fn(&str) -> Splits) -> Vec<String> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (folder, file) in tables.iter().filter_map(|entry| entry.path.rsplit_once('/')) {
        folders.entry(folder).or_default().push(file);
    }
    let mut lines = vec!["configs:".to_owned()];
    for (folder, files) in folders {
        lines.push(format!("- config_name: {}", folder.replace('/', "_")));
        if folder == "tasks" {
            lines.push("  default: true".to_owned());
        }
        lines.push("  data_files:".to_owned());
        if splits(folder) == Splits::Together {
            lines.extend(data_file("train", &format!("{folder}/*.parquet")));
            continue;
        }
        for file in files {
            lines.extend(data_file(file.trim_end_matches(".parquet"), &format!("{folder}/{file}")));
        }
    }
    lines
}

fn data_file(split: &str, path: &str) -> [String; 2] {
    [format!("  - split: {split}"), format!("    path: {path}")]
}
