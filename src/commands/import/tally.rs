//! How far an import is, for whoever watches it, and how it ended.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use referrald::domain::time::Time;

use super::batch::Batch;
use super::send::Sent;

/// What was done so far.
#[derive(Debug)]
pub struct Tally {
    pub began: Time,
    /// How many bytes there are, where that is known.
    pub size: Option<u64>,
    pub bytes_read: u64,
    pub lines: u64,
    pub recorded: u64,
    pub known: u64,
    pub ignored: u64,
    pub refused: u64,
    pub changes: u64,
    /// The charges that have a dispute.
    disputed: BTreeSet<String>,
    /// The charges whose dispute was read.
    disputes: BTreeSet<String>,
}

impl Tally {
    pub fn new(began: Time, size: Option<u64>) -> Self {
        let (bytes_read, lines, recorded, known, ignored, refused, changes) = (0, 0, 0, 0, 0, 0, 0);
        let (disputed, disputes) = (BTreeSet::new(), BTreeSet::new());
        Self { began, size, bytes_read, lines, recorded, known, ignored, refused, changes, disputed, disputes }
    }

    /// Counts what was read.
    pub fn read(&mut self, batch: &Batch) {
        self.bytes_read = batch.bytes_read;
        self.ignored += batch.ignored;
        self.disputed.extend(batch.disputed.iter().cloned());
        self.disputes.extend(batch.disputes.iter().cloned());
    }

    /// How many charges have a dispute that was not read.
    pub fn without_dispute(&self) -> usize {
        self.disputed.difference(&self.disputes).count()
    }

    /// Counts what was sent.
    pub fn sent(&mut self, lines: u64, sent: &Sent) {
        self.lines += lines;
        self.recorded += sent.recorded;
        self.known += sent.known;
        self.changes += sent.changes;
        self.refused += sent.refused.len() as u64;
    }

    /// How far it is.
    pub fn progress(&self, now: Time) -> String {
        let percent = self.size.filter(|size| *size > 0).map(|size| self.bytes_read.min(size) * 100 / size);
        let percent = percent.map(|percent| format!("{percent} %, ")).unwrap_or_default();
        let millis = u64::try_from((now.micros() - self.began.micros()) / 1000).unwrap_or(0).max(1);
        let a_second = self.lines * 1000 / millis;
        format!(
            "{percent}{} lines, {a_second} a second, {} recorded, {} refused",
            self.lines, self.recorded, self.refused
        )
    }

    /// All of it.
    pub fn total(&self) -> String {
        let Self { lines, recorded, known, ignored, refused, changes, .. } = self;
        format!(
            "{lines} lines: {recorded} recorded, {known} known before, {ignored} that do not count, {refused} refused; \
             referrals changed {changes} times"
        )
    }
}

/// How often progress is shown: on a terminal in one line that changes, else line by line.
pub fn pause() -> Duration {
    if std::io::stderr().is_terminal() { Duration::from_millis(200) } else { Duration::from_secs(10) }
}

/// Shows how far it is.
pub fn show(progress: &str) {
    let mut out = std::io::stderr();
    // Nobody who watches is no reason to stop.
    let _ = if out.is_terminal() { write!(out, "\r\x1b[K{progress}") } else { writeln!(out, "{progress}") };
    let _ = out.flush();
}

/// Says something that stays.
pub fn say(text: &str) {
    let mut out = std::io::stderr();
    let clear = if out.is_terminal() { "\r\x1b[K" } else { "" };
    let _ = writeln!(out, "{clear}{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_how_fast_and_of_files_how_far() {
        let mut tally = Tally::new(Time::from_seconds(100), Some(4000));
        tally.read(&Batch { bytes_read: 1000, ignored: 2, ..Batch::default() });
        tally.sent(10, &Sent { recorded: 6, known: 1, changes: 3, refused: vec![(1, "x".into())] });
        let now = Time::from_seconds(102);
        assert_eq!(tally.progress(now), "25 %, 10 lines, 5 a second, 6 recorded, 1 refused");
        tally.size = None;
        assert_eq!(tally.progress(now), "10 lines, 5 a second, 6 recorded, 1 refused");
        let total = "10 lines: 6 recorded, 1 known before, 2 that do not count, 1 refused; referrals changed 3 times";
        assert_eq!(tally.total(), total);
    }

    #[test]
    fn only_charges_whose_dispute_was_not_read_lack_it_whichever_came_first() {
        let mut tally = Tally::new(Time::from_seconds(100), None);
        let charges = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        tally.read(&Batch { disputes: charges(&["ch_1", "ch_4"]), ..Batch::default() });
        tally.read(&Batch { disputed: charges(&["ch_1", "ch_2", "ch_3"]), ..Batch::default() });
        tally.read(&Batch { disputes: charges(&["ch_3"]), ..Batch::default() });
        assert_eq!(tally.without_dispute(), 1);
    }
}
