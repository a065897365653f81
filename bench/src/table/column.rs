//! Typed access to the columns of a batch, with errors that name file, column and row.

use std::path::Path;
use std::str::FromStr;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, LargeStringArray, ListArray, RecordBatch, StringArray, StringViewArray,
};
use arrow_schema::DataType;

use crate::error::{Error, Result};

/// Some rows of a table file, as columns.
pub struct Batch<'a> {
    path: &'a Path,
    first_row: u64,
    columns: &'a RecordBatch,
}

/// A column of text; every Arrow layout of strings is accepted.
pub enum TextColumn<'a> {
    /// Offsets of 32 bits.
    Small(&'a StringArray),
    /// Offsets of 64 bits.
    Large(&'a LargeStringArray),
    /// Views.
    View(&'a StringViewArray),
}

/// A column of integers; every Arrow width is accepted.
pub struct IntColumn<'a> {
    array: &'a ArrayRef,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(path: &'a Path, first_row: u64, columns: &'a RecordBatch) -> Self {
        Self { path, first_row, columns }
    }

    /// How many rows the batch has.
    pub fn len(&self) -> usize {
        self.columns.num_rows()
    }

    /// Whether the batch has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is a column `name`.
    pub fn has(&self, name: &str) -> bool {
        self.columns.column_by_name(name).is_some()
    }

    /// Whether there is a column `name` that cannot hold anything but nulls.
    pub(crate) fn is_void(&self, name: &str) -> bool {
        self.columns.column_by_name(name).is_some_and(|array| array.data_type() == &DataType::Null)
    }

    /// The text column `name`.
    ///
    /// # Errors
    /// If it is missing or not text.
    pub fn text(&self, name: &str) -> Result<TextColumn<'a>> {
        let array = self.column(name)?;
        match array.data_type() {
            DataType::Utf8 => Ok(TextColumn::Small(array.as_string())),
            DataType::LargeUtf8 => Ok(TextColumn::Large(array.as_string())),
            DataType::Utf8View => Ok(TextColumn::View(array.as_string_view())),
            other => Err(self.wrong_type(name, other, "text")),
        }
    }

    /// The integer column `name`.
    ///
    /// # Errors
    /// If it is missing or not of integers.
    pub fn int(&self, name: &str) -> Result<IntColumn<'a>> {
        let array = self.column(name)?;
        if array.data_type().is_integer() {
            Ok(IntColumn { array })
        } else {
            Err(self.wrong_type(name, array.data_type(), "integers"))
        }
    }

    /// The Boolean column `name`.
    ///
    /// # Errors
    /// If it is missing or not Boolean.
    pub fn bool(&self, name: &str) -> Result<&'a BooleanArray> {
        let array = self.column(name)?;
        array.as_boolean_opt().ok_or_else(|| self.wrong_type(name, array.data_type(), "Booleans"))
    }

    /// The column `name` of 64-bit floats.
    ///
    /// # Errors
    /// If it is missing or not of such floats.
    pub fn float(&self, name: &str) -> Result<&'a Float64Array> {
        let array = self.column(name)?;
        array.as_primitive_opt::<Float64Type>().ok_or_else(|| self.wrong_type(name, array.data_type(), "64-bit floats"))
    }

    /// The text column `name`, if there is one.
    ///
    /// # Errors
    /// If it is not text.
    pub fn optional_text(&self, name: &str) -> Result<Option<TextColumn<'a>>> {
        if self.has(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// The integer column `name`, if there is one.
    ///
    /// # Errors
    /// If it is not of integers.
    pub fn optional_int(&self, name: &str) -> Result<Option<IntColumn<'a>>> {
        if self.has(name) { self.int(name).map(Some) } else { Ok(None) }
    }

    /// The Boolean column `name`, if there is one.
    ///
    /// # Errors
    /// If it is not Boolean.
    pub fn optional_bool(&self, name: &str) -> Result<Option<&'a BooleanArray>> {
        if self.has(name) { self.bool(name).map(Some) } else { Ok(None) }
    }

    /// The text of `row` read as a `T`, or none if there is no such column or it is null.
    ///
    /// # Errors
    /// If it is not a `T`.
    pub fn parse_in<T: FromStr<Err = Error>>(
        &self,
        name: &str,
        column: Option<&TextColumn<'_>>,
        row: usize,
    ) -> Result<Option<T>> {
        column.map_or(Ok(None), |column| self.parse_optional(name, column, row))
    }

    /// The integer of `row`, or none if there is no such column or it is null.
    ///
    /// # Errors
    /// If it is negative or over 2^32 - 1.
    pub fn u32_in(&self, name: &str, column: Option<&IntColumn<'_>>, row: usize) -> Result<Option<u32>> {
        column.map_or(Ok(None), |column| self.u32_optional(name, column, row))
    }

    /// The text of `row`, which must be present.
    ///
    /// # Errors
    /// If it is null.
    pub fn required<'c>(&self, name: &str, column: &TextColumn<'c>, row: usize) -> Result<&'c str> {
        column.get(row).ok_or_else(|| self.bad(row, format!("column `{name}` is null")))
    }

    /// The text of `row` read as a `T`.
    ///
    /// # Errors
    /// If it is null or not a `T`.
    pub fn parse<T: FromStr<Err = Error>>(&self, name: &str, column: &TextColumn<'_>, row: usize) -> Result<T> {
        let text = self.required(name, column, row)?;
        text.parse().map_err(|e: Error| self.bad(row, format!("column `{name}`: {e}")))
    }

    /// The text of `row` read as a `T`, or none if it is null.
    ///
    /// # Errors
    /// If it is not a `T`.
    pub fn parse_optional<T: FromStr<Err = Error>>(
        &self,
        name: &str,
        column: &TextColumn<'_>,
        row: usize,
    ) -> Result<Option<T>> {
        if column.get(row).is_none() { Ok(None) } else { self.parse(name, column, row).map(Some) }
    }

    /// The column `name` of lists of texts.
    ///
    /// # Errors
    /// If it is missing or not of lists of texts.
    pub fn texts(&self, name: &str) -> Result<&'a ListArray> {
        let array = self.column(name)?;
        let lists = array.as_list_opt::<i32>().filter(|lists| lists.value_type() == DataType::Utf8);
        lists.ok_or_else(|| self.wrong_type(name, array.data_type(), "lists of text"))
    }

    /// The texts in the list of `row`, none of which may be null.
    ///
    /// # Errors
    /// If the list or a text is null.
    pub fn list(&self, name: &str, column: &ListArray, row: usize) -> Result<Vec<String>> {
        let null = || self.bad(row, format!("column `{name}` is null or holds null"));
        let list = column.is_valid(row).then(|| column.value(row)).ok_or_else(null)?;
        list.as_string::<i32>().iter().map(|text| text.map(str::to_owned).ok_or_else(null)).collect()
    }

    /// The numbers in the list of `row` of the column `name`, rounded to 32 bits; every Arrow layout of lists of floats is
    /// accepted.
    ///
    /// # Errors
    /// If the column is missing or not of lists of floats, or the list or a number is null.
    #[expect(clippy::cast_possible_truncation, reason = "vectors are numbers of 16 or 32 bits")]
    pub fn numbers(&self, name: &str, row: usize) -> Result<Vec<f32>> {
        let array = self.column(name)?;
        let null = || self.bad(row, format!("column `{name}` is null or holds null"));
        let wrong = || self.wrong_type(name, array.data_type(), "lists of floats");
        if array.is_null(row) {
            return Err(null());
        }
        let list = match array.data_type() {
            DataType::List(_) => array.as_list::<i32>().value(row),
            DataType::LargeList(_) => array.as_list::<i64>().value(row),
            DataType::FixedSizeList(..) => array.as_fixed_size_list().value(row),
            _ => return Err(wrong()),
        };
        if list.null_count() > 0 {
            return Err(null());
        }
        Ok(match list.data_type() {
            DataType::Float16 => {
                list.as_primitive::<Float16Type>().values().iter().map(|value| value.to_f32()).collect()
            }
            DataType::Float32 => list.as_primitive::<Float32Type>().values().to_vec(),
            DataType::Float64 => {
                list.as_primitive::<Float64Type>().values().iter().map(|&value| value as f32).collect()
            }
            _ => return Err(wrong()),
        })
    }

    /// The integer of `row`, which must be present and fit.
    ///
    /// # Errors
    /// If it is null, negative or over 2^32 - 1.
    pub fn u32(&self, name: &str, column: &IntColumn<'_>, row: usize) -> Result<u32> {
        self.u32_optional(name, column, row)?.ok_or_else(|| self.bad(row, format!("column `{name}` is null")))
    }

    /// The integer of `row`, or none if it is null.
    ///
    /// # Errors
    /// If it is negative or over 2^32 - 1.
    pub fn u32_optional(&self, name: &str, column: &IntColumn<'_>, row: usize) -> Result<Option<u32>> {
        let Some(value) = column.get(row) else { return Ok(None) };
        u32::try_from(value).map(Some).map_err(|_| self.bad(row, format!("column `{name}` holds {value}, not a count")))
    }

    /// The number of `row`, which must be present and in 0..=1.
    ///
    /// # Errors
    /// If it is null, outside of 0..=1 or no number.
    pub fn unit(&self, name: &str, column: &Float64Array, row: usize) -> Result<f64> {
        self.unit_optional(name, column, row)?.ok_or_else(|| self.bad(row, format!("column `{name}` is null")))
    }

    /// The number of `row`, which must be in 0..=1, or none if it is null.
    ///
    /// # Errors
    /// If it is outside of 0..=1 or no number.
    pub fn unit_optional(&self, name: &str, column: &Float64Array, row: usize) -> Result<Option<f64>> {
        if column.is_null(row) {
            return Ok(None);
        }
        let value = column.value(row);
        let fits = (0.0..=1.0).contains(&value);
        let reason = || format!("column `{name}` holds {value:e}, outside of 0..=1");
        if fits { Ok(Some(value)) } else { Err(self.bad(row, reason())) }
    }

    /// An error about `row` of this batch.
    pub fn bad(&self, row: usize, reason: impl Into<String>) -> Error {
        Error::malformed(self.path, Some(self.first_row + row as u64 + 1), reason)
    }

    fn column(&self, name: &str) -> Result<&'a ArrayRef> {
        self.columns.column_by_name(name).ok_or_else(|| {
            let schema = self.columns.schema();
            let known: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            Error::malformed(self.path, None, format!("has no column `{name}`; its columns are {}", known.join(", ")))
        })
    }

    fn wrong_type(&self, name: &str, found: &DataType, needed: &str) -> Error {
        Error::malformed(self.path, None, format!("column `{name}` holds {found}, but {needed} are needed"))
    }
}

impl<'a> TextColumn<'a> {
    /// The text of `row`, or none if it is null.
    pub fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Small(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }
}

impl IntColumn<'_> {
    /// The integer of `row`, or none if it is null.
    pub fn get(&self, row: usize) -> Option<i128> {
        if self.array.is_null(row) {
            return None;
        }
        let array = self.array;
        Some(match array.data_type() {
            DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
            DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
            DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
            DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
            DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
            DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
            DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
            DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
            _ => return None,
        })
    }
}
