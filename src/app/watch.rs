//! The log, read from a place on and then as it grows. A cursor is a place in the log of one ledger.

use tokio::sync::watch::Receiver;

use super::error::{Error, Result};
use super::seal::digest_hex;
use super::{App, Caller, accounts};
use crate::domain::Invalid;
use crate::domain::campaign::Ledger;
use crate::domain::event::Logged;
use crate::domain::word::Word;
use crate::store::{EventFilter, Log};

/// How many events are held for a reader at once.
const PAGE_EVENTS: u32 = 100;
/// How many events are removed in one transaction.
const DROPPED_MAX: u32 = 1000;

/// A reader of a log.
#[derive(Debug)]
pub struct Watch {
    ledger: Ledger,
    log: Log,
    /// The number of the last event that the reader has, or that is none of theirs.
    position: u64,
    filter: EventFilter,
    news: Receiver<u64>,
}

impl App {
    /// Begins to read the log of a ledger after a place; without one at the oldest event, or after the newest.
    pub async fn watch(
        &self,
        caller: &Caller,
        ledger: Ledger,
        place: Option<u64>,
        only_new: bool,
        filter: EventFilter,
    ) -> Result<Watch> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        self.check_filter(caller, &ledger, &filter).await?;
        let log = self.store.log_of(&ledger).await?.ok_or_else(|| accounts::not_found(&ledger.account))?;
        // What is committed between the two is seen by the first look.
        let news = self.store.news().of(log.ledger);
        let position = match place {
            None if only_new => log.last_seq,
            None => log.first_seq - 1,
            Some(place) if place > log.last_seq => return Err(Error::CursorAhead(cursor_of(&ledger, log.last_seq))),
            Some(place) => place,
        };
        let watch = Watch { ledger, log, position, filter, news };
        watch.check_kept()?;
        Ok(watch)
    }

    /// What a filter names must be there, and of the ledger.
    async fn check_filter(&self, caller: &Caller, ledger: &Ledger, filter: &EventFilter) -> Result<()> {
        if let Some(id) = filter.campaign_id
            && self.campaign(caller, id).await?.ledger != *ledger
        {
            return Err(super::campaigns::not_found(id));
        }
        if let Some(id) = filter.referral_id {
            let campaign_id = self.referral(caller, id).await?.referral.campaign_id;
            if self.campaign(caller, campaign_id).await?.ledger != *ledger {
                return Err(super::referrals::not_found(id));
            }
        }
        Ok(())
    }

    /// Tells whoever waits in this process what others have written.
    pub async fn follow(&self) {
        let news = self.store.news();
        if !news.is_awaited() {
            return;
        }
        // A database that is away is asked again soon.
        for log in self.store.logs().await.unwrap_or_default() {
            news.tell(log.ledger, log.last_seq);
        }
    }

    /// Removes the events that are older than so many days, in batches; says how many.
    pub async fn drop_events(&self, keep_days: u32) -> Result<u64> {
        let before = self.clock.now().plus_days(-i64::from(keep_days));
        let mut dropped = 0;
        for log in self.store.logs_begun_before(before).await? {
            loop {
                let mut tx = self.store.write().await?;
                tx.lock_ledger_by_id(log.ledger).await?;
                let log = tx.log(log.ledger).await?;
                let batch = tx.drop_events(log, before, DROPPED_MAX).await?;
                tx.commit().await?;
                dropped += batch;
                if batch < u64::from(DROPPED_MAX) {
                    break;
                }
            }
        }
        Ok(dropped)
    }
}

impl Watch {
    /// The place that the reader has reached.
    pub fn cursor(&self) -> String {
        cursor_of(&self.ledger, self.position)
    }

    /// The place right after an event.
    pub fn cursor_after(&self, event: &Logged) -> String {
        cursor_of(&self.ledger, event.sequence)
    }

    /// The next events, in order; none where there are no more, or the filter leaves them out.
    ///
    /// # Errors
    /// The next ones are no longer kept, or the database does not answer.
    pub async fn next(&mut self, app: &App) -> Result<Vec<Logged>> {
        let found = app.store.events_after(self.log.ledger, self.position, &self.filter, PAGE_EVENTS).await?;
        self.log = found.log;
        self.check_kept()?;
        self.position = self.position.max(found.up_to);
        Ok(found.events)
    }

    /// Whether there was more at the last look.
    pub fn is_behind(&self) -> bool {
        self.position < self.log.last_seq
    }

    /// Waits until there are new events.
    pub async fn more(&mut self) {
        let position = self.position;
        if self.news.wait_for(|newest| *newest > position).await.is_err() {
            // The database is closed: nothing comes any more.
            std::future::pending::<()>().await;
        }
    }

    fn check_kept(&self) -> Result<()> {
        if self.position + 1 < self.log.first_seq {
            return Err(Error::CursorExpired(cursor_of(&self.ledger, self.log.first_seq - 1)));
        }
        Ok(())
    }
}

/// The place right after an event of a ledger: the number, bound to the ledger, so that it is good for no other.
fn cursor_of(ledger: &Ledger, sequence: u64) -> String {
    format!("{}.{sequence}", bond(ledger))
}

fn bond(ledger: &Ledger) -> String {
    digest_hex(&format!("events of {} {}", ledger.account, ledger.mode.word()))[..16].to_owned()
}

/// The place that a cursor names; `None` where there is no cursor.
///
/// # Errors
/// One that was not given out for this ledger.
pub fn place(ledger: &Ledger, cursor: &str) -> std::result::Result<Option<u64>, Invalid> {
    if cursor.is_empty() {
        return Ok(None);
    }
    let place = cursor.split_once('.').filter(|(of, _)| *of == bond(ledger)).map(|(_, place)| place);
    let digits = |place: &&str| place.len() <= 18 && place.bytes().all(|byte| byte.is_ascii_digit());
    let problem = "was not given out by WatchEvents for this account and mode; take the last one that came, or leave it \
                   out to begin at the oldest event";
    place.filter(digits).and_then(|place| place.parse().ok()).map(Some).ok_or_else(|| Invalid::new(problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::campaign::Mode;

    #[test]
    fn a_cursor_is_good_for_its_ledger_alone() {
        let ledger = |account: &str, mode| Ledger { account: account.to_owned(), mode };
        let own = ledger("default", Mode::Test);
        let cursor = cursor_of(&own, 42);
        assert!(matches!(place(&own, &cursor), Ok(Some(42))));
        assert!(matches!(place(&own, ""), Ok(None)));
        for other in [ledger("default", Mode::Live), ledger("eu", Mode::Test)] {
            assert!(place(&other, &cursor).is_err());
        }
        let bond = bond(&own);
        for wrong in ["42", &bond, &format!("{bond}."), &format!("{bond}.+4"), &format!("{bond}.9999999999999999999")] {
            assert!(place(&own, wrong).is_err(), "{wrong}");
        }
    }
}
