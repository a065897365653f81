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
}

/// One number of ours, one of the paper, or both.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Pair {
    pub(crate) ours: Option<f64>,
    pub(crate) paper: Option<f64>,
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
    pub column: &'static str,
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
        Self { ours: Some(value), paper: None }
    }

    pub(crate) const fn new(ours: Option<f64>, paper: Option<f64>) -> Self {
        Self { ours, paper }
    }

    /// `97.1 (96.9, +0.2)`: ours, the paper's, the difference.
    pub(crate) fn text(self, unit: Unit) -> String {
        let ours = self.ours.map_or_else(|| number::NONE.to_owned(), |value| unit.text(value));
        match (self.paper, self.difference(unit)) {
            (None, _) => ours,
            (Some(paper), None) => format!("{ours} ({})", unit.text(paper)),
            (Some(paper), Some(difference)) => {
                format!("{ours} ({}, {})", unit.text(paper), unit.difference(difference))
            }
        }
    }

    fn difference(self, unit: Unit) -> Option<f64> {
        Some(unit.rounded(unit.rounded(self.ours?) - self.paper?))
    }
}

impl Unit {
    const fn decimals(self) -> usize {
        match self {
            Self::Count => 0,
            Self::Percent => 1,
            Self::Decimal(decimals) => decimals,
        }
    }

    fn text(self, value: f64) -> String {
        number::decimal(value, self.decimals())
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
    fn rounded(self, value: f64) -> f64 {
        let text = format!("{value:.*}", self.decimals());
        text.parse().expect("because a printed number is one")
    }
}

impl Table {
    /// Whether it has a number of ours, or of the paper.
    pub(crate) fn has(&self, which: fn(&Pair) -> Option<f64>) -> bool {
        self.rows.iter().any(|(_, pairs)| pairs.iter().any(|pair| which(pair).is_some()))
    }

    /// Every number, row by row.
    pub(crate) fn compared(&self) -> impl Iterator<Item = Compared> {
        self.rows.iter().flat_map(|(row, pairs)| {
            pairs.iter().zip(&self.columns).map(|(pair, (column, unit))| Compared {
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
        let head = std::iter::once(self.of).chain(self.columns.iter().map(|(name, _)| *name));
        let row = |(name, pairs): &(String, Vec<Pair>)| {
            let texts = pairs.iter().zip(&self.columns).map(|(pair, (_, unit))| pair.text(*unit));
            std::iter::once(name.clone()).chain(texts).collect()
        };
        std::iter::once(head.map(str::to_owned).collect()).chain(self.rows.iter().map(row)).collect()
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
