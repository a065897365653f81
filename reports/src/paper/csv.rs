//! Tables as comma-separated values (RFC 4180): a line a row, three columns for each of the table's.

use super::table::{Mark, Table};

/// The table; its first line names the columns. Numbers have no separated thousands, and no sign that programs do not read.
pub(super) fn table(table: &Table) -> String {
    let mut text = String::new();
    let head = table.headings().into_iter().flat_map(|name| {
        let parts = ["", " (paper)", " (difference)", " (mark)"];
        parts.map(|part| format!("{name}{part}"))
    });
    line(&mut text, std::iter::once(table.of.to_owned()).chain(head));
    for (name, pairs) in &table.rows {
        let cells = pairs.iter().zip(&table.columns).flat_map(|(pair, (_, unit))| {
            let printed = pair.published(*unit).map(|text| if pair.paper.is_some() { plain(&text) } else { text });
            [
                pair.ours.map(|_| plain(&pair.own(*unit))).unwrap_or_default(),
                printed.unwrap_or_default(),
                pair.change(*unit).map(|text| plain(&text)).unwrap_or_default(),
                mark(pair.mark).to_owned(),
            ]
        });
        line(&mut text, std::iter::once(name.clone()).chain(cells));
    }
    text
}

/// A printed number as programs read it.
fn plain(text: &str) -> String {
    text.replace([',', '±'], "").replace('−', "-")
}

const fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Plain => "",
        Mark::Best => "best",
        Mark::Tied => "tied",
    }
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(|cell| field(&cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// `text` as one field. What a spreadsheet would take for a formula is quoted with an apostrophe.
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '@', '\t', '\r', '-']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::{field, plain};

    #[test]
    fn numbers_are_read_by_programs() {
        let numbers = [("−1,234.5", -1_234.5), ("±0.0", 0.0), ("+0.2", 0.2), ("2.0e-5", 2.0e-5)];
        for (text, expected) in numbers {
            assert_eq!(plain(text).parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let fields = [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("=1+1", "'=1+1"),
            ("-0.5", "-0.5"),
            ("+0.5", "+0.5"),
        ];
        for (text, expected) in fields {
            assert_eq!(field(text), expected);
        }
    }
}
