//! What an adapter for one repository is trained on, and what it is validated on (M119).

use bench::{Release, RepoId, Task};

use super::settings::ValidationSettings;
use crate::draw::shuffle;
use crate::error::Result;
use crate::examples::validation_of;

/// The examples of a repository, divided.
#[derive(Debug)]
pub(super) struct Divided {
    /// The examples that are trained on, ascending.
    pub(super) trained: Vec<u32>,
    /// Those that it is validated on instead of tasks, ascending: none if it has tasks of its own to validate on.
    pub(super) held_out: Vec<u32>,
    /// The tasks that it is validated on.
    pub(super) tasks: Vec<Task>,
}

impl Divided {
    /// Divides the examples `group` of `repo`. A repository without a task of the validation split lends a share of its
    /// examples, if the settings say so, at least one, but never its last.
    ///
    /// # Errors
    /// If a table cannot be read.
    pub(super) fn of(release: &Release, repo: &RepoId, group: &[u32], settings: &ValidationSettings) -> Result<Self> {
        let sample = settings.sample();
        let tasks = validation_of(release, repo, &sample)?;
        let percent = if tasks.is_empty() { settings.hold_out_percent } else { 0 };
        let seed = sample.seed.derive("hold-out").derive(repo.as_str());
        let mut order = group.to_vec();
        shuffle(&mut order, &mut seed.rng());
        let mut held_out = order.split_off(order.len() - lent(order.len(), percent));
        order.sort_unstable();
        held_out.sort_unstable();
        Ok(Self { trained: order, held_out, tasks })
    }

    /// How many tasks or examples it is validated on.
    pub(super) fn validated(&self) -> usize {
        self.tasks.len() + self.held_out.len()
    }
}

/// How many of `examples` are held out: `percent` of them, rounded up as the authors' library rounds.
fn lent(examples: usize, percent: u8) -> usize {
    (examples * usize::from(percent)).div_ceil(100).min(examples.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m119_a_share_is_rounded_up_and_leaves_something_to_train_on() {
        let counts = [0, 1, 2, 6, 7, 20, 100];
        assert_eq!(counts.map(|count| lent(count, 15)), [0, 0, 1, 1, 2, 3, 15]);
        assert_eq!(counts.map(|count| lent(count, 0)), [0; 7]);
        assert_eq!(lent(4, 99), 3);
    }
}
