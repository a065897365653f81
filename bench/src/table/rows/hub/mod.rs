//! The published tables: their columns in their order, ours last (R147).

mod anchor;
mod commit;
mod pair;
mod static_pair;

use arrow_array::ArrayRef;
use arrow_schema::{DataType, Field};

use super::{bools, int_field, ints, optional_text, text, text_field};
use crate::hub::PrefixKind;
use crate::kind::AssertionKind;
use crate::profile::Profile;
use crate::task::Assertion;

/// The columns of ours that every table of pairs ends with.
fn own_fields() -> Vec<Field> {
    vec![
        text_field("family"),
        text_field("prefix_kind"),
        Field::new("profile", DataType::Utf8, true),
        text_field("task_id"),
        int_field("target_col"),
        Field::new("was_multiline", DataType::Boolean, false),
    ]
}

fn own_columns<'a>(
    rows: impl Iterator<Item = (&'a Assertion, Option<Profile>)> + Clone,
    prefix_kind: PrefixKind,
) -> Vec<ArrayRef> {
    vec![
        text(rows.clone().map(|(row, _)| AssertionKind::family(row.kind).name())),
        text(rows.clone().map(|_| prefix_kind.name())),
        optional_text(rows.clone().map(|(_, profile)| profile.map(Profile::name))),
        text(rows.clone().map(|(row, _)| row.id.as_str())),
        ints(rows.clone().map(|(row, _)| row.target_column)),
        bools(rows.map(|(row, _)| row.multiline)),
    ]
}
