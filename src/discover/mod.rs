//! Finding repositories on a host by the published criteria (R18 to R34).

mod candidate;

pub(crate) use candidate::read_candidates;
