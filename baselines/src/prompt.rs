//! Token budgets: what of context and prefix reaches the model (M33, M99).

/// How prompts are closed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromptLimits {
    /// Tokens of a prompt at most; at least 1.
    pub max_tokens: usize,
    /// The token before everything else, if the method puts one there (M33).
    pub opening: Option<u32>,
    /// The token that stands for an empty prompt: a model must read something before it can write.
    pub stand_in: u32,
}

/// What a model reads for one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The tokens, at least one.
    pub ids: Vec<u32>,
    /// How many of them are repository context.
    pub context_tokens: u32,
}

impl Prompt {
    /// Joins opening, context and prefix and keeps the last tokens that fit. So the opening is lost first, then the
    /// context from its start, and the prefix only once the whole context is gone (M99).
    ///
    /// ```
    /// use baselines::{Prompt, PromptLimits};
    /// let limits = PromptLimits { max_tokens: 4, opening: Some(0), stand_in: 0 };
    /// let prompt = Prompt::assemble(&[1, 2], &[5, 6, 7], limits);
    /// assert_eq!((prompt.ids, prompt.context_tokens), (vec![2, 5, 6, 7], 1));
    /// ```
    pub fn assemble(context: &[u32], prefix: &[u32], limits: PromptLimits) -> Self {
        let mut room = limits.max_tokens;
        let prefix = last(prefix, &mut room);
        let context = last(context, &mut room);
        let opening = last(limits.opening.as_slice(), &mut room);
        let mut ids = [opening, context, prefix].concat();
        if ids.is_empty() {
            ids.push(limits.stand_in);
        }
        Self { ids, context_tokens: count(context.len()) }
    }

    /// How many tokens the model reads.
    pub fn prompt_tokens(&self) -> u32 {
        count(self.ids.len())
    }
}

/// The last of `ids` that fit into `room`, which they use up.
fn last<'a>(ids: &'a [u32], room: &mut usize) -> &'a [u32] {
    let kept = ids.len().min(*room);
    *room -= kept;
    &ids[ids.len() - kept..]
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: [u32; 3] = [1, 2, 3];
    const PREFIX: [u32; 2] = [8, 9];

    fn prompt(max_tokens: usize, opening: Option<u32>) -> (Vec<u32>, u32) {
        let prompt = Prompt::assemble(&CONTEXT, &PREFIX, PromptLimits { max_tokens, opening, stand_in: 77 });
        (prompt.ids, prompt.context_tokens)
    }

    #[test]
    fn m99_the_context_is_cut_before_the_prefix() {
        assert_eq!(prompt(9, None), (vec![1, 2, 3, 8, 9], 3));
        assert_eq!(prompt(4, None), (vec![2, 3, 8, 9], 2));
        assert_eq!(prompt(2, None), (vec![8, 9], 0));
        assert_eq!(prompt(1, None), (vec![9], 0));
    }

    #[test]
    fn m33_the_opening_is_lost_first() {
        assert_eq!(prompt(6, Some(0)), (vec![0, 1, 2, 3, 8, 9], 3));
        assert_eq!(prompt(5, Some(0)), (vec![1, 2, 3, 8, 9], 3));
    }

    #[test]
    fn an_empty_prompt_is_one_token() {
        let limits = PromptLimits { max_tokens: 4, opening: None, stand_in: 77 };
        let prompt = Prompt::assemble(&[], &[], limits);
        assert_eq!((prompt.prompt_tokens(), prompt.context_tokens), (1, 0));
        assert_eq!(prompt.ids, [77]);
    }
}
