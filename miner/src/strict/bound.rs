//! What the module of a text binds names to, as far as it changes what assertions mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::{Meaning, Names};

/// Names that the module binds to something of pytest's and that do not mean it anyway; the same for most files: none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Bound(Arc<BTreeMap<Box<str>, Meaning>>);

impl Bound {
    /// What `names`, those of a module or of a part of one, bind.
    pub(super) fn of(names: &Names<'_>) -> Self {
        let bound =
            names.iter().filter(|(name, meaning)| *meaning != Meaning::unbound(name) && *meaning != Meaning::Other);
        Self(Arc::new(bound.map(|(name, meaning)| (name.into(), meaning)).collect()))
    }

    /// What the parts of a module bind together; none if they disagree.
    pub(super) fn all<'a>(parts: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut all = Self::default();
        for part in parts.filter(|part| !part.0.is_empty()) {
            if all.0.is_empty() {
                all = part.clone();
                continue;
            }
            for (name, meaning) in &*part.0 {
                let known = *Arc::make_mut(&mut all.0).entry(name.clone()).or_insert(*meaning);
                if known != *meaning {
                    return None;
                }
            }
        }
        Some(all)
    }

    /// The names of the module's scope.
    pub(super) fn names(&self) -> Names<'_> {
        Names::bound(self.0.iter().map(|(name, meaning)| (&**name, *meaning)))
    }

    /// Whether a scope inside the module that binds `names` gives any name another meaning than the module does.
    pub(super) fn is_changed_by(&self, names: &Names<'_>) -> bool {
        names.iter().any(|(name, _)| self.0.contains_key(name)) || !Self::of(names).0.is_empty()
    }
}
