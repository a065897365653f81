//! The constants of the benchmark and its protocol, each once, with unit and source.

use crate::timestamp::Timestamp;

/// Histories of in-distribution repositories end here: 2025-04-01T00:00:00Z. R29, R116.
pub const CUTOFF: Timestamp = Timestamp::from_seconds(1_743_465_600);
/// Repositories must have been pushed to since: 2024-01-01T00:00:00Z. R18, C1.
pub const PUSHED_SINCE: Timestamp = Timestamp::from_seconds(1_704_067_200);
/// By this moment the authors had cloned the in-distribution repositories: 2026-03-02T00:00:00Z. R24, R25.
pub const CLONED: Timestamp = Timestamp::from_seconds(1_772_409_600);
/// Repositories of the benchmark before the cut-off. R12.
pub const REPOSITORIES: usize = 512;
/// Repositories of the benchmark created after the cut-off. R31.
pub const OOD_REPOSITORIES: usize = 92;
/// Seed of every published shuffle. R79.
pub const SPLIT_SEED: u64 = 3407;
/// Selected pairs a repository needs to enter the benchmark. R80.
pub const MIN_PAIRS: usize = 30;
/// Repositories that a drawn partition needs at least. R81.
pub const MIN_REPOSITORIES: usize = 3;
/// Selected pairs of one repository at most. R71.
pub const MAX_PAIRS_PER_REPOSITORY: usize = 200;
/// Selected pairs of one (file, function) at most. R71.
pub const MAX_PAIRS_PER_FUNCTION: usize = 5;
/// Selected pairs of one file at most. R71.
pub const MAX_PAIRS_PER_FILE: usize = 20;
/// Characters of a target at most. R67.
pub const MAX_TARGET_CHARS: usize = 500;
/// Lines of a static prefix at most, the last ones. R66.
pub const MAX_PREFIX_LINES: usize = 600;
/// Lines before an assertion outside of any function. R63.
pub const LINES_WITHOUT_FUNCTION: usize = 50;
/// Tasks of one commit at most, in training and in evaluation. R117, R119.
pub const MAX_TASKS_PER_COMMIT: usize = 8;
/// Tasks of one file of a commit at most, where they are drawn. R119.
pub const MAX_TASKS_PER_FILE: usize = 4;
/// Characters below which a target is trivial. R118.
pub const TRIVIAL_CHARS: usize = 4;
/// Characters up to which a target is trivial if a bracket or comma gives it away. R118.
pub const TRIVIAL_CLOSED_CHARS: usize = 6;
/// Tasks of one repository at most in the static view of the unseen repositories. R123.
pub const MAX_STATIC_OOD_TASKS: usize = 120;
/// Characters of a prefix at most in that view, the last ones. R123.
pub const MAX_STATIC_OOD_PREFIX_CHARS: usize = 32_768;
/// Tokens of a completion at most in the static track. S111.
pub const MAX_NEW_TOKENS_STATIC: u32 = 128;
/// Tokens of a completion at most in the evolution track. S111.
pub const MAX_NEW_TOKENS_EVOLUTION: u32 = 64;
/// Bootstrap resamples. S75, S80.
pub const RESAMPLES: u32 = 5000;
/// Level of every interval. S75.
pub const LEVEL: f64 = 0.95;
/// Bins of the left panel of Figure 3. R143.
pub const PREFIX_BINS: usize = 100;
/// Tokens at which its last bin ends. R143.
pub const PREFIX_BINS_END: u64 = 4000;
/// The window of Figure 2, its end excluded: January to October 2024. R144.
pub const ACTIVITY_WINDOW: [Timestamp; 2] =
    [Timestamp::from_seconds(1_704_067_200), Timestamp::from_seconds(1_730_419_200)];
/// The repositories of Figure 2. R144.
pub const ACTIVITY_REPOSITORIES: [&str; 5] = [
    "tmux-python/tmuxp",
    "pallets-eco/flask-security",
    "miguelgrinberg/python-socketio",
    "magic-wormhole/magic-wormhole",
    "agronholm/apscheduler",
];
/// Windows of a static vector: tokens of one, tokens shared with the one before, tokens below which one is dropped. M16.
pub const WINDOWS_STATIC: [usize; 3] = [4096, 512, 16];
/// The same for the state of a repository. M20.
pub const WINDOWS_REPO_STATE: [usize; 3] = [2048, 256, 8];
/// The same for a diff. M23.
pub const WINDOWS_DIFF: [usize; 3] = [512, 64, 16];
/// Bytes of a file that is encoded, at most. M15, M19.
pub const MAX_ENCODED_BYTES: usize = 2_000_000;
/// Folders whose Python files are neither candidates nor modules. R35, M106.
pub const SKIPPED_FOLDERS: [&str; 14] = [
    ".git",
    "__pycache__",
    "node_modules",
    ".tox",
    ".eggs",
    ".mypy_cache",
    ".pytest_cache",
    "venv",
    ".venv",
    "env",
    ".nox",
    ".hg",
    ".svn",
    "site-packages",
];
/// Folders that the walk of a repository passes over, at any depth, when files are encoded or cut for retrieval. M15.
pub const UNWALKED_FOLDERS: [&str; 10] =
    [".git", "__pycache__", ".venv", "venv", "env", "node_modules", "dist", "build", ".tox", ".mypy_cache"];
/// Files of a static vector at most. M15.
pub const MAX_ENCODED_FILES: usize = 4000;
/// Numbers of a repository vector. M24.
pub const VECTOR_WIDTH: usize = 2048;

/// Tokens before the cut by which tasks are compared: about eight lines. Our choice; the paper does not look for
/// near-duplicates.
pub const DUPLICATE_WINDOW: usize = 64;
/// Tokens of a shingle. Our choice, a usual one for code.
pub const SHINGLE_TOKENS: usize = 5;
/// Jaccard similarity from which on two tasks ask nearly the same. Our choice.
pub const NEAR_DUPLICATE: f64 = 0.8;
/// Jaccard similarity from which on the nearest training task is named. Our choice: 95 % of the pairs at it are found,
/// 99.9 % of those at [`NEAR_DUPLICATE`].
pub const LISTED_SIMILARITY: f64 = 0.7;
/// Bands of a signature. Our choice, see [`LISTED_SIMILARITY`].
pub const MIN_HASH_BANDS: usize = 24;
/// Hash functions of a band. Our choice, see [`LISTED_SIMILARITY`].
pub const MIN_HASH_ROWS: usize = 6;
