//! What may be a rule, and what becomes of the rules of a campaign when they are changed.

use super::super::super::examples::day;
use super::super::rule::{self as checks};
use super::*;

fn proposed(id: Option<RewardRuleId>, terms: Terms) -> Proposed {
    Proposed { id, display_name: None, terms, auto_issue: false }
}

fn id(n: u8) -> RewardRuleId {
    RewardRuleId::new(day(0), [n; 10])
}

fn standing(n: u8) -> RewardRule {
    RewardRule { id: id(n), ..rule(terms()) }
}

fn revise(stands: &[RewardRule], proposed: Vec<Proposed>, is_draft: bool) -> Vec<RewardRule> {
    let mut next = 100;
    let new_id = || {
        next += 1;
        id(next)
    };
    revised(stands, proposed, is_draft, currency("usd"), day(3), new_id)
}

#[test]
fn what_does_not_go_together_is_named_by_its_part() {
    let registered = Terms { role: Role::Referred, trigger: Trigger::Registered, ..terms() };
    let payment = Terms { trigger: Trigger::Payment { payments_max: 1, payment_days: None }, ..terms() };
    let every_3rd = Pattern::Every(3);
    for (terms, parts) in [
        (terms(), vec![]),
        (registered.clone(), vec![]),
        (payment.clone(), vec![]),
        (Terms { role: Role::Referred, ..payment.clone() }, vec![]),
        (Terms { pattern: every_3rd.clone(), ..terms() }, vec![]),
        (Terms { kind: share(5, None), ..payment.clone() }, vec![]),
        (Terms { role: Role::Referrer, ..registered.clone() }, vec!["trigger"]),
        (Terms { role: Role::Referred, pattern: every_3rd.clone(), ..terms() }, vec!["pattern"]),
        (Terms { pattern: every_3rd.clone(), ..registered.clone() }, vec!["pattern"]),
        (Terms { pattern: every_3rd.clone(), ..payment }, vec!["pattern"]),
        (Terms { kind: share(5, None), ..registered.clone() }, vec!["kind"]),
        (Terms { kind: share(5, None), pattern: every_3rd.clone(), ..terms() }, vec!["kind"]),
        (Terms { role: Role::Referrer, pattern: every_3rd, ..registered }, vec!["trigger", "pattern"]),
    ] {
        let found: Vec<_> = terms.conflicts().into_iter().map(|(part, _)| part).collect();
        assert_eq!(found, parts, "{terms:?}");
    }
}

#[test]
fn numbers_and_texts_of_a_rule_have_limits() {
    assert!(count(1).is_ok() && count(1000).is_ok() && count(0).is_err() && count(1001).is_err());
    assert!(basis_points(1).is_ok() && basis_points(10_000).is_ok());
    assert!(basis_points(0).is_err() && basis_points(10_001).is_err());
    assert!(given_minor(1).is_ok() && given_minor(0).is_err() && given_minor(-1).is_err());
    assert_eq!((cap_minor(0), cap_minor(5)), (Ok(None), Ok(Some(5))));
    assert!(cap_minor(-1).is_err());
    assert_eq!((optional_days(0), optional_days(9)), (Ok(None), Ok(Some(9))));
    assert!(optional_days(3651).is_err());
    assert_eq!((code_prefix(""), code_prefix("FRIEND-7")), (Ok(None), Ok(Some("FRIEND-7".into()))));
    assert!(code_prefix("a b").is_err() && code_prefix(&"x".repeat(21)).is_err());
    assert!(payload("{\n\t\"a\": 1}").is_ok() && payload("").is_ok());
    assert!(payload("a\0b").is_err() && payload(&"é".repeat(4001)).is_err());
    assert_eq!(checks::milestones(&[5, 1]), Ok(Pattern::Milestones([1, 5].into())));
    for wrong in [&[][..], &[0], &[1, 1], &[100_001], &(1..=51).collect::<Vec<u32>>()] {
        assert!(checks::milestones(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_rule_that_is_named_keeps_its_promise_and_one_without_an_id_is_new() {
    let renamed = Proposed { display_name: Some("New".into()), auto_issue: true, ..proposed(Some(id(1)), terms()) };
    let rules = revise(&[standing(1)], vec![renamed, proposed(None, terms())], false);
    let kept = RewardRule { display_name: Some("New".into()), auto_issue: true, ..standing(1) };
    let added = RewardRule { id: id(101), currency: currency("usd"), effective_from: Some(day(3)), ..standing(1) };
    assert_eq!(rules, [kept, added]);
}

#[test]
fn a_rule_that_is_left_out_is_retired_once_and_in_a_draft_dropped() {
    let retired = RewardRule { retired_at: Some(day(1)), ..standing(2) };
    let rules = revise(&[standing(1), retired.clone()], vec![], false);
    assert_eq!(rules, [RewardRule { retired_at: Some(day(3)), ..standing(1) }, retired.clone()]);
    assert_eq!(revise(&[standing(1)], vec![], true), []);
    let sent_back = Proposed { auto_issue: true, ..proposed(Some(id(2)), terms()) };
    assert_eq!(revise(std::slice::from_ref(&retired), vec![sent_back], false), [retired], "what is retired stays so");
}

#[test]
fn a_draft_has_promised_nothing_yet() {
    let new = revise(&[], vec![proposed(None, terms())], true);
    assert_eq!((new[0].effective_from, new[0].currency), (None, currency("usd")));
    let euros = RewardRule { currency: currency("eur"), ..new[0].clone() };
    let again = revise(&[euros], vec![proposed(Some(new[0].id), terms())], true);
    assert_eq!(again[0].currency, currency("usd"), "it follows the currency of the campaign until the launch");
}

#[test]
fn problems_name_the_rule_and_its_part() {
    let stands = [standing(1), RewardRule { retired_at: Some(day(1)), ..standing(2) }];
    let dearer = Terms { kind: Kind::Credit(Amount::Fixed(501)), hold_days: 1, ..terms() };
    let rules = [
        proposed(None, dearer.clone()),
        proposed(Some(id(1)), dearer.clone()),
        proposed(Some(id(1)), terms()),
        proposed(Some(id(2)), dearer),
        proposed(Some(id(9)), terms()),
    ];
    let found: Vec<_> = problems(&stands, &rules).into_iter().map(|(position, part, _)| (position, part)).collect();
    assert_eq!(found, [(1, "kind"), (1, "hold_days"), (2, "id"), (4, "id")]);
}

#[test]
fn there_are_at_most_so_many_rules_at_once_and_ever() {
    let new = |n: usize| vec![proposed(None, terms()); n];
    assert!(number(&[], &new(RULES_MAX)).is_ok() && number(&[], &new(RULES_MAX + 1)).is_err());
    let ever: Vec<RewardRule> = (0..199).map(|n| RewardRule { retired_at: Some(day(1)), ..standing(n) }).collect();
    assert!(number(&ever, &new(1)).is_ok() && number(&ever, &new(2)).is_err());
    let sent_back: Vec<Proposed> = ever.iter().map(|rule| proposed(Some(rule.id), terms())).collect();
    assert!(number(&ever, &sent_back).is_ok(), "those that are retired do not count");
}
