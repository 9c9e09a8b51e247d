//! `doctor`: looks at everything that an installation stands on, and changes nothing. One line each: how it is, and what
//! to do about it.

mod database;
mod rights;
mod stripe;

use std::fmt::Display;

use referrald::clock::Clock;
use referrald::config;
use referrald::domain::campaign::Campaign;
use referrald::server::{Problem, keyring};
use referrald::store::CampaignFilter;
use referrald::stripe::keyring::Keyring;

use stripe::Way;

/// The most campaigns that are looked at.
const CAMPAIGNS_MAX: u32 = 10_000;

/// Checks all there is to check; a problem, and no mere warning, makes the exit status 1.
pub async fn doctor(options: config::Doctor) -> Result<(), Problem> {
    let (mut report, clock) = (Report::default(), Clock::default());
    let store = database::open(&options.database, &mut report).await;
    let keyring = keyring(&options.stripe).unwrap_or_else(|problem| {
        report.problem(
            "Stripe keys",
            problem,
            "correct --stripe-key or --stripe-key-file: serve does not start with it",
        );
        Keyring::default()
    });
    stripe::clock(&keyring, &clock, &mut report).await;
    let mut campaigns = Vec::new();
    if let Some(store) = &store {
        campaigns = store.campaigns(&CampaignFilter::default(), None, CAMPAIGNS_MAX).await?;
        database::keys(store, clock.now(), &mut report).await?;
        database::secrets(store, &options, &campaigns, clock.now(), &mut report).await?;
    }
    stripe::missing(&keyring, &campaigns, &mut report);
    if options.public_url.is_some() && keyring.all().next().is_none() {
        report.not_checked("webhook endpoint", "there is no Stripe key to ask Stripe for it with");
    }
    for (ledger, stripe) in keyring.all() {
        let campaigns: Vec<&Campaign> = campaigns.iter().filter(|campaign| campaign.ledger == *ledger).collect();
        let way = Way { ledger, stripe, campaigns };
        if way.key(&clock, &mut report).await {
            way.endpoint(options.public_url.as_deref(), &mut report).await;
        }
    }
    if let Some(store) = &store {
        database::comparisons(store, &keyring, clock.now(), &mut report).await?;
        database::jobs(store, &mut report).await?;
        store.close().await;
    }
    report.end()
}

/// How a check came out, the worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    #[default]
    Ok,
    NotChecked,
    Warning,
    Problem,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotChecked => "not checked",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// What was found, said as it is found.
#[derive(Debug, Default)]
struct Report {
    worst: Verdict,
}

impl Report {
    fn ok(&mut self, what: impl Display, how: impl Display) {
        self.say(Verdict::Ok, format!("{what}: {how}"));
    }

    fn not_checked(&mut self, what: impl Display, why: impl Display) {
        self.say(Verdict::NotChecked, format!("{what}: {why}"));
    }

    fn warning(&mut self, what: impl Display, how: impl Display, remedy: impl Display) {
        self.say(Verdict::Warning, format!("{what}: {how}; {remedy}"));
    }

    fn problem(&mut self, what: impl Display, how: impl Display, remedy: impl Display) {
        self.say(Verdict::Problem, format!("{what}: {how}; {remedy}"));
    }

    fn say(&mut self, verdict: Verdict, line: String) {
        println!("{:<11}  {line}", verdict.word());
        self.worst = self.worst.max(verdict);
    }

    fn end(self) -> Result<(), Problem> {
        if self.worst < Verdict::Problem {
            return Ok(());
        }
        Err(Problem("the doctor has found a problem".to_owned()))
    }
}
