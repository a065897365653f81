//! What the Parquet library does with files that nobody should have written.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::errors::{ParquetError, Result};

/// The result of `read`. The library asserts what a broken file need not hold: what it panics about is a fault of the file,
/// and an error here. `read` must not be called again, nor what it used.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<&str>().copied();
        let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Err(ParquetError::General(words.unwrap_or("the file contradicts itself").to_owned()))
    })
}
