//! What the log says of a reward.

use super::super::super::event::{Change, Kind as Told, reward_change};
use super::super::super::examples::day;
use super::*;

fn told(state: State) -> &'static str {
    Told::Reward(state).name()
}

#[test]
fn a_new_reward_and_each_new_state_have_an_event_of_their_name() {
    let new = reward(&rule(terms()));
    assert_eq!(reward_change(None, &new), Some(Change { kind: Told::Reward(State::Due), changed: vec![] }));
    for (state, name) in [
        (State::Held, "reward.held"),
        (State::Issuing, "reward.issuing"),
        (State::Issued, "reward.issued"),
        (State::Failed, "reward.failed"),
        (State::Canceled, "reward.canceled"),
        (State::AwaitingCustomer, "reward.awaiting_customer"),
        (State::Reversing, "reward.reversing"),
        (State::Reversed, "reward.reversed"),
        (State::ReversalDue, "reward.reversal_due"),
    ] {
        let change = reward_change(Some(&new), &Reward { state, ..new.clone() });
        assert_eq!(change, Some(Change { kind: Told::Reward(state), changed: vec!["state"] }));
        assert_eq!(told(state), name);
    }
    assert_eq!(told(State::Due), "reward.due");
}

#[test]
fn whatever_else_changes_is_named_and_the_bookkeeping_is_not() {
    let before = reward(&rule(terms()));
    let after = Reward {
        round: 2,
        reason: Some(Reason::Operator),
        detail: Some("no".into()),
        amount_minor: Some(1),
        given_minor: 1,
        currency: currency("jpy"),
        held_until: day(9),
        approved_at: Some(day(1)),
        unearned_at: Some(day(1)),
        customer_id: Some("cus_1".into()),
        stripe_object_id: Some("cbtxn_1".into()),
        promotion_code: Some("HI".into()),
        issued_at: Some(day(1)),
        reversed_at: Some(day(1)),
        ..before.clone()
    };
    let changed = reward_change(Some(&before), &after).expect("a change");
    assert_eq!((changed.kind.name(), changed.changed.len()), ("reward.updated", 14));
    let touched = Reward { revision: 9, updated_at: day(9), sent_at: Some(day(9)), ..before.clone() };
    assert_eq!(reward_change(Some(&before), &touched), None);
}
