//! What a hostile repository may cost.

/// Bounds of time and memory; no real repository comes near the default ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// First-parent commits of a history.
    pub commits: usize,
    /// Bytes of one commit or tree object.
    pub object_bytes: usize,
    /// Tree entries read for one comparison: a few objects can name each other into any number.
    pub entries: usize,
    /// Folders inside each other.
    pub depth: usize,
    /// Bytes of a path.
    pub path_bytes: usize,
    /// Changes of one comparison.
    pub changes: usize,
    /// Bytes of the paths of these changes.
    pub changed_path_bytes: usize,
    /// The root of the greatest product of sources and destinations among which edited renames are sought; git's own
    /// `diff.renameLimit`, and part of what git shows.
    pub rename_side: usize,
    /// Bytes of a blob whose text is looked at, to find renames and for a diff; a larger one is binary.
    pub blob_bytes: usize,
    /// Bytes that are read for the renames of one comparison. Beyond them no further edited rename is found.
    pub rename_bytes: usize,
    /// Bytes of a diff.
    pub diff_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            commits: 4_000_000,
            object_bytes: 256 << 20,
            entries: 4_000_000,
            depth: 1_024,
            path_bytes: 4_096,
            changes: 1_500_000,
            changed_path_bytes: 64 << 20,
            rename_side: 1_000,
            blob_bytes: 64 << 20,
            rename_bytes: 1 << 30,
            diff_bytes: 256 << 20,
        }
    }
}
