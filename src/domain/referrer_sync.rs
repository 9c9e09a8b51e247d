//! The run through a merchant's customers that makes referrers of them and gives each customer its link.

use std::collections::{BTreeMap, BTreeSet};

use super::email::Email;
use super::id::CampaignId;
use super::time::Time;

/// How long a run is somebody's after its latest step.
const LEASE_SECONDS: i64 = 900;
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

    fn held(self, now: Time) -> Self {
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
        self.held(now)
    }

    /// The run once its outstanding links were written, but for those that were refused. Behind the last page it has
    /// finished.
    #[must_use]
    pub fn wrote(mut self, refused: Vec<(String, String)>, now: Time) -> Self {
        self.counts.refused += refused.len() as u64;
        self.counts.written += (self.outstanding.len() - refused.len()) as u64;
        self.outstanding.clear();
        self.refused.extend(refused);
        self.refused.drain(..self.refused.len().saturating_sub(REFUSED_MAX));
        if self.read_at.is_none() {
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
mod tests {
    use super::super::examples::day;
    use super::*;

    fn asked() -> Asked {
        Asked { metadata_key: "referral_link".into(), created_since: None }
    }

    fn begun() -> ReferrerSync {
        ReferrerSync::begin(None, CampaignId::new(day(0), [1; 10]), asked(), day(100))
    }

    fn listed(id: &str, email: &str, shown: Option<&str>) -> Listed {
        Listed::new(id, Some(email), shown.map(str::to_owned).as_ref())
    }

    fn referrers(codes: &[(&str, &str)], made: &[&str]) -> Referrers {
        let codes = codes.iter().map(|(email, code)| ((*email).to_owned(), (*code).to_owned())).collect();
        Referrers { codes, made: made.iter().map(|email| (*email).to_owned()).collect() }
    }

    #[test]
    fn each_customer_is_made_known_or_skipped_and_each_referrer_has_a_link_or_gets_one() {
        let page = [
            listed("cus_5", "Ada@Example.com", None),
            listed("cus_4", "ada@example.com", Some("https://shop.example/i/other")),
            listed("cus_3", "ben@example.com", Some("https://shop.example/i/ben")),
            listed("cus_2", "ben", None),
            Listed::new("cus_1", None, None),
        ];
        let all = referrers(&[("ada@example.com", "ada"), ("ben@example.com", "ben")], &["ada@example.com"]);
        let read = begun().read(&page, &all, "https://shop.example/i/", None, day(101));
        let counts = Counts { seen: 5, made: 1, known: 2, no_email: 1, invalid_email: 1, ..read.counts };
        assert_eq!((read.counts, read.counts.right), (counts, 1));
        let to: Vec<&str> = read.outstanding.iter().map(|link| link.customer_id.as_str()).collect();
        assert_eq!(to, ["cus_5", "cus_4"]);
        let done = read.wrote(vec![("cus_4".into(), "no".into())], day(102));
        assert_eq!((done.counts.written, done.counts.refused, done.finished_at), (1, 1, Some(day(102))));
    }

    #[test]
    fn it_goes_on_behind_a_page_until_the_last_and_only_the_latest_refusals_are_kept() {
        let place = |n: i64| Some((format!("cus_{n}"), day(n)));
        let mut run = begun();
        for n in (1..=12).rev() {
            let page = [listed(&format!("cus_{n}"), "ada@example.com", None)];
            run = run.read(&page, &referrers(&[("ada@example.com", "ada")], &[]), "", place(n), day(100));
            assert_eq!((&run.reached, run.read_at), (&place(n), None));
            run = run.wrote(vec![(format!("cus_{n}"), "no".into())], day(100));
            assert_eq!(run.finished_at, None);
        }
        assert_eq!((run.refused.len(), run.counts.refused, run.refused[9].0.as_str()), (10, 12, "cus_1"));
        let run = run.read(&[], &Referrers::default(), "", None, day(101)).wrote(vec![], day(101));
        assert_eq!((run.finished_at, run.reached), (Some(day(101)), place(1)));
    }

    #[test]
    fn one_is_at_it_and_what_was_broken_off_is_gone_on_with() {
        let begun = begun();
        assert!(begun.is_due(day(100)) && begun.is_running(day(100)));
        assert!(!begun.is_running(day(100).plus_seconds(60)), "nobody has taken it up");
        let held = begun.taken_up(day(100));
        assert!(held.is_running(day(100).plus_seconds(899)) && !held.is_due(day(100).plus_seconds(899)));
        assert!(!held.is_running(day(100).plus_seconds(900)) && held.is_due(day(100).plus_seconds(900)));
        let left = held.clone().given_back(None, day(101));
        assert!(left.is_due(day(101)), "the process ended in peace");
        let failed = held.given_back(Some("Stripe answered 500".into()), day(101));
        assert!(!failed.is_running(day(101)) && !failed.is_due(day(101).plus_seconds(599)));
        assert!(failed.is_due(day(101).plus_seconds(600)));
    }

    #[test]
    fn the_same_call_goes_on_and_another_begins_anew() {
        let mut broken = begun().taken_up(day(100)).given_back(Some("away".into()), day(101));
        (broken.counts.seen, broken.reached) = (100, Some(("cus_9".into(), day(50))));
        let on = ReferrerSync::begin(Some(broken.clone()), broken.campaign_id, asked(), day(102));
        assert_eq!((on.counts.seen, &on.reached, on.started_at), (100, &broken.reached, day(100)));
        assert!(on.is_due(day(102)) && on.run > broken.run);
        let other = Asked { created_since: Some(day(1)), ..asked() };
        let anew = ReferrerSync::begin(Some(broken.clone()), broken.campaign_id, other, day(102));
        assert_eq!((anew.counts.seen, anew.reached, anew.started_at), (0, None, day(102)));
        assert!(anew.run > broken.run);
    }

    #[test]
    fn a_name_is_split_at_its_first_blank() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(names(" Ada  King Lovelace "), (some("Ada"), some("King Lovelace")));
        assert_eq!(names("Ada"), (some("Ada"), None));
        assert_eq!(names("  "), (None, None));
    }
}
