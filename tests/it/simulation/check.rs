//! What the service says at the end of a world is what the model says, and its log tells the same.

use std::collections::{BTreeMap, BTreeSet};

use referrald::convert::rule_to_proto;
use referrald::domain::qualification::{Decision, State};
use referrald::domain::rule::Rule;
use referrald::domain::spend::Reason;
use referrald::domain::time::Time;
use referrald::domain::word::Word;
use referrald::proto::v1;
use referrald::store::Value;
use serde_json::Value as Json;

use super::answer::{Owed, Standing, Verdicts};
use super::play::Play;
use super::rewards::Promise;
use super::site::Site;
use super::truth::Invited;
use crate::harness::Caller;
use crate::stats::{agree_with_lists, rewards_of};

/// The kinds of outcome that worlds came to, so that a run cannot pass by meeting none.
pub type Outcomes = BTreeSet<String>;

/// A decision in words: as the API says it, as the log has it, and as the model does.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    state: String,
    disqualified: Option<String>,
    spend_minor: i64,
    /// Microseconds since 1970.
    qualified_at: Option<i64>,
    unqualified: Option<(i64, String)>,
}

/// A reward in words: where it stands, whether it is owed, and how often it was earned.
type Stands = (String, bool, i64);

impl Play<'_> {
    /// Everything that must hold once all was told and decided; says what kinds of outcome there were.
    pub async fn check(&self, site: &Site, promises: &[Promise]) -> Outcomes {
        site.settle().await;
        let verdicts = self.world.answer(&self.standings, site.clock.now().seconds());
        let caller = site.door(0).caller;
        let (mut referrals, mut rewards) = (BTreeMap::new(), Vec::new());
        for campaign in &self.campaigns {
            referrals.extend(referrals_of(&caller, &campaign.id).await);
            rewards.extend(rewards_of(&caller, campaign, 100).await);
            agree_with_lists(&caller, campaign).await;
        }
        assert_eq!(referrals.len(), self.ids.len(), "everybody is there once");
        for (number, expected) in verdicts.iter().enumerate() {
            let (found, expected_of) = (&referrals[&self.ids[number]], Shown::of(&expected.decision));
            if *found != expected_of {
                let why = explained(&caller, &self.ids[number]).await;
                panic!("person {number}: found {found:?}, and true {expected:#?}; the service says {why:#?}");
            }
        }
        let owed = self.world.owed(&self.standings, &verdicts, promises);
        assert_eq!(self.owed(&rewards), owed, "rewards: found, and true");
        self.check_credits(site, &rewards, promises);
        self.check_log(site, &referrals, &rewards).await;
        let shown = referrals.values().flat_map(|found| {
            let lost = found.unqualified.as_ref().map(|(_, cause)| format!("lost by {cause}"));
            [Some(found.state.clone()), found.disqualified.clone(), lost]
        });
        let given = rewards.iter().map(|reward| Some(format!("reward {}", stands(reward).0)));
        shown.chain(given).flatten().collect()
    }

    /// Each payment is explained as the model does; says which reasons there were.
    pub async fn check_explanations(&self, site: &Site) -> Outcomes {
        let verdicts = self.world.answer(&self.standings, site.clock.now().seconds());
        let caller = site.door(1).caller;
        let mut outcomes = Outcomes::new();
        for (number, Verdicts { reasons, decision }) in verdicts.iter().enumerate() {
            let explained = explained(&caller, &self.ids[number]).await;
            let found: BTreeMap<String, String> =
                explained.payments.iter().map(|payment| (payment.charge_id.clone(), word(payment.reason()))).collect();
            let expected: BTreeMap<String, String> = reasons
                .iter()
                .map(|(charge, reason)| (charge.clone(), reason.map_or_else(none, reason_word)))
                .collect();
            assert_eq!(found, expected, "person {number}: reasons found, and true {decision:?}");
            assert_eq!(explained.spend_minor, decision.spend_minor, "person {number}");
            let stepped = explained.steps.last().map_or(0, |step| step.spend_minor);
            assert_eq!(stepped, decision.spend_minor, "person {number}: where the steps end");
            if let Some(lost) = decision.unqualified {
                let mut latest = explained.steps.iter().rev();
                let last = latest.find(|step| step.crossing != 0).map(|step| (step.at.map(micros), step.crossing()));
                let expected = (Some(lost.at.micros()), v1::TargetCrossing::Lost);
                assert_eq!(last, Some(expected), "person {number}: what became of the target");
            }
            outcomes.extend(found.into_values().map(|reason| format!("payment {reason}")));
        }
        outcomes
    }

    /// Each credit is given once or not at all, and Stripe has the same sums.
    fn check_credits(&self, site: &Site, rewards: &[v1::Reward], promises: &[Promise]) {
        use v1::RewardState::{AwaitingCustomer, Canceled, Issued, Reversed};
        let mut given: BTreeMap<&str, i64> = BTreeMap::new();
        for reward in rewards {
            let (_, rule) = self.rule_of(reward);
            let Some(minor) = promises[rule].credit_minor else { continue };
            let ends: &[_] =
                if reward.unearned_at.is_none() { &[Issued, AwaitingCustomer] } else { &[Canceled, Reversed] };
            assert!(ends.contains(&reward.state()) && reward.amount_minor == Some(minor), "{reward:#?}");
            assert_eq!(reward.given_minor, if reward.state() == Issued { minor } else { 0 }, "{reward:#?}");
            *given.entry(&reward.stripe_customer_id).or_default() += reward.given_minor;
        }
        for customer in site.stripe().map(|stripe| stripe.all("customers")).unwrap_or_default() {
            let balance = customer["balance"].as_i64().unwrap_or_default();
            let given = given.get(customer["id"].as_str().expect("an id")).copied().unwrap_or_default();
            assert_eq!(-balance, given, "what Stripe has of {customer}");
        }
    }

    /// What is said of another rule is what the model says of it, and nothing comes of saying it.
    pub async fn check_trial(&self, site: &Site, promises: &[Promise], campaign: usize, other: &Rule) {
        let request = v1::SimulateRuleRequest {
            campaign_id: self.campaigns[campaign].id.clone(),
            rule: Some(rule_to_proto(other)),
            ..v1::SimulateRuleRequest::default()
        };
        let mut told = site.door(1).caller.campaigns().simulate_rule(request).await.expect("it begins").into_inner();
        let mut last = None;
        while let Some(answer) = told.message().await.expect("it goes on") {
            last = answer.simulation;
        }
        let simulation = last.expect("what came out");
        let now = site.clock.now().seconds();
        let tried = |(of, standing): (&Invited, &Standing)| {
            if of.campaign == campaign {
                Standing { rule: other.clone(), ..standing.clone() }
            } else {
                standing.clone()
            }
        };
        let tried: Vec<Standing> = self.world.invited.iter().zip(&self.standings).map(tried).collect();
        let sides = [(&self.standings, simulation.current), (&tried, simulation.simulated)];
        for (standings, side) in sides {
            let side = side.expect("both sides");
            let verdicts = self.world.answer(standings, now);
            let of_campaign = || verdicts.iter().zip(&self.world.invited).filter(|(_, of)| of.campaign == campaign);
            let count = |is: fn(State) -> bool| of_campaign().filter(|(it, _)| is(it.decision.state)).count() as u64;
            let counts = [
                (side.pending_count, count(|state| state == State::Pending)),
                (side.qualified_count, count(|state| state == State::Qualified)),
                (side.expired_count, count(|state| state == State::Expired)),
                (side.disqualified_count, count(|state| matches!(state, State::Disqualified(_)))),
            ];
            assert!(counts.iter().all(|(found, true_count)| found == true_count), "{counts:?} under {other:?}");
            let spend: i64 = of_campaign().map(|(it, _)| it.decision.spend_minor).sum();
            assert_eq!(side.spends.iter().map(|spent| spent.spend_minor).sum::<i64>(), spend, "under {other:?}");
            let owed = self.world.owed(standings, &verdicts, promises);
            for (number, promise) in promises.iter().enumerate() {
                let owed = owed.iter().filter(|((of, rule, _), _)| (*of, *rule) == (campaign, number));
                let owed = owed.map(|(_, count)| *count as u64).sum::<u64>();
                let rule = &self.campaigns[campaign].reward_rules[number].id;
                let costs = side.reward_costs.iter().filter(|cost| cost.reward_rule_id == *rule);
                let (found, minor) =
                    costs.fold((0, 0), |(count, minor), cost| (count + cost.reward_count, minor + cost.amount_minor));
                let amount = promise.credit_minor.unwrap_or(0) * i64::try_from(owed).expect("few");
                assert_eq!((found, minor), (owed, amount), "{promise:?} under {other:?}");
            }
        }
    }

    /// The campaign and the rule of a reward, by their numbers.
    fn rule_of(&self, reward: &v1::Reward) -> (usize, usize) {
        let campaign = self.campaigns.iter().position(|campaign| campaign.id == reward.campaign_id).expect("ours");
        let rules = &self.campaigns[campaign].reward_rules;
        (campaign, rules.iter().position(|rule| rule.id == reward.rule_id).expect("a rule of the campaign"))
    }

    fn owed(&self, rewards: &[v1::Reward]) -> Owed {
        let mut owed = Owed::new();
        for reward in rewards.iter().filter(|reward| reward.unearned_at.is_none()) {
            let (campaign, rule) = self.rule_of(reward);
            *owed.entry((campaign, rule, self.recipient(reward))).or_default() += 1;
        }
        owed
    }

    fn recipient(&self, reward: &v1::Reward) -> String {
        match reward.recipient.as_ref().expect("somebody") {
            v1::reward::Recipient::ReferrerId(id) => {
                let known = self.referrers.iter().position(|referrer| referrer.id == *id).expect("made here");
                self.world.referrers[known].clone()
            }
            v1::reward::Recipient::ReferredId(id) => {
                let known = self.ids.iter().position(|known| known == id).expect("registered here");
                super::truth::address(self.world.invited[known].email)
            }
        }
    }

    /// The log has no gap, each event names what it changes and is told once, and whoever reads it from the beginning ends
    /// with what is on record.
    async fn check_log(&self, site: &Site, referrals: &BTreeMap<String, Shown>, rewards: &[v1::Reward]) {
        let text = "select e.seq, e.body, l.last_seq from events e join ledgers l on l.id = e.ledger_id \
                    where l.account = $1 order by e.seq";
        let rows = site.store().rows(text, vec![Value::Text(Some(self.account.clone()))]).await.expect("listed");
        let (mut told, mut given) = (BTreeMap::new(), BTreeMap::new());
        let mut latest: BTreeMap<String, Json> = BTreeMap::new();
        for (number, row) in (1..).zip(&rows) {
            assert_eq!(row.int("seq").expect("a number"), number, "no gap in the log");
            assert_eq!(row.int("last_seq").expect("a number"), i64::try_from(rows.len()).expect("few"));
            let body: Json = serde_json::from_str(&row.text("body").expect("a body")).expect("JSON");
            let id = |what: &str| body[what]["id"].as_str().map(str::to_owned);
            let (id, after) = if let Some(id) = id("reward") {
                given.insert(id.clone(), stands_in_log(&body["reward"]));
                (id, &body["reward"])
            } else {
                let id = id("referral").expect("of a referral or of a reward");
                told.insert(id.clone(), Shown::in_log(&body["referral"]));
                (id, &body["referral"])
            };
            let before = latest.insert(id, after.clone());
            let names = body["changed"].as_array().expect("names").iter().map(|name| name.as_str().expect("a name"));
            let differs = before.as_ref().map_or_else(BTreeSet::new, |before| changed(before, after));
            assert_eq!(names.collect::<BTreeSet<_>>(), differs, "what changed by event {number}: {before:?}, {body}");
            assert_eq!(differs.is_empty(), before.is_none(), "event {number} tells of a change: {body}");
        }
        assert_eq!(told, *referrals, "the log, and the referrals on record");
        let on_record: BTreeMap<String, Stands> =
            rewards.iter().map(|reward| (reward.id.clone(), stands(reward))).collect();
        assert_eq!(given, on_record, "the log, and the rewards on record");
    }
}

/// What an event may say that changed, and where its body has that: in the field of that name, where there are no others.
const NAMES: [(&str, &[&str]); 27] = [
    ("person", &[]),
    ("window_ends_at", &[]),
    ("rule_version", &[]),
    ("state", &[]),
    ("disqualified_reason", &[]),
    ("spend_minor", &[]),
    ("qualified_at", &[]),
    ("unqualified_at", &[]),
    ("unqualified_reason", &[]),
    ("override", &[]),
    ("customer_sync", &["customer_sync_reason", "customer_id", "only_customer"]),
    ("erased_at", &[]),
    ("referral_id", &[]),
    ("round", &[]),
    ("reason", &[]),
    ("detail", &[]),
    ("amount_minor", &[]),
    ("currency", &[]),
    ("given_minor", &[]),
    ("held_until", &[]),
    ("approved_at", &[]),
    ("unearned_at", &[]),
    ("stripe_customer_id", &[]),
    ("stripe_object_id", &[]),
    ("promotion_code", &[]),
    ("issued_at", &[]),
    ("reversed_at", &[]),
];

/// What differs between two events of one subject that follow each other.
fn changed(before: &Json, after: &Json) -> BTreeSet<&'static str> {
    let differs = |field: &str| before[field] != after[field];
    let changes = |(name, fields): &&(&str, &[&str])| differs(name) || fields.iter().any(|field| differs(field));
    NAMES.iter().filter(changes).map(|(name, _)| *name).collect()
}

impl Shown {
    fn of(decision: &Decision) -> Self {
        let (state, disqualified) = match decision.state {
            State::Pending => ("PENDING", None),
            State::Qualified => ("QUALIFIED", None),
            State::Expired => ("EXPIRED", None),
            State::Disqualified(why) => ("DISQUALIFIED", Some(why.word().to_owned())),
        };
        Self {
            state: state.to_owned(),
            disqualified,
            spend_minor: decision.spend_minor,
            qualified_at: decision.qualified_at.map(Time::micros),
            unqualified: decision.unqualified.map(|lost| (lost.at.micros(), lost.cause.word().to_owned())),
        }
    }

    fn in_api(referral: &v1::Referral) -> Self {
        let disqualified = rest(referral.disqualified_reason().as_str_name(), "DISQUALIFIED_REASON_");
        let cause = rest(referral.unqualified_reason().as_str_name(), "UNQUALIFIED_REASON_");
        Self {
            state: rest(referral.state().as_str_name(), "REFERRAL_STATE_"),
            disqualified: Some(disqualified).filter(|reason| *reason != none()),
            spend_minor: referral.spend_minor,
            qualified_at: referral.qualified_at.map(micros),
            unqualified: referral.unqualified_at.map(|at| (micros(at), cause)),
        }
    }

    fn in_log(referral: &Json) -> Self {
        let text = |field: &str| referral[field].as_str().map(str::to_owned);
        Self {
            state: text("state").expect("a state"),
            disqualified: text("disqualified_reason"),
            spend_minor: referral["spend_minor"].as_i64().expect("a number"),
            qualified_at: referral["qualified_at"].as_i64(),
            unqualified: referral["unqualified_at"].as_i64().zip(text("unqualified_reason")),
        }
    }
}

fn stands(reward: &v1::Reward) -> Stands {
    (rest(reward.state().as_str_name(), "REWARD_STATE_"), reward.unearned_at.is_none(), i64::from(reward.round))
}

fn stands_in_log(reward: &Json) -> Stands {
    let state = reward["state"].as_str().expect("a state").to_owned();
    (state, reward["unearned_at"].is_null(), reward["round"].as_i64().expect("a number"))
}

async fn explained(caller: &Caller, id: &str) -> v1::ExplainQualificationResponse {
    let request = v1::ExplainQualificationRequest { referral_id: id.to_owned() };
    caller.qualifications().explain_qualification(request).await.expect("explained").into_inner()
}

async fn referrals_of(caller: &Caller, campaign_id: &str) -> BTreeMap<String, Shown> {
    let campaign_id = campaign_id.to_owned();
    let request = v1::ListReferralsRequest { campaign_id, page_size: 100, ..v1::ListReferralsRequest::default() };
    let page = caller.referrals().list_referrals(request).await.expect("a page").into_inner();
    page.referrals.iter().map(|referral| (referral.id.clone(), Shown::in_api(referral))).collect()
}

fn micros(at: prost_types::Timestamp) -> i64 {
    at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000
}

fn rest(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_owned()
}

fn none() -> String {
    "UNSPECIFIED".to_owned()
}

fn word(reason: v1::NotCountedReason) -> String {
    rest(reason.as_str_name(), "NOT_COUNTED_REASON_")
}

fn reason_word(reason: Reason) -> String {
    let name = match reason {
        Reason::Failed => "FAILED",
        Reason::NotCaptured => "NOT_CAPTURED",
        Reason::OtherCustomer => "OTHER_CUSTOMER",
        Reason::OtherReferral => "OTHER_REFERRAL",
        Reason::OutsideWindow => "OUTSIDE_WINDOW",
        Reason::OtherCurrency => "OTHER_CURRENCY",
        Reason::AwaitingRate => "AWAITING_RATE",
        Reason::Refunded => "REFUNDED",
        Reason::Disputed => "DISPUTED",
    };
    name.to_owned()
}
