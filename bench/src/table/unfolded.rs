//! What a Parquet file of a stranger would unfold to, found before anything is unfolded.
//!
//! A few kilobytes can hold gigabytes: pages compress, dictionaries repeat, values share beginnings with the one before, and
//! footers state sizes for which the library then allocates. The page headers say how large each page will be, and the
//! library holds them to it, so walking them suffices.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::thrift::{Kind, Walk, broken};

/// Bytes of a footer at most; the header with all its settings takes a part of it.
const MAX_FOOTER: u64 = 4 << 20;
/// Columns at most, groups of columns included: the library descends into them by recursion.
const MAX_COLUMNS: u64 = 1_000;
/// Bytes of one page at most, unfolded. Writers make pages of one or two MiB.
const MAX_PAGE: i64 = 16 << 20;
/// Bytes of all pages at most, unfolded.
const MAX_TOTAL: i64 = 1 << 30;
/// Pages at most.
const MAX_PAGES: u32 = 100_000;
/// The encoding in which every value may repeat the beginning of the one before, by its number in the format.
const DELTA_BYTE_ARRAY: i64 = 7;
const MAGIC: &[u8] = b"PAR1";

/// What is too much about the footer of `file`, if anything.
///
/// # Errors
/// If it has no footer.
pub(super) fn footer(file: &File) -> io::Result<Option<String>> {
    let mut file = BufReader::new(file);
    let end = file.seek(SeekFrom::End(0))?;
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(end.saturating_sub(8)))?;
    file.read_exact(&mut tail)?;
    let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if tail[4..] != *MAGIC || length + 8 > end {
        let words = if tail[4..] == *MAGIC { "its footer is longer than the file" } else { "it does not end as one" };
        return Err(io::Error::new(io::ErrorKind::InvalidData, words));
    }
    if length > MAX_FOOTER {
        return Ok(Some(format!("the footer has {length} bytes, {MAX_FOOTER} are allowed")));
    }
    file.seek(SeekFrom::Start(end - 8 - length))?;
    let mut walk = Walk::new(file, length);
    let mut last = 0;
    while let Some((id, kind)) = walk.field(last)? {
        if (id, kind) == (2, Kind::List) {
            let (columns, item) = walk.list()?;
            if columns > MAX_COLUMNS {
                return Ok(Some(format!("the table has {columns} columns, {MAX_COLUMNS} are allowed")));
            }
            for _ in 0..columns {
                walk.skip(item)?;
            }
        } else {
            walk.skip(kind)?;
        }
        last = id;
    }
    Ok(None)
}

/// What is too much about the pages of `file` in the columns whose name `wanted` accepts, if anything.
///
/// # Errors
/// If a page header cannot be read.
pub(super) fn pages(
    file: &File,
    metadata: &ParquetMetaData,
    wanted: impl Fn(&str) -> bool,
) -> io::Result<Option<String>> {
    let (mut total, mut count) = (0, 0);
    for group in metadata.row_groups() {
        for chunk in group.columns() {
            if !chunk.column_path().parts().first().is_some_and(|name| wanted(name)) {
                continue;
            }
            let (start, length) = range(chunk)?;
            let mut reader = BufReader::new(file);
            reader.seek(SeekFrom::Start(start))?;
            let mut walk = Walk::new(reader, length);
            while walk.left() > 0 {
                let page = Page::read(&mut walk)?;
                walk.pass(page.stored)?;
                (total, count) = (page.unfolded.saturating_add(total), count + 1);
                if let Some(reason) = too_much(&page, total, count) {
                    return Ok(Some(format!("column `{}` {reason}", chunk.column_path().string())));
                }
            }
        }
    }
    Ok(None)
}

/// Where the pages of `chunk` begin, and their bytes. The library's own answer panics where a broken file says less than 0.
fn range(chunk: &ColumnChunkMetaData) -> io::Result<(u64, u64)> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let place = u64::try_from(start).ok().zip(u64::try_from(chunk.compressed_size()).ok());
    place.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a column has a negative place or size"))
}

fn too_much(page: &Page, total: i64, count: u32) -> Option<String> {
    let mib = |bytes: i64| bytes >> 20;
    if page.unfolded > MAX_PAGE {
        return Some(format!("has a page of {} MiB, {} are allowed", mib(page.unfolded), mib(MAX_PAGE)));
    }
    if page.encoding == DELTA_BYTE_ARRAY {
        return Some("is stored as differences of texts (DELTA_BYTE_ARRAY), whose size nobody can foretell".to_owned());
    }
    if total > MAX_TOTAL {
        return Some(format!("takes the table beyond {} MiB", mib(MAX_TOTAL)));
    }
    (count > MAX_PAGES).then(|| format!("takes the table beyond {MAX_PAGES} pages"))
}

/// What the header of a page says.
struct Page {
    /// Its bytes when it is unfolded.
    unfolded: i64,
    /// Its bytes in the file, behind the header.
    stored: u64,
    /// How its values are encoded.
    encoding: i64,
}

impl Page {
    fn read(walk: &mut Walk<impl BufRead>) -> io::Result<Self> {
        let mut page = Self { unfolded: -1, stored: 0, encoding: 0 };
        let mut last = 0;
        while let Some((id, kind)) = walk.field(last)? {
            match (id, kind) {
                (2, Kind::Number) => page.unfolded = walk.number()?,
                (3, Kind::Number) => page.stored = u64::try_from(walk.number()?).map_err(|_| broken())?,
                // A data page, and one of the second version.
                (5, Kind::Struct) => page.encoding = number(walk, 2)?,
                (8, Kind::Struct) => page.encoding = number(walk, 4)?,
                _ => walk.skip(kind)?,
            }
            last = id;
        }
        if page.unfolded < 0 { Err(broken()) } else { Ok(page) }
    }
}

/// The number in the field `wanted` of a structure; 0 if it has none.
fn number(walk: &mut Walk<impl BufRead>, wanted: i64) -> io::Result<i64> {
    let (mut found, mut last) = (0, 0);
    while let Some((id, kind)) = walk.field(last)? {
        if (id, kind) == (wanted, Kind::Number) {
            found = walk.number()?;
        } else {
            walk.skip(kind)?;
        }
        last = id;
    }
    Ok(found)
}
