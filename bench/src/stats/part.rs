//! The rows of Tables 1 and 5: a split of a track.

use crate::closed::closed_set;
use crate::profile::Track;
use crate::release::TaskSet;
use crate::split::Split;

closed_set! {
    /// A set of tasks that the paper counts by itself (R140), in the order of Table 5.
    pub enum Part as "part" {
        /// Static track, training tasks.
        StaticTrain = "static/train",
        /// Static track, CR-val.
        StaticCrossRepoVal = "static/cr_val",
        /// Static track, CR-test.
        StaticCrossRepoTest = "static/cr_test",
        /// Static track, IR-val.
        StaticInRepoVal = "static/ir_val",
        /// Static track, IR-test.
        StaticInRepoTest = "static/ir_test",
        /// Static track, OOD (R123, R124).
        StaticOod = "static/ood_test",
        /// Evolution track, training tasks at the anchor commits (R127).
        EvolutionAnchor = "evolution/anchor",
        /// Evolution track, training tasks after the caps (R119).
        EvolutionTrain = "evolution/train",
        /// Evolution track, CR-val.
        EvolutionCrossRepoVal = "evolution/cr_val",
        /// Evolution track, CR-test.
        EvolutionCrossRepoTest = "evolution/cr_test",
        /// Evolution track, IR-val.
        EvolutionInRepoVal = "evolution/ir_val",
        /// Evolution track, IR-test.
        EvolutionInRepoTest = "evolution/ir_test",
        /// Evolution track, OOD (R122).
        EvolutionOod = "evolution/ood_test",
    }
}

impl Part {
    /// The part that `set` of a release of `track` is.
    pub const fn of(track: Track, set: TaskSet) -> Self {
        match (track, set) {
            (_, TaskSet::Anchor) => Self::EvolutionAnchor,
            (_, TaskSet::StaticOod) | (Track::Static, TaskSet::Split(Split::OodTest)) => Self::StaticOod,
            (Track::Static, TaskSet::Split(Split::Train)) => Self::StaticTrain,
            (Track::Static, TaskSet::Split(Split::InRepoVal)) => Self::StaticInRepoVal,
            (Track::Static, TaskSet::Split(Split::InRepoTest)) => Self::StaticInRepoTest,
            (Track::Static, TaskSet::Split(Split::CrossRepoVal)) => Self::StaticCrossRepoVal,
            (Track::Static, TaskSet::Split(Split::CrossRepoTest)) => Self::StaticCrossRepoTest,
            (Track::Evolution, TaskSet::Split(Split::Train)) => Self::EvolutionTrain,
            (Track::Evolution, TaskSet::Split(Split::InRepoVal)) => Self::EvolutionInRepoVal,
            (Track::Evolution, TaskSet::Split(Split::InRepoTest)) => Self::EvolutionInRepoTest,
            (Track::Evolution, TaskSet::Split(Split::CrossRepoVal)) => Self::EvolutionCrossRepoVal,
            (Track::Evolution, TaskSet::Split(Split::CrossRepoTest)) => Self::EvolutionCrossRepoTest,
            (Track::Evolution, TaskSet::Split(Split::OodTest)) => Self::EvolutionOod,
        }
    }

    /// The track the part belongs to.
    pub const fn track(self) -> Track {
        match self {
            Self::StaticTrain
            | Self::StaticCrossRepoVal
            | Self::StaticCrossRepoTest
            | Self::StaticInRepoVal
            | Self::StaticInRepoTest
            | Self::StaticOod => Track::Static,
            _ => Track::Evolution,
        }
    }

    /// Whether methods learn from the tasks of the part.
    pub const fn is_training(self) -> bool {
        matches!(self, Self::StaticTrain | Self::EvolutionAnchor | Self::EvolutionTrain)
    }

    /// The name printed in tables.
    pub const fn title(self) -> &'static str {
        match self {
            Self::StaticTrain => "Static Train",
            Self::StaticCrossRepoVal => "Static CR-val",
            Self::StaticCrossRepoTest => "Static CR-test",
            Self::StaticInRepoVal => "Static IR-val",
            Self::StaticInRepoTest => "Static IR-test",
            Self::StaticOod => "Static OOD",
            Self::EvolutionAnchor => "Evolution Train at anchors",
            Self::EvolutionTrain => "Evolution Train",
            Self::EvolutionCrossRepoVal => "Evolution CR-val",
            Self::EvolutionCrossRepoTest => "Evolution CR-test",
            Self::EvolutionInRepoVal => "Evolution IR-val",
            Self::EvolutionInRepoTest => "Evolution IR-test",
            Self::EvolutionOod => "Evolution OOD",
        }
    }
}
