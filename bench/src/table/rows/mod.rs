//! The columns of each table: one file a table.

mod assertion;
mod audit;
mod blob;
mod commit;
mod definition;
mod draft;
mod emission;
mod facts;
mod flat;
mod hub;
mod key;
mod leaks;
mod prediction;
mod score;
mod site;
mod source;
mod span;
mod task;
mod training;

pub use flat::FlatRow;
pub(crate) use key::TaskKey;

use std::sync::Arc;

use arrow_array::builder::{GenericStringBuilder, ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, GenericStringArray, Int32Array, LargeStringArray, OffsetSizeTrait, StringArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

fn schema(fields: Vec<Field>) -> SchemaRef {
    Arc::new(Schema::new(fields))
}

fn text_field(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn large_text_field(name: &str) -> Field {
    Field::new(name, DataType::LargeUtf8, false)
}

fn int_field(name: &str) -> Field {
    Field::new(name, DataType::Int32, false)
}

/// A column of lists of texts.
fn texts_field(name: &str) -> Field {
    Field::new(name, DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))), true)
}

fn text<'a>(values: impl Iterator<Item = &'a str> + Clone) -> ArrayRef {
    Arc::new(sized::<i32>(values))
}

fn large_text<'a>(values: impl Iterator<Item = &'a str> + Clone) -> ArrayRef {
    Arc::new(sized::<i64>(values))
}

/// The array of `values`, in memory that never grows: whole files would be copied again and again.
fn sized<'a, O: OffsetSizeTrait>(values: impl Iterator<Item = &'a str> + Clone) -> GenericStringArray<O> {
    let (rows, bytes) = values.clone().fold((0, 0), |(rows, bytes), text| (rows + 1, bytes + text.len()));
    let mut builder = GenericStringBuilder::<O>::with_capacity(rows, bytes);
    values.for_each(|text| builder.append_value(text));
    builder.finish()
}

fn optional_text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn optional_large_text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<LargeStringArray>())
}

fn optional_texts<'a>(values: impl Iterator<Item = Option<&'a [String]>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in values {
        list.into_iter().flatten().for_each(|text| builder.values().append_value(text));
        builder.append(list.is_some());
    }
    Arc::new(builder.finish())
}

/// Counts as the published 32-bit integers; a larger one cannot come from a file that was read.
fn ints(values: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(values.map(|value| i32::try_from(value).unwrap_or(i32::MAX))))
}

fn optional_ints(values: impl Iterator<Item = Option<u32>>) -> ArrayRef {
    Arc::new(values.map(|value| value.map(|v| i32::try_from(v).unwrap_or(i32::MAX))).collect::<Int32Array>())
}

fn bools(values: impl Iterator<Item = bool>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<BooleanArray>())
}
