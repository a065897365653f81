//! The one formatter of numbers: fixed decimals, so that columns align and every format prints the same text.

use bench::Metric;

/// Stands where there is no number.
pub const NONE: &str = "–";

/// A share in 0..=1 as percent with one decimal, without the sign: `45.7`.
pub fn percent(share: f64) -> String {
    fixed(share * 100.0, 1)
}

/// A similarity in 0..=1 with three decimals: `0.605`.
pub fn unit(value: f64) -> String {
    fixed(value, 3)
}

/// A value of `metric`: exact match in percent (S81), similarities as they are. Both keep a thousandth.
pub fn value(metric: Metric, value: f64) -> String {
    if metric.is_binary() { percent(value) } else { unit(value) }
}

/// An interval in the unit of `metric`: `[43.0, 48.6]`.
pub fn interval(metric: Metric, [low, high]: [f64; 2]) -> String {
    format!("[{}, {}]", value(metric, low), value(metric, high))
}

/// `1 task`, `1,234 tasks`.
pub fn tasks(tasks: u64) -> String {
    format!("{} task{}", count(tasks), if tasks == 1 { "" } else { "s" })
}

/// A count with separated thousands: `12,345`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A mean number of tokens with one decimal: `1,234.5`.
pub fn tokens(mean: f64) -> String {
    decimal(mean, 1)
}

/// A number from 0 with `decimals` decimals and separated thousands: `1,234.50`.
pub fn decimal(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let (whole, part) = text.split_at(text.find('.').unwrap_or(text.len()));
    whole.parse().map_or_else(|_| text.clone(), |whole| count(whole) + part)
}

/// A number of parameters with three significant digits: `1.54 B`, `8.40 M`, `870 K`.
pub fn parameters(parameters: u64) -> String {
    let (scale, unit) = match parameters {
        999_500_000.. => (1e9, " B"),
        999_500.. => (1e6, " M"),
        1_000.. => (1e3, " K"),
        _ => return count(parameters),
    };
    let scaled = parameters as f64 / scale;
    let decimals = if scaled < 9.995 { 2 } else { usize::from(scaled < 99.95) };
    format!("{}{unit}", fixed(scaled, decimals))
}

/// `value` with `decimals` decimals; never a negative zero.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_fixed() {
        assert_eq!(percent(0.457), "45.7");
        assert_eq!(percent(1.0), "100.0");
        assert_eq!(percent(-0.0), "0.0");
        assert_eq!(value(Metric::EditSimilarity, 0.6), "0.600");
        assert_eq!(interval(Metric::ExactMatchPaper, [0.4301, 0.48649]), "[43.0, 48.6]");
    }

    #[test]
    fn large_numbers_are_readable() {
        let counts = [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")];
        assert!(counts.iter().all(|&(number, text)| count(number) == text));
        assert_eq!(tokens(1234.56), "1,234.6");
        assert_eq!([decimal(1234.5, 0), decimal(0.0, 2)], ["1,234", "0.00"]);
        let sizes =
            [(12, "12"), (870_123, "870 K"), (8_400_000, "8.40 M"), (999_600, "1.00 M"), (1_543_714_304, "1.54 B")];
        for (number, text) in sizes {
            assert_eq!(parameters(number), text);
        }
    }
}
