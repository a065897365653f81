//! What a run cost in tokens and money.

use serde::{Deserialize, Serialize};

/// What was read and written, each request counted once however many tasks it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Requests that were answered.
    pub requests: u64,
    /// Of these, requests whose answer did not say how many tokens it took; their tokens are not in the sums.
    pub without_usage: u64,
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub new_tokens: u64,
}

impl Spent {
    /// Adds a request that took `prompt_tokens` and `new_tokens`, as far as the answer says.
    pub(crate) fn add(&mut self, prompt_tokens: Option<u32>, new_tokens: Option<u32>) {
        self.requests += 1;
        self.without_usage += u64::from(prompt_tokens.is_none() || new_tokens.is_none());
        self.prompt_tokens += u64::from(prompt_tokens.unwrap_or(0));
        self.new_tokens += u64::from(new_tokens.unwrap_or(0));
    }
}

/// Prices for a million tokens, in any one currency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    /// Of tokens read.
    pub prompt: f64,
    /// Of tokens written.
    pub completion: f64,
}

impl Prices {
    /// What `spent` costs; requests without token counts are not in it.
    pub fn cost(self, spent: Spent) -> f64 {
        (spent.prompt_tokens as f64).mul_add(self.prompt, spent.new_tokens as f64 * self.completion) / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_per_million_tokens() {
        let mut spent = Spent::default();
        spent.add(Some(1_500_000), Some(250_000));
        spent.add(None, Some(9));
        assert_eq!((spent.requests, spent.without_usage), (2, 1));
        let cost = Prices { prompt: 2.0, completion: 8.0 }.cost(Spent { new_tokens: 250_000, ..spent });
        assert!((cost - 5.0).abs() < 1e-12, "{cost}");
    }
}
