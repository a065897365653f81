//! The table `definitions`: what the texts of a repository define and import.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{
    bools, int_field, ints, optional_ints, optional_text, optional_texts, schema, text, text_field, texts_field,
};
use crate::error::Result;
use crate::evolution::{DefinitionStep, Import};
use crate::table::{Batch, Row, Shape};

impl Row for DefinitionStep {
    const TABLE: &'static str = "definitions";
    const VERSION: u32 = 2;
    const SHAPE: Shape = Shape::Sequences;

    fn schema() -> SchemaRef {
        schema(vec![
            int_field("blob"),
            text_field("kind"),
            text_field("name"),
            Field::new("parent", DataType::Utf8, true),
            int_field("lines"),
            int_field("gap"),
            int_field("length"),
            Field::new("top_level", DataType::Boolean, false),
            Field::new("import_module", DataType::Utf8, true),
            texts_field("import_names"),
            Field::new("import_level", DataType::Int32, true),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let imports = || rows.iter().map(|row| row.import.as_ref());
        let columns = vec![
            ints(rows.iter().map(|row| row.blob)),
            text(rows.iter().map(|row| row.kind.name())),
            text(rows.iter().map(|row| row.name.as_str())),
            optional_text(rows.iter().map(|row| row.parent.as_deref())),
            ints(rows.iter().map(|row| row.lines)),
            ints(rows.iter().map(|row| row.gap)),
            ints(rows.iter().map(|row| row.length)),
            bools(rows.iter().map(|row| row.top_level)),
            optional_text(imports().map(|import| import?.module.as_deref())),
            optional_texts(imports().map(|import| import.map(|import| import.names.as_slice()))),
            optional_ints(imports().map(|import| import.map(|import| import.level))),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (blob, kind, name) = (batch.int("blob")?, batch.text("kind")?, batch.text("name")?);
        let (parent, lines) = (batch.text("parent")?, batch.int("lines")?);
        let (gap, length, top_level) = (batch.int("gap")?, batch.int("length")?, batch.bool("top_level")?);
        let (module, names) = (batch.text("import_module")?, batch.texts("import_names")?);
        let level = batch.int("import_level")?;
        let import = |at| {
            let Some(level) = batch.u32_optional("import_level", &level, at)? else { return Ok(None) };
            let names = batch.list("import_names", names, at)?;
            Ok(Some(Import { module: module.get(at).map(str::to_owned), names, level }))
        };
        let row = |at| {
            Ok(Self {
                blob: batch.u32("blob", &blob, at)?,
                kind: batch.parse("kind", &kind, at)?,
                name: batch.required("name", &name, at)?.to_owned(),
                parent: parent.get(at).map(str::to_owned),
                lines: batch.u32("lines", &lines, at)?,
                gap: batch.u32("gap", &gap, at)?,
                length: batch.u32("length", &length, at)?,
                top_level: top_level.value(at),
                import: import(at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
