//! The database, and what it holds: API keys, signing secrets, comparisons with Stripe, jobs that failed for good.

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
use referrald::store::{Error, Store, missing_folder, sqlite_path};
use referrald::stripe::keyring::Keyring;

use super::Report;

/// How old a comparison may get: Stripe keeps events for thirty days.
const COMPARED_DAYS: i64 = 8;
/// How long before the end of a key its end is told.
const EXPIRY_DAYS: i64 = 14;

/// The database, if it is there, of this version, and answers.
pub async fn open(url: &str, report: &mut Report) -> Option<Store> {
    if let Some(path) = sqlite_path(url).filter(|path| !Path::new(path).exists()) {
        let folder = missing_folder(path).map(|folder| format!("mkdir -p {} and ", folder.display()));
        let remedy = format!(
            "say with --database where it is, or make it with {}\"referrald migrate\"",
            folder.unwrap_or_default()
        );
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
            Err(Error::Missing(why)) => report.problem("database", why, "or correct --database"),
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
    let seal = secrets_key(store, options, report).await?;
    let live = campaigns.iter().filter(|campaign| campaign.state == State::Live).map(|live| &live.ledger);
    let ledgers: BTreeSet<&Ledger> = live.chain(secrets.iter().map(|secret| &secret.ledger)).collect();
    for ledger in ledgers {
        let here = secrets.iter().filter(|secret| secret.ledger == *ledger);
        let shut = here.clone().filter(|secret| seal.as_ref().is_some_and(|seal| !opens(seal, secret)));
        let shut: Vec<String> = shut.map(|secret| secret.id.to_string()).collect();
        count(ledger, here.count(), &shut, report);
    }
    Ok(())
}

/// The secrets key, and whether it is the one that the database was made with.
async fn secrets_key(store: &Store, options: &config::Doctor, report: &mut Report) -> Result<Option<Seal>, Problem> {
    let what = "secrets key";
    let remedy =
        "give it back; where it is lost, start serve once with --new-secrets-key (docs/operations.md, Backups)";
    let made = store.made_with_key().await?;
    let seal = match known_seal(&options.database, &options.secrets_key) {
        Ok(seal) => seal,
        Err(problem) => {
            report.problem(what, problem, "give the one that serve has");
            return Ok(None);
        }
    };
    match seal.as_ref().map(|seal| seal.made(&made)) {
        _ if made.is_nothing() => {}
        Some(Some(true)) => report.ok(what, format!("it is the one that made {made}")),
        Some(None) => report.not_checked(what, "serve has not kept yet by what it is known"),
        Some(Some(false)) => report.problem(what, format!("it is another than the one that made {made}"), remedy),
        None => report.problem(what, format!("there is none, and this database has {made} made with one"), remedy),
    }
    Ok(seal)
}

fn opens(seal: &Seal, secret: &SecretRow) -> bool {
    seal.open(&secret.sealed, &secret.id.to_string()).is_ok()
}

fn count(ledger: &Ledger, all: usize, shut: &[String], report: &mut Report) {
    let what = format!("signing secrets of {ledger}");
    if all == 0 {
        let remedy = "call CreateWebhookEndpoint, or add the endpoint's own with AddWebhookSecret";
        report.problem(what, "a campaign is live and there is none, so no webhook is taken", remedy);
    } else if !shut.is_empty() {
        let how = format!("{} of {all} were sealed with another secrets key", shut.len());
        let remedy = "give that key back, or add them again with AddWebhookSecret and end these with RemoveWebhookSecret \
                      (a key of scope admin)";
        report.problem(what, how, format!("{remedy}: {}", shut.join(", ")));
    } else {
        report.ok(what, format!("{all} active"));
    }
}

/// When the ledgers that have a key for Stripe were last compared with Stripe's own list of events.
pub async fn comparisons(store: &Store, keyring: &Keyring, now: Time, report: &mut Report) -> Result<(), Problem> {
    for ledger in keyring.ledgers() {
        let what = format!("events at Stripe of {ledger}");
        let Some(run) = store.reconciliation(ledger).await? else {
            report.ok(what, "not compared yet; serve does it by itself, \"referrald reconcile\" at once");
            continue;
        };
        let (new, seen) = (run.counts.new, run.counts.seen);
        let hours_since = |at: Time| (now.seconds() - at.seconds()).max(0) / 3600;
        match (run.finished_at.map(hours_since), &run.last_error) {
            (Some(hours), _) if hours < COMPARED_DAYS * 24 => {
                report.ok(what, format!("compared {hours} hours ago: {new} of {seen} had not reached us"));
            }
            (Some(hours), _) => {
                let remedy = "run \"referrald reconcile\" before they are gone after 30 days, or leave it to serve";
                report.warning(what, format!("compared {} days ago", hours / 24), remedy);
            }
            (None, Some(why)) if !run.is_held(now) => {
                let remedy = "mend the cause; serve goes on with it, and so does \"referrald reconcile\"";
                report.warning(what, format!("the comparison was broken off: {why}"), remedy);
            }
            (None, _) => report.ok(what, format!("being compared: {new} of {seen} had not reached us")),
        }
    }
    Ok(())
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
