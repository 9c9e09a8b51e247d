//! Every move from every state.

use super::super::super::examples::day;
use super::*;

use State::*;

const ALL: [State; 10] =
    [Held, Due, Issuing, Issued, Failed, Canceled, AwaitingCustomer, Reversing, Reversed, ReversalDue];

/// A reward that came to this state for this reason, with something at Stripe where the state says so.
fn at(state: State, reason: Option<Reason>, rule: &RewardRule) -> Reward {
    let fixed = rule.terms.kind.fixed_minor();
    let given_minor = if matches!(state, Issued | Reversing | ReversalDue) { fixed.unwrap_or(0) } else { 0 };
    Reward { state, reason, given_minor, ..reward(rule) }
}

fn stripe() -> RewardRule {
    rule(terms())
}

fn by_hand() -> RewardRule {
    rule(Terms { kind: custom(), ..terms() })
}

#[test]
fn a_reward_begins_held_or_due_and_knows_what_it_comes_to() {
    let now = reward(&stripe());
    assert_eq!((now.state, now.round, now.amount_minor, now.held_until), (Due, 1, Some(500), REGISTERED));
    assert_eq!(now.currency, currency("eur"), "a fixed amount is in the currency of the rule");
    let held = reward(&rule(Terms { hold_days: 14, ..terms() }));
    assert_eq!((held.state, held.held_until), (Held, day(14)));
    let share = reward(&rule(Terms { kind: share(1_000, None), ..terms() }));
    assert_eq!((share.amount_minor, share.currency), (None, currency("usd")), "a share is in that of the spend");
}

#[test]
fn a_share_that_was_not_computed_yet_follows_the_currency_of_the_spend() {
    let of_spend = rule(Terms { kind: share(1_000, None), ..terms() });
    let (open, yen) = (reward(&of_spend), currency("jpy"));
    let now = open.denominated(&of_spend, yen, day(1));
    assert_eq!((now.currency, now.revision, now.updated_at), (yen, 2, day(1)));
    assert_eq!(now.denominated(&of_spend, yen, day(2)), now);
    for kept in [Reward { amount_minor: Some(1), ..open.clone() }, Reward { sent_at: Some(day(1)), ..open }] {
        assert_eq!(kept.denominated(&of_spend, yen, day(1)), kept, "it has an amount, or may have been sent");
    }
    let fixed = reward(&stripe());
    assert_eq!(fixed.denominated(&stripe(), yen, day(1)), fixed, "an amount keeps its currency");
}

#[test]
fn what_the_cause_does_to_a_reward_in_each_state() {
    use Reason::{NothingDue, Operator, Unearned};
    for (before, reason, earned, after, after_by_hand) in [
        (Held, None, false, Canceled, Canceled),
        (Due, None, false, Canceled, Canceled),
        (AwaitingCustomer, None, false, Canceled, Canceled),
        (Issuing, None, false, Issuing, Issuing),
        (Issued, None, false, Reversing, ReversalDue),
        (Failed, None, false, Canceled, Canceled),
        (Failed, Some(Unearned), false, Failed, Failed),
        (Failed, Some(Unearned), true, Failed, Failed),
        (Canceled, Some(Unearned), true, Due, Due),
        (Canceled, Some(Operator), true, Canceled, Canceled),
        (Canceled, Some(NothingDue), true, Canceled, Canceled),
        (Canceled, Some(NothingDue), false, Canceled, Canceled),
        (Reversing, Some(Unearned), true, Reversing, Reversing),
        (Reversing, Some(Unearned), false, Reversing, Reversing),
        (Reversed, Some(Unearned), true, Due, Due),
        (Reversed, Some(Operator), true, Reversed, Reversed),
        (Reversed, Some(Unearned), false, Reversed, Reversed),
        (ReversalDue, Some(Unearned), true, Issued, Issued),
        (ReversalDue, Some(Operator), true, ReversalDue, ReversalDue),
        (ReversalDue, Some(Unearned), false, ReversalDue, ReversalDue),
    ] {
        for (rule, after) in [(stripe(), after), (by_hand(), after_by_hand)] {
            let settled = at(before, reason, &rule).settle(&rule, earned, day(1));
            assert_eq!(settled.state, after, "{before:?} {reason:?} {earned}");
            assert_eq!(settled.unearned_at.is_none(), earned, "{before:?} {reason:?} {earned}");
        }
    }
    for state in [Held, Due, Issuing, Issued, Failed, AwaitingCustomer] {
        let standing = at(state, None, &stripe());
        assert_eq!(standing.settle(&stripe(), true, day(1)), standing, "{state:?} stays as it is");
    }
}

#[test]
fn to_settle_twice_is_to_settle_once() {
    for (state, reason) in ALL.into_iter().flat_map(|state| [(state, None), (state, Some(Reason::Unearned))]) {
        for earned in [true, false] {
            let once = at(state, reason, &stripe()).settle(&stripe(), earned, day(1));
            assert_eq!(once.settle(&stripe(), earned, day(2)), once, "{state:?} {reason:?} {earned}");
        }
    }
}

#[test]
fn a_failure_that_may_have_reached_stripe_is_looked_for_before_it_is_called_off() {
    let sent = Reward { sent_at: Some(day(1)), ..at(Failed, None, &stripe()) };
    assert!(sent.is_out() && !at(Failed, None, &stripe()).is_out());
    assert_eq!(sent.settle(&stripe(), false, day(2)).state, Reversing);
    assert_eq!(sent.cancel(&stripe(), "no".into(), day(2)).expect("allowed").state, Reversing);
}

#[test]
fn what_was_taken_back_in_part_is_given_again_in_its_rest() {
    let part = Reward { given_minor: 200, ..at(ReversalDue, Some(Reason::Unearned), &stripe()) };
    let again = part.settle(&stripe(), true, day(1));
    assert_eq!((again.state, again.round, again.amount_minor, again.rest_minor()), (Due, 2, Some(500), Some(300)));
    let issuing = again.approve(&stripe(), day(2)).expect("due");
    let issue = Issue { amount_minor: Some(300), ..Issue::default() };
    let whole = issuing.finished(Outcome::Issued(issue), day(3)).expect("issuing");
    assert_eq!((whole.state, whole.amount_minor, whole.given_minor), (Issued, Some(500), 500));
}

#[test]
fn what_was_kept_of_a_round_is_taken_back_when_the_next_comes_to_nothing() {
    let customer_id = Some("cus_1".to_owned());
    let part = Reward { given_minor: 200, customer_id, ..at(ReversalDue, Some(Reason::Unearned), &stripe()) };
    let again = part.settle(&stripe(), true, day(1));
    assert_eq!((again.state, again.customer_id.as_deref()), (Due, Some("cus_1")), "who has it is not forgotten");
    let unearned = again.settle(&stripe(), false, day(2));
    assert_eq!((unearned.state, unearned.reason, unearned.given_minor), (Reversing, Some(Reason::Unearned), 200));
    assert_eq!(again.cancel(&stripe(), "no".into(), day(2)).expect("due").state, Reversing);
    let issuing = again.approve(&stripe(), day(2)).expect("due");
    assert_eq!(issuing.finished(Outcome::Withdrawn, day(3)).expect("issuing").state, Reversing);
    let failed = Outcome::Failed { detail: "no".into(), sent: false };
    let failed = issuing.finished(failed, day(3)).expect("issuing");
    assert_eq!(failed.settle(&stripe(), false, day(4)).state, Reversing);
}

#[test]
fn what_turns_out_to_be_issued_is_known_while_it_is_taken_back() {
    let sent = Reward { sent_at: Some(day(1)), ..at(Failed, None, &stripe()) };
    let reversing = sent.settle(&stripe(), false, day(2));
    let issue = Issue { customer_id: "cus_1".into(), amount_minor: Some(500), ..Issue::default() };
    let found = reversing.finished(Outcome::Found(issue), day(3)).expect("reversing");
    assert_eq!((found.state, found.given_minor, found.issued_at), (Reversing, 500, Some(day(3))));
    assert_eq!((found.reason, found.customer_id.as_deref()), (Some(Reason::Unearned), Some("cus_1")));
}

#[test]
fn a_share_is_computed_anew_in_a_new_round_unless_a_part_of_it_was_kept() {
    let rule = rule(Terms { kind: share(1_000, None), ..terms() });
    let reversed = Reward { amount_minor: Some(70), ..at(Reversed, Some(Reason::Unearned), &rule) };
    assert_eq!(reversed.settle(&rule, true, day(1)).amount_minor, None);
    let kept = Reward { state: ReversalDue, given_minor: 20, ..reversed };
    assert_eq!(kept.settle(&rule, true, day(1)).rest_minor(), Some(50));
}

#[test]
fn a_new_round_forgets_what_the_last_one_left() {
    let rule = rule(Terms { hold_days: 3, ..terms() });
    let old = Reward {
        approved_at: Some(day(1)),
        sent_at: Some(day(1)),
        customer_id: Some("cus_1".into()),
        stripe_object_id: Some("cbtxn_1".into()),
        issued_at: Some(day(1)),
        reversed_at: Some(day(2)),
        unearned_at: Some(day(2)),
        ..at(Reversed, Some(Reason::Unearned), &rule)
    };
    let new = old.settle(&rule, true, day(5));
    let first = reward(&rule);
    let expected = Reward { round: 2, held_until: day(8), revision: 2, updated_at: day(5), ..first };
    assert_eq!(new, expected);
}

#[test]
fn a_hold_ends_by_the_clock() {
    let rule = rule(Terms { hold_days: 3, ..terms() });
    let held = reward(&rule);
    assert_eq!(held.ripened(day(3).plus_seconds(-1)).state, Held);
    assert_eq!(held.ripened(day(3)).state, Due);
}

#[test]
fn what_is_due_is_released_when_it_is_approved_or_needs_no_approval() {
    let automatic = RewardRule { auto_issue: true, ..stripe() };
    assert_eq!(reward(&stripe()).released(&stripe(), day(1)), None);
    assert_eq!(reward(&automatic).released(&automatic, day(1)).expect("free").state, Issuing);
    let approved = Reward { approved_at: Some(day(1)), ..reward(&by_hand()) };
    let given = approved.released(&by_hand(), day(1)).expect("free");
    assert_eq!((given.state, given.issued_at), (Issued, Some(day(1))), "the merchant gives it, and is told so");
    assert_eq!(at(Held, None, &automatic).released(&automatic, day(1)), None);
}

/// The states after a move from each state; `None` where it is refused.
fn moved(make: impl Fn(State) -> Option<State>) -> Vec<(State, Option<State>)> {
    ALL.into_iter().map(|state| (state, make(state))).collect()
}

#[test]
fn an_approval_in_each_state() {
    let approved = moved(|state| at(state, None, &stripe()).approve(&stripe(), day(1)).ok().map(|reward| reward.state));
    let expected = [
        (Held, Some(Held)),
        (Due, Some(Issuing)),
        (Issuing, Some(Issuing)),
        (Issued, Some(Issued)),
        (Failed, None),
        (Canceled, None),
        (AwaitingCustomer, Some(AwaitingCustomer)),
        (Reversing, None),
        (Reversed, None),
        (ReversalDue, None),
    ];
    assert_eq!(approved, expected);
    let once = at(Held, None, &stripe()).approve(&stripe(), day(1)).expect("held");
    assert_eq!((once.approved_at, once.revision), (Some(day(1)), 2));
    assert_eq!(once.approve(&stripe(), day(2)), Ok(once), "twice is once");
    let refused = WrongState { state: Failed, needed: &[Held, Due] };
    assert_eq!(at(Failed, None, &stripe()).approve(&stripe(), day(1)), Err(refused));
}

#[test]
fn a_cancellation_in_each_state() {
    let cancel = |rule: RewardRule, reason| {
        moved(|state| at(state, reason, &rule).cancel(&rule, "no".into(), day(1)).ok().map(|reward| reward.state))
    };
    let expected = [
        (Held, Some(Canceled)),
        (Due, Some(Canceled)),
        (Issuing, None),
        (Issued, Some(Reversing)),
        (Failed, Some(Canceled)),
        (Canceled, None),
        (AwaitingCustomer, Some(Canceled)),
        (Reversing, None),
        (Reversed, None),
        (ReversalDue, Some(Reversed)),
    ];
    assert_eq!(cancel(stripe(), None), expected);
    let by_hand = cancel(by_hand(), None);
    assert_eq!(by_hand[3], (Issued, Some(ReversalDue)));
    let unearned = cancel(stripe(), Some(Reason::Unearned));
    assert_eq!(unearned[4], (Failed, Some(Reversed)), "it failed at being taken back, and was by hand");
    let once = at(Due, None, &stripe()).cancel(&stripe(), "no".into(), day(1)).expect("due");
    assert_eq!((once.reason, once.detail.as_deref()), (Some(Reason::Operator), Some("no")));
    assert_eq!(once.cancel(&stripe(), "really".into(), day(2)), Ok(once.clone()), "twice is once");
    assert_eq!(once.settle(&stripe(), true, day(3)).state, Canceled, "and for good");
    let settled = at(ReversalDue, Some(Reason::Unearned), &stripe()).cancel(&stripe(), "paid back".into(), day(1));
    let settled = settled.expect("allowed");
    assert_eq!((settled.given_minor, settled.reversed_at), (0, Some(day(1))));
    assert_eq!(settled.settle(&stripe(), true, day(2)).round, 2, "what is earned again is given again");
}

#[test]
fn a_retry_in_each_state() {
    let retry = |rule: RewardRule, reason| {
        moved(|state| at(state, reason, &rule).retry(&rule, day(1)).ok().map(|reward| reward.state))
    };
    let allowed = |moves: Vec<(State, Option<State>)>| -> Vec<(State, State)> {
        moves.into_iter().filter_map(|(from, to)| to.map(|to| (from, to))).collect()
    };
    let open = [(Issuing, Issuing), (Failed, Issuing), (AwaitingCustomer, Issuing), (Reversing, Reversing)];
    let due = (ReversalDue, Reversing);
    assert_eq!(allowed(retry(stripe(), None)), [&open[..], &[due]].concat());
    assert_eq!(allowed(retry(by_hand(), None)), open, "what is to be taken back by hand is not tried");
    let unearned = retry(stripe(), Some(Reason::Unearned));
    assert_eq!(allowed(unearned)[1..], [(Failed, Reversing), open[2], open[3], due]);
    let nothing = retry(stripe(), Some(Reason::NothingDue));
    assert_eq!(allowed(nothing)[2], (Canceled, Due));
    let under_way = at(Issuing, None, &stripe());
    assert_eq!(under_way.retry(&stripe(), day(1)), Ok(under_way), "it is under way already");
    let lost = Reward { unearned_at: Some(day(1)), ..at(Canceled, Some(Reason::NothingDue), &stripe()) };
    assert!(lost.retry(&stripe(), day(2)).is_err(), "there is no cause for it any more");
}

#[test]
fn an_outcome_is_for_the_attempt_that_is_under_way() {
    let detail = || "a word".to_owned();
    let outcomes = [
        (Outcome::Issued(Issue::default()), vec![(Issuing, Issued)]),
        (Outcome::AwaitingCustomer { email: detail() }, vec![(Issuing, AwaitingCustomer)]),
        (Outcome::NothingDue, vec![(Issuing, Canceled)]),
        (Outcome::Withdrawn, vec![(Issuing, Canceled)]),
        (Outcome::Found(Issue::default()), vec![(Reversing, Reversing)]),
        (Outcome::Reversed { taken_minor: 500 }, vec![(Reversing, Reversed)]),
        (Outcome::ReversalDue { taken_minor: 100, detail: detail() }, vec![(Reversing, ReversalDue)]),
        (Outcome::Failed { detail: detail(), sent: true }, vec![(Issuing, Failed), (Reversing, Failed)]),
    ];
    for (outcome, expected) in outcomes {
        let finish = |state| at(state, None, &stripe()).finished(outcome.clone(), day(1)).ok();
        let moves: Vec<_> =
            ALL.into_iter().filter_map(|state| finish(state).map(|reward| (state, reward.state))).collect();
        assert_eq!(moves, expected, "{outcome:?}");
    }
}

#[test]
fn an_outcome_leaves_what_came_of_it() {
    let issue = Issue {
        customer_id: "cus_1".into(),
        stripe_object_id: "cbtxn_1".into(),
        promotion_code: None,
        amount_minor: Some(500),
    };
    let issued = at(Issuing, None, &stripe()).finished(Outcome::Issued(issue), day(1)).expect("issuing");
    assert_eq!((issued.given_minor, issued.issued_at, issued.sent_at), (500, Some(day(1)), Some(day(1))));
    assert_eq!(issued.customer_id.as_deref(), Some("cus_1"));
    let reversing = issued.settle(&stripe(), false, day(2));
    let due = Outcome::ReversalDue { taken_minor: 120, detail: "380 were spent".into() };
    let due = reversing.finished(due, day(3)).expect("reversing");
    assert_eq!((due.given_minor, due.detail.as_deref()), (380, Some("380 were spent")));
    let email = "ada@example.com".to_owned();
    let awaiting = at(Issuing, None, &stripe()).finished(Outcome::AwaitingCustomer { email }, day(1)).expect("issuing");
    assert_eq!(awaiting.awaiting_email.as_deref(), Some("ada@example.com"));
    let gone = awaiting.look_again(day(2));
    assert_eq!((gone.state, gone.awaiting_email), (Issuing, None));
    let failed = Outcome::Failed { detail: "the key was revoked".into(), sent: false };
    let failed = reversing.finished(failed, day(3)).expect("reversing");
    assert_eq!((failed.state, failed.reason), (Failed, Some(Reason::Unearned)), "why it was to be taken back stays");
}
