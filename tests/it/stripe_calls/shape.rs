//! Compares two JSON bodies by their fields and the types of these.

use serde_json::Value;

/// What a reader of ours takes from each kind of object.
const READ: &[(&str, &[&str])] = &[
    ("account", &["id", "default_currency"]),
    ("balance_transaction", &["amount", "currency"]),
    ("charge", &["id", "amount", "amount_captured", "amount_refunded", "captured", "created", "currency", "status"]),
    ("coupon", &["id", "valid"]),
    ("customer", &["id", "email", "created", "currency", "balance", "metadata"]),
    ("customer_balance_transaction", &["id", "amount", "ending_balance", "currency", "created", "metadata"]),
    ("event", &["id", "type", "created", "livemode", "api_version", "data"]),
    ("list", &["data", "has_more"]),
    ("promotion_code", &["id", "code", "active", "times_redeemed", "customer", "metadata"]),
    ("refund", &["id", "charge", "amount", "created", "status"]),
    ("webhook_endpoint", &["id", "url", "enabled_events", "status", "api_version"]),
];

/// Fields whose content has no shape of its own.
const FREE: [&str; 2] = ["metadata", "object"];

/// Where ours or the real one lacks a field that is read, or both have one as another type.
pub fn differences(at: &str, ours: &Value, real: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(at, ours, real, &mut found);
    found
}

fn compare(at: &str, ours: &Value, real: &Value, found: &mut Vec<String>) {
    match (ours, real) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, whose) in
                [(ours, "ours"), (real, "the real one")].iter().flat_map(|(one, whose)| lacking(one, whose))
            {
                found.push(format!("{at}: {name} is read, and {whose} has none"));
            }
            for (name, value) in fields.iter().filter(|(name, _)| !FREE.contains(&name.as_str())) {
                compare(&format!("{at} {name}"), value, real.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(ours), Value::Array(real)) => {
            if let (Some(ours), Some(real)) = (ours.first(), real.first()) {
                compare(&format!("{at}[0]"), ours, real, found);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ if kind(ours) != kind(real) => found.push(format!("{at}: {ours} where {real} is right")),
        _ => {}
    }
}

/// The fields that are read from an object and that it lacks.
fn lacking<'a>(object: &Value, whose: &'a str) -> Vec<(&'static str, &'a str)> {
    let read = READ.iter().find(|(kind, _)| object["object"] == *kind && object["deleted"] != true);
    let read = read.map_or(&[][..], |(_, fields)| *fields);
    read.iter().filter(|name| object.get(**name).is_none()).map(|name| (*name, whose)).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "flag",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
