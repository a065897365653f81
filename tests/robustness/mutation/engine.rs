//! Altered inputs: bytes flipped, pieces cut, doubled, swapped with pieces of other inputs, words of a language put in.

use crate::dice::Dice;

/// Pieces of inputs, of which each mutation moves, repeats or copies one, have at most so many bytes.
const PIECE: usize = 64;

/// Alters inputs of one language.
pub(crate) struct Engine<'a> {
    dice: Dice,
    /// What is altered, and where pieces come from.
    seeds: &'a [Vec<u8>],
    /// What has a meaning in the language.
    words: &'a [&'a [u8]],
}

impl<'a> Engine<'a> {
    /// The engine whose random numbers begin with `seed`.
    pub(crate) fn new(seed: u64, seeds: &'a [Vec<u8>], words: &'a [&'a [u8]]) -> Self {
        Self { dice: Dice::new(seed), seeds, words }
    }

    /// The next input.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut data = self.dice.pick(self.seeds).clone();
        for _ in 0..=self.dice.below(3) {
            self.alter(&mut data);
        }
        data
    }

    /// One change to `data`.
    pub(crate) fn alter(&mut self, data: &mut Vec<u8>) {
        let at = self.dice.below(data.len() + 1);
        match self.dice.below(12) {
            0 => {
                if let Some(byte) = data.get_mut(at) {
                    *byte ^= 1 << self.dice.below(8);
                }
            }
            1 => {
                if let Some(byte) = data.get_mut(at) {
                    *byte = *self.dice.pick(&[0, 1, 0x7f, 0x80, 0xff, b'\n', b' ', b'(']);
                }
            }
            2 => drop(data.drain(self.dice.range(data.len(), PIECE))),
            3 => {
                let piece = data[self.dice.range(data.len(), PIECE)].to_vec();
                drop(data.splice(at..at, piece));
            }
            4 => {
                let other = self.dice.pick(self.seeds);
                let piece = other[self.dice.range(other.len(), 8 * PIECE)].to_vec();
                drop(data.splice(at..at, piece));
            }
            5 => data.truncate(at),
            6 => {
                let piece = data[self.dice.range(data.len(), PIECE)].repeat(1 + self.dice.below(40));
                drop(data.splice(at..at, piece));
            }
            7 | 8 => {
                let line = line_at(data, at);
                let copy = data[line.clone()].to_vec();
                let to = line_at(data, self.dice.below(data.len() + 1)).start;
                drop(data.splice(to..to, copy));
            }
            9 => drop(data.drain(line_at(data, at))),
            _ => {
                if let Some(word) = (!self.words.is_empty()).then(|| *self.dice.pick(self.words)) {
                    drop(data.splice(at..at, word.iter().copied()));
                }
            }
        }
    }

    /// The random numbers, for changes that know the language.
    pub(crate) fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }
}

/// The line of `data` that holds the byte `at`, its break included.
fn line_at(data: &[u8], at: usize) -> std::ops::Range<usize> {
    let start = data[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    let end = data[at..].iter().position(|byte| *byte == b'\n').map_or(data.len(), |behind| at + behind + 1);
    start..end
}
