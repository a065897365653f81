//! Tables and lists that are small on disk and large in memory.
