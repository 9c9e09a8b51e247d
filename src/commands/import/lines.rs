//! The lines of a file with their numbers, of which no more than one is in memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// The longest line, in bytes: as much as Stripe's largest answer.
pub const LINE_BYTES_MAX: u64 = 16 << 20;

/// A file, or standard input.
pub type Source = Box<dyn Read + Send>;

/// A file that is read line by line.
pub struct Lines<R> {
    source: BufReader<R>,
    line: Vec<u8>,
    number: u64,
    bytes: u64,
}

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1 on.
    pub number: u64,
    /// How many bytes of the file were read up to its end.
    pub bytes_read: u64,
    /// What stands on it.
    pub text: Text<'a>,
}

/// What stands on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// What there is of the last one, which has no end.
    Open(&'a [u8]),
    /// It is longer than a line may be, and was passed over.
    TooLong,
}

/// A file, or standard input for `-`; and how large it is, where that is known.
pub fn open(path: &Path) -> io::Result<(Lines<Source>, Option<u64>)> {
    if path.as_os_str() == "-" {
        return Ok((Lines::new(Box::new(io::stdin())), None));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let size = Some(metadata.len()).filter(|_| metadata.is_file());
    Ok((Lines::new(Box::new(file)), size))
}

impl<R: Read> Lines<R> {
    pub fn new(source: R) -> Self {
        Self { source: BufReader::with_capacity(1 << 16, source), line: Vec::new(), number: 0, bytes: 0 }
    }

    /// How much was read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let read = (&mut self.source).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += read as u64;
        let is_open = self.line.last() != Some(&b'\n');
        let is_long = is_open && self.line.len() as u64 > LINE_BYTES_MAX;
        if is_long {
            self.bytes += self.source.skip_until(b'\n')? as u64;
        }
        let text = match (is_long, is_open) {
            (true, _) => Text::TooLong,
            (false, true) => Text::Open(self.line.trim_ascii()),
            (false, false) => Text::Whole(self.line.trim_ascii()),
        };
        Ok(Some(Line { number: self.number, bytes_read: self.bytes, text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(lines: &mut Lines<impl Read>) -> Option<Line<'_>> {
        lines.next().expect("it can be read")
    }

    #[test]
    fn lines_have_numbers_and_the_last_one_may_lack_its_end() {
        let mut lines = Lines::new(&b"one\r\n\n  three"[..]);
        assert_eq!(next(&mut lines), Some(Line { number: 1, bytes_read: 5, text: Text::Whole(b"one") }));
        assert_eq!(next(&mut lines), Some(Line { number: 2, bytes_read: 6, text: Text::Whole(b"") }));
        assert_eq!(next(&mut lines), Some(Line { number: 3, bytes_read: 13, text: Text::Open(b"three") }));
        assert_eq!(next(&mut lines), None);
        assert_eq!(lines.bytes(), 13);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let long = io::repeat(b'x').take(LINE_BYTES_MAX * 2).chain(&b"\nnext\n"[..]);
        let mut lines = Lines::new(long);
        assert_eq!(next(&mut lines).map(|line| line.text), Some(Text::TooLong));
        let bytes_read = LINE_BYTES_MAX * 2 + 6;
        assert_eq!(next(&mut lines), Some(Line { number: 2, bytes_read, text: Text::Whole(b"next") }));
        let just = io::repeat(b'x').take(LINE_BYTES_MAX).chain(&b"\n"[..]);
        assert!(matches!(next(&mut Lines::new(just)).map(|line| line.text), Some(Text::Whole(_))));
    }
}
