//! How the databases go about the statements of the main roads: none reads a table from end to end. The statements are
//! those that ran, told by the databases themselves, not copies of them.

#[path = "support/postgres.rs"]
mod postgres;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use referrald::app::calendar::{Calendar, zone};
use referrald::app::referrals::{By, Registration};
use referrald::app::{App, AuditFilter, Caller, EventFilter, Page, Repeatable, RewardFilter, Scope, Seal, Setup};
use referrald::clock::Clock;
use referrald::domain::campaign::{Campaign, Ledger, Mode, Settings};
use referrald::domain::delivery::{Content, Delivery, Route};
use referrald::domain::email::Email;
use referrald::domain::fact::{
    Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Fact, Refund, RefundStatus, Seen,
};
use referrald::domain::id::{CampaignId, KeyId, ReferralId};
use referrald::domain::mapping::Mapping;
use referrald::domain::money::Currency;
use referrald::domain::qualification::Verdict;
use referrald::domain::referral::Person;
use referrald::domain::referrer_sync::{Asked, ReferrerSync};
use referrald::domain::reward::{Kind, Pattern, Proposed, Recipient, Role, State, Terms, Trigger};
use referrald::domain::rule::Rule;
use referrald::domain::stats::Granularity;
use referrald::domain::text::CustomFields;
use referrald::domain::time::Time;
use referrald::store::Store;
use sqlx::Row;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// What has as many rows as an operator makes by hand, and what is no table.
const MAY_BE_READ_WHOLE: [&str; 5] = ["campaigns", "c", "ledgers", "l", "json_each"];

fn rule() -> Rule {
    Rule::new(Currency::parse("usd").expect("three letters"), 10_000, 2)
}

fn person(email: &str) -> Person {
    let email = Email::parse(email).expect("an address");
    Person { email, first_name: Some("Ada".into()), last_name: None, phone: None, custom: CustomFields::new() }
}

/// One of each kind, all of one person. What is given back is open, and so to be asked.
fn facts(at: Time) -> Vec<Fact> {
    let emails: Seen<String> = [("ben@example.com".to_owned(), at)].into();
    let (customer_id, payment_intent_id) = (Some("cus_1".to_owned()), Some("pi_1".to_owned()));
    vec![
        Fact::Charge(Charge {
            id: "ch_1".into(),
            currency: rule().currency,
            created_at: at,
            customer_id: customer_id.clone(),
            payment_intent_id: payment_intent_id.clone(),
            status: ChargeStatus::Succeeded,
            amount_minor: 500,
            captured_minor: 500,
            released_minor: 0,
            refunded: [(1, at)].into(),
            settlement: None,
            balance_transaction_id: None,
            refunds_known_at: None,
            emails: emails.clone(),
            referrals: Seen::new(),
        }),
        Fact::Refund(Refund {
            id: "re_1".into(),
            charge_id: Some("ch_1".into()),
            amount_minor: 1,
            created_at: at,
            status: RefundStatus::Failed,
        }),
        Fact::Dispute(Dispute {
            id: "dp_1".into(),
            charge_id: Some("ch_1".into()),
            amount_minor: 1,
            created_at: at,
            status: DisputeStatus::Lost,
        }),
        Fact::Customer(Customer { created_at: Some(at), emails: emails.clone(), ..Customer::unknown("cus_1") }),
        Fact::Checkout(Checkout {
            id: "cs_1".into(),
            customer_id,
            payment_intent_id,
            emails,
            referrals: Seen::new(),
            references: Seen::new(),
        }),
    ]
}

/// A campaign, a registration, deliveries, reads, and a window that ends.
async fn travel(store: &Store) {
    store.migrate().await.expect("migrates");
    let clock = Clock::default();
    let app = App::new(store.clone(), clock.clone(), Setup::new(Seal::new(&[7; 32])));
    let (caller, once) = (Caller::internal(&Scope::ALL), Repeatable::default());
    let ledger = Ledger { account: "default".into(), mode: Mode::Test };
    let settings = Settings {
        display_name: "a campaign".into(),
        starts_at: None,
        ends_at: None,
        landing_url: None,
        rule: rule(),
        mapping: Mapping::new(vec![]).expect("empty"),
        ids_omitted: false,
    };
    let campaign =
        app.create_campaign(&caller, ledger.clone(), settings, reward_rules(), &once).await.expect("created");
    app.launch_campaign(&caller, campaign.id, "").await.expect("launched");
    let (maya, code) = (person("maya@example.com"), Some("maya".to_owned()));
    app.create_referrer(&caller, "default".into(), maya, code, &once).await.expect("created");
    let registered_at = Some(clock.now().plus_seconds(-60));
    let (campaign_id, referrer, ben) = (campaign.id, By::Code("maya".into()), person("ben@example.com"));
    let registration = Registration { campaign_id, referrer, person: ben, registered_at };
    let repeatable = Repeatable::new("request-1".into(), b"content");
    let referral = app.create_referral(&caller, registration, &repeatable).await.expect("registered").referral.id;
    for id in ["evt_1", "evt_2"] {
        let content = Content::Facts(facts(clock.now().floor_to_second()));
        let delivery = Delivery {
            id: id.into(),
            kind: "any".into(),
            api_version: None,
            created_at: clock.now(),
            route: Route::Call,
            content,
        };
        app.record(ledger.clone(), vec![delivery]).await.expect("recorded");
    }
    app.referral(&caller, referral).await.expect("there");
    app.explain(&caller, referral).await.expect("explained");
    for event_id in ["evt_1", "evt_2", "evt_never"] {
        app.explain_event(&caller, ledger.clone(), event_id.to_owned()).await.expect("explained");
    }
    for (campaign_id, referral_id, kinds) in [
        (None, None, vec![]),
        (Some(campaign.id), None, vec![]),
        (Some(campaign.id), Some(referral), vec!["referral.registered"]),
    ] {
        let filter = EventFilter { campaign_id, referral_id, kinds };
        let mut watch = app.watch(&caller, ledger.clone(), None, false, filter).await.expect("it begins");
        assert!(!watch.next(&app).await.expect("there").is_empty());
        app.follow().await;
    }
    try_a_rule(&app, &caller, campaign.id).await;
    read_the_audit_log(&app, &caller, referral).await;
    let weeks = Calendar::new(zone("Europe/Berlin").expect("known"), Some(Granularity::Week));
    app.campaign_stats(&caller, campaign.id, (None, None), &weeks).await.expect("counted");
    go_through_customers(store, &campaign, &clock).await;
    earn(&app, &caller, referral).await;
    clock.advance_seconds(86_400);
    assert_eq!(app.sweep().await.expect("swept"), 1, "the reward that was held");
    let mut again = facts(clock.now().floor_to_second());
    again.truncate(1);
    let Fact::Charge(charge) = &mut again[0] else { unreachable!("a charge") };
    charge.id = "ch_2".into();
    let (id, kind, content) = ("evt_3".into(), "any".into(), Content::Facts(again));
    let delivery = Delivery { id, kind, api_version: None, created_at: clock.now(), route: Route::Call, content };
    app.record(ledger.clone(), vec![delivery]).await.expect("recorded");
    app.clear_override(&caller, referral, "").await.expect("cleared");
    let dearer = |campaign: &Campaign| {
        let Settings { rule, .. } = campaign.settings.clone();
        let rule = Rule { target_minor: rule.target_minor + 1, ..rule };
        Ok((Settings { rule, ..campaign.settings.clone() }, vec![]))
    };
    app.update_campaign(&caller, campaign.id, "", true, dearer).await.expect("the rule may be so");
    app.sweep().await.expect("swept");
    let raised = app.referral(&caller, referral).await.expect("there");
    assert_eq!(raised.referral.rule_version, 2, "the newer rule is for the referral of before");
    clock.advance_seconds(86_400);
    assert_eq!(app.sweep().await.expect("swept"), 1, "the referral whose window is over");
    assert!(app.drop_events(1).await.expect("removed") > 0, "those of the first day");
    forget(&app, &caller, ledger).await;
}

/// Both people, and what comes of them later.
async fn forget(app: &App, caller: &Caller, ledger: Ledger) {
    for email in ["maya@example.com", "ben@example.com"] {
        let email = Email::parse(email).expect("an address");
        app.erase_person(caller, &email, None, true).await.expect("erased");
    }
    let content = Content::Facts(facts(app.clock.now().floor_to_second()));
    let (id, kind, route) = ("evt_4".into(), "any".into(), Route::Call);
    let delivery = Delivery { id, kind, api_version: None, created_at: app.clock.now(), route, content };
    app.record(ledger, vec![delivery]).await.expect("recorded");
}

/// From the first referral to behind the last.
async fn try_a_rule(app: &Arc<App>, caller: &Caller, campaign: CampaignId) {
    let trial = app.begin_simulation(caller, campaign, |rule| Ok(rule.clone()), (1, "")).await.expect("it begins");
    let (tell, mut told) = tokio::sync::mpsc::channel(8);
    trial.carry_out(tell).await;
    let mut outcome = None;
    while let Some(progress) = told.recv().await {
        outcome = progress.expect("it goes on").outcome;
    }
    let simulation = outcome.and_then(|outcome| outcome.simulation).expect("both sides");
    assert_eq!((simulation.current.qualified, simulation.simulated.qualified), (0, 0));
}

/// What a run through the customers at Stripe asks of the database.
async fn go_through_customers(store: &Store, campaign: &Campaign, clock: &Clock) {
    let asked = Asked { metadata_key: "referral_link".into(), created_since: None };
    let run = ReferrerSync::begin(None, campaign.id, asked, clock.now());
    let mut tx = store.write().await.expect("begun");
    let row = tx.lock_ledger(&campaign.ledger).await.expect("asked").expect("there");
    assert!(tx.save_referrer_sync(row.id, &run).await.expect("saved"));
    assert_eq!(tx.referrer_sync(campaign.id).await.expect("asked"), Some(run));
    let known = tx.referrers_by_email("default", [&"maya@example.com".to_owned()]).await.expect("asked");
    tx.add_referrers(&known).await.expect("they are there already");
    tx.commit().await.expect("written");
    assert_eq!(store.unfinished_referrer_syncs(&campaign.ledger).await.expect("asked").len(), 1);
    store.referrer_sync(campaign.id).await.expect("asked");
}

/// By each filter.
async fn read_the_audit_log(app: &App, caller: &Caller, referral: ReferralId) {
    let (none, key) = (AuditFilter::default(), KeyId::new(app.clock.now(), [0; 10]));
    let (account, call) = (Some("default".to_owned()), Some(caller.call.clone()));
    for filter in [
        AuditFilter { account, ..none.clone() },
        AuditFilter { key: Some(key), ..none.clone() },
        AuditFilter { subject_id: Some(referral.to_string()), ..none.clone() },
        AuditFilter { call, ..none.clone() },
        AuditFilter { from: Some(app.clock.now()), ..none },
    ] {
        let page = Page::parse(0, "", "").expect("the first page");
        app.audit_log(caller, filter, &page).await.expect("listed");
    }
}

/// Each kind of rule: held and due, each referral and so many, payments with a limit and without.
fn reward_rules() -> Vec<Proposed> {
    let payment = Trigger::Payment { payments_max: 9, payment_days: None };
    let rule = |(trigger, every, limit_per_recipient, hold_days)| {
        let (role, kind, pattern) = (Role::Referrer, Kind::Custom { payload: String::new() }, Pattern::Every(every));
        let terms = Terms { role, trigger, pattern, kind, limit_per_recipient, hold_days };
        Proposed { id: None, display_name: None, terms, auto_issue: false }
    };
    let (qualified, rules) = (Trigger::Qualified, [(payment, 1, Some(1), 0), (payment, 1, None, 0)]);
    [(qualified, 1, None, 1), (qualified, 2, None, 0)].into_iter().chain(rules).map(rule).collect()
}

/// Qualified, rewarded, looked at in every way, and not qualified any more.
async fn earn(app: &App, caller: &Caller, referral: ReferralId) {
    let reason = "as agreed".to_owned();
    let enrolled = app.set_override(caller, referral, "", Verdict::Qualified, reason).await.expect("qualified");
    let (none, recipient) = (RewardFilter::default(), Recipient::Referrer(enrolled.referral.referrer_id));
    let campaign_id = Some(enrolled.referral.campaign_id);
    let (referral_id, state) = (Some(referral), Some(State::Held));
    for filter in [
        RewardFilter { campaign_id, ..none.clone() },
        RewardFilter { campaign_id, state, ..none.clone() },
        RewardFilter { recipient: Some(recipient), ..none.clone() },
        RewardFilter { referral_id, ..none },
    ] {
        let page = Page::parse(0, "", "").expect("the first page");
        let (held, _) = app.rewards(caller, filter, &page).await.expect("listed");
        assert_eq!(held.len(), 1, "nothing was paid since");
        app.reward(caller, held[0].id).await.expect("there");
        app.approve_reward(caller, held[0].id, "").await.expect("noted");
    }
}

/// Writes down every statement that sqlx runs.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<BTreeSet<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Statement(Option<String>);
        impl Visit for Statement {
            fn record_str(&mut self, field: &Field, value: &str) {
                // A text as short as its summary is said there only.
                if field.name() == "db.statement" && !value.is_empty() || field.name() == "summary" && self.0.is_none()
                {
                    self.0 = Some(value.trim().to_owned());
                }
            }

            fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
        }
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement(None);
            event.record(&mut statement);
            self.0.lock().expect("nobody panicked").extend(statement.0);
        }
    }
}

#[tokio::test]
async fn on_sqlite_no_statement_of_the_main_roads_reads_a_table_from_end_to_end() {
    let listener = Listener::default();
    let heard = tracing_subscriber::registry().with(listener.clone());
    tracing::subscriber::set_global_default(heard).expect("there is no other");
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&format!("sqlite:{}", folder.path().join("plans.db").display()), 1).await.expect("opens");
    travel(&store).await;
    let texts = listener.0.lock().expect("nobody panicked").clone();
    let known = ["select", "insert", "update", "with"];
    let texts: Vec<String> = texts
        .into_iter()
        .filter(|text| known.iter().any(|verb| text.starts_with(verb)) && !text.ends_with('…'))
        .collect();
    assert!(texts.len() > 30, "the main roads have more statements: {texts:#?}");
    let mut scans = Vec::new();
    for text in &texts {
        for row in store.rows(&format!("explain query plan {text}"), vec![]).await.expect("explained") {
            let step = row.text("detail").expect("a step");
            let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            // A ledger is most of the database, so its number narrows nothing.
            if table.is_some_and(|table| !MAY_BE_READ_WHOLE.contains(&table)) || step.ends_with("(ledger_id=?)") {
                scans.push(format!("{step}: {text}"));
            }
        }
    }
    assert_eq!(scans, Vec::<String>::new());
}

#[tokio::test]
async fn on_postgres_no_statement_of_the_main_roads_reads_a_table_from_end_to_end() {
    // One connection, which remembers every statement that it prepared.
    let store = Store::open(&postgres::database(), 1).await.expect("opens");
    travel(&store).await;
    for setting in ["set enable_seqscan = off", "set plan_cache_mode = force_generic_plan"] {
        store.rows(setting, vec![]).await.expect("set");
    }
    let text = "select name, statement, cast(coalesce(array_length(parameter_types, 1), 0) as bigint) as parameters \
                from pg_prepared_statements";
    let prepared = store.rows(text, vec![]).await.expect("listed");
    let (mut scans, mut explained) = (Vec::new(), 0);
    for row in &prepared {
        let (name, text) = (row.text("name").expect("a name"), row.text("statement").expect("a text"));
        if text.contains("pg_") || !["select", "insert", "update", "with"].iter().any(|verb| text.starts_with(verb)) {
            continue;
        }
        let nulls = vec!["null"; usize::try_from(row.int("parameters").expect("a number")).expect("few")].join(", ");
        let call = if nulls.is_empty() { name } else { format!("{name}({nulls})") };
        explained += 1;
        // Not prepared itself, which would push another one out.
        let Store::Postgres(pool, _) = &store else { unreachable!("Postgres") };
        let explain = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("explain execute {call}")));
        for step in explain.fetch_all(pool).await.expect("explained") {
            let step: String = step.get("QUERY PLAN");
            let table = step.split("Seq Scan on ").nth(1).and_then(|rest| rest.split(' ').next());
            if table.is_some_and(|table| !MAY_BE_READ_WHOLE.contains(&table)) {
                scans.push(format!("{}: {text}", step.trim()));
            }
        }
    }
    assert!(explained > 30, "the main roads have more statements: {explained}");
    assert_eq!(scans, Vec::<String>::new());
}
