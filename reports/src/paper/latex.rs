//! Tables as LaTeX with booktabs: best in bold, what was not found to differ from it with a dagger, the published number
//! and the difference below each of ours.

use std::fmt::Write as _;

use super::table::{Mark, Pair, Table, Unit};

/// The table as an environment to `\input`; it needs the packages booktabs and graphicx.
pub(super) fn table(table: &Table) -> String {
    let columns = table.columns.len();
    let mut text = format!("% {}\n\\begin{{table}}[t]\n\\centering\n", comment(&table.title));
    let _ = writeln!(text, "\\caption{{{}}}\n\\label{{tab:{}}}", escape(caption(&table.title)), table.id);
    let wide = columns > 4;
    text.push_str("\\small\n");
    if wide {
        text.push_str("\\resizebox{\\linewidth}{!}{%\n");
    }
    let _ = writeln!(text, "\\begin{{tabular}}{{l{}}}\n\\toprule", "r".repeat(columns));
    if !table.groups.is_empty() {
        let heads =
            table.groups.iter().map(|(head, count)| format!("\\multicolumn{{{count}}}{{c}}{{{}}}", escape(head)));
        let _ = writeln!(text, " & {} \\\\", heads.collect::<Vec<_>>().join(" & "));
        let mut first = 2;
        for (_, count) in &table.groups {
            let _ = write!(text, "\\cmidrule(lr){{{first}-{}}} ", first + count - 1);
            first += count;
        }
        text.push('\n');
    }
    let names = table.columns.iter().map(|(name, _)| escape(name));
    let _ = writeln!(text, "{} & {} \\\\\n\\midrule", escape(table.of), names.collect::<Vec<_>>().join(" & "));
    for (name, pairs) in &table.rows {
        let cells = |of: &dyn Fn(&Pair, Unit) -> String| {
            pairs.iter().zip(&table.columns).map(|(pair, (_, unit))| of(pair, *unit)).collect::<Vec<_>>().join(" & ")
        };
        let _ = writeln!(text, "{} & {} \\\\", escape(name), cells(&own));
        if pairs.iter().zip(&table.columns).any(|(pair, (_, unit))| pair.published(*unit).is_some()) {
            let _ = writeln!(text, "\\quad\\footnotesize paper & {} \\\\", cells(&published));
        }
    }
    text.push_str("\\bottomrule\n\\end{tabular}");
    text.push_str(if wide { "}\n" } else { "\n" });
    text.push_str("\\par\\smallskip\n\\begin{minipage}{\\linewidth}\\footnotesize\\raggedright\n");
    if table.rows.iter().flat_map(|(_, pairs)| pairs).any(|pair| pair.mark != Mark::Plain) {
        text.push_str("Bold: best of ours. \\textsuperscript{\\dag}: not found to differ from it.\\par\n");
    }
    for note in &table.notes {
        let _ = writeln!(text, "{}\\par", escape(note));
    }
    text.push_str("Below each row: the published number and the difference.\n");
    text.push_str("\\end{minipage}\n\\end{table}\n");
    text
}

/// A document that shows all `tables`, from the files beside it.
pub(super) fn document(tables: &[Table]) -> String {
    let mut text =
        "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{textcomp}\n\
                    \\usepackage{booktabs}\n\\usepackage{graphicx}\n\
                    \\usepackage[margin=22mm]{geometry}\n\\begin{document}\n"
            .to_owned();
    for table in tables {
        let _ = writeln!(text, "\\input{{{}}}\n\\clearpage", table.id);
    }
    text.push_str("\\end{document}\n");
    text
}

fn own(pair: &Pair, unit: Unit) -> String {
    let text = number(&pair.own(unit));
    match pair.mark {
        Mark::Plain => text,
        Mark::Best => format!("\\textbf{{{text}}}"),
        Mark::Tied => format!("{text}\\textsuperscript{{\\dag}}"),
    }
}

fn published(pair: &Pair, unit: Unit) -> String {
    let Some(text) = pair.published(unit) else { return String::new() };
    let text = if pair.paper.is_some() { number(&text) } else { escape(&text) };
    match pair.change(unit) {
        Some(change) => format!("\\footnotesize {text} ({})", number(&change)),
        None => format!("\\footnotesize {text}"),
    }
}

/// A number as we print it, its signs as LaTeX has them.
fn number(text: &str) -> String {
    text.replace('−', "$-$").replace('±', "$\\pm$").replace('–', "--")
}

/// `Table 2: results on …` without the number, which LaTeX gives itself.
fn caption(title: &str) -> &str {
    title.split_once(": ").filter(|(start, _)| start.starts_with("Table")).map_or(title, |(_, rest)| rest)
}

/// `text` on one line, for a comment.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() && !c.is_control() { c } else { '?' }).collect()
}

/// `text` with everything escaped that LaTeX gives a meaning; what its fonts lack is written as a code point.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', character]),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("$\\sim$"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '"' => escaped.push_str("\\textquotedbl{}"),
            '`' => escaped.push_str("\\textasciigrave{}"),
            // A hyphen or quote beside another makes one sign of both.
            '-' | '\'' | ',' | '?' | '!' => {
                if escaped.ends_with(character) {
                    escaped.push_str("{}");
                }
                escaped.push(character);
            }
            '–' => escaped.push_str("--"),
            '−' => escaped.push_str("$-$"),
            '±' => escaped.push_str("$\\pm$"),
            '≈' => escaped.push_str("$\\approx$"),
            '≥' => escaped.push_str("$\\geq$"),
            '·' => escaped.push_str("$\\cdot$"),
            '’' => escaped.push('\''),
            '“' => escaped.push_str("``"),
            '”' => escaped.push_str("''"),
            '…' => escaped.push_str("\\dots{}"),
            ' '..='~' => escaped.push(character),
            'À'..='ÿ' if !matches!(character, '×' | '÷') => escaped.push(character),
            _ => {
                let _ = write!(escaped, "\\texttt{{U+{:04X}}}", u32::from(character));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_stranger_is_a_command() {
        assert_eq!(escape("\\input{x} 50% a_b"), "\\textbackslash{}input\\{x\\} 50\\% a\\_b");
        assert_eq!(escape("a--b 中 ü"), "a-{}-b \\texttt{U+4E2D} ü");
        assert_eq!(comment("a\nb%é"), "a?b%?");
    }

    #[test]
    fn cells_bear_their_marks() {
        let pair = Pair { mark: Mark::Best, ..Pair::new(Some(63.84), Some(66.2)) };
        assert_eq!(own(&pair, Unit::Percent), "\\textbf{63.8}");
        assert_eq!(published(&pair, Unit::Percent), "\\footnotesize 66.2 ($-$2.4)");
        assert_eq!(own(&Pair { mark: Mark::Tied, ..Pair::ours(1.0) }, Unit::Count), "1\\textsuperscript{\\dag}");
    }
}
