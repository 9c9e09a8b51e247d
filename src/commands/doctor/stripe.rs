//! Stripe's side: its clock, our keys, and the endpoint that it sends events to.

use referrald::app::endpoints::lacking_types;
use referrald::app::secrets::{account_url, campaign_url};
use referrald::clock::Clock;
use referrald::domain::campaign::{Campaign, Ledger, NotReady, State};
use referrald::domain::time::Time;
use referrald::stripe::client::{Failure, Kind, Stripe, WebhookEndpoint};
use referrald::stripe::keyring::Keyring;
use referrald::stripe::signature::AGE_SECONDS_MAX;

use super::Report;
use super::rights::{Right, permission};

/// How far from Stripe's a clock may be without a word: what networks and whole seconds make of it.
const SKEW_SECONDS: i64 = 10;
/// The first version of Stripe's API that tells of every refund by itself.
const ALL_REFUNDS_SINCE: &str = "2024-10-28";

/// Stripe's name for the permission to see the account.
const READ_ACCOUNT: &str = "rak_accounts_kyc_basic_read";

/// Whether this machine's clock is Stripe's.
pub async fn clock(keyring: &Keyring, clock: &Clock, report: &mut Report) {
    let Some((_, stripe)) = keyring.all().next() else {
        return report.not_checked("clock", "there is no Stripe key to ask Stripe for the time with");
    };
    let asked_at = clock.now();
    match stripe.time().await {
        Ok(Some(there)) => {
            let skew = skew_seconds(asked_at, there, clock.now());
            let how = format!("it is {} s {} Stripe's", skew.abs(), if skew > 0 { "ahead of" } else { "behind" });
            let remedy = "set it, and keep it set, say with chrony or systemd-timesyncd";
            match skew.abs() {
                0..=SKEW_SECONDS => report.ok("clock", "it agrees with Stripe's"),
                AGE_SECONDS_MAX.. => report.problem("clock", how, remedy),
                _ => report.warning("clock", how, remedy),
            }
        }
        Ok(None) => report.not_checked("clock", "Stripe's answer has no date"),
        Err(failure) => report.not_checked("clock", failure),
    }
}

/// How far ahead of Stripe's a clock is that showed one time before Stripe said its own, and another after.
fn skew_seconds(before: Time, there: Time, after: Time) -> i64 {
    if there.seconds() > after.seconds() {
        after.seconds() - there.seconds()
    } else {
        (before.seconds() - there.seconds()).max(0)
    }
}

/// Campaigns that need a key which is not given.
pub fn missing(keyring: &Keyring, campaigns: &[Campaign], report: &mut Report) {
    let running = campaigns.iter().filter(|campaign| matches!(campaign.state, State::Live | State::Paused));
    for campaign in running.filter(|campaign| keyring.of(&campaign.ledger).is_none()) {
        if let Err(NotReady::NeedsStripeKey(what)) = campaign.ready(false) {
            let how = format!("there is none, and campaign {} has {}", campaign.id, what.join(", "));
            report.problem(format!("Stripe key of {}", campaign.ledger), how, "give one with --stripe-key");
        }
    }
}

/// The way to Stripe that a key opens, and who goes it.
pub struct Way<'a> {
    pub ledger: &'a Ledger,
    pub stripe: &'a Stripe,
    /// Those of the ledger.
    pub campaigns: Vec<&'a Campaign>,
}

impl Way<'_> {
    /// Whether the key is good for what its campaigns need; false where Stripe does not answer to it.
    pub async fn key(&self, clock: &Clock, report: &mut Report) -> bool {
        let what = format!("Stripe key of {}", self.ledger);
        let account = match self.stripe.account().await {
            Ok(account) => format!("it is of account {}", account.id),
            Err(failure) if failure.kind == (Kind::Key { status: 403 }) => {
                format!("it may not say of which account it is ({})", permission(&failure, READ_ACCOUNT))
            }
            Err(failure) => return shut(what, failure, report),
        };
        let (mut spared, mut lacking) = (Vec::new(), false);
        for right in Right::ALL {
            match right.ask(self.stripe, clock.now()).await {
                Ok(None) => {}
                Ok(Some(name)) if self.campaigns.iter().any(|campaign| right.is_needed_by(campaign)) => {
                    let how = format!("it may not {}, which a campaign needs ({name})", right.what());
                    report.problem(&what, how, "give it that permission in Stripe's dashboard");
                    lacking = true;
                }
                Ok(Some(name)) => {
                    spared.push(format!("; it may not {}, and no campaign needs that ({name})", right.what()));
                }
                Err(failure) => return shut(what, failure, report),
            }
        }
        if !lacking {
            report.ok(what, format!("{account}{}", spared.concat()));
        }
        true
    }

    /// Whether Stripe sends everything here.
    pub async fn endpoint(&self, public_url: Option<&str>, report: &mut Report) {
        let what = format!("webhook endpoint of {}", self.ledger);
        let Some(base) = public_url else {
            return report.not_checked(what, "--public-url is not given");
        };
        let mut urls = vec![account_url(base, &self.ledger.account)];
        urls.extend(self.campaigns.iter().map(|campaign| campaign_url(base, campaign.id)));
        let known = match self.stripe.webhook_endpoints().await {
            Ok(known) => known,
            Err(failure) => return report.not_checked(what, failure),
        };
        let ours: Vec<WebhookEndpoint> = known.into_iter().filter(|endpoint| urls.contains(&endpoint.url)).collect();
        if ours.is_empty() {
            let how = format!("Stripe has none for {}, nor for a campaign alone", urls[0]);
            let remedy = "call CreateWebhookEndpoint, or create it in Stripe's dashboard";
            if self.campaigns.iter().any(|campaign| campaign.state == State::Live) {
                report.problem(&what, how, remedy);
            } else {
                report.warning(&what, how, remedy);
            }
        }
        for endpoint in &ours {
            judge(&what, endpoint, report);
        }
    }
}

/// Stripe does not answer to a key.
fn shut(what: String, failure: Failure, report: &mut Report) -> bool {
    let remedy = match failure.kind {
        Kind::Key { .. } => "take a good one from Stripe's dashboard, and give it with --stripe-key",
        _ => "make sure that --stripe-url can be reached from here, and ask again",
    };
    report.problem(what, failure, remedy);
    false
}

fn judge(what: &str, endpoint: &WebhookEndpoint, report: &mut Report) {
    let (url, lacking) = (&endpoint.url, lacking_types(&endpoint.events).join(", "));
    let repair = "call CreateWebhookEndpoint, which repairs it";
    let renew = "create another with the newest version, and delete this one";
    match endpoint.api_version.as_deref() {
        _ if !endpoint.enabled => report.problem(what, format!("{url} is disabled at Stripe"), repair),
        _ if !lacking.is_empty() => report.problem(what, format!("{url} is not sent {lacking}"), repair),
        None => report.warning(what, format!("{url} is sent whatever version the account has"), renew),
        Some(version) if version < ALL_REFUNDS_SINCE => {
            report.warning(
                what,
                format!("{url} is sent version {version}, which does not tell of every refund"),
                renew,
            );
        }
        Some(version) => report.ok(what, format!("{url} is sent every type that counts, in version {version}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_agrees_where_stripe_says_a_time_between_the_asking_and_the_answer() {
        let skew = |before, there, after| {
            skew_seconds(Time::from_micros(before), Time::from_seconds(there), Time::from_micros(after))
        };
        for (before, there, after, seconds) in [
            (1_900_000, 1, 2_100_000, 0),
            (1_900_000, 2, 2_100_000, 0),
            (9_000_000, 1, 9_500_000, 8),
            (1_000_000, 9, 1_500_000, -8),
        ] {
            assert_eq!(skew(before, there, after), seconds, "{before} {there} {after}");
        }
    }
}
