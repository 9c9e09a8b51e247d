//! The run through a merchant's customers that makes referrers of them and gives each customer its link.

use std::collections::{BTreeMap, BTreeSet};

use super::email::Email;
use super::id::CampaignId;
use super::time::Time;

/// How long a run is somebody's after its latest step, which is a page or a few links. Who waits longer for Stripe may be
/// relieved: that does no harm, since whoever writes last writes the same.
const LEASE_SECONDS: i64 = 120;
/// How long a run may lie ready before it counts as broken off: some process takes it up long before.
const READY_SECONDS: i64 = 60;
/// How long a run that has failed is left alone before the service goes on with it by itself.
const AGAIN_AFTER_SECONDS: i64 = 600;
/// How many of the links that were refused are remembered.
const REFUSED_MAX: usize = 10;

/// What a run is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The key of the customers' metadata under which the link stands.
    pub metadata_key: String,
    /// Only customers made from here on; none: all.
    pub created_since: Option<Time>,
}

/// One run, as far as it has come. The list goes back in time, so that what is made meanwhile moves nothing: it stands
/// before the place that was reached, and belongs to the next run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferrerSync {
    /// The campaign whose links these are.
    pub campaign_id: CampaignId,
    /// Its number, which grows when it is taken up: who writes under an older one has lost it.
    pub run: u64,
    /// What it is asked to do.
    pub asked: Asked,
    /// When it began.
    pub started_at: Time,
    /// The latest step, or failure.
    pub updated_at: Time,
    /// When the last page was read.
    pub read_at: Option<Time>,
    /// When all was read and written.
    pub finished_at: Option<Time>,
    /// Until when it is somebody's.
    pub leased_until: Option<Time>,
    /// The customer read last, and when it was made.
    pub reached: Option<(String, Time)>,
    /// What was found so far.
    pub counts: Counts,
    /// The links of the page read last, until they are written.
    pub outstanding: Vec<Link>,
    /// The latest links that were refused: customers, and why.
    pub refused: Vec<(String, String)>,
    /// Why it was broken off.
    pub last_error: Option<String>,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Customers that were read.
    pub seen: u64,
    /// Those that became referrers.
    pub made: u64,
    /// Those that were.
    pub known: u64,
    /// Those without an email.
    pub no_email: u64,
    /// Those whose email is no address.
    pub invalid_email: u64,
    /// Links that were written.
    pub written: u64,
    /// Links that stood there.
    pub right: u64,
    /// Links that were refused.
    pub refused: u64,
}

/// A link that is to be written to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The customer.
    pub customer_id: String,
    /// The code that it ends with.
    pub code: String,
}

/// A customer, as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Who it is, or why it can be no referrer.
    pub email: Result<Email, Skipped>,
    /// What its metadata has under the key.
    pub shown: Option<String>,
}

/// Why a customer can be no referrer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// It has no email.
    NoEmail,
    /// Its email is no address.
    InvalidEmail,
}

/// The referrers of a page by their email identity: their codes, and the identities of those that it has made.
#[derive(Clone, Debug, Default)]
pub struct Referrers {
    /// Everybody's code.
    pub codes: BTreeMap<String, String>,
    /// Those who are new.
    pub made: BTreeSet<String>,
}

impl Listed {
    /// Reads what matters of a customer.
    pub fn new(id: &str, email: Option<&str>, shown: Option<&String>) -> Self {
        let email = email.ok_or(Skipped::NoEmail);
        let email = email.and_then(|email| Email::parse(email).map_err(|_| Skipped::InvalidEmail));
        Self { id: id.to_owned(), email, shown: shown.cloned() }
    }
}

impl ReferrerSync {
    /// A run that begins now, after the one before; where that was broken off and the same is asked, it goes on.
    pub fn begin(before: Option<Self>, campaign_id: CampaignId, asked: Asked, now: Time) -> Self {
        let run = before.as_ref().map_or(1, |before| before.run + 1);
        match before {
            Some(broken) if broken.finished_at.is_none() && broken.asked == asked => {
                Self { run, updated_at: now, leased_until: None, last_error: None, ..broken }
            }
            _ => Self {
                campaign_id,
                run,
                asked,
                started_at: now,
                updated_at: now,
                read_at: None,
                finished_at: None,
                leased_until: None,
                reached: None,
                counts: Counts::default(),
                outstanding: Vec::new(),
                refused: Vec::new(),
                last_error: None,
            },
        }
    }

    fn is_held(&self, now: Time) -> bool {
        self.finished_at.is_none() && self.leased_until.is_some_and(|until| now < until)
    }

    /// Whether it lies ready to be taken up at once: it has just begun, or whoever was at it has ended in peace.
    fn is_ready(&self) -> bool {
        self.finished_at.is_none() && self.leased_until.is_none() && self.last_error.is_none()
    }

    /// Whether somebody is at it, or is about to be.
    pub fn is_running(&self, now: Time) -> bool {
        self.is_held(now) || (self.is_ready() && now < self.updated_at.plus_seconds(READY_SECONDS))
    }

    /// Whether the service is to go on with it.
    pub fn is_due(&self, now: Time) -> bool {
        let waits = self.last_error.is_some() && now < self.updated_at.plus_seconds(AGAIN_AFTER_SECONDS);
        self.finished_at.is_none() && !self.is_held(now) && !waits
    }

    /// Whether nothing more comes of it before it is taken up again.
    pub fn is_over(&self) -> bool {
        self.finished_at.is_some() || self.last_error.is_some()
    }

    /// The run in the hands of whoever takes it up now.
    #[must_use]
    pub fn taken_up(self, now: Time) -> Self {
        Self { run: self.run + 1, last_error: None, ..self }.held(now)
    }

    /// The run held for another while by whoever is at it.
    #[must_use]
    pub fn held(self, now: Time) -> Self {
        Self { updated_at: now, leased_until: Some(now.plus_seconds(LEASE_SECONDS)), ..self }
    }

    /// The run given back, where it has not finished: with why, or so that anybody may go on at once.
    #[must_use]
    pub fn given_back(self, last_error: Option<String>, now: Time) -> Self {
        Self { updated_at: now, leased_until: None, last_error, ..self }
    }

    /// The run behind a page, whose links are outstanding now. `last` is where the next page begins, if there is one.
    #[must_use]
    pub fn read(
        mut self,
        page: &[Listed],
        referrers: &Referrers,
        landing_url: &str,
        last: Option<(String, Time)>,
        now: Time,
    ) -> Self {
        let mut made = referrers.made.clone();
        for listed in page {
            self.counts.seen += 1;
            match &listed.email {
                Err(why) => *self.counts.skipped(*why) += 1,
                // Another customer with the email of one that was made just now is known.
                Ok(email) if made.remove(email.identity()) => self.counts.made += 1,
                Ok(_) => self.counts.known += 1,
            }
            let email = listed.email.as_ref().ok();
            let Some(code) = email.and_then(|email| referrers.codes.get(email.identity())) else { continue };
            if listed.shown.as_deref() == Some(&link(landing_url, code)) {
                self.counts.right += 1;
            } else {
                self.outstanding.push(Link { customer_id: listed.id.clone(), code: code.clone() });
            }
        }
        self.read_at = last.is_none().then_some(now);
        self.reached = last.or(self.reached);
        self.went_on(now)
    }

    /// The run once these of its outstanding links were written, but for those that were refused.
    #[must_use]
    pub fn wrote(mut self, links: &[Link], refused: Vec<(String, String)>, now: Time) -> Self {
        self.counts.refused += refused.len() as u64;
        self.counts.written += (links.len() - refused.len()) as u64;
        self.outstanding.retain(|link| !links.contains(link));
        self.refused.extend(refused);
        self.refused.drain(..self.refused.len().saturating_sub(REFUSED_MAX));
        self.went_on(now)
    }

    /// Behind the last link of the last page it has finished.
    fn went_on(self, now: Time) -> Self {
        if self.read_at.is_none() || !self.outstanding.is_empty() {
            return self.held(now);
        }
        Self { updated_at: now, finished_at: Some(now), leased_until: None, ..self }
    }
}

impl Counts {
    fn skipped(&mut self, why: Skipped) -> &mut u64 {
        match why {
            Skipped::NoEmail => &mut self.no_email,
            Skipped::InvalidEmail => &mut self.invalid_email,
        }
    }
}

/// The referral link of a code.
pub fn link(landing_url: &str, code: &str) -> String {
    format!("{landing_url}{code}")
}

/// First and last name of a whole one: what stands before the first blank, and the rest.
pub fn names(whole: &str) -> (Option<String>, Option<String>) {
    let (first, rest) = whole.trim().split_once(char::is_whitespace).unwrap_or((whole.trim(), ""));
    let filled = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    (filled(first), filled(rest))
}

#[cfg(test)]
mod tests;
