//! Settings of a user over those that are built in.

use toml::{Table, Value};

/// Lays `over` on `under`: tables are merged, everything else is replaced.
pub fn overlay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => overlay(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}
