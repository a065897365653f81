//! Pictures as PNG: eight bits for each of red, green and blue, rows as differences to the row above, deflated.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// What every PNG file begins with.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Bytes of a pixel.
const PIXEL: usize = 3;
/// The filter that keeps the difference to the pixel above: plots are mostly straight lines and empty space.
const UP: u8 = 2;

/// The file of `pixels`, `width` in a row and `height` rows from above.
///
/// # Panics
/// Never: memory takes every byte.
pub(super) fn encode(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut file = SIGNATURE.to_vec();
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    // Depth 8, colour type 2 (red, green, blue), and the only compression, filtering and order of rows.
    head.extend([8, 2, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &head);
    let row = width as usize * PIXEL;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let mut above = vec![0; row];
    for line in pixels.chunks_exact(row.max(1)) {
        let mut filtered = vec![UP];
        filtered.extend(line.iter().zip(&above).map(|(byte, above): (&u8, &u8)| byte.wrapping_sub(*above)));
        encoder.write_all(&filtered).expect("because memory takes every byte");
        above.copy_from_slice(line);
    }
    chunk(&mut file, *b"IDAT", &encoder.finish().expect("because memory takes every byte"));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("because plots have less than four gigabytes");
    let mut check = Crc::new();
    check.update(&kind);
    check.update(data);
    file.extend(length.to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(check.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_file_holds_its_pixels() {
        let pixels: Vec<u8> = (0..2 * 3 * 3).map(|byte| byte * 7).collect();
        let file = encode(&pixels, 2, 3);
        assert_eq!(file[..8], SIGNATURE);
        assert_eq!(
            file[8..33],
            *b"\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03\x08\x02\0\0\0\x36\x88\x49\xd6",
            "as zlib.crc32 of Python has it"
        );
        let data = &file[41..file.len() - 16];
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(data).read_to_end(&mut rows).expect("deflated");
        assert_eq!(rows[..7], [UP, 0, 7, 14, 21, 28, 35]);
        assert_eq!(rows[7..14], [UP, 42, 42, 42, 42, 42, 42]);
        assert_eq!(file[file.len() - 8..], *b"IEND\xae\x42\x60\x82");
    }
}
