//! What one ledger has of a person, and its erasure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Order;
use crate::app::batch::Batch;
use crate::app::error::{Error, Result};
use crate::app::load::around_referrals;
use crate::app::rewards::book::Book;
use crate::domain::email::Email;
use crate::domain::erasure::{Counts, Open};
use crate::domain::id::RewardId;
use crate::domain::referral::Referrer;
use crate::domain::reward::{Reward, RewardRule};
use crate::domain::spend::FOREVER;
use crate::domain::world::Enrolled;
use crate::store::{LedgerRow, Object, Tx};

/// A reward, what becomes of it, and its rule.
pub(super) type Moved = (Reward, Reward, RewardRule);

/// Everything of a person in a ledger.
pub(super) struct Estate {
    /// The ledger, locked.
    pub(super) row: LedgerRow,
    referrals: Vec<Enrolled>,
    /// The ids under which the person is given rewards.
    recipients: BTreeSet<String>,
    /// The rewards that are the person's.
    rewards: BTreeSet<String>,
    /// Those that the person still waits for, as they are when called off.
    pub(super) open: Vec<Moved>,
    /// Those about which words were written that may name the person, without these.
    told: Vec<Moved>,
    /// How many something is to be done about at Stripe.
    pub(super) under_way: usize,
}

impl Estate {
    /// Loads it. The ledger is locked.
    pub(super) async fn load(
        tx: &mut Tx,
        row: LedgerRow,
        order: &Order<'_>,
        referrer: Option<&Referrer>,
    ) -> Result<Self> {
        let email = order.email.identity().to_owned();
        let referrals = tx.referrals_by_email(row.id, std::slice::from_ref(&email)).await?;
        let mut recipients = ids_of(&referrals);
        let earned = tx.rewards_of_referrals(&recipients).await?;
        recipients.extend(referrer.map(|referrer| referrer.id.to_string()));
        let mut own = tx.rewards_to(row.id, &recipients).await?;
        own.extend(tx.rewards_awaiting(row.id, [&email]).await?);
        let own: BTreeMap<RewardId, Reward> = own.into_iter().map(|reward| (reward.id, reward)).collect();
        let of_others = earned.into_iter().filter(|reward| !own.contains_key(&reward.id));
        let of_others: Vec<Reward> = of_others.filter(Reward::has_words).collect();
        let rules = rules_of(tx, own.values().chain(&of_others)).await?;
        let rule = |reward: &Reward| rules.get(&reward.rule_id.to_string()).cloned().ok_or(Error::Internal);
        let rewards = own.keys().map(ToString::to_string).collect();
        let mut estate = Self { row, referrals, recipients, rewards, open: Vec::new(), told: Vec::new(), under_way: 0 };
        for reward in own.into_values() {
            let rule = rule(&reward)?;
            match reward.is_open(&rule, order.now) {
                Open::No => estate.told.push((reward.clone(), reward.wordless(order.now), rule)),
                Open::Yes(after) => estate.open.push((reward, *after, rule)),
                Open::UnderWay => estate.under_way += 1,
            }
        }
        for reward in of_others {
            let rule = rule(&reward)?;
            estate.told.push((reward.clone(), reward.wordless(order.now), rule));
        }
        Ok(estate)
    }

    /// Takes the person out of it.
    pub(super) async fn erase(
        &self,
        tx: &mut Tx,
        order: &Order<'_>,
        pseudonym: &Email,
        counts: &mut Counts,
    ) -> Result<()> {
        self.settle_rewards(tx, order).await?;
        counts.rewards_canceled += self.open.len() as u64;
        self.erase_referrals(tx, order, pseudonym).await?;
        counts.referrals += self.referrals.len() as u64;
        for object in tx.rename_identities(self.row.id, order.email.identity(), pseudonym.identity()).await? {
            match object {
                Object::Charge => counts.charges += 1,
                Object::Customer => counts.customers += 1,
                Object::Checkout => counts.checkouts += 1,
            }
        }
        let (referrals, rewards) = (ids_of(&self.referrals), self.rewards.iter().cloned().collect::<Vec<_>>());
        counts.events += tx.erase_events(pseudonym, &referrals, &rewards, &self.recipients).await?;
        counts.jobs += tx.drop_jobs(&referrals.iter().chain(&self.rewards).cloned().collect()).await?;
        counts.answers += tx.drop_answers(&referrals).await?;
        Ok(())
    }

    async fn settle_rewards(&self, tx: &mut Tx, order: &Order<'_>) -> Result<()> {
        let mut book = Book::new(order.cause.clone(), order.now);
        for (before, after, rule) in self.open.iter().chain(&self.told) {
            book.follow(rule, Some(before), after.clone());
        }
        book.write(tx, &self.row).await
    }

    /// The payments that are known of a person go on counting, and they alone.
    async fn erase_referrals(&self, tx: &mut Tx, order: &Order<'_>, pseudonym: &Email) -> Result<()> {
        if self.referrals.is_empty() {
            return Ok(());
        }
        // The rewards may have written events since it was locked.
        let row = tx.lock_ledger_by_id(self.row.id).await?;
        let world = around_referrals(tx, row.id, self.referrals.clone(), Some(FOREVER)).await?;
        let erased = self.referrals.iter().map(|before| {
            let charges = world.payments(before).into_iter().map(|payment| payment.charge.id).collect();
            let referral = before.referral.erased(pseudonym, charges, order.now);
            (before, Enrolled { referral, ..before.clone() })
        });
        let erased: Vec<_> = erased.collect();
        let mut batch = Batch::new(world, (*order.cause).clone(), order.now);
        for (before, after) in erased {
            tx.erase_referral(&after.referral).await?;
            batch.replace(before, after);
        }
        batch.write(tx, &row).await
    }
}

fn ids_of(referrals: &[Enrolled]) -> BTreeSet<String> {
    referrals.iter().map(|enrolled| enrolled.referral.id.to_string()).collect()
}

/// The rules of rewards, by id.
async fn rules_of(tx: &mut Tx, rewards: impl Iterator<Item = &Reward>) -> Result<HashMap<String, RewardRule>> {
    let campaigns: BTreeSet<String> = rewards.map(|reward| reward.campaign_id.to_string()).collect();
    let rules = tx.reward_rules(&campaigns).await?;
    let rules = rules.iter().flat_map(|(_, rules)| rules.iter());
    Ok(rules.map(|rule| (rule.id.to_string(), rule.clone())).collect())
}
