//! Why a referral stands where it stands, from the facts on record.

use super::error::Result;
use super::load::{around_facts, around_referrals, facts_of};
use super::{App, Caller, accounts, referrals};
use crate::domain::campaign::Ledger;
use crate::domain::explanation::{Explanation, StateChange, lines};
use crate::domain::fact::{Fact, ObjectKind};
use crate::domain::id::ReferralId;
use crate::domain::inquiry::{Concerned, EVENTS_MAX, Inquiry, Object};
use crate::domain::job::look_up_subject;
use crate::domain::qualification::steps;
use crate::domain::spend::FOREVER;
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World, case};
use crate::store::Tx;
use crate::stripe::EVENT_TYPES;

/// How many rewards of a referral an answer shows, and how many that it earned with others.
const REWARDS_MAX: u32 = 50;

impl App {
    /// Explains a referral; changes nothing.
    pub async fn explain(&self, caller: &Caller, id: ReferralId) -> Result<Explanation> {
        self.referral(caller, id).await?;
        let now = self.clock.now();
        let mut tx = self.store.snapshot().await?;
        let ledger = tx.ledger_of_referral(id).await?.ok_or_else(|| referrals::not_found(id))?;
        let enrolled = tx.referral(id).await?.ok_or_else(|| referrals::not_found(id))?;
        let world = around_referrals(&mut tx, ledger, vec![enrolled.clone()], Some(FOREVER)).await?;
        let (decision, payments) = world.decide(&enrolled, now);
        let asked = world.look_ups(&enrolled, &decision, &payments);
        let asked: Vec<String> = asked.iter().map(|asked| look_up_subject(ledger, &asked.charge_id)).collect();
        let look_ups = tx.jobs_of_all(&asked).await?.into_iter();
        let look_ups = look_ups.filter_map(|job| Some((job.charge_id()?.to_owned(), job))).collect();
        let rewards = tx.newest_rewards_of(id, REWARDS_MAX).await?;
        let rules = world.reward_rules(enrolled.referral.campaign_id).iter();
        let shared =
            rules.filter(|rule| !rule.terms.pattern.is_every_first()).map(|rule| rule.id.to_string()).collect();
        let shared_rewards = tx.newest_rewards_under(enrolled.referral.referrer_id, &shared, REWARDS_MAX).await?;
        let last_change = StateChange::latest(&tx.newest_state_changes(id, 2).await?);
        Ok(Explanation {
            lines: lines(&world, &enrolled),
            steps: steps(&case(&enrolled, false, &payments)),
            existing: world.existing_by(&enrolled, &payments),
            enrolled,
            decision,
            look_ups,
            rewards,
            shared_rewards,
            last_change,
            now,
        })
    }
}

/// How many changes an answer on an event shows.
const CHANGES_MAX: u32 = 50;
/// Of how many referrals that it concerns the history is looked at where it changed nothing.
const HISTORIES_MAX: usize = 10;
/// For how many days events are kept at least.
const KEEP_DAYS_MIN: i64 = 1;

impl App {
    /// Explains an event of the payment source; changes nothing. That it never came is an answer too.
    pub async fn explain_event(&self, caller: &Caller, ledger: Ledger, id: String) -> Result<Inquiry> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        let row = self.store.log_of(&ledger).await?.ok_or_else(|| accounts::not_found(&ledger.account))?.ledger;
        let now = self.clock.now();
        let mut tx = self.store.snapshot().await?;
        let received = tx.delivery(row, &id).await?;
        let mut changes = tx.events_of_delivery(row, &id, CHANGES_MAX + 1).await?;
        let has_more_changes = changes.len() > CHANGES_MAX as usize;
        changes.truncate(CHANGES_MAX as usize);
        let mut elsewhere = tx.ledgers_of_delivery(&id).await?;
        elsewhere.retain(|other| *other != ledger && caller.touches(&other.account, "account", "").is_ok());
        let has_secret = tx.count_secrets(row).await? > 0;
        let mut objects = match &received {
            Some(received) => objects(&mut tx, row, &received.objects, now).await?,
            None => Vec::new(),
        };
        if changes.is_empty() {
            for concerned in objects.iter_mut().flat_map(|object| &mut object.referrals).take(HISTORIES_MAX) {
                concerned.events = tx.newest_events_of(concerned.enrolled.referral.id, EVENTS_MAX).await?;
            }
        }
        // Nothing is removed within a day; where all was removed, no more is known.
        let log = tx.log(row).await?;
        let kept_since = tx.oldest_event_at(log).await?.unwrap_or_else(|| now.plus_days(-KEEP_DAYS_MIN));
        let came_before = received.as_ref().is_some_and(|received| received.first_at <= kept_since);
        let may_be_removed = log.first_seq > 1 && came_before;
        let types = EVENT_TYPES.to_vec();
        Ok(Inquiry {
            event_id: id,
            received,
            changes,
            has_more_changes,
            may_be_removed,
            objects,
            elsewhere,
            has_secret,
            types,
        })
    }
}

/// Objects with whom they concern, by what is known now.
async fn objects(tx: &mut Tx, ledger: i64, objects: &[(ObjectKind, String)], now: Time) -> Result<Vec<Object>> {
    let facts = facts_of(tx, ledger, objects).await?;
    let world = around_facts(tx, ledger, facts.iter()).await?;
    let object = |(kind, id): &(ObjectKind, String)| {
        let fact = facts.iter().find(|fact| (fact.kind(), fact.id()) == (*kind, id));
        let referrals = fact.map(|fact| concerned(&world, fact, now)).unwrap_or_default();
        // With its identities, which `facts` are without.
        let fact = fact.and_then(|fact| world.fact(fact));
        Object { kind: *kind, id: id.clone(), fact, referrals }
    };
    Ok(objects.iter().map(object).collect())
}

fn concerned(world: &World, fact: &Fact, now: Time) -> Vec<Concerned> {
    let (charges, referrals) = world.around(fact);
    let concerned = |enrolled: &Enrolled| {
        let mut payments = lines(world, enrolled);
        payments.retain(|line| charges.contains(&line.payment.charge.id));
        let waits = world.decide(enrolled, now).0 != enrolled.referral.decision;
        Concerned { enrolled: enrolled.clone(), payments, waits, events: Vec::new() }
    };
    referrals.into_iter().filter_map(|id| world.referral(id)).map(concerned).collect()
}
