//! Keeps `docs/event_examples.md` what the service sends: each type of event has its example there, each example is a
//! message of the API, and whatever a change names is a field of it.

use std::collections::BTreeMap;
use std::fs;

use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use referrald::domain::event::{Kind, REFERRAL_FIELDS, REWARD_FIELDS};
use serde_json::Value;

const PAGE: &str = "docs/event_examples.md";

fn message(name: &str) -> MessageDescriptor {
    let api = DescriptorPool::decode(referrald::proto::DESCRIPTORS).expect("the descriptors are sound");
    api.get_message_by_name(&format!("referrald.v1.{name}")).expect("a message of the API")
}

/// What an event of this type tells of: the field of it, and the fields of that which a change may name.
fn subject(kind: &str) -> (&'static str, &'static [&'static str]) {
    if kind.starts_with("referral.") { ("referral", REFERRAL_FIELDS) } else { ("reward", REWARD_FIELDS) }
}

/// The JSON under each heading of the page.
fn examples() -> BTreeMap<String, Value> {
    let page = fs::read_to_string(PAGE).expect("the page is there");
    let parts = page.split("\n## ").skip(1).map(|part| part.split_once('\n').expect("text below the heading"));
    let example = |(kind, text): (&str, &str)| {
        let json = text.split_once("```json\n").and_then(|(_, rest)| rest.split_once("```"));
        let (json, _) = json.unwrap_or_else(|| panic!("{kind} has no JSON"));
        let value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{kind}: {error}"));
        (kind.to_owned(), value)
    };
    parts.map(example).collect()
}

#[test]
fn a_change_can_only_name_fields_of_the_message_in_its_event_and_never_the_same_twice() {
    for (name, fields) in [("Referral", REFERRAL_FIELDS), ("Reward", REWARD_FIELDS)] {
        let message = message(name);
        let number = |field: &&str| message.get_field_by_name(field).unwrap_or_else(|| panic!("{name} has no {field}"));
        let numbers: Vec<u32> = fields.iter().map(|field| number(field).number()).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{name}: {fields:?} are in the order of the message");
    }
}

#[test]
fn every_type_of_event_has_its_example() {
    let mut there: Vec<String> = examples().into_keys().collect();
    let mut kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    there.sort();
    kinds.sort_unstable();
    assert_eq!(there, kinds, "{PAGE}");
}

#[test]
fn every_example_is_an_event_that_the_service_could_send() {
    for (kind, example) in examples() {
        // A name or a word that the API does not have is refused here.
        let event = DynamicMessage::deserialize(message("Event"), &example);
        let event = event.unwrap_or_else(|error| panic!("{PAGE}: {kind}: {error}"));
        assert_eq!(example["type"], *kind, "{PAGE}");
        let (subject, fields) = subject(&kind);
        assert!(event.has_field_by_name(subject), "{PAGE}: {kind} tells of no {subject}");
        let no_names = vec![];
        let names = example["changed"].as_array().unwrap_or(&no_names);
        let is_new = ["referral.registered", "reward.held", "reward.due"].contains(&&*kind);
        assert_eq!(names.is_empty(), is_new, "{PAGE}: {kind}: what is new changed nothing");
        let mut rest = fields.iter();
        for name in names {
            assert!(
                rest.any(|field| name == field),
                "{PAGE}: {kind}: {name} is no field, or not in its order: {fields:?}"
            );
        }
    }
}

#[test]
fn every_example_shows_the_new_value_of_what_changed_or_nothing_where_that_is_empty() {
    // Of these a change to nothing is what the example tells of.
    let emptied = [
        ("referral.unqualified", "qualified_at"),
        ("referral.reopened", "disqualified_reason"),
        ("referral.reopened", "override"),
        ("reward.reversed", "given_minor"),
    ];
    for (kind, example) in examples() {
        let (subject, _) = subject(&kind);
        for name in example["changed"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let shown = message(if subject == "referral" { "Referral" } else { "Reward" });
            let field = shown.get_field_by_name(name).unwrap_or_else(|| panic!("{PAGE}: {kind}: {name} is no field"));
            let is_shown = example[subject].get(field.json_name()).is_some();
            assert_eq!(is_shown, !emptied.contains(&(&*kind, name)), "{PAGE}: {kind}: {name}");
        }
    }
}
