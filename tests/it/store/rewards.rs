//! Rewards.

use std::collections::BTreeSet;

use referrald::domain::id::{ReferralId, ReferrerId, RewardId, RewardRuleId};
use referrald::domain::money::Currency;
use referrald::domain::reward::{Cause, Reason, Recipient, Reward, State};
use referrald::store::{RewardFilter, Store};

use super::people::{campaign, referral, with};
use super::{AT, locked, on_both};

fn rule_id(number: u8) -> RewardRuleId {
    RewardRuleId::new(AT, [number; 10])
}

fn maya() -> Recipient {
    Recipient::Referrer(ReferrerId::new(AT, [1; 10]))
}

/// A reward that says all there is to say, for a payment.
fn full(number: u8) -> Reward {
    let some = |text: &str| Some(text.to_owned());
    Reward {
        id: RewardId::new(AT, [number; 10]),
        rule_id: rule_id(1),
        campaign_id: campaign(1).id,
        recipient: maya(),
        cause: Cause::Charge(format!("ch_{number}")),
        paid_at: Some(AT.floor_to_second()),
        referral_id: Some(ReferralId::new(AT, [1; 10])),
        round: 2,
        state: State::ReversalDue,
        reason: Some(Reason::Operator),
        detail: some("as 'agreed'"),
        amount_minor: Some(500),
        given_minor: 380,
        currency: Currency::parse("usd").expect("three letters"),
        custom_payload: some("a \"mug\"\n"),
        held_until: AT.plus_days(1),
        approved_at: Some(AT.plus_days(2)),
        unearned_at: Some(AT.plus_days(3)),
        sent_at: Some(AT.plus_days(4)),
        awaiting_email: some("maya@example.com"),
        customer_id: some("cus_1"),
        stripe_object_id: some("cbtxn_1"),
        promotion_code: some("HI-1"),
        issued_at: Some(AT.plus_days(5)),
        reversed_at: Some(AT.plus_days(6)),
        revision: 7,
        created_at: AT,
        updated_at: AT.plus_days(7),
    }
}

/// One that says as little as can be, for a slot.
fn plain(number: u8) -> Reward {
    Reward {
        cause: Cause::Slot(u32::from(number)),
        paid_at: None,
        referral_id: None,
        state: State::Held,
        reason: None,
        detail: None,
        amount_minor: None,
        custom_payload: None,
        approved_at: None,
        unearned_at: None,
        sent_at: None,
        awaiting_email: None,
        customer_id: None,
        stripe_object_id: None,
        promotion_code: None,
        issued_at: None,
        reversed_at: None,
        ..full(number)
    }
}

/// One for a person who was referred.
fn of_referred(number: u8) -> Reward {
    let id = ReferralId::new(AT, [number; 10]);
    let (recipient, cause) = (Recipient::Referred(id), Cause::Referral(id));
    Reward { recipient, cause, referral_id: Some(id), rule_id: rule_id(2), ..plain(number) }
}

/// A ledger with these rewards.
async fn holding(store: &Store, rewards: &[Reward]) {
    with(store, &[]).await;
    let (mut tx, row) = locked(store, "shop").await;
    tx.save_rewards(row.id, rewards.iter()).await.expect("saved");
    tx.commit().await.expect("committed");
}

on_both!(a_reward_comes_back_as_it_was_saved);
async fn a_reward_comes_back_as_it_was_saved(store: Store) {
    let rewards = [full(1), plain(2), of_referred(3)];
    holding(&store, &rewards).await;
    for reward in &rewards {
        let known = store.reward(reward.id).await.expect("asked");
        assert_eq!(known, Some((reward.clone(), "shop".to_owned())));
    }
    assert_eq!(store.reward(full(9).id).await.expect("asked"), None);
    let (mut tx, row) = locked(&store, "shop").await;
    assert_eq!(tx.reward(full(1).id).await.expect("asked"), Some(full(1)));
    assert_eq!(tx.ledger_of_reward(full(1).id).await.expect("asked"), Some(row.id));
    assert_eq!(tx.ledger_of_reward(full(9).id).await.expect("asked"), None);
}

on_both!(a_reward_that_is_there_is_written_over_and_its_cause_never_is);
async fn a_reward_that_is_there_is_written_over_and_its_cause_never_is(store: Store) {
    holding(&store, &[full(1)]).await;
    let (mut tx, row) = locked(&store, "shop").await;
    let Reward { cause, paid_at, custom_payload, .. } = full(1);
    let changed = Reward { cause, paid_at, custom_payload, referral_id: None, ..plain(1) };
    tx.save_rewards(row.id, [&changed, &plain(2)].into_iter()).await.expect("saved");
    assert_eq!(tx.reward(full(1).id).await.expect("asked"), Some(changed));
    let twice = Reward { id: full(3).id, ..full(1) };
    assert!(tx.save_rewards(row.id, [&twice].into_iter()).await.is_err(), "one for each rule, recipient and cause");
}

fn texts(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(ToString::to_string).collect()
}

on_both!(rewards_are_found_by_whom_and_by_what_they_are_for);
async fn rewards_are_found_by_whom_and_by_what_they_are_for(store: Store) {
    holding(&store, &[full(1), plain(2), of_referred(3)]).await;
    let (mut tx, row) = locked(&store, "shop").await;
    let ids = |rewards: Vec<Reward>| rewards.into_iter().map(|reward| reward.id).collect::<BTreeSet<_>>();
    let (referrer, rule, other) = (maya().to_string(), rule_id(1).to_string(), rule_id(2).to_string());
    let earned = tx.rewards_of_referrals(&texts(&[&of_referred(3).recipient.to_string()])).await.expect("asked");
    assert_eq!(ids(earned), [of_referred(3).id].into());
    let under = tx.rewards_under(&texts(&[&referrer]), &texts(&[&rule, &other])).await.expect("asked");
    assert_eq!(ids(under), [full(1).id, plain(2).id].into());
    assert_eq!(tx.rewards_under(&texts(&[&referrer]), &texts(&[])).await.expect("asked"), []);
    let paid = tx.rewards_for_charges(&texts(&[&referrer]), &texts(&[&rule]), &texts(&["ch_1", "2"])).await;
    assert_eq!(ids(paid.expect("asked")), [full(1).id, plain(2).id].into());
    let waiting = tx.rewards_awaiting(row.id, &texts(&["maya@example.com", "ben@example.com"])).await;
    assert_eq!(ids(waiting.expect("asked")), [full(1).id].into());
    assert_eq!(tx.rewards_awaiting(row.id + 1, &texts(&["maya@example.com"])).await.expect("asked"), []);
}

on_both!(rewards_are_listed_by_filter_and_page);
async fn rewards_are_listed_by_filter_and_page(store: Store) {
    holding(&store, &[of_referred(3), plain(2), full(1)]).await;
    let none = RewardFilter::default();
    let (by_account, by_state) = (
        RewardFilter { account: Some("shop".to_owned()), ..none.clone() },
        RewardFilter { campaign_id: Some(campaign(1).id), state: Some(State::Held), ..none.clone() },
    );
    for (filter, after, limit, numbers) in [
        (none.clone(), None, 9, &[1, 2, 3][..]),
        (none.clone(), Some(1), 1, &[2]),
        (by_account, None, 9, &[1, 2, 3]),
        (RewardFilter { account: Some("eu".to_owned()), ..none.clone() }, None, 9, &[]),
        (by_state, None, 9, &[2, 3]),
        (RewardFilter { recipient: Some(maya()), ..none.clone() }, None, 9, &[1, 2]),
        (RewardFilter { referral_id: full(1).referral_id, ..none }, None, 9, &[1]),
    ] {
        let found = store.rewards(&filter, after.map(|number| full(number).id), limit).await.expect("listed");
        let found: Vec<RewardId> = found.into_iter().map(|reward| reward.id).collect();
        let wanted: Vec<RewardId> = numbers.iter().map(|number| full(*number).id).collect();
        assert_eq!(found, wanted, "{filter:?}");
    }
}

on_both!(a_hold_is_over_at_its_time_unless_the_campaign_is_paused_or_decides_something_first);
async fn a_hold_is_over_at_its_time_unless_the_campaign_is_paused_or_decides_something_first(store: Store) {
    holding(&store, &[plain(1), full(2)]).await;
    let (id, over) = (campaign(1).id, AT.plus_days(1));
    let ripe = async |now| {
        let campaigns = store.campaigns_with_ripe_rewards(now).await.expect("asked");
        let (mut tx, _) = locked(&store, "shop").await;
        let rewards = tx.ripe_rewards(id, now, 9).await.expect("asked");
        assert_eq!(campaigns.len(), usize::from(!rewards.is_empty()));
        rewards.len()
    };
    assert_eq!(ripe(AT).await, 0);
    assert_eq!(ripe(over).await, 1, "what is not held is left alone");
    let (mut tx, row) = locked(&store, "shop").await;
    let waiting = referral(1, "ben@example.com");
    tx.add_referral(row.id, &waiting).await.expect("added");
    tx.commit().await.expect("committed");
    assert_eq!(ripe(over).await, 1, "he is decided later");
    assert_eq!(ripe(waiting.decide_at.expect("a time")).await, 0);
    let (mut tx, _) = locked(&store, "shop").await;
    let live = campaign(1).launch(AT).expect("from draft");
    assert!(tx.update_campaign(&live).await.expect("asked"));
    assert!(tx.update_campaign(&live.pause(AT).expect("from live")).await.expect("asked"));
    tx.commit().await.expect("committed");
    assert_eq!(ripe(over).await, 0);
}

on_both!(who_is_qualified_is_known_and_can_be_woken);
async fn who_is_qualified_is_known_and_can_be_woken(store: Store) {
    let (ben, mut eve) = (referral(1, "ben@example.com"), referral(2, "eve@example.com"));
    eve.decision.qualified_at = None;
    with(&store, &[ben.clone(), eve.clone()]).await;
    let (mut tx, _) = locked(&store, "shop").await;
    let (referrers, campaigns) = (texts(&[&maya().to_string()]), texts(&[&campaign(1).id.to_string()]));
    let qualified = tx.qualified_of(&referrers, &campaigns).await.expect("asked");
    assert_eq!(qualified.len(), 1);
    assert_eq!((qualified[0].id, qualified[0].at), (ben.id, ben.decision.qualified_at.expect("a time")));
    assert_eq!(qualified[0].currency, campaign(1).settings.rule.currency);
    tx.wake_qualified(&referrers, &campaigns, AT).await.expect("woken");
    let due = tx.referrals_due(campaign(1).id, AT, 9).await.expect("asked");
    assert_eq!(due.into_iter().map(|enrolled| enrolled.referral.id).collect::<Vec<_>>(), [ben.id]);
}

on_both!(only_campaigns_with_reward_rules_are_asked_about_them);
async fn only_campaigns_with_reward_rules_are_asked_about_them(store: Store) {
    with(&store, &[]).await;
    let (mut tx, row) = locked(&store, "shop").await;
    let plain = referrald::domain::campaign::Campaign { reward_rules: vec![], ..campaign(2) };
    tx.add_campaign(row.id, &plain).await.expect("added");
    let known = tx.reward_rules(&texts(&[&campaign(1).id.to_string(), &plain.id.to_string()])).await.expect("asked");
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].0, known[0].1.to_vec()), (campaign(1).id, campaign(1).reward_rules));
}
