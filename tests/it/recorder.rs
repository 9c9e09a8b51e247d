//! The recorder: what is recorded in groups is as if each delivery had come alone, at the price of one.

use std::sync::Arc;

use referrald::app::recorder::{Place, record_group};
use referrald::app::{App, Error, Seal, Setup};
use referrald::clock::Clock;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::delivery::{Content, Delivery, Ignored, Outcome, Route};
use referrald::domain::fact::{Charge, ChargeStatus, Customer, Fact, Refund, RefundStatus, Seen};
use referrald::domain::money::Currency;
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Pattern;
use referrald::store::Store;

use crate::harness::{Database, RULE, Server, both_databases, each_qualified, of_payments, start_in};

const AT: Time = Time::from_seconds(1_790_000_000);

fn ledger() -> Ledger {
    Ledger { account: "default".to_owned(), mode: Mode::Test }
}

fn delivery(id: &str, facts: Vec<Fact>) -> Delivery {
    let (id, kind) = (id.to_owned(), "charge.succeeded".to_owned());
    Delivery { id, kind, api_version: None, created_at: AT, route: Route::Call, content: Content::Facts(facts) }
}

fn unreadable(id: &str) -> Delivery {
    let content = Content::Ignored(Ignored::Unreadable, "it could not be read".to_owned());
    Delivery { content, ..delivery(id, vec![]) }
}

fn charge(id: &str, email: &str, created_at: Time) -> Fact {
    Fact::Charge(Charge {
        id: id.to_owned(),
        currency: Currency::parse("usd").expect("three letters"),
        created_at,
        customer_id: Some(format!("cus_of_{id}")),
        payment_intent_id: Some(format!("pi_of_{id}")),
        status: ChargeStatus::Succeeded,
        amount_minor: 10_000,
        captured_minor: 10_000,
        released_minor: 0,
        refunded: Seen::new(),
        settlement: None,
        balance_transaction_id: None,
        refunds_known_at: None,
        emails: [(email.to_owned(), created_at)].into(),
        referrals: Seen::new(),
    })
}

/// All that one person does: becomes a customer, pays, gets some of it back.
fn story(number: usize, at: Time) -> Vec<Delivery> {
    let email = format!("payer{number}@example.com");
    let id = format!("ch_{number}");
    let customer = Customer {
        created_at: Some(at),
        emails: [(email.clone(), at)].into(),
        ..Customer::unknown(format!("cus_of_{id}"))
    };
    let refund = Refund {
        id: format!("re_{number}"),
        charge_id: Some(id.clone()),
        amount_minor: 1,
        created_at: at,
        status: RefundStatus::Succeeded,
    };
    [Fact::Customer(customer), charge(&id, &email, at), Fact::Refund(refund)]
        .into_iter()
        .enumerate()
        .map(|(part, fact)| delivery(&format!("evt_{number}_{part}"), vec![fact]))
        .collect()
}

both_databases!(a_group_of_hundreds_takes_as_many_statements_as_a_group_of_one);
async fn a_group_of_hundreds_takes_as_many_statements_as_a_group_of_one(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let costs = costs_of_groups(server, campaign).await;
    assert!(costs < 50, "{costs}");
}

both_databases!(so_does_a_group_that_earns_rewards_by_every_kind_of_rule);
async fn so_does_a_group_that_earns_rewards_by_every_kind_of_rule(server: &Server) {
    let limited = |rule| v1::RewardRule { limit_per_recipient: 1, ..rule };
    let every_nth = v1::RewardRule { pattern: Some(Pattern::EveryNth(2)), ..each_qualified() };
    let rules =
        vec![each_qualified(), limited(each_qualified()), every_nth, of_payments(3, 0), limited(of_payments(3, 0))];
    let campaign = server.rewarding(rules).await;
    let costs = costs_of_groups(server, campaign).await;
    assert!(costs < 60, "{costs}");
    let rewards =
        server.rewards_by(v1::ListRewardsRequest { page_size: 500, ..v1::ListRewardsRequest::default() }).await;
    assert!(rewards.len() > 200, "{}", rewards.len());
}

/// What a group of one person's deliveries costs, and just so one of 66 persons'.
async fn costs_of_groups(server: &Server, campaign: v1::Campaign) -> u32 {
    let maya = server.referrer("maya@example.com").await;
    let at = server.now();
    for number in 0..67 {
        server.register_at(&campaign, &maya, &format!("payer{number}@example.com"), at).await;
    }
    let mut costs = Vec::new();
    for numbers in [0..1, 1..67] {
        let group: Vec<Delivery> = numbers.flat_map(|number| story(number, at.plus_seconds(60))).collect();
        let place = Place {
            store: server.app.store.clone(),
            clock: server.clock.clone(),
            person_key: server.app.seal.person_key().clone(),
            ledger: ledger(),
        };
        let recorded = record_group(&place, &group).await;
        let (recorded, statements) = recorded.expect("recorded");
        assert!(recorded.iter().all(|recorded| recorded.outcome == Outcome::Recorded));
        assert_eq!(recorded.iter().map(|recorded| recorded.changed.len()).sum::<usize>(), group.len() / 3 * 2);
        costs.push(statements);
    }
    assert_eq!(costs[0], costs[1], "statements of a group of one person's deliveries, and of 66 persons'");
    costs[0]
}

both_databases!(a_delivery_twice_in_one_group_is_recorded_and_then_a_duplicate);
async fn a_delivery_twice_in_one_group_is_recorded_and_then_a_duplicate(server: &Server) {
    let paid = delivery("evt_1", vec![charge("ch_1", "ben@example.com", AT)]);
    let group = [paid.clone(), paid.clone(), unreadable("evt_2"), unreadable("evt_2")];
    let recorded = server.app.record(ledger(), group.to_vec()).await.expect("recorded");
    let outcomes: Vec<Outcome> = recorded.iter().map(|recorded| recorded.outcome).collect();
    let ignored = Outcome::Ignored(Ignored::Unreadable);
    assert_eq!(outcomes, [Outcome::Recorded, Outcome::Duplicate, ignored, ignored]);
    assert_eq!(
        on_record(server).await,
        [("evt_1".to_owned(), None), ("evt_2".to_owned(), Some("UNREADABLE".to_owned()))]
    );
}

both_databases!(a_delivery_that_was_ignored_is_recorded_once_it_can_be_read);
async fn a_delivery_that_was_ignored_is_recorded_once_it_can_be_read(server: &Server) {
    let paid = delivery("evt_1", vec![charge("ch_1", "ben@example.com", AT)]);
    for (group, outcomes) in [
        (vec![unreadable("evt_1")], vec![Outcome::Ignored(Ignored::Unreadable)]),
        (vec![unreadable("evt_1"), paid.clone()], vec![Outcome::Ignored(Ignored::Unreadable), Outcome::Recorded]),
        (vec![paid.clone(), unreadable("evt_1")], vec![Outcome::Duplicate, Outcome::Ignored(Ignored::Unreadable)]),
    ] {
        let recorded = server.app.record(ledger(), group).await.expect("recorded");
        assert_eq!(recorded.iter().map(|recorded| recorded.outcome).collect::<Vec<_>>(), outcomes);
    }
    assert_eq!(on_record(server).await, [("evt_1".to_owned(), None)]);
}

async fn on_record(server: &Server) -> Vec<(String, Option<String>)> {
    let rows = server.app.store.rows("select id, ignored_reason from deliveries order by id", vec![]).await;
    let read = |row: &referrald::store::Row| {
        (row.text("id").expect("an id"), row.text_or_null("ignored_reason").expect("a reason or none"))
    };
    rows.expect("listed").iter().map(read).collect()
}

both_databases!(how_often_a_delivery_came_and_how_it_came_first_is_on_record);
async fn how_often_a_delivery_came_and_how_it_came_first_is_on_record(server: &Server) {
    let began = server.now();
    let paid = Delivery { route: Route::Import, ..delivery("evt_1", vec![charge("ch_1", "ben@example.com", AT)]) };
    server.app.record(ledger(), vec![paid.clone(), paid.clone()]).await.expect("recorded");
    server.advance_days(1);
    let again = Delivery { route: Route::Reconciliation, ..paid };
    server.app.record(ledger(), vec![again]).await.expect("recorded");
    let text = "select route, secret_id, objects, received_count, received_at, last_received_at from deliveries";
    let rows = server.app.store.rows(text, vec![]).await.expect("listed");
    let text = |column| rows[0].text_or_null(column).expect("a text or none");
    assert_eq!(text("route").as_deref(), Some("IMPORT"));
    assert_eq!(text("secret_id"), None);
    assert_eq!(text("objects").as_deref(), Some(r#"[["CHARGE","ch_1"]]"#));
    assert_eq!(rows[0].int("received_count").expect("a number"), 3);
    assert!(rows[0].time("received_at").expect("a time") < began.plus_days(1));
    assert!(rows[0].time("last_received_at").expect("a time") >= began.plus_days(1));
}

both_databases!(each_change_names_the_delivery_call_or_clock_that_led_to_it);
async fn each_change_names_the_delivery_call_or_clock_that_led_to_it(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    let at = server.now();
    server.register_at(&campaign, &maya, "payer0@example.com", at).await;
    server.register_at(&campaign, &maya, "payer1@example.com", at).await;
    // One group, and each of its deliveries leads to changes of its own.
    let group: Vec<Delivery> = (0..2).flat_map(|number| story(number, at.plus_seconds(60))).collect();
    server.app.record(ledger(), group.clone()).await.expect("recorded");
    let text = "select type, cause_type, cause_id, cause_key from events order by seq";
    let rows = server.app.store.rows(text, vec![]).await.expect("listed");
    let text = |row: &referrald::store::Row, column| row.text_or_null(column).expect("a text or none");
    let of_kind = |kind: &str| {
        let rows = rows.iter().filter(|row| text(row, "type").as_deref() == Some(kind));
        rows.map(|row| (text(row, "cause_type").unwrap_or_default(), text(row, "cause_id"))).collect::<Vec<_>>()
    };
    let of_delivery = |number: usize| ("DELIVERY".to_owned(), Some(group[number].id.clone()));
    let registered = ("CALL".to_owned(), Some("ReferralService/CreateReferral".to_owned()));
    assert_eq!(of_kind("referral.registered"), [registered.clone(), registered]);
    assert_eq!(of_kind("referral.qualified"), [of_delivery(1), of_delivery(4)]);
    assert_eq!(of_kind("reward.due"), [of_delivery(1), of_delivery(4)]);
    assert!(text(&rows[0], "cause_key").is_some_and(|key| key.starts_with("key_")));
    assert!(rows.iter().skip(2).all(|row| text(row, "cause_key").is_none()));
}

both_databases!(a_refund_that_came_before_its_charge_counts_when_the_charge_comes);
async fn a_refund_that_came_before_its_charge_counts_when_the_charge_comes(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let at = server.now();
    let referral = server.register_at(&campaign, &maya, "payer0@example.com", at).await;
    for delivery in story(0, at.plus_seconds(60)).into_iter().rev() {
        server.app.record(ledger(), vec![delivery]).await.expect("recorded");
    }
    let (state, spend) = server.stands(&referral.id).await;
    assert_eq!((state.as_str_name(), spend), ("REFERRAL_STATE_PENDING", 9_999));
}

both_databases!(a_registration_in_one_campaign_does_not_give_a_payment_away_in_another);
async fn a_registration_in_one_campaign_does_not_give_a_payment_away_in_another(server: &Server) {
    let (first, second) = (server.campaign(RULE).await, server.campaign(RULE).await);
    let maya = server.referrer("maya@example.com").await;
    let at = server.now();
    let owner = server.register_at(&first, &maya, "owner@example.com", at).await;
    let rival = server.register_at(&first, &maya, "rival@example.com", at).await;
    let mut paid = charge("ch_1", "owner@example.com", at.plus_seconds(60));
    if let Fact::Charge(charge) = &mut paid {
        charge.emails.insert("rival@example.com".to_owned(), at.plus_seconds(61));
    }
    server.app.record(ledger(), vec![delivery("evt_1", vec![paid])]).await.expect("recorded");
    server.register_at(&second, &maya, "owner@example.com", at).await;
    assert_eq!(server.stands(&owner.id).await.1, 10_000);
    assert_eq!(server.stands(&rival.id).await.1, 0);
}

both_databases!(a_late_registration_takes_a_payment_from_a_rival_even_where_it_came_too_late_for_itself);
async fn a_late_registration_takes_a_payment_from_a_rival_even_where_it_came_too_late_for_itself(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let long_ago = server.now().plus_days(-40);
    let paid_at = server.now().plus_days(-5);
    let rival = server.register_at(&campaign, &maya, "rival@example.com", paid_at.plus_days(-1)).await;
    let mut paid = charge("ch_1", "owner@example.com", paid_at);
    if let Fact::Charge(charge) = &mut paid {
        charge.emails.insert("rival@example.com".to_owned(), paid_at.plus_seconds(61));
    }
    server.app.record(ledger(), vec![delivery("evt_1", vec![paid])]).await.expect("recorded");
    assert_eq!(server.stands(&rival.id).await.1, 10_000);
    let owner = server.register_at(&campaign, &maya, "owner@example.com", long_ago).await;
    assert_eq!((server.stands(&rival.id).await.1, server.stands(&owner.id).await.1), (0, 0));
}

async fn opened(database: Database) -> (Arc<App>, Option<tempfile::TempDir>) {
    let (url, folder) = start_in(database);
    let store = Store::open(&url, 4).await.expect("opens");
    store.migrate().await.expect("migrates");
    let mut tx = store.write().await.expect("begins");
    tx.add_account("default", AT).await.expect("made");
    tx.commit().await.expect("committed");
    (App::new(store, Clock::default(), Setup::new(Seal::new(&[7; 32]))), folder)
}

/// Makes the database refuse one charge, as it would refuse what we did not foresee.
async fn refuse_poison(store: &Store) {
    match store {
        Store::Sqlite { writer, .. } => {
            let text = "create trigger poison before insert on charges when new.id = 'ch_poison' \
                        begin select raise(abort, 'poison'); end";
            sqlx::raw_sql(text).execute(writer).await.expect("made");
        }
        Store::Postgres(pool, _) => {
            let text = "create function poison() returns trigger language plpgsql as \
                        $$ begin raise exception 'poison'; end $$; \
                        create trigger poison before insert on charges for each row when (new.id = 'ch_poison') \
                        execute function poison()";
            sqlx::raw_sql(text).execute(pool).await.expect("made");
        }
    }
}

both_databases!(on: a_delivery_that_the_database_refuses_fails_alone);
async fn a_delivery_that_the_database_refuses_fails_alone(database: Database) {
    let (app, _folder) = opened(database).await;
    refuse_poison(&app.store).await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..40 {
        let app = app.clone();
        let id = if number == 20 { "ch_poison".to_owned() } else { format!("ch_{number}") };
        calls.spawn(async move {
            let delivery = delivery(&format!("evt_{number}"), vec![charge(&id, "ben@example.com", AT)]);
            (number, app.record(ledger(), vec![delivery]).await)
        });
    }
    for (number, answer) in calls.join_all().await {
        match answer {
            Ok(recorded) => assert_eq!(recorded[0].outcome, Outcome::Recorded, "{number}"),
            Err(error) => assert!(number == 20 && matches!(error, Error::Internal), "{number}: {error:?}"),
        }
    }
    let rows = app.store.rows("select id from deliveries", vec![]).await.expect("listed");
    assert_eq!(rows.len(), 39);
    let alone = app.record(ledger(), vec![delivery("evt_later", vec![charge("ch_later", "a@b", AT)])]).await;
    assert!(alone.is_ok(), "the queue goes on");
}

both_databases!(on: all_who_wait_are_told_at_once_when_the_database_is_gone);
async fn all_who_wait_are_told_at_once_when_the_database_is_gone(database: Database) {
    let (app, _folder) = opened(database).await;
    app.record(ledger(), vec![delivery("evt_0", vec![])]).await.expect("recorded");
    app.store.close().await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..40 {
        let app = app.clone();
        calls.spawn(async move { app.record(ledger(), vec![delivery(&format!("evt_{number}"), vec![])]).await });
    }
    for answer in calls.join_all().await {
        assert!(matches!(answer, Err(Error::StoreUnavailable)), "{answer:?}");
    }
}
