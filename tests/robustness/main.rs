//! What hostile input, a sudden death and altered files cost: bounded time and memory, a clear answer, nothing lost.
//!
//! [`hostile`] mines repositories that nobody would make by accident, [`bombs`] opens lists that nest, [`submissions`]
//! checks answers that unfold or never end, [`killed`] ends the binary at random moments, [`mutation`] feeds altered inputs
//! to what reads them. The tests that run by default are small editions; the ignored ones are those whose figures are
//! published:
//!
//! ```console
//! $ cargo test --release --no-default-features --test robustness -- --ignored --nocapture --test-threads 1
//! ```

#![expect(clippy::print_stdout, reason = "a test that measures prints its figures")]

mod bombs;
mod dice;
mod hostile;
mod killed;
mod measured;
mod mutation;
mod submissions;
