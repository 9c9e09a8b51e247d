//! What is owed at the end of a telling is what the whole world, loaded at once, has earned.

use std::collections::{BTreeMap, BTreeSet};

use referrald::domain::campaign::Campaign;
use referrald::domain::id::{ReferralId, RewardRuleId};
use referrald::domain::reward::{
    Cause, Kind, Merits, Pattern, Proposed, Reason, Recipient, Reward, RewardRule, Role, Standing, State, Terms,
    Trigger, earned,
};
use referrald::store::RewardFilter;

use super::run::Run;

/// The rewards of everybody, by campaign, rule and recipient, in words that do not depend on the ids that were given.
pub type Owed = BTreeMap<(usize, usize, String), usize>;

/// Every kind of rule, none of which issues anything: then the order changes nothing at all.
pub fn rules() -> Vec<Proposed> {
    use Role::{Referred, Referrer};
    let payment = |payments_max, payment_days| Trigger::Payment { payments_max, payment_days };
    let every = Pattern::Every;
    let all = [
        (Referrer, Trigger::Qualified, every(1), None),
        (Referrer, Trigger::Qualified, every(1), Some(2)),
        (Referrer, Trigger::Qualified, every(2), None),
        (Referrer, Trigger::Qualified, Pattern::Milestones([1, 3].into()), Some(1)),
        (Referrer, payment(2, Some(5)), every(1), None),
        (Referrer, payment(3, None), every(1), Some(3)),
        (Referred, Trigger::Qualified, every(1), None),
        (Referred, Trigger::Registered, every(1), None),
        (Referred, payment(2, None), every(1), Some(1)),
    ];
    let rule = |(role, trigger, pattern, limit_per_recipient)| {
        let kind = Kind::Custom { payload: String::new() };
        let terms = Terms { role, trigger, pattern, kind, limit_per_recipient, hold_days: 0 };
        Proposed { id: None, display_name: None, terms, auto_issue: false }
    };
    all.into_iter().map(rule).collect()
}

impl Run {
    async fn campaigns(&self) -> Vec<Campaign> {
        let mut campaigns = Vec::new();
        for id in &self.campaigns {
            campaigns.push(self.app.store.campaign(*id).await.expect("asked").expect("there"));
        }
        campaigns
    }

    async fn rewards(&self, campaign: &Campaign) -> Vec<Reward> {
        let filter = RewardFilter { campaign_id: Some(campaign.id), ..RewardFilter::default() };
        self.app.store.rewards(&filter, None, 5_000).await.expect("listed")
    }

    /// How many rewards everybody is owed.
    pub async fn owed(&self) -> Owed {
        let mut owed = Owed::new();
        for (number, campaign) in self.campaigns().await.iter().enumerate() {
            for reward in self.rewards(campaign).await.iter().filter(|reward| reward.unearned_at.is_none()) {
                let key = (number, position(campaign, reward.rule_id), self.name_of(reward.recipient));
                *owed.entry(key).or_default() += 1;
            }
        }
        owed
    }

    fn name_of(&self, recipient: Recipient) -> String {
        match recipient {
            Recipient::Referred(id) => self.name(id),
            Recipient::Referrer(id) => {
                let (code, _) = self.referrers.iter().find(|(_, known)| **known == id).expect("made here");
                code.clone()
            }
        }
    }

    /// The rewards on record are those that everything told has earned, and the others say that they are not.
    pub async fn check_rewards(&self, seed: u64) {
        let mut all = self.whole().await;
        for campaign in self.campaigns().await {
            all.reward_by(campaign.id, campaign.reward_rules.clone().into());
            let of_campaign = all.referrals().filter(|enrolled| enrolled.referral.campaign_id == campaign.id);
            let standings: Vec<Standing> = of_campaign.map(|enrolled| all.standing(enrolled)).collect();
            let mut found: BTreeMap<(RewardRuleId, Recipient), BTreeSet<Cause>> = BTreeMap::new();
            for reward in self.rewards(&campaign).await {
                let expected = match reward.unearned_at {
                    None => (State::Due, None),
                    Some(_) => (State::Canceled, Some(Reason::Unearned)),
                };
                assert_eq!((reward.state, reward.reason), expected, "world {seed}: {reward:?}");
                if reward.unearned_at.is_none() {
                    found.entry((reward.rule_id, reward.recipient)).or_default().insert(reward.cause);
                }
            }
            let expected: BTreeMap<_, _> =
                campaign.reward_rules.iter().flat_map(|rule| expected(rule, &standings)).collect();
            assert_eq!(found, expected, "world {seed}, {:?}: {standings:#?}", self.ledger);
        }
    }

    /// What was told of each reward, in order. Where a limit decides, the ids do between those who are equal otherwise.
    pub async fn reward_traces(&self) -> BTreeMap<String, Vec<String>> {
        let limited = self.rules_with_a_limit().await;
        let mut traces: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        let text = "select e.type as a, e.body as b from events e";
        for (kind, body) in self.rows_of(text, "and e.reward_id is not null", "e.seq").await {
            let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
            let named = |field: &str| {
                let text = body["reward"][field].as_str().unwrap_or_default();
                ReferralId::parse(text).map_or(text.to_owned(), |id| self.name(id))
            };
            if limited.contains(&named("rule_id")) {
                continue;
            }
            // With no hold it is the time of the change, and a group is one moment.
            let changed = body["changed"].as_array().expect("a list").iter().filter(|name| **name != "held_until");
            let changed: Vec<String> = changed.map(ToString::to_string).collect();
            let told = format!("{kind} {changed:?} {} {}", body["reward"]["round"], named("referral_id"));
            traces.entry(named("id")).or_insert_with(|| (named("cause"), Vec::new())).1.push(told);
        }
        // The ids themselves differ from telling to telling.
        let mut told: Vec<(String, Vec<String>)> = traces.into_values().collect();
        told.sort();
        (0..).zip(told).map(|(number, (cause, told))| (format!("reward {number} for {cause}"), told)).collect()
    }

    async fn rules_with_a_limit(&self) -> BTreeSet<String> {
        let campaigns = self.campaigns().await;
        let rules = campaigns.iter().flat_map(|campaign| &campaign.reward_rules);
        let limited = rules.filter(|rule| rule.terms.limit_per_recipient.is_some());
        limited.map(|rule| rule.id.to_string()).collect()
    }
}

fn position(campaign: &Campaign, id: RewardRuleId) -> usize {
    campaign.reward_rules.iter().position(|rule| rule.id == id).expect("a rule of the campaign")
}

/// What each recipient has earned under a rule, where that is something.
fn expected(rule: &RewardRule, standings: &[Standing]) -> Vec<((RewardRuleId, Recipient), BTreeSet<Cause>)> {
    let recipient = |standing: &Standing| match rule.terms.role {
        Role::Referrer => Recipient::Referrer(standing.referrer_id),
        Role::Referred => Recipient::Referred(standing.referral_id),
    };
    let recipients: BTreeSet<Recipient> = standings.iter().map(recipient).collect();
    let earned = |who: Recipient| {
        let mut merits = Merits::default();
        for standing in standings.iter().filter(|standing| recipient(standing) == who) {
            let id = standing.referral_id;
            merits.qualified.extend(standing.qualified_at.map(|at| (id, at)));
            merits.registered.extend(standing.registered_at.map(|at| (id, at)));
            merits.payments.insert(id, standing.payments.clone());
        }
        ((rule.id, who), earned(rule, &merits, &BTreeSet::new()))
    };
    recipients.into_iter().map(earned).filter(|(_, causes)| !causes.is_empty()).collect()
}
