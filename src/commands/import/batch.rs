//! What is read, in the portions that are sent: a thread reads on while calls are under way, and waits for them.

use std::io;
use std::path::PathBuf;
use std::thread;

use prost::Message;
use referrald::convert::DELIVERIES_MAX;
use referrald::proto::v1;
use referrald::server::Problem;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::lines::{Line, Lines, open};
use super::read::{Reader, Said};

/// The most bytes of a batch; well below what a message may have.
const BATCH_BYTES_MAX: usize = 1 << 20;
/// The most lines of a batch, where little of them is to be sent.
const BATCH_LINES_MAX: u64 = 10_000;
/// How many batches are read ahead.
const BATCHES_AHEAD: usize = 4;

/// A line: the number of its file among those that were named, and its own.
pub type Place = (usize, u64);

/// What comes of reading, batch by batch.
pub type Batches = Receiver<Result<Batch, Problem>>;

/// What some lines say.
#[derive(Debug, Default)]
pub struct Batch {
    /// The first of them.
    pub from: Place,
    /// The line behind the last.
    pub to: Place,
    /// How many lines ended in it.
    pub lines: u64,
    /// How many bytes of all files were read up to here.
    pub bytes_read: u64,
    /// What counts, with the number of its line.
    pub deliveries: Vec<(u64, v1::Delivery)>,
    /// What is wrong, with the number of its line.
    pub refused: Vec<(u64, String)>,
    /// How many objects do not count.
    pub ignored: u64,
    /// The charges that have a dispute.
    pub disputed: Vec<String>,
    /// The charges of the disputes.
    pub disputes: Vec<String>,
    /// How large its message is, about.
    pub size_bytes: usize,
}

/// Begins to read: what comes of it, and how many bytes there are where that is known.
///
/// # Errors
/// A file that cannot be opened.
pub fn begin(files: &[PathBuf], from_line: u64, reader: Reader) -> Result<(Batches, Option<u64>), Problem> {
    let cannot = |file: &PathBuf, error: io::Error| Problem(format!("cannot read {}: {error}", file.display()));
    let opened = files.iter().map(|file| open(file).map_err(|error| cannot(file, error)));
    let (opened, sizes): (Vec<_>, Vec<_>) = opened.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let (batches, read) = channel(BATCHES_AHEAD);
    let files = files.to_vec();
    // A thread of its own, for one that waits for standard input must not keep the program from ending.
    thread::spawn(move || {
        let mut bytes_before = 0;
        for (number, mut lines) in opened.into_iter().enumerate() {
            let from_line = if number == 0 { from_line } else { 1 };
            let done =
                Portions { reader: &reader, batches: &batches, bytes_before }.of((number, from_line), &mut lines);
            match done {
                Ok(true) => bytes_before += lines.bytes(),
                Ok(false) => return,
                Err(error) => return drop(batches.blocking_send(Err(cannot(&files[number], error)))),
            }
        }
    });
    Ok((read, sizes.into_iter().sum()))
}

/// Where the batches of one file go.
struct Portions<'a> {
    reader: &'a Reader,
    batches: &'a Sender<Result<Batch, Problem>>,
    bytes_before: u64,
}

impl Portions<'_> {
    /// Sends all of a file; whether somebody still takes it.
    fn of(&self, (file, from_line): Place, lines: &mut Lines<impl io::Read>) -> io::Result<bool> {
        let mut batch = Batch { from: (file, from_line), ..Batch::default() };
        let mut last = 0;
        while let Some(Line { number, bytes_read, text }) = lines.next()? {
            last = number;
            if number < from_line {
                continue;
            }
            for said in self.reader.read(text) {
                batch.add(number, said);
                if batch.is_full() && !self.pass_on(&mut batch, (file, number), bytes_read) {
                    return Ok(false);
                }
            }
            batch.lines += 1;
            if batch.lines == BATCH_LINES_MAX && !self.pass_on(&mut batch, (file, number + 1), bytes_read) {
                return Ok(false);
            }
        }
        if from_line > last + 1 {
            return Err(io::Error::other(format!("it has {last} lines, and --from-line is {from_line}")));
        }
        let end = (file + 1, 1);
        Ok(self.pass_on(&mut batch, end, lines.bytes()))
    }

    /// Passes the batch on and begins the next at `next`; whether somebody took it.
    fn pass_on(&self, batch: &mut Batch, next: Place, bytes: u64) -> bool {
        batch.to = next;
        batch.bytes_read = self.bytes_before + bytes;
        let passed = std::mem::replace(batch, Batch { from: next, ..Batch::default() });
        self.batches.blocking_send(Ok(passed)).is_ok()
    }
}

impl Batch {
    fn add(&mut self, line: u64, said: Result<Said, String>) {
        match said {
            Err(problem) => self.refused.push((line, problem)),
            Ok(Said { delivery, disputed, disputes }) => {
                self.disputed.extend(disputed);
                self.disputes.extend(disputes);
                self.ignored += u64::from(delivery.is_none());
                self.size_bytes += delivery.as_ref().map_or(0, Message::encoded_len);
                self.deliveries.extend(delivery.map(|delivery| (line, delivery)));
            }
        }
    }

    fn is_full(&self) -> bool {
        self.deliveries.len() == DELIVERIES_MAX || self.size_bytes >= BATCH_BYTES_MAX
    }
}
