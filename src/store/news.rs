//! What was committed to the logs, told within this process at once: who waits for events need not ask the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// The number of the newest event of each ledger that somebody waits for.
#[derive(Clone, Debug, Default)]
pub struct News(Arc<Mutex<HashMap<i64, watch::Sender<u64>>>>);

impl News {
    /// Waits for the events of a ledger. What it shows at first may lie behind.
    pub fn of(&self, ledger: i64) -> watch::Receiver<u64> {
        let mut ledgers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ledgers.entry(ledger).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Whether somebody waits.
    pub fn is_awaited(&self) -> bool {
        let ledgers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ledgers.values().any(|ledger| ledger.receiver_count() > 0)
    }

    /// Tells that a ledger has events up to this number.
    pub fn tell(&self, ledger: i64, newest: u64) {
        let ledgers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ledger) = ledgers.get(&ledger) {
            ledger.send_if_modified(|known| newest > std::mem::replace(known, newest.max(*known)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_hears_of_what_is_new_and_of_nothing_else() {
        let news = News::default();
        news.tell(1, 5);
        let mut waits = news.of(1);
        let mut heard = |ledger, newest| {
            news.tell(ledger, newest);
            let changed = waits.has_changed().expect("the sender is kept");
            (changed, *waits.borrow_and_update())
        };
        assert_eq!(heard(1, 7), (true, 7));
        assert_eq!(heard(2, 9), (false, 7), "another ledger");
        assert_eq!(heard(1, 6), (false, 7), "what is older");
        assert_eq!(heard(1, 8), (true, 8));
    }
}
