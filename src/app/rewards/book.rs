//! The rewards of a transaction: loaded in a fixed number of queries, settled in memory step by step in the order in
//! which referrals changed, and written at once with all events.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::app::error::Result;
use crate::clock::random;
use crate::domain::event::{self, Change, Event, reward_change};
use crate::domain::id::{CampaignId, JobId, ReferralId, ReferrerId, RewardId, RewardRuleId};
use crate::domain::job::{Job, JobKind};
use crate::domain::money::Currency;
use crate::domain::reward::{
    Cause, Earning, Merits, Paid, Recipient, Reward, RewardRule, Role, Standing, State, earned,
};
use crate::domain::stats::Counter;
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World};
use crate::store::{LedgerRow, Tx};

/// What happened, in order.
pub(in crate::app) enum Step {
    /// A referral changed.
    Told(Change, Box<Enrolled>),
    /// This is where a referral stands for its rewards.
    Stands(Standing),
    /// There are customers with these email identities.
    Customers(BTreeSet<String>),
}

/// The rewards of a recipient under a rule.
type Account = BTreeMap<Cause, Reward>;
/// Which account that is.
type Holder = (RewardRuleId, Recipient);

/// Rewards, and what becomes of them.
pub(in crate::app) struct Book {
    now: Time,
    cause: Arc<event::Cause>,
    accounts: HashMap<Holder, Account>,
    /// Rewards that wait for somebody's customer; a reward may be loaded for several reasons, and waits once.
    awaiting: BTreeSet<(String, Holder, Cause)>,
    /// Of referrers whose rewards depend on each other, those who are qualified, and since when.
    qualified: HashMap<(CampaignId, ReferrerId), BTreeMap<ReferralId, Time>>,
    /// The currencies of what they spent.
    currencies: HashMap<ReferralId, Currency>,
    changed: BTreeMap<RewardId, Reward>,
    counter: Counter,
    jobs: Vec<Job>,
    events: Vec<(Arc<event::Cause>, Event)>,
    /// Whose payments may find a place by now that they did not find before.
    woken: BTreeSet<(CampaignId, ReferrerId)>,
}

impl Book {
    pub(in crate::app) fn new(cause: Arc<event::Cause>, now: Time) -> Self {
        Self {
            now,
            cause,
            accounts: HashMap::new(),
            awaiting: BTreeSet::new(),
            qualified: HashMap::new(),
            currencies: HashMap::new(),
            changed: BTreeMap::new(),
            counter: Counter::default(),
            jobs: Vec::new(),
            events: Vec::new(),
            woken: BTreeSet::new(),
        }
    }

    /// Everything that these steps may change, before any of it is written.
    pub(in crate::app) async fn load(
        tx: &mut Tx,
        ledger: i64,
        world: &World,
        cause: Arc<event::Cause>,
        steps: &[(Arc<event::Cause>, Step)],
        now: Time,
    ) -> Result<Self> {
        let wanted = Wanted::by(world, steps);
        let mut book = Self::new(cause, now);
        book.take_in(tx.rewards_of_referrals(&wanted.referrals).await?);
        let Wanted { payees, recurring, charges, .. } = &wanted;
        book.take_in(tx.rewards_for_charges(payees, recurring, charges).await?);
        book.take_in(tx.rewards_under(&wanted.referrers, &wanted.rules).await?);
        book.take_in(tx.rewards_awaiting(ledger, &wanted.emails).await?);
        for known in tx.qualified_of(&wanted.referrers, &wanted.campaigns).await? {
            book.qualified.entry((known.campaign_id, known.referrer_id)).or_default().insert(known.id, known.at);
            book.currencies.insert(known.id, known.currency);
        }
        Ok(book)
    }

    fn take_in(&mut self, rewards: Vec<Reward>) {
        for reward in rewards {
            if let Some(email) = &reward.awaiting_email {
                self.awaiting.insert((email.clone(), holder(&reward), reward.cause.clone()));
            }
            self.accounts.entry(holder(&reward)).or_default().insert(reward.cause.clone(), reward);
        }
    }

    /// One step further, and what led to it.
    pub(in crate::app) fn take(&mut self, world: &World, cause: Arc<event::Cause>, step: Step) {
        self.cause = cause;
        match step {
            Step::Told(change, enrolled) => self.tell(Event::Referral(change, enrolled)),
            Step::Stands(standing) => self.settle(world.reward_rules(standing.campaign_id), &standing),
            Step::Customers(emails) => self.customers_came(&emails),
        }
    }

    /// What a referral earns now, and what it does not any more.
    fn settle(&mut self, rules: &[RewardRule], standing: &Standing) {
        let of_referrer = self.qualified.entry((standing.campaign_id, standing.referrer_id)).or_default();
        match standing.qualified_at {
            Some(at) => of_referrer.insert(standing.referral_id, at),
            None => of_referrer.remove(&standing.referral_id),
        };
        self.currencies.insert(standing.referral_id, standing.currency);
        for rule in rules {
            self.settle_under(rule, standing);
        }
    }

    fn settle_under(&mut self, rule: &RewardRule, standing: &Standing) {
        let recipient = match rule.terms.role {
            Role::Referrer => Recipient::Referrer(standing.referrer_id),
            Role::Referred => Recipient::Referred(standing.referral_id),
        };
        let holder = (rule.id, recipient);
        self.reassign(&holder, rule, standing);
        let account = self.accounts.remove(&holder).unwrap_or_default();
        let merits = self.merits(rule, standing, &account);
        let issued = account.values().filter(|reward| reward.is_out()).map(|reward| reward.cause.clone()).collect();
        let mut earned = earned(rule, &merits, &issued);
        if standing.is_nobody(rule.terms.role) {
            // Who was erased keeps what they have, and earns nothing any more.
            let keeps = |reward: &Reward| reward.unearned_at.is_none() || reward.stands_again();
            earned.retain(|cause| account.get(cause).is_some_and(keeps));
        }
        self.wake(rule, standing, &account, &earned);
        let concerned = |reward: &&Reward| rule.terms.is_shared() || reward.referral_id == Some(standing.referral_id);
        let settled = |reward: &Reward| {
            let settled = reward.settle(rule, earned.contains(&reward.cause), self.now);
            let is_of = reward.referral_id == Some(standing.referral_id);
            if is_of { settled.denominated(rule, standing.currency, self.now) } else { settled }
        };
        let moved: Vec<_> =
            account.values().filter(concerned).map(|reward| (reward.clone(), settled(reward))).collect();
        let new: Vec<_> = earned.iter().filter(|cause| !account.contains_key(cause)).cloned().collect();
        self.accounts.insert(holder, account);
        for (before, after) in moved {
            self.follow(rule, Some(&before), after);
        }
        for cause in new {
            let earning = self.earning(recipient, cause, standing);
            let id = RewardId::new(self.now, random());
            self.follow(rule, None, Reward::new(id, standing.campaign_id, rule, earning, self.now));
        }
    }

    /// A payment may have come to this referral from another one of the same referrer.
    fn reassign(&mut self, holder: &Holder, rule: &RewardRule, standing: &Standing) {
        let Some(account) = self.accounts.get(holder) else { return };
        let theirs = |(_, charge): &Paid| account.get(&Cause::Charge(charge.clone()));
        let theirs = standing.payments.iter().filter_map(theirs);
        let theirs: Vec<Reward> =
            theirs.filter(|reward| reward.referral_id != Some(standing.referral_id)).cloned().collect();
        for before in theirs {
            self.follow(rule, Some(&before), before.reassigned(standing.referral_id, self.now));
        }
    }

    /// What speaks for a recipient: this referral alone, or all of a referrer's where these depend on each other. Of the
    /// others' payments only those are known that have a place already.
    fn merits(&self, rule: &RewardRule, standing: &Standing, account: &Account) -> Merits {
        let id = standing.referral_id;
        let mut merits = Merits::of(standing);
        if !rule.terms.is_shared() {
            return merits;
        }
        let others = account.values().filter(|reward| reward.unearned_at.is_none() && reward.referral_id != Some(id));
        for reward in others {
            if let (Cause::Charge(charge), Some(referral), Some(at)) =
                (&reward.cause, reward.referral_id, reward.paid_at)
            {
                merits.payments.entry(referral).or_default().insert((at, charge.clone()));
            }
        }
        let of_referrer = self.qualified.get(&(standing.campaign_id, standing.referrer_id));
        Merits { qualified: of_referrer.cloned().unwrap_or_default(), ..merits }
    }

    /// Where all places for payments were taken and one of these is lost, it may be for a payment that found none, of which
    /// nothing is on record: the sweep looks at all referrals of the referrer.
    fn wake(&mut self, rule: &RewardRule, standing: &Standing, account: &Account, earned: &BTreeSet<Cause>) {
        let limited = rule.terms.is_shared() && rule.terms.is_recurring();
        let Some(limit) = rule.terms.limit_per_recipient.filter(|_| limited) else { return };
        let held: Vec<&Cause> =
            account.values().filter(|reward| reward.unearned_at.is_none()).map(|reward| &reward.cause).collect();
        if held.len() >= limit as usize && held.iter().any(|cause| !earned.contains(*cause)) {
            self.woken.insert((standing.campaign_id, standing.referrer_id));
        }
    }

    fn earning(&self, recipient: Recipient, cause: Cause, standing: &Standing) -> Earning {
        let paid = standing.payments.iter().find(|(_, charge)| cause == Cause::Charge(charge.clone()));
        let referral_id = match &cause {
            Cause::Referral(id) => Some(*id),
            Cause::Charge(_) => Some(standing.referral_id),
            Cause::Slot(_) => None,
        };
        let spent_in = referral_id.and_then(|id| self.currencies.get(&id)).copied().unwrap_or(standing.currency);
        Earning { recipient, cause, paid_at: paid.map(|(at, _)| *at), referral_id, spent_in }
    }

    fn customers_came(&mut self, emails: &BTreeSet<String>) {
        let waiting = self.awaiting.iter().filter(|(email, ..)| emails.contains(email));
        let waiting = waiting.filter_map(|(_, holder, cause)| self.accounts.get(holder)?.get(cause).cloned());
        for before in waiting.collect::<Vec<_>>() {
            self.look_again(&before);
        }
    }

    /// Looks for the customer of a recipient once more, where the reward waits for one.
    pub(in crate::app) fn look_again(&mut self, before: &Reward) {
        self.put(Some(before), before.look_again(self.now));
    }

    /// Takes in what became of a reward, and lets it go on where it has just become due and needs no approval.
    pub(in crate::app) fn follow(&mut self, rule: &RewardRule, before: Option<&Reward>, after: Reward) -> Reward {
        self.put(before, after.clone());
        let was_due = before.is_some_and(|before| before.state == State::Due);
        match after.released(rule, self.now) {
            Some(released) if !was_due => {
                self.put(Some(&after), released.clone());
                released
            }
            _ => after,
        }
    }

    fn put(&mut self, before: Option<&Reward>, after: Reward) {
        if before == Some(&after) {
            return;
        }
        self.counter.reward(before, &after);
        let was = before.map(|before| before.state);
        let job = match after.state {
            State::Issuing => Some(JobKind::Issue),
            State::Reversing => Some(JobKind::Reverse),
            _ => None,
        };
        if let Some(kind) = job.filter(|_| was != Some(after.state)) {
            let id = JobId::new(self.now, random());
            self.jobs.push(Job::new(id, kind, after.id, Some(after.campaign_id), self.now));
        }
        if let Some(change) = reward_change(before, &after) {
            self.tell(Event::Reward(change, Box::new(after.clone())));
        }
        self.accounts.entry(holder(&after)).or_default().insert(after.cause.clone(), after.clone());
        self.changed.insert(after.id, after);
    }

    fn tell(&mut self, event: Event) {
        self.events.push((self.cause.clone(), event));
    }

    /// Writes the rewards, what is to be done at Stripe, and all events.
    pub(in crate::app) async fn write(self, tx: &mut Tx, ledger: &LedgerRow) -> Result<()> {
        tx.save_rewards(ledger.id, self.changed.values()).await?;
        tx.count(&self.counter).await?;
        tx.add_jobs(ledger.id, &self.jobs).await?;
        let campaigns = self.woken.iter().map(|(campaign, _)| campaign.to_string()).collect();
        let referrers = self.woken.iter().map(|(_, referrer)| referrer.to_string()).collect();
        tx.wake_qualified(&referrers, &campaigns, self.now).await?;
        tx.append_events(ledger.id, ledger.last_seq, &self.events, self.now).await?;
        Ok(())
    }
}

fn holder(reward: &Reward) -> Holder {
    (reward.rule_id, reward.recipient)
}

/// The names of what is to be loaded.
#[derive(Default)]
struct Wanted {
    referrals: BTreeSet<String>,
    referrers: BTreeSet<String>,
    campaigns: BTreeSet<String>,
    rules: BTreeSet<String>,
    /// A payment may have been another referral's of the same referrer.
    payees: BTreeSet<String>,
    recurring: BTreeSet<String>,
    charges: BTreeSet<String>,
    emails: BTreeSet<String>,
}

impl Wanted {
    fn by(world: &World, steps: &[(Arc<event::Cause>, Step)]) -> Self {
        let mut wanted = Self::default();
        for (_, step) in steps {
            match step {
                Step::Told(..) => {}
                Step::Stands(standing) => wanted.add(world.reward_rules(standing.campaign_id), standing),
                Step::Customers(emails) => wanted.emails.extend(emails.iter().cloned()),
            }
        }
        wanted
    }

    fn add(&mut self, rules: &[RewardRule], standing: &Standing) {
        let (referrer, rules) =
            (standing.referrer_id.to_string(), rules.iter().map(|rule| (rule.id.to_string(), rule)));
        self.referrals.insert(standing.referral_id.to_string());
        for (id, RewardRule { terms, .. }) in rules {
            if terms.is_shared() {
                self.rules.insert(id);
                self.referrers.insert(referrer.clone());
                self.campaigns.insert(standing.campaign_id.to_string());
            } else if terms.is_recurring() && terms.role == Role::Referrer {
                self.recurring.insert(id);
                self.payees.insert(referrer.clone());
                self.charges.extend(standing.payments.iter().map(|(_, charge)| charge.clone()));
            }
        }
    }
}
