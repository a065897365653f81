//! In which order histories are walked in training, how far gradients reach back, and what each step scores (M81, M82).

use std::collections::VecDeque;

use bench::Seed;
use serde::{Deserialize, Serialize};

use crate::draw::shuffle;
use crate::error::{Error, Result};
use crate::examples::Budget;

/// Where a step ends, and with it the reach of gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backpropagation {
    /// A step ends at every scored commit, and gradients end where it begins; they are cut as well after
    /// [`WalkOptions::reach`] commits without a score. What the authors' program does under the name of a window (M82).
    Commit,
    /// A step is [`WalkOptions::reach`] commits; their losses add up, and gradients reach the first of them.
    Window,
}

/// Presentations beyond this many are refused: with its segment, one takes up to some 200 bytes of memory.
const MAX_PRESENTATIONS: u64 = 1 << 26;
/// Lanes beyond this many are refused: each carries a state, and a step walks all of them.
const MAX_LANES: usize = 4096;
/// Commits that gradients reach beyond this many are refused: no history is as long.
const MAX_REACH: usize = 1 << 20;

/// How histories are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalkOptions {
    /// Repositories that a step walks side by side (M81: 1).
    pub lanes: usize,
    /// Where a step ends.
    pub backpropagation: Backpropagation,
    /// Commits that gradients reach at most (M81: 16).
    pub reach: usize,
    /// Tasks that a commit scores at most, drawn anew in every pass (M81: 8).
    pub tasks: usize,
}

impl WalkOptions {
    /// Refuses numbers out of their range.
    ///
    /// # Errors
    /// [`Error::Option`] that names the key.
    pub(crate) fn check(&self) -> Result<()> {
        let limits = [
            ("walk.lanes", self.lanes, MAX_LANES),
            ("walk.reach", self.reach, MAX_REACH),
            ("walk.tasks", self.tasks, usize::MAX),
        ];
        match limits.into_iter().find(|(_, value, most)| !(1..=*most).contains(value)) {
            None => Ok(()),
            Some((option, 0, _)) => Err(Error::option(option, 0, "at least 1 is needed")),
            Some((option, value, most)) => Err(Error::option(option, value, format!("1 to {most} is needed"))),
        }
    }
}

/// A commit with tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// Its place among the kept commits.
    pub place: usize,
    /// Its examples.
    pub examples: Vec<u32>,
}

/// A stretch of one history that one step walks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The lane, which carries the state from one segment to the next.
    pub lane: usize,
    /// The repository, as it was given.
    pub repo: usize,
    /// The first kept commit that is walked; the state is the initial one if it is 0.
    pub begin: usize,
    /// One past the last.
    pub end: usize,
    /// Places before which gradients are cut, ascending.
    pub cuts: Vec<usize>,
    /// What is scored, ascending; never empty.
    pub scored: Vec<Scored>,
}

/// The segments of every step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkPlan {
    steps: Vec<Vec<Segment>>,
    examples: u64,
}

impl WalkPlan {
    /// Walks `histories`, the scored commits of each, until the budget is used up; every pass takes them in another
    /// order. `tokens` says how many supervised tokens an example has.
    ///
    /// # Errors
    /// [`Error::Option`] if nothing is scored, or an option or the budget is out of its range.
    pub fn draw(
        histories: &[Vec<Scored>],
        tokens: impl Fn(u32) -> u64,
        budget: Budget,
        options: WalkOptions,
        seed: Seed,
    ) -> Result<Self> {
        options.check()?;
        let walked = histories.iter().filter(|scored| !scored.is_empty()).count();
        if walked == 0 {
            return Err(Error::option("examples", 0, "no commit has one"));
        }
        let least = budget.least_presented(walked);
        budget.check_presented(least, MAX_PRESENTATIONS)?;
        let left = matches!(budget, Budget::Epochs(_)).then_some(least);
        let mut walk = Walk { histories, options, seed, queue: VecDeque::new(), passes: 0, left };
        let mut lanes: Vec<Option<Position>> = vec![None; options.lanes];
        let mut plan = Self { steps: Vec::new(), examples: 0 };
        let mut spent = 0;
        while !plan.is_spent(budget, spent) {
            let mut step = Vec::new();
            for (number, lane) in lanes.iter_mut().enumerate() {
                if lane.is_none() {
                    *lane = walk.next();
                }
                let Some(position) = lane else { continue };
                let (mut segment, rest) = walk.segment(number, *position);
                *lane = rest;
                segment.scored.iter_mut().for_each(|scored| {
                    scored.examples.retain(|&example| {
                        let goes = match budget {
                            Budget::Examples(limit) => plan.examples < limit,
                            Budget::Tokens(limit) => spent < limit,
                            Budget::Epochs(_) | Budget::Steps(_) => true,
                        };
                        plan.examples += u64::from(goes);
                        spent += if goes { tokens(example) } else { 0 };
                        goes
                    });
                });
                segment.scored.retain(|scored| !scored.examples.is_empty());
                if !segment.scored.is_empty() {
                    step.push(segment);
                }
            }
            if step.is_empty() {
                break;
            }
            budget.check_presented(plan.examples, MAX_PRESENTATIONS)?;
            plan.steps.push(step);
        }
        Ok(plan)
    }

    fn is_spent(&self, budget: Budget, tokens: u64) -> bool {
        match budget {
            Budget::Epochs(_) => false,
            Budget::Examples(limit) => self.examples >= limit,
            Budget::Tokens(limit) => tokens >= limit,
            Budget::Steps(limit) => self.steps.len() as u64 >= limit,
        }
    }

    /// Steps in all.
    pub fn steps(&self) -> u64 {
        self.steps.len() as u64
    }

    /// Examples presented in all.
    pub fn examples(&self) -> u64 {
        self.examples
    }

    /// What `step` walks, lanes ascending; nothing after the last.
    pub fn step(&self, step: u64) -> &[Segment] {
        usize::try_from(step).ok().and_then(|step| self.steps.get(step)).map_or(&[], Vec::as_slice)
    }
}

/// Where a lane stands.
#[derive(Debug, Clone, Copy)]
struct Position {
    repo: usize,
    pass: u64,
    /// The next commit to walk.
    place: usize,
    /// The next scored commit, as an index.
    next: usize,
}

struct Walk<'a> {
    histories: &'a [Vec<Scored>],
    options: WalkOptions,
    seed: Seed,
    queue: VecDeque<usize>,
    passes: u64,
    /// Repositories still to be begun; without end if none.
    left: Option<u64>,
}

impl Walk<'_> {
    /// The beginning of the next history.
    fn next(&mut self) -> Option<Position> {
        if self.left == Some(0) {
            return None;
        }
        if self.queue.is_empty() {
            let mut repos: Vec<usize> =
                (0..self.histories.len()).filter(|&at| !self.histories[at].is_empty()).collect();
            shuffle(&mut repos, &mut self.seed.derive("walks").chunk(self.passes).rng());
            self.queue = repos.into();
            self.passes += 1;
        }
        self.left = self.left.map(|left| left - 1);
        let repo = self.queue.pop_front()?;
        Some(Position { repo, pass: self.passes - 1, place: 0, next: 0 })
    }

    /// The segment from `position` on, and where the lane stands after it, if anything is left to be scored.
    fn segment(&self, lane: usize, position: Position) -> (Segment, Option<Position>) {
        let Position { repo, pass, place: begin, next } = position;
        let scored = &self.histories[repo];
        let first = scored[next].place;
        let reach = self.options.reach;
        let (cuts, end, count) = match self.options.backpropagation {
            Backpropagation::Commit => ((begin + reach..=first).step_by(reach).collect(), first + 1, 1),
            Backpropagation::Window => {
                // Windows are counted from the first commit; those without a score are walked on the way.
                let window = first / reach * reach;
                let within = scored[next..].iter().take_while(|commit| commit.place < window + reach).count();
                let cuts = (begin.div_ceil(reach) * reach..=window).step_by(reach).filter(|&cut| cut > begin).collect();
                (cuts, scored[next + within - 1].place + 1, within)
            }
        };
        let drawn = scored[next..next + count].iter().map(|commit| self.drawn(repo, pass, commit)).collect();
        let rest = Position { place: end, next: next + count, ..position };
        let rest = (rest.next < scored.len()).then_some(rest);
        (Segment { lane, repo, begin, end, cuts, scored: drawn }, rest)
    }

    /// `commit` with the tasks that this pass scores.
    fn drawn(&self, repo: usize, pass: u64, commit: &Scored) -> Scored {
        let mut examples = commit.examples.clone();
        if examples.len() > self.options.tasks {
            let seed = self.seed.derive("tasks").chunk(repo as u64).chunk(pass).chunk(commit.place as u64);
            shuffle(&mut examples, &mut seed.rng());
            examples.truncate(self.options.tasks);
            examples.sort_unstable();
        }
        Scored { place: commit.place, examples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histories() -> Vec<Vec<Scored>> {
        let scored = |place, examples: std::ops::Range<u32>| Scored { place, examples: examples.collect() };
        vec![
            vec![scored(0, 0..3), scored(2, 3..4), scored(40, 4..16)],
            vec![],
            vec![scored(5, 20..22), scored(6, 22..23)],
        ]
    }

    const COMMIT: (Backpropagation, usize) = (Backpropagation::Commit, 16);
    const WINDOW: (Backpropagation, usize) = (Backpropagation::Window, 4);

    fn plan(budget: &str, lanes: usize, (backpropagation, reach): (Backpropagation, usize)) -> WalkPlan {
        let options = WalkOptions { lanes, backpropagation, reach, tasks: 8 };
        WalkPlan::draw(&histories(), |_| 2, budget.parse().unwrap(), options, Seed(4)).unwrap()
    }

    fn all(plan: &WalkPlan) -> Vec<Segment> {
        (0..plan.steps()).flat_map(|step| plan.step(step).to_vec()).collect()
    }

    /// M81: a step a scored commit, cut after sixteen commits without one.
    #[test]
    fn the_published_walk_steps_at_every_scored_commit() {
        let plan = plan("epochs=1", 1, COMMIT);
        assert_eq!((plan.steps(), plan.examples()), (5, 3 + 1 + 8 + 2 + 1));
        let of_first: Vec<Segment> = all(&plan).into_iter().filter(|segment| segment.repo == 0).collect();
        let shape = |s: &Segment| (s.begin, s.end, s.cuts.clone(), s.scored.len());
        assert_eq!(shape(&of_first[0]), (0, 1, vec![], 1));
        assert_eq!(shape(&of_first[1]), (1, 3, vec![], 1));
        assert_eq!(shape(&of_first[2]), (3, 41, vec![19, 35], 1));
        assert_eq!(of_first[2].scored[0].examples.len(), 8);
    }

    /// M82: windows add up what they hold and are cut at their borders.
    #[test]
    fn windows_hold_several_scored_commits() {
        let plan = plan("epochs=1", 1, WINDOW);
        let of_first: Vec<Segment> = all(&plan).into_iter().filter(|segment| segment.repo == 0).collect();
        assert_eq!((of_first[0].begin, of_first[0].end, of_first[0].scored.len()), (0, 3, 2));
        assert_eq!((of_first[1].begin, of_first[1].end), (3, 41));
        assert_eq!(of_first[1].cuts, (4..=40).step_by(4).collect::<Vec<_>>());
        let of_last: Vec<Segment> = all(&plan).into_iter().filter(|segment| segment.repo == 2).collect();
        assert_eq!((of_last.len(), of_last[0].cuts.clone(), of_last[0].scored.len()), (1, vec![4], 2));
    }

    #[test]
    fn lanes_walk_side_by_side_and_keep_their_histories_whole() {
        let plan = plan("epochs=3", 2, COMMIT);
        let mut at = [None::<(usize, usize)>; 2];
        for segment in all(&plan) {
            match at[segment.lane] {
                Some((repo, end)) if segment.begin > 0 => assert_eq!((segment.repo, segment.begin), (repo, end)),
                _ => assert_eq!(segment.begin, 0),
            }
            at[segment.lane] = Some((segment.repo, segment.end));
        }
        assert_eq!(
            all(&plan).iter().filter(|segment| segment.begin == 0).count(),
            6,
            "three passes over two histories"
        );
        assert!((0..plan.steps()).any(|step| plan.step(step).len() == 2));
    }

    #[test]
    fn budgets_are_met_exactly() {
        for backpropagation in [COMMIT, WINDOW] {
            assert_eq!(plan("examples=37", 2, backpropagation).examples(), 37);
            assert_eq!(plan("tokens=37", 2, backpropagation).examples(), 19);
            assert_eq!(plan("steps=9", 2, backpropagation).steps(), 9);
        }
    }

    #[test]
    fn what_cannot_be_walked_is_refused() {
        let options = WalkOptions { lanes: 1, backpropagation: Backpropagation::Commit, reach: 1, tasks: 8 };
        let refusal = |histories: &[Vec<Scored>], budget, options| {
            WalkPlan::draw(histories, |_| 1, budget, options, Seed(0)).unwrap_err().to_string()
        };
        let out_of_range = [
            (WalkOptions { reach: 0, ..options }, "`walk.reach` is 0, but at least 1 is needed"),
            (WalkOptions { reach: usize::MAX, ..options }, "walk.reach"),
            (WalkOptions { lanes: usize::MAX, ..options }, "1 to 4096 is needed"),
        ];
        for (options, reason) in out_of_range {
            let message = refusal(&histories(), Budget::Steps(1), options);
            assert!(message.contains(reason), "{message}");
        }
        assert!(refusal(&[vec![]], Budget::Steps(1), options).contains("no commit has one"));
        for budget in [Budget::Epochs(1e30), Budget::Steps(u64::MAX), Budget::Examples(1 << 40)] {
            let message = refusal(&histories(), budget, options);
            assert!(message.contains("a run presents at most 67108864 examples"), "{message}");
        }
    }
}
