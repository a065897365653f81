//! Tables as aligned text.

use std::fmt::Write as _;

use crate::paper::table::Table;

/// Every table that has a number of ours, below each other; the others are named with the reason.
pub(super) fn render(tables: &[Table]) -> String {
    let mut text = String::new();
    for table in tables {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{}", table.title);
        if table.has(|pair| pair.ours) {
            print(&mut text, &table.cells());
        } else {
            for note in &table.notes {
                let _ = writeln!(text, "  {note}");
            }
        }
    }
    text.push_str("\nours (paper, difference)");
    text
}

fn print(text: &mut String, cells: &[Vec<String>]) {
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..cells[0].len()).map(width).collect();
    for row in cells {
        let mut line = format!("  {:<1$}", row[0], widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
