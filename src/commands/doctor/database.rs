//! The database, and what it holds: API keys, signing secrets, jobs that failed for good.

use std::collections::BTreeSet;
use std::path::Path;

use referrald::app::{ApiKey, Seal, SecretRow};
use referrald::config;
use referrald::convert::time_to_proto;
use referrald::domain::campaign::{Campaign, Ledger, State};
use referrald::domain::job::JobKind;
use referrald::domain::time::Time;
use referrald::domain::word::Word;
use referrald::server::{Problem, known_seal};
use referrald::store::{Error, Store, sqlite_path};

use super::Report;

/// How long before the end of a key its end is told.
const EXPIRY_DAYS: i64 = 14;

/// The database, if it is there, of this version, and answers.
pub async fn open(url: &str, report: &mut Report) -> Option<Store> {
    if let Some(path) = sqlite_path(url).filter(|path| !Path::new(path).exists()) {
        let remedy = "say with --database where it is, or make it with \"referrald migrate\"";
        report.problem("database", format!("there is no file {path}"), remedy);
    } else {
        match look(url).await {
            Ok(store) => {
                report.ok("database", "it answers and is of this version");
                return Some(store);
            }
            Err(Error::Unavailable(why)) => {
                report.problem("database", format!("it does not answer: {why}"), "start it, or correct --database");
            }
            Err(Error::Older(version)) => {
                let how = format!("it is of an older version of referrald ({version})");
                report.problem("database", how, "run \"referrald migrate\"");
            }
            Err(Error::Newer(version)) => {
                let how = format!("it is of a newer version of referrald ({version})");
                report.problem("database", how, "run that version, or restore a backup");
            }
            Err(Error::Fault(why)) => report.problem("database", why, "correct --database"),
        }
    }
    report.not_checked("API keys, signing secrets, jobs", "the database comes first");
    None
}

async fn look(url: &str) -> Result<Store, Error> {
    let store = Store::open_to_look(url).await?;
    store.require_current().await?;
    Ok(store)
}

/// Whether anybody may call, and who will not be able to for long.
pub async fn keys(store: &Store, now: Time, report: &mut Report) -> Result<(), Problem> {
    let is_good = |key: &ApiKey| key.revoked_at.is_none() && key.expires_at.is_none_or(|at| at > now);
    let good: Vec<ApiKey> = store.keys().await?.into_iter().filter(is_good).collect();
    let soon = now.plus_days(EXPIRY_DAYS);
    let ending: Vec<&ApiKey> = good.iter().filter(|key| key.expires_at.is_some_and(|at| at <= soon)).collect();
    for key in &ending {
        let at = key.expires_at.map(|at| time_to_proto(at).to_string()).unwrap_or_default();
        let how = format!("{} \"{}\" ends at {at}", key.id, key.name);
        report.warning("API keys", how, "make another with \"referrald keys create\", and hand it out");
    }
    if good.is_empty() {
        let remedy = "make one with \"referrald keys create\" (serve --dev alone needs none)";
        report.problem("API keys", "none is good, so nobody may call", remedy);
    } else if ending.is_empty() {
        report.ok("API keys", format!("{} can be used", good.len()));
    }
    Ok(())
}

/// Whether webhooks can be verified, for all who wait for some.
pub async fn secrets(
    store: &Store,
    options: &config::Doctor,
    campaigns: &[Campaign],
    now: Time,
    report: &mut Report,
) -> Result<(), Problem> {
    let accounts: BTreeSet<&str> = campaigns.iter().map(|campaign| campaign.ledger.account.as_str()).collect();
    let mut secrets = Vec::new();
    for account in accounts {
        secrets.extend(store.secrets(account, now).await?);
    }
    let seal = known_seal(&options.database, &options.secrets_key);
    // Beside a SQLite database serve makes a key where there is none.
    if let Err(problem) = &seal
        && (!secrets.is_empty() || sqlite_path(&options.database).is_none())
    {
        report.problem("secrets key", problem, "give the one that the secrets were added with");
    }
    let live = campaigns.iter().filter(|campaign| campaign.state == State::Live).map(|live| &live.ledger);
    let ledgers: BTreeSet<&Ledger> = live.chain(secrets.iter().map(|secret| &secret.ledger)).collect();
    for ledger in ledgers {
        let here = secrets.iter().filter(|secret| secret.ledger == *ledger);
        let shut = here.clone().filter(|secret| seal.as_ref().is_ok_and(|seal| !opens(seal, secret)));
        count(ledger, here.clone().count(), shut.count(), report);
    }
    Ok(())
}

fn opens(seal: &Seal, secret: &SecretRow) -> bool {
    seal.open(&secret.sealed, &secret.id.to_string()).is_ok()
}

fn count(ledger: &Ledger, all: usize, shut: usize, report: &mut Report) {
    let what = format!("signing secrets of {ledger}");
    if all == 0 {
        let remedy = "call CreateWebhookEndpoint, or add the endpoint's own with AddWebhookSecret";
        report.problem(what, "a campaign is live and there is none, so no webhook is taken", remedy);
    } else if shut > 0 {
        let how = format!("{shut} of {all} were sealed with another secrets key");
        report.problem(what, how, "give that key back, or remove these secrets and add them again");
    } else {
        report.ok(what, format!("{all} active"));
    }
}

/// Whether something that is to be done at Stripe was given up and waits for an operator, or asked in vain.
pub async fn jobs(store: &Store, report: &mut Report) -> Result<(), Problem> {
    if let Some((newest, in_vain)) = store.look_up_in_vain().await? {
        let (charge, why) = (newest.charge_id().unwrap_or_default(), newest.last_error.as_deref().unwrap_or_default());
        let how = format!("Stripe does not say what is asked about {in_vain}, the newest {charge}: {why}");
        report.warning("charges", how, "mend the cause; each is asked again once a day");
    }
    let Some((newest, given_up)) = store.job_given_up().await? else {
        report.ok("jobs", "none has failed for good");
        return Ok(());
    };
    let call = if newest.kind == JobKind::Customer { "RetryCustomerSync" } else { "RetryReward" };
    let (kind, subject, why) = (newest.kind.word(), &newest.subject_id, newest.last_error.unwrap_or_default());
    let how = format!("{given_up} failed for good, the newest {kind} of {subject}: {why}");
    report.problem("jobs", how, format!("mend the cause, then call {call}"));
    Ok(())
}
