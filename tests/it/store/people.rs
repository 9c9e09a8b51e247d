//! Campaigns, referrers and referrals.

use std::sync::Arc;

use referrald::domain::campaign::{Campaign, Settings, State};
use referrald::domain::customer::{CustomerSync, LinkedCustomer};
use referrald::domain::email::Email;
use referrald::domain::event::{Cause, Change, Event, Kind};
use referrald::domain::id::{CampaignId, ReferralId, ReferrerId, RewardRuleId};
use referrald::domain::mapping::{Entry, Mapping, Source, Target};
use referrald::domain::money::Currency;
use referrald::domain::qualification as decided;
use referrald::domain::qualification::{
    Decision, Disqualification, Override, Setback, UNDECIDED, Unqualified, Verdict,
};
use referrald::domain::referral::{Person, Referral, Referrer};
use referrald::domain::reward::{Amount, Kind as Gift, Pattern, RewardRule, Role, Terms, Trigger};
use referrald::domain::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, NewCustomerMode, Operator, RefundPolicy, RefundScope,
    Rule,
};
use referrald::domain::text::CustomFields;
use referrald::domain::world::Enrolled;
use referrald::store::{CampaignFilter, ReferralFilter, ReferrerFilter, Store};

use super::{AT, ledger, locked, on_both};

fn rule() -> Rule {
    Rule {
        currency: Currency::parse("jpy").expect("three letters"),
        target_minor: 999_999_999_999,
        window_days: 3650,
        operator: Operator::MoreThan,
        method: Method::FirstPayment,
        refund_policy: RefundPolicy::AnyRefund,
        refund_scope: RefundScope::AnyTime,
        dispute_policy: DisputePolicy::LostCountsAgainst,
        currency_policy: CurrencyPolicy::SettlementAmount,
        count_prior_days: 12,
        new_customer_mode: NewCustomerMode::CreateAtOnce,
        existing_email_mode: ExistingEmailMode::CreateDuplicate,
    }
}

pub fn campaign(number: u8) -> Campaign {
    let field = |name: &str, target: &str| Entry {
        source: Source::parse(name).expect("a field"),
        target: Target::parse(target).expect("a target"),
    };
    let fixed = Entry {
        source: Source::fixed("a \"fixed\" value").expect("a value"),
        target: Target::parse("metadata[from]").expect("a target"),
    };
    Campaign {
        id: CampaignId::new(AT, [number; 10]),
        ledger: ledger("shop"),
        state: State::Draft,
        settings: Settings {
            display_name: "Freunde werben 🎉".to_owned(),
            starts_at: Some(AT),
            ends_at: Some(AT.plus_days(9)),
            landing_url: Some("https://shop.example/i/".to_owned()),
            rule: rule(),
            mapping: Mapping::new(vec![field("email", "email"), field("custom.plan", "metadata[plan]"), fixed])
                .expect("a mapping"),
            ids_omitted: true,
        },
        reward_rules: reward_rules(),
        rule_version: 1,
        application: None,
        revision: 1,
        created_at: AT,
        updated_at: AT,
    }
}

/// One with each part that a rule may have.
fn reward_rules() -> Vec<RewardRule> {
    let payment = |payment_days| Trigger::Payment { payments_max: 12, payment_days };
    let share = |cap_minor| Gift::Credit(Amount::BasisPoints { points: 1_250, cap_minor });
    let code = |code_prefix: Option<&str>, expires_days| Gift::PromotionCode {
        coupon_id: "SPRING".to_owned(),
        code_prefix: code_prefix.map(str::to_owned),
        expires_days,
    };
    let every = Pattern::Every;
    let all = [
        (Role::Referrer, Trigger::Qualified, every(3), Gift::Credit(Amount::Fixed(500)), Some(9), 14),
        (Role::Referrer, Trigger::Qualified, Pattern::Milestones([1, 5].into()), code(None, None), None, 0),
        (Role::Referred, Trigger::Registered, every(1), code(Some("HI-"), Some(30)), None, 0),
        (Role::Referred, payment(Some(365)), every(1), share(Some(2_000)), None, 1),
        (Role::Referrer, payment(None), every(1), share(None), None, 0),
        (Role::Referrer, Trigger::Qualified, every(1), Gift::Custom { payload: "{\"a\":\n\"ü\"}".to_owned() }, None, 0),
    ];
    let rule = |(number, (role, trigger, pattern, kind, limit_per_recipient, hold_days))| RewardRule {
        id: RewardRuleId::new(AT, [number; 10]),
        display_name: (number % 2 == 0).then(|| "Danke \"dir\"".to_owned()),
        terms: Terms { role, trigger, pattern, kind, limit_per_recipient, hold_days },
        auto_issue: number % 2 == 0,
        currency: rule().currency,
        effective_from: (number > 2).then_some(AT),
        retired_at: (number > 3).then_some(AT.plus_days(1)),
    };
    (0..).zip(all).map(rule).collect()
}

fn person(email: &str) -> Person {
    let custom: CustomFields = [("plan".to_owned(), "\"gold\"".to_owned())].into();
    let some = |text: &str| Some(text.to_owned());
    Person {
        email: Email::parse(email).expect("an address"),
        first_name: some("Zoë"),
        last_name: some("O'Hara"),
        phone: some("+49 30 1"),
        custom,
    }
}

fn referrer(number: u8, code: &str, email: &str) -> Referrer {
    Referrer {
        id: ReferrerId::new(AT, [number; 10]),
        account: "shop".to_owned(),
        code: code.to_owned(),
        person: person(email),
        erased_at: None,
        revision: 1,
        created_at: AT,
        updated_at: AT,
    }
}

/// A referral of the first campaign and referrer that says all there is to say.
pub fn referral(number: u8, email: &str) -> Referral {
    Referral {
        id: ReferralId::new(AT, [number; 10]),
        campaign_id: campaign(1).id,
        referrer_id: referrer(1, "maya", "maya@example.com").id,
        person: person(email),
        registered_at: AT.floor_to_second(),
        rule_version: 1,
        erased: None,
        is_referrer_erased: false,
        self_referral: true,
        manual: Some(Override { verdict: Verdict::Disqualified, reason: "as 'agreed'".to_owned(), at: AT }),
        customer_sync: CustomerSync::Failed("no such 'customer'".to_owned()),
        customer: Some(LinkedCustomer { id: "cus_1".to_owned(), only: true }),
        decision: Decision {
            state: decided::State::Disqualified(Disqualification::Manual),
            spend_minor: 12,
            qualified_at: Some(AT),
            unqualified: Some(Unqualified { at: AT, cause: Setback::Dispute }),
        },
        decide_at: Some(AT.plus_days(3)),
        revision: 3,
        created_at: AT,
        updated_at: AT.plus_seconds(1),
    }
}

/// The same with nothing that may be missing.
fn bare(number: u8, email: &str) -> Referral {
    let empty = CustomFields::new();
    Referral {
        person: Person { first_name: None, last_name: None, phone: None, custom: empty, ..person(email) },
        self_referral: false,
        manual: None,
        customer_sync: CustomerSync::NotNeeded,
        customer: None,
        decision: UNDECIDED,
        decide_at: None,
        ..referral(number, email)
    }
}

fn enrolled(referral: &Referral) -> Enrolled {
    Enrolled { referral: referral.clone(), rule: rule(), decides: true }
}

/// A campaign, a referrer and these referrals.
pub async fn with(store: &Store, referrals: &[Referral]) {
    let (mut tx, row) = locked(store, "shop").await;
    tx.add_campaign(row.id, &campaign(1)).await.expect("added");
    assert!(tx.add_referrer(&referrer(1, "maya", "maya@example.com")).await.expect("asked"));
    for referral in referrals {
        tx.add_referral(row.id, referral).await.expect("added");
    }
    tx.commit().await.expect("committed");
}

on_both!(a_campaign_comes_back_as_it_was_saved);
async fn a_campaign_comes_back_as_it_was_saved(store: Store) {
    with(&store, &[]).await;
    assert_eq!(store.campaign(campaign(1).id).await.expect("asked"), Some(campaign(1)));
    assert_eq!(store.campaign(campaign(9).id).await.expect("asked"), None);
    let (mut tx, row) = locked(&store, "shop").await;
    let mut plain = Campaign { reward_rules: vec![], ..campaign(2) };
    plain.settings = Settings {
        starts_at: None,
        ends_at: None,
        landing_url: None,
        mapping: Mapping::new(vec![]).expect("empty"),
        ids_omitted: false,
        ..plain.settings
    };
    tx.add_campaign(row.id, &plain).await.expect("added");
    assert_eq!(tx.campaign(plain.id).await.expect("asked"), Some(plain));
}

on_both!(a_campaign_is_changed_from_the_revision_before_only);
async fn a_campaign_is_changed_from_the_revision_before_only(store: Store) {
    with(&store, &[]).await;
    let (mut tx, _) = locked(&store, "shop").await;
    let live = campaign(1).launch(AT.plus_days(1)).expect("from draft");
    assert!(tx.update_campaign(&live).await.expect("asked"));
    assert!(!tx.update_campaign(&live).await.expect("asked"), "it has that revision already");
    let other = Settings { rule: Rule { target_minor: 5, ..rule() }, ..live.settings.clone() };
    let changed = live.with_settings(other, vec![], AT.plus_days(2));
    assert!(tx.update_campaign(&changed).await.expect("asked"));
    tx.commit().await.expect("committed");
    assert_eq!(store.campaign(changed.id).await.expect("asked"), Some(changed));
}

on_both!(a_referral_keeps_the_rule_of_its_version);
async fn a_referral_keeps_the_rule_of_its_version(store: Store) {
    with(&store, &[referral(1, "ben@example.com")]).await;
    let (mut tx, _) = locked(&store, "shop").await;
    let other = Settings { rule: Rule { target_minor: 5, ..rule() }, ..campaign(1).settings };
    let changed = campaign(1).with_settings(other, vec![], AT);
    assert!(tx.update_campaign(&changed).await.expect("asked"));
    let kept = tx.referral(referral(1, "ben@example.com").id).await.expect("asked").expect("there");
    assert_eq!(kept.rule, rule());
}

on_both!(campaigns_are_listed_by_page_in_the_order_of_their_making);
async fn campaigns_are_listed_by_page_in_the_order_of_their_making(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    for number in [3, 1, 2] {
        tx.add_campaign(row.id, &campaign(number)).await.expect("added");
    }
    tx.commit().await.expect("committed");
    let all = CampaignFilter::default();
    assert_eq!(store.campaigns(&all, None, 2).await.expect("listed"), [campaign(1), campaign(2)]);
    assert_eq!(store.campaigns(&all, Some(campaign(2).id), 2).await.expect("listed"), [campaign(3)]);
    for (filter, count) in [
        (CampaignFilter { account: Some("shop".into()), ..all.clone() }, 3),
        (CampaignFilter { account: Some("other".into()), ..all.clone() }, 0),
        (CampaignFilter { state: Some(State::Live), ..all.clone() }, 0),
        (CampaignFilter { mode: Some(campaign(1).ledger.mode), state: Some(State::Draft), ..all.clone() }, 3),
    ] {
        assert_eq!(store.campaigns(&filter, None, 9).await.expect("listed").len(), count, "{filter:?}");
    }
}

on_both!(a_referrer_is_one_by_email_and_by_code_in_its_account);
async fn a_referrer_is_one_by_email_and_by_code_in_its_account(store: Store) {
    with(&store, &[]).await;
    let (mut tx, _) = locked(&store, "shop").await;
    tx.add_account("other", AT).await.expect("made");
    let maya = referrer(1, "maya", "maya@example.com");
    assert!(!tx.add_referrer(&referrer(2, "maya", "else@example.com")).await.expect("asked"), "the code is taken");
    assert!(!tx.add_referrer(&referrer(2, "else", "Maya@Example.com")).await.expect("asked"), "the email is taken");
    let elsewhere = Referrer { account: "other".into(), ..referrer(2, "maya", "maya@example.com") };
    assert!(tx.add_referrer(&elsewhere).await.expect("asked"));
    assert_eq!(tx.referrer(maya.id).await.expect("asked"), Some(maya.clone()));
    assert_eq!(tx.referrer_by_code("other", "maya").await.expect("asked"), Some(elsewhere.clone()));
    assert_eq!(tx.referrer_by_email("shop", "maya@example.com").await.expect("asked"), Some(maya.clone()));
    assert_eq!(tx.referrer_by_code("shop", "MAYA").await.expect("asked"), None, "codes are told apart by case");
    let changed = Referrer { person: person("new@example.com"), revision: 2, updated_at: AT.plus_days(1), ..maya };
    assert!(tx.update_referrer(&changed).await.expect("asked") && !tx.update_referrer(&changed).await.expect("asked"));
    tx.commit().await.expect("committed");
    assert_eq!(store.referrer(changed.id).await.expect("asked"), Some(changed.clone()));
    let filter = ReferrerFilter { code: Some("maya".into()), ..ReferrerFilter::default() };
    assert_eq!(store.referrers(&filter, None, 9).await.expect("listed"), [changed.clone(), elsewhere.clone()]);
    assert_eq!(store.referrers(&filter, Some(changed.id), 9).await.expect("listed"), [elsewhere]);
}

on_both!(a_referral_comes_back_as_it_was_saved_by_each_of_its_names);
async fn a_referral_comes_back_as_it_was_saved_by_each_of_its_names(store: Store) {
    let (full, plain) = (referral(1, "Ben@Example.com"), bare(2, "ann@example.com"));
    with(&store, &[full.clone(), plain.clone()]).await;
    let (mut tx, row) = locked(&store, "shop").await;
    assert_eq!(tx.referral(plain.id).await.expect("asked"), Some(enrolled(&plain)));
    let by_email = tx.referral_by_email(full.campaign_id, "ben@example.com").await.expect("asked");
    assert_eq!(by_email, Some(enrolled(&full)));
    let ids = [full.id.to_string(), plain.id.to_string(), ReferralId::new(AT, [9; 10]).to_string()];
    assert_eq!(tx.referrals_by_id(row.id, &ids).await.expect("asked").len(), 2);
    assert_eq!(tx.referrals_by_id(row.id + 1, &ids).await.expect("asked").len(), 0, "of this ledger");
    let emails = ["ann@example.com".to_owned()];
    assert_eq!(tx.referrals_by_email(row.id, &emails).await.expect("asked"), [enrolled(&plain)]);
    assert_eq!(tx.ledger_of_referral(full.id).await.expect("asked"), Some(row.id));
    drop(tx);
    assert_eq!(store.referral(full.id).await.expect("asked"), Some((enrolled(&full), "shop".to_owned())));
}

on_both!(one_email_is_one_referral_of_a_campaign);
async fn one_email_is_one_referral_of_a_campaign(store: Store) {
    with(&store, &[referral(1, "ben@example.com")]).await;
    let (mut tx, row) = locked(&store, "shop").await;
    assert!(tx.add_referral(row.id, &referral(2, "BEN@example.com")).await.is_err());
}

on_both!(hundreds_of_referrals_are_written_at_once_and_no_other_is_touched);
async fn hundreds_of_referrals_are_written_at_once_and_no_other_is_touched(store: Store) {
    let numbered = |number: u16, of: fn(u8, &str) -> Referral| {
        let [high, low] = number.to_be_bytes();
        let mut id = [0; 10];
        (id[0], id[1]) = (high, low);
        Referral { id: ReferralId::new(AT, id), ..of(0, &format!("p{number}@example.com")) }
    };
    let before: Vec<Referral> = (0..700).map(|number| numbered(number, bare)).collect();
    with(&store, &before).await;
    let registered = |number: u16| {
        let was = &before[usize::from(number)];
        Referral { self_referral: was.self_referral, ..numbered(number, referral) }
    };
    let after: Vec<Referral> = (0..699).map(registered).collect();
    let (mut tx, _) = locked(&store, "shop").await;
    tx.save_referrals(after.iter()).await.expect("saved");
    tx.commit().await.expect("committed");
    let listed = store.referrals(&ReferralFilter::default(), None, 1000).await.expect("listed");
    let expected: Vec<Enrolled> = after.iter().chain(&before[699..]).map(enrolled).collect();
    assert!(listed == expected, "all but the last, in the order of their ids");
}

on_both!(referrals_are_listed_by_page_and_by_what_they_are);
async fn referrals_are_listed_by_page_and_by_what_they_are(store: Store) {
    let (ann, ben, eve) = (bare(1, "ann@example.com"), referral(2, "ben@example.com"), bare(3, "eve@example.com"));
    with(&store, &[eve.clone(), ann.clone(), ben.clone()]).await;
    let any = ReferralFilter::default();
    for (filter, after, limit, expected) in [
        (any.clone(), None, 2, vec![&ann, &ben]),
        (any.clone(), Some(ben.id), 2, vec![&eve]),
        (ReferralFilter { state: Some("PENDING"), ..any.clone() }, None, 9, vec![&ann, &eve]),
        (ReferralFilter { email: Some("ben@example.com".into()), ..any.clone() }, None, 9, vec![&ben]),
        (ReferralFilter { account: Some("shop".into()), ..any.clone() }, Some(ann.id), 9, vec![&ben, &eve]),
        (ReferralFilter { account: Some("other".into()), ..any.clone() }, None, 9, vec![]),
        (ReferralFilter { campaign_id: Some(campaign(2).id), ..any.clone() }, None, 9, vec![]),
        (ReferralFilter { referrer_id: Some(ann.referrer_id), ..any.clone() }, None, 1, vec![&ann]),
    ] {
        let listed = store.referrals(&filter, after, limit).await.expect("listed");
        assert_eq!(listed, expected.into_iter().map(enrolled).collect::<Vec<_>>(), "{filter:?}");
    }
}

on_both!(what_the_clock_asks_about_is_found_the_longest_due_first);
async fn what_the_clock_asks_about_is_found_the_longest_due_first(store: Store) {
    let due = |number: u8, email: &str, days| Referral { decide_at: Some(AT.plus_days(days)), ..bare(number, email) };
    let (late, soon) = (due(1, "ann@example.com", 5), due(2, "ben@example.com", 2));
    with(&store, &[late.clone(), soon.clone(), bare(3, "eve@example.com")]).await;
    assert_eq!(store.campaigns_due(AT.plus_days(1)).await.expect("asked"), []);
    assert_eq!(store.campaigns_due(AT.plus_days(2)).await.expect("asked"), [campaign(1).id]);
    let (mut tx, _) = locked(&store, "shop").await;
    let now = AT.plus_days(9);
    let found = tx.referrals_due(campaign(1).id, now, 9).await.expect("asked");
    assert_eq!(found, [enrolled(&soon), enrolled(&late)]);
    assert_eq!(tx.referrals_due(campaign(1).id, now, 1).await.expect("asked"), [enrolled(&soon)]);
    let live = campaign(1).launch(AT).expect("from draft");
    assert!(tx.update_campaign(&live).await.expect("asked"));
    tx.commit().await.expect("committed");
    assert_eq!(store.campaigns_over(AT.plus_days(9)).await.expect("asked"), [campaign(1).id], "its end has come");
    assert_eq!(store.campaigns_over(AT.plus_days(8)).await.expect("asked"), []);
    let (mut tx, _) = locked(&store, "shop").await;
    assert!(tx.update_campaign(&live.pause(AT).expect("from live")).await.expect("asked"));
    tx.commit().await.expect("committed");
    assert_eq!(store.campaigns_due(now).await.expect("asked"), [], "a paused campaign decides nothing");
}

fn told(change: Change) -> (Arc<Cause>, Event) {
    (Arc::new(Cause::Clock), Event::Referral(change, Box::new(enrolled(&referral(1, "ben@example.com")))))
}

on_both!(events_are_numbered_on_and_the_ledger_knows_the_last);
async fn events_are_numbered_on_and_the_ledger_knows_the_last(store: Store) {
    with(&store, &[]).await;
    let change = |kind| told(Change { kind, changed: vec!["state"] });
    for (group, last) in [(vec![Kind::Registered, Kind::Qualified], 2), (vec![], 2), (vec![Kind::Unqualified], 3)] {
        let (mut tx, row) = locked(&store, "shop").await;
        let events: Vec<_> = group.into_iter().map(change).collect();
        tx.append_events(row.id, row.last_seq, &events, AT).await.expect("appended");
        tx.commit().await.expect("committed");
        assert_eq!(locked(&store, "shop").await.1.last_seq, last);
    }
    let rows = store.rows("select seq, type, body from events order by seq", vec![]).await.expect("listed");
    let kinds: Vec<String> = rows.iter().map(|row| row.text("type").expect("a type")).collect();
    assert_eq!(kinds, ["referral.registered", "referral.qualified", "referral.unqualified"]);
    let body: serde_json::Value = serde_json::from_str(&rows[0].text("body").expect("a body")).expect("JSON");
    assert_eq!(body["referral"]["person"]["custom"]["plan"], "\"gold\"");
}

on_both!(an_event_whose_number_is_taken_is_refused_and_not_lost);
async fn an_event_whose_number_is_taken_is_refused_and_not_lost(store: Store) {
    with(&store, &[]).await;
    let (mut tx, row) = locked(&store, "shop").await;
    let event = told(Change { kind: Kind::Qualified, changed: vec![] });
    tx.append_events(row.id, 0, std::slice::from_ref(&event), AT).await.expect("appended");
    assert!(tx.append_events(row.id, 0, &[event], AT).await.is_err());
}
