//! One telling of a world to a real service on a real database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use referrald::app::recorder::Recorded;
use referrald::app::referrals::{By, Registration};
use referrald::app::{App, Caller, ReferralFilter, Repeatable, Scope};
use referrald::domain::campaign::{Ledger, Mode, Settings};
use referrald::domain::delivery::{Content, Delivery, Outcome};
use referrald::domain::email::Email;
use referrald::domain::id::{CampaignId, ReferralId, ReferrerId};
use referrald::domain::mapping::Mapping;
use referrald::domain::qualification::Decision;
use referrald::domain::referral::Person;
use referrald::domain::text::CustomFields;
use referrald::domain::time::Time;
use referrald::domain::world as whole;
use referrald::domain::world::Enrolled;
use referrald::store::{Row, Value};

use super::rewards::rules;
use super::world::{Told, World};
use crate::random::Random;

/// The codes of those who brought the people, in turn.
const REFERRERS: [&str; 2] = ["friend", "colleague"];

/// What happens in a telling.
#[derive(Clone, Debug)]
enum Step {
    Tell(Told),
    Register(usize),
    Sweep,
    Pause(usize),
}

pub struct Run {
    pub(super) app: Arc<App>,
    pub(super) ledger: Ledger,
    caller: Caller,
    pub(super) campaigns: Vec<CampaignId>,
    /// By their codes.
    pub(super) referrers: BTreeMap<String, ReferrerId>,
    /// The campaign that is paused, if one is.
    paused: Option<usize>,
    ids: BTreeMap<usize, ReferralId>,
    told: Vec<Delivery>,
    recorded: Vec<Recorded>,
}

/// What a telling leaves behind, in words that do not depend on the ids it gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Traces {
    /// For each delivery what became of it, and whom it changed.
    answers: Vec<(String, Outcome, BTreeSet<String>)>,
    /// For each person and each reward what was told of them, in order.
    events: BTreeMap<String, Vec<String>>,
    /// What is on record of all objects.
    facts: Vec<String>,
}

impl Run {
    pub async fn begin(app: Arc<App>, account: String, world: &World) -> Self {
        let caller = Caller::internal(&Scope::ALL);
        let ledger = Ledger { account: account.clone(), mode: Mode::Test };
        let mut campaigns = Vec::new();
        for rule in &world.rules {
            let settings = Settings {
                display_name: "a campaign".to_owned(),
                starts_at: None,
                ends_at: None,
                landing_url: None,
                rule: rule.clone(),
                mapping: Mapping::new(vec![]).expect("empty"),
                ids_omitted: false,
            };
            let once = Repeatable::default();
            let campaign =
                app.create_campaign(&caller, ledger.clone(), settings, rules(), &once).await.expect("created");
            app.launch_campaign(&caller, campaign.id, "").await.expect("launched");
            campaigns.push(campaign.id);
        }
        let mut referrers = BTreeMap::new();
        for code in REFERRERS {
            let (referrer, code) = (person(&format!("{code}@example.org")), Some(code.to_owned()));
            let made = app.create_referrer(&caller, account.clone(), referrer, code, &Repeatable::default()).await;
            let made = made.expect("created");
            referrers.insert(made.code, made.id);
        }
        let (paused, ids, told, recorded) = (None, BTreeMap::new(), Vec::new(), Vec::new());
        Self { app, ledger, caller, campaigns, referrers, paused, ids, told, recorded }
    }

    /// Everybody first, then one delivery after the other.
    pub async fn tell_in_order(&mut self, world: &World) {
        for person in 0..world.people.len() {
            self.register(person, world).await;
        }
        for told in &world.told {
            self.tell(std::slice::from_ref(told)).await;
        }
    }

    /// Everybody first, then the deliveries as they come, in groups of these sizes, one after the other.
    pub async fn tell_in_groups(&mut self, world: &World, told: &[Told], sizes: &[usize]) {
        for person in 0..world.people.len() {
            self.register(person, world).await;
        }
        let mut rest = told;
        for size in sizes.iter().cycle() {
            let (group, later) = rest.split_at(rest.len().min(*size));
            self.tell(group).await;
            rest = later;
            if rest.is_empty() {
                return;
            }
        }
    }

    /// The name of somebody that does not depend on the id that they were given.
    pub(super) fn name(&self, id: ReferralId) -> String {
        let (number, _) = self.ids.iter().find(|(_, known)| **known == id).expect("registered here");
        format!("person {number}")
    }

    pub async fn traces(&self) -> Traces {
        let name = |id: &ReferralId| self.name(*id);
        let answers = self.recorded.iter().map(|recorded| {
            (recorded.delivery_id.clone(), recorded.outcome, recorded.changed.iter().map(name).collect())
        });
        let mut events: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let text = "select e.referral_id as a, e.type || e.body as b from events e";
        for row in self.rows_of(text, "and e.reward_id is null", "e.seq").await {
            let id = ReferralId::parse(&row.0).expect("an id");
            let (kind, body) = row.1.split_once('{').expect("a type and a body");
            let body: serde_json::Value = serde_json::from_str(&format!("{{{body}")).expect("JSON");
            let referral = &body["referral"];
            let told = format!("{kind} {} {} {}", body["changed"], referral["state"], referral["spend_minor"]);
            events.entry(name(&id)).or_default().push(told);
        }
        events.extend(self.reward_traces().await);
        Traces { answers: answers.collect(), events, facts: self.facts(name).await }
    }

    async fn facts(&self, name: impl Fn(&ReferralId) -> String) -> Vec<String> {
        let mut facts = Vec::new();
        for (table, columns) in [
            (
                "charges",
                "status || captured_minor || refunded || coalesce(customer_id, '') || coalesce(payment_intent_id, '')",
            ),
            ("refunds", "status || amount_minor || coalesce(charge_id, '')"),
            ("disputes", "status || amount_minor || coalesce(charge_id, '')"),
            ("customers", "coalesce(deleted, '') || coalesce(created_at, 0)"),
            ("checkouts", "coalesce(customer_id, '') || coalesce(payment_intent_id, '')"),
            ("deliveries", "type || coalesce(ignored_reason, '')"),
        ] {
            let text = format!("select e.id as a, {columns} as b from {table} e");
            facts.extend(self.rows(&text, "e.id").await.into_iter().map(|(id, rest)| format!("{id} {rest}")));
        }
        let text = "select e.value as a, e.object_id || e.kind || e.first_seen_at as b from identities e";
        let named = |(value, rest): (String, String)| {
            let value = ReferralId::parse(&value).map_or(value, |id| name(&id));
            format!("{rest} {value}")
        };
        let mut identities: Vec<String> = self.rows(text, "e.value").await.into_iter().map(named).collect();
        identities.sort();
        facts.extend(identities);
        facts
    }

    /// Two texts, `a` and `b`, of the rows of this account in a table called `e`.
    async fn rows(&self, select: &str, order_by: &str) -> Vec<(String, String)> {
        self.rows_of(select, "", order_by).await
    }

    /// Those of them for which something else holds too.
    pub(super) async fn rows_of(&self, select: &str, and: &str, order_by: &str) -> Vec<(String, String)> {
        let text =
            format!("{select} join ledgers l on l.id = e.ledger_id where l.account = $1 {and} order by {order_by}");
        let rows = self.app.store.rows(&text, vec![Value::Text(Some(self.ledger.account.clone()))]).await;
        let pair = |row: &Row| (row.text("a").expect("a text"), row.text("b").expect("a text"));
        rows.expect("listed").iter().map(pair).collect()
    }

    /// In any order, some of it twice, in groups of any size, with sweeps and pauses in between.
    pub async fn tell_at_random(&mut self, world: &World, random: &mut Random) {
        let mut steps: Vec<Step> = world.told.iter().cloned().map(Step::Tell).collect();
        steps.extend(world.told.iter().filter(|_| random.percent(25)).cloned().map(Step::Tell));
        steps.extend((0..world.people.len()).map(Step::Register));
        steps.extend((0..random.below(3)).map(|_| Step::Sweep));
        steps.extend((0..random.below(3)).map(|_| Step::Pause(random.below(world.rules.len()))));
        random.shuffle(&mut steps);
        let mut group = Vec::new();
        for step in steps {
            if let Step::Tell(told) = step {
                // An id can be carried only by what comes after it was given.
                for (person, _) in &told.names {
                    self.register(*person, world).await;
                }
                group.push(told);
                if random.percent(50) {
                    continue;
                }
            } else {
                self.act(step, world).await;
            }
            self.tell(&group).await;
            group.clear();
        }
        self.tell(&group).await;
        self.resume().await;
    }

    async fn act(&mut self, step: Step, world: &World) {
        match step {
            Step::Register(person) => self.register(person, world).await,
            Step::Pause(campaign) => {
                self.resume().await;
                self.app.pause_campaign(&self.caller, self.campaigns[campaign], "").await.expect("paused");
                self.paused = Some(campaign);
            }
            Step::Sweep | Step::Tell(_) => self.sweep().await,
        }
    }

    async fn resume(&mut self) {
        if let Some(campaign) = self.paused.take() {
            self.app.launch_campaign(&self.caller, self.campaigns[campaign], "").await.expect("resumed");
        }
    }

    async fn register(&mut self, number: usize, world: &World) {
        if self.ids.contains_key(&number) {
            return;
        }
        let known = &world.people[number];
        if self.paused == Some(known.campaign) {
            self.resume().await;
        }
        let registration = Registration {
            campaign_id: self.campaigns[known.campaign],
            referrer: By::Code(REFERRERS[number % 2].to_owned()),
            person: person(&known.email),
            registered_at: Some(known.registered_at),
        };
        let enrolled = self.app.create_referral(&self.caller, registration, &Repeatable::default()).await;
        self.ids.insert(number, enrolled.expect("registered").referral.id);
    }

    async fn tell(&mut self, group: &[Told]) {
        if group.is_empty() {
            return;
        }
        let deliveries: Vec<Delivery> = group.iter().map(|told| told.delivery(&self.ids)).collect();
        self.told.extend(deliveries.iter().cloned());
        let recorded = self.app.record(self.ledger.clone(), deliveries).await.expect("recorded");
        self.recorded.extend(recorded);
    }

    /// Sweeps until nothing is due: what is decided may wake others.
    pub async fn sweep(&self) {
        while self.app.sweep().await.expect("swept") > 0 {}
    }

    /// The decisions on record, by campaign and email: ids differ from run to run.
    pub async fn decisions(&self) -> BTreeMap<(usize, String), Decision> {
        let mut decisions = BTreeMap::new();
        for (number, campaign) in self.campaigns.iter().enumerate() {
            for Enrolled { referral, .. } in self.enrolled(*campaign).await {
                decisions.insert((number, referral.person.email.identity().to_owned()), referral.decision);
            }
        }
        decisions
    }

    async fn enrolled(&self, campaign: CampaignId) -> Vec<Enrolled> {
        let filter = ReferralFilter { campaign_id: Some(campaign), ..ReferralFilter::default() };
        self.app.store.referrals(&filter, None, 500).await.expect("listed")
    }

    /// Everything told, and everybody registered, loaded at once.
    pub(super) async fn whole(&self) -> whole::World {
        let mut all = whole::World::default();
        for campaign in &self.campaigns {
            for enrolled in self.enrolled(*campaign).await {
                all.enroll(enrolled);
            }
        }
        for delivery in &self.told {
            let Content::Facts(facts) = &delivery.content else { continue };
            for fact in facts {
                all.merge(fact);
            }
        }
        all
    }

    /// What is on record is what the whole world, loaded at once, says.
    pub async fn check(&self, world: &World, seed: u64) {
        let all = self.whole().await;
        let now = self.app.clock.now();
        for enrolled in all.referrals() {
            let (decision, payments) = all.decide(enrolled, now);
            let told = || {
                let told: Vec<String> = self.told.iter().map(|delivery| format!("{delivery:?}")).collect();
                let told = told.join("\n");
                format!("world {seed}, {:?}: {enrolled:?}\n{payments:#?}\n{:#?}\n{told}", self.ledger, world.people)
            };
            assert_eq!(enrolled.referral.decision, decision, "{}", told());
        }
        self.check_events(&all).await;
    }

    /// An explanation shows what the whole world says, later payments too.
    pub async fn check_explanations(&self) {
        let all = self.whole().await;
        for enrolled in all.referrals() {
            let explained = self.app.explain(&self.caller, enrolled.referral.id).await.expect("explained");
            let payments: Vec<_> = explained.lines.into_iter().map(|line| line.payment).collect();
            assert_eq!((explained.decision, payments), all.decide(enrolled, explained.now), "{:?}", self.ledger);
        }
    }

    /// The log has no gap, and ends with what is on record.
    async fn check_events(&self, all: &whole::World) {
        let sql = "select e.seq, e.referral_id, e.reward_id, e.body from events e \
                   join ledgers l on l.id = e.ledger_id where l.account = $1 order by e.seq";
        let rows = self.app.store.rows(sql, vec![Value::Text(Some(self.ledger.account.clone()))]).await;
        let rows = rows.expect("listed");
        let mut last = BTreeMap::new();
        for (number, row) in (1..).zip(&rows) {
            assert_eq!(row.int("seq").expect("a number"), number);
            let body: serde_json::Value = serde_json::from_str(&row.text("body").expect("a body")).expect("JSON");
            let reward_id = row.text_or_null("reward_id").expect("an id or none");
            last.insert(reward_id.unwrap_or_else(|| row.text("referral_id").expect("an id")), body);
        }
        for enrolled in all.referrals() {
            let told = &last[&enrolled.referral.id.to_string()]["referral"];
            let decision = &enrolled.referral.decision;
            assert_eq!(told["spend_minor"], decision.spend_minor, "{told}");
            assert_eq!(told["qualified_at"].as_i64(), decision.qualified_at.map(Time::micros), "{told}");
        }
    }
}

fn person(email: &str) -> Person {
    Person {
        email: Email::parse(email).expect("an address"),
        first_name: Some("Ada".to_owned()),
        last_name: None,
        phone: None,
        custom: CustomFields::new(),
    }
}
