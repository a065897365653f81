//! Tables of numbers of ours beside published ones. They decide what is shown; renderers only print them.

use serde::Serialize;

use crate::render::number;

/// What the numbers of a column are, which decides how they are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A whole number.
    Count,
    /// A number with so many decimals.
    Decimal(usize),
    /// Percent of a whole, with one decimal; differences are in points.
    Percent,
    /// A small number, such as a learning rate, with two significant digits.
    Rate,
}

/// One number of ours, one of the paper, or both.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Pair {
    pub(crate) ours: Option<f64>,
    pub(crate) paper: Option<f64>,
    /// What the paper prints instead of a number.
    pub(crate) words: Option<&'static str>,
    /// How ours stands in its column.
    pub(crate) mark: Mark,
}

/// How a number of ours stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mark {
    /// Nothing is said.
    #[default]
    Plain,
    /// It is the best.
    Best,
    /// It was not found to differ from the best.
    Tied,
}

/// A table: `columns` as wide as every row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// Tells the table from others, in files.
    pub(crate) id: &'static str,
    pub(crate) title: String,
    /// What must be known to read it, a sentence each.
    pub(crate) notes: Vec<String>,
    /// What the rows are.
    pub(crate) of: &'static str,
    pub(crate) columns: Vec<(&'static str, Unit)>,
    /// Columns under a common heading: its text and how many, from the first on; empty if there are none.
    pub(crate) groups: Vec<(&'static str, usize)>,
    pub(crate) rows: Vec<(String, Vec<Pair>)>,
}

/// One number of a table, as files hold it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The table.
    pub table: &'static str,
    /// The row.
    pub row: String,
    /// The column.
    pub column: String,
    /// What was measured, with the decimals of the column; none if it was not.
    pub ours: Option<f64>,
    /// What the paper prints; none if it does not.
    pub paper: Option<f64>,
    /// Ours less the paper's, where both are there.
    pub difference: Option<f64>,
}

impl Pair {
    /// A number that the paper does not print.
    pub(crate) const fn ours(value: f64) -> Self {
        Self::new(Some(value), None)
    }

    pub(crate) const fn new(ours: Option<f64>, paper: Option<f64>) -> Self {
        Self { ours, paper, words: None, mark: Mark::Plain }
    }

    /// A number beside words of the paper.
    pub(crate) const fn worded(ours: Option<f64>, words: Option<&'static str>) -> Self {
        Self { ours, paper: None, words, mark: Mark::Plain }
    }

    /// Ours alone, as it is printed.
    pub(crate) fn own(self, unit: Unit) -> String {
        self.ours.map_or_else(|| number::NONE.to_owned(), |value| unit.text(value))
    }

    /// What the paper prints; none if nothing.
    pub(crate) fn published(self, unit: Unit) -> Option<String> {
        self.paper.map(|paper| unit.text(paper)).or_else(|| self.words.map(str::to_owned))
    }

    /// Ours less the paper's with its sign, where both are there.
    pub(crate) fn change(self, unit: Unit) -> Option<String> {
        self.difference(unit).map(|difference| unit.difference(difference))
    }

    /// `97.1 (96.9, +0.2)`: ours, the paper's, the difference.
    pub(crate) fn text(self, unit: Unit) -> String {
        let ours = self.own(unit);
        match (self.published(unit), self.change(unit)) {
            (None, _) => ours,
            (Some(paper), None) => format!("{ours} ({paper})"),
            (Some(paper), Some(change)) => format!("{ours} ({paper}, {change})"),
        }
    }

    pub(crate) fn difference(self, unit: Unit) -> Option<f64> {
        Some(unit.rounded(unit.rounded(self.ours?) - self.paper?))
    }
}

impl Unit {
    const fn decimals(self) -> usize {
        match self {
            Self::Count => 0,
            Self::Percent => 1,
            Self::Decimal(decimals) => decimals,
            Self::Rate => 12,
        }
    }

    fn text(self, value: f64) -> String {
        if self == Self::Rate { format!("{value:.1e}") } else { number::decimal(value, self.decimals()) }
    }

    /// A difference with its sign: `+0.2`, `±0.0`, `−11`.
    fn difference(self, value: f64) -> String {
        let size = self.text(value.abs());
        if value > 0.0 {
            format!("+{size}")
        } else if value < 0.0 {
            format!("−{size}")
        } else {
            format!("±{size}")
        }
    }

    /// `value` with the decimals that are printed.
    pub(crate) fn rounded(self, value: f64) -> f64 {
        let text = format!("{value:.*}", self.decimals());
        text.parse().expect("because a printed number is one")
    }
}

impl Table {
    /// Whether it has a number of ours, or of the paper.
    pub(crate) fn has(&self, which: fn(&Pair) -> Option<f64>) -> bool {
        self.rows.iter().any(|(_, pairs)| pairs.iter().any(|pair| which(pair).is_some()))
    }

    /// The names of the columns, each with its common heading in front.
    pub(crate) fn headings(&self) -> Vec<String> {
        let heads = self.groups.iter().flat_map(|(head, count)| std::iter::repeat_n(*head, *count));
        let heads = heads.map(Some).chain(std::iter::repeat(None));
        let name = |((name, _), head): (&(&'static str, Unit), Option<&str>)| match head {
            Some(head) if !head.is_empty() => format!("{head} {name}"),
            _ => (*name).to_owned(),
        };
        self.columns.iter().zip(heads).map(name).collect()
    }

    /// Every number, row by row.
    pub(crate) fn compared(&self) -> impl Iterator<Item = Compared> {
        self.rows.iter().flat_map(|(row, pairs)| {
            pairs.iter().zip(self.columns.iter().zip(self.headings())).map(|(pair, ((_, unit), column))| Compared {
                table: self.id,
                row: row.clone(),
                column,
                ours: pair.ours.map(|value| unit.rounded(value)),
                paper: pair.paper,
                difference: pair.difference(*unit),
            })
        })
    }

    /// The printed cells, with the names of rows and columns.
    pub(crate) fn cells(&self) -> Vec<Vec<String>> {
        let head = std::iter::once(self.of.to_owned()).chain(self.headings());
        let row = |(name, pairs): &(String, Vec<Pair>)| {
            let texts = pairs.iter().zip(&self.columns).map(|(pair, (_, unit))| pair.text(*unit));
            std::iter::once(name.clone()).chain(texts).collect()
        };
        std::iter::once(head.collect()).chain(self.rows.iter().map(row)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_beside_each_other() {
        let texts = [
            (Pair::new(Some(409.0), Some(409.0)), Unit::Count, "409 (409, ±0)"),
            (Pair::new(Some(39_600.0), Some(39_612.0)), Unit::Count, "39,600 (39,612, −12)"),
            (Pair::new(Some(97.14), Some(96.9)), Unit::Decimal(1), "97.1 (96.9, +0.2)"),
            (Pair::new(None, Some(4.8)), Unit::Decimal(1), "– (4.8)"),
            (Pair::ours(12.34), Unit::Percent, "12.3"),
            (Pair::default(), Unit::Count, "–"),
        ];
        for (pair, unit, text) in texts {
            assert_eq!(pair.text(unit), text);
        }
    }

    #[test]
    fn the_difference_is_that_of_the_printed_numbers() {
        assert_eq!(Pair::new(Some(96.949), Some(96.9)).difference(Unit::Decimal(1)), Some(0.0));
        assert_eq!(Pair::new(Some(96.951), Some(96.9)).difference(Unit::Decimal(1)), Some(0.1));
    }
}
