//! What is to be given at Stripe, and what came of it: for those who do it, within their transaction.

use std::sync::Arc;

use super::book::Book;
use super::{rule_of, stored};
use crate::app::error::Result;
use crate::app::load::around_referrals;
use crate::app::{referrals, referrers};
use crate::domain::email::Email;
use crate::domain::event;
use crate::domain::id::RewardId;
use crate::domain::qualification::{left_since, spend_at};
use crate::domain::reward::{Cause, Outcome, Recipient, Reward, RewardRule};
use crate::domain::spend::FOREVER;
use crate::domain::time::Time;
use crate::domain::world::case;
use crate::store::{LedgerRow, Tx};

/// Everything that is to be known to issue a reward or to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The reward.
    pub reward: Reward,
    /// Its rule.
    pub rule: RewardRule,
    /// Whose customer gets it.
    pub email: Email,
    /// The customer linked to the recipient.
    pub customer_id: Option<String>,
}

/// Reads a reward with its rule and its recipient.
///
/// # Errors
/// There is no such reward, or the database is not available.
pub async fn gift(tx: &mut Tx, id: RewardId) -> Result<Gift> {
    let reward = stored(tx, id).await?;
    let rule = rule_of(tx, &reward).await?;
    let (email, customer_id) = match reward.recipient {
        Recipient::Referrer(id) => {
            let referrer = tx.referrer(id).await?.ok_or_else(|| referrers::not_found(id))?;
            (referrer.person.email, None)
        }
        Recipient::Referred(id) => {
            let referral = tx.referral(id).await?.ok_or_else(|| referrals::not_found(id))?.referral;
            (referral.person.email, referral.customer.map(|linked| linked.id))
        }
    };
    Ok(Gift { reward, rule, email, customer_id })
}

/// What is still to be given of a reward that is money, in minor units; computed and noted under the ledger's lock, so
/// that no other one for the same referral takes the same part of a cap. A share that may have reached Stripe already
/// stays as it was; one of 0 is not noted, and ends with [`Outcome::NothingDue`].
///
/// # Errors
/// The database is not available.
pub async fn price(tx: &mut Tx, ledger: &LedgerRow, gift: &Gift, cause: event::Cause, now: Time) -> Result<i64> {
    let Gift { reward: before, rule, .. } = gift;
    let Some(share) = share_minor(tx, ledger.id, before, rule).await? else {
        return Ok(before.rest_minor().unwrap_or(0));
    };
    let priced = before.priced(share, now);
    if share > 0 {
        let mut book = Book::new(Arc::new(cause), now);
        book.follow(rule, Some(before), priced.clone());
        book.write(tx, ledger).await?;
    }
    Ok(priced.rest_minor().unwrap_or(0))
}

/// What a share comes to now; `None` where the reward is none, or stays as it is: it was sent, or computed before the
/// campaign's rule took another currency.
async fn share_minor(tx: &mut Tx, ledger: i64, reward: &Reward, rule: &RewardRule) -> Result<Option<i64>> {
    let is_open = rule.terms.kind.is_share() && reward.sent_at.is_none() && reward.given_minor == 0;
    let Some(referral_id) = reward.referral_id.filter(|_| is_open) else { return Ok(None) };
    let enrolled = tx.referral(referral_id).await?.ok_or_else(|| referrals::not_found(referral_id))?;
    if enrolled.rule.currency != reward.currency {
        return Ok(None);
    }
    let world = around_referrals(tx, ledger, vec![enrolled.clone()], Some(FOREVER)).await?;
    let payments = world.payments(&enrolled);
    let case = case(&enrolled, false, &payments);
    let since = enrolled.referral.decision.qualified_at;
    let net_minor = match (&reward.cause, since) {
        (_, None) => 0,
        (Cause::Charge(charge), Some(since)) => {
            left_since(&case, since).find(|(payment, _)| payment.charge.id == *charge).map_or(0, |(_, minor)| minor)
        }
        (_, Some(since)) => spend_at(&case, since),
    };
    let others = tx.rewards_of_referrals([&referral_id.to_string()]).await?;
    let others = others.iter().filter(|other| other.rule_id == rule.id && other.id != reward.id);
    Ok(rule.share_minor(net_minor, others.map(Reward::claimed_minor).sum()))
}

/// Notes what came of the attempt to issue a reward or to take it back, and lets it go on by what is known of its cause
/// by now. Whoever says that a recipient has no customer has looked for one under this same lock.
///
/// # Errors
/// There is no such reward, no such attempt is under way, or the database is not available.
pub async fn finish(
    tx: &mut Tx,
    ledger: &LedgerRow,
    id: RewardId,
    outcome: Outcome,
    cause: event::Cause,
    now: Time,
) -> Result<Reward> {
    let before = stored(tx, id).await?;
    let rule = rule_of(tx, &before).await?;
    let mut book = Book::new(Arc::new(cause), now);
    let done = book.follow(&rule, Some(&before), before.finished(outcome, now)?);
    let settled = book.follow(&rule, Some(&done), done.settle(&rule, done.unearned_at.is_none(), now));
    book.write(tx, ledger).await?;
    Ok(settled)
}
