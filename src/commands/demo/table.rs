//! What `ExplainQualification` answers, as a small table.

use referrald::domain::money::Currency;
use serde_json::Value;

use super::voice::{Ink, Voice};

/// Shows an explanation: a line for each payment, where the referral stands, and the summary.
pub fn show(voice: &mut Voice, answer: &Value) {
    let payments = answer["payments"].as_array().map(Vec::as_slice).unwrap_or_default();
    voice.gap();
    if !payments.is_empty() {
        let head = line(["charge", "made (UTC)", "paid", "refunded", "counts", "by (or why not)"]);
        voice.line(&voice.ink(Ink::Dim, &head));
    }
    for payment in payments {
        voice.line(&row(payment));
    }
    let ink = if text(answer, "/referral/state").ends_with("QUALIFIED") { Ink::Green } else { Ink::Yellow };
    voice.gap();
    voice.verdict(ink, &text(answer, "/summary"));
    let qualified_at = text(answer, "/referral/qualified_at");
    if !qualified_at.is_empty() {
        voice.verdict(Ink::Dim, &format!("Since {} UTC: the payment that reached it.", minute(&qualified_at)));
    }
}

/// The text at a place of an answer; empty where there is none, as proto has it.
pub fn text(answer: &Value, place: &str) -> String {
    answer.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The number at a place of an answer; 0 where there is none, as proto has it.
pub fn number(answer: &Value, place: &str) -> i64 {
    answer.pointer(place).and_then(Value::as_i64).unwrap_or_default()
}

/// An amount without its currency.
pub fn amount(minor: i64, currency: &str) -> String {
    let shown = Currency::parse(currency).map(|currency| currency.show(minor)).unwrap_or_default();
    shown.split(' ').next().unwrap_or_default().to_owned()
}

/// A time to the minute.
pub fn minute(timestamp: &str) -> String {
    timestamp.chars().take(16).collect::<String>().replace('T', " ")
}

fn row(payment: &Value) -> String {
    let currency = text(payment, "/currency");
    let minor = |field: &str| amount(number(payment, field), &currency);
    let why = match word(&text(payment, "/reason"), "NOT_COUNTED_REASON_") {
        counts if counts.is_empty() => word(&text(payment, "/claim"), "CLAIM_"),
        reason => format!("no: {reason}"),
    };
    line([
        &text(payment, "/charge_id"),
        &minute(&text(payment, "/created_at")),
        &minor("/captured_minor"),
        &minor("/refunded_minor"),
        &minor("/counted_minor"),
        &why,
    ])
}

fn line(columns: [&str; 6]) -> String {
    let [charge, made, paid, refunded, counts, why] = columns;
    format!("  {charge:<12}  {made:<16}{paid:>8}{refunded:>10}{counts:>8}  {why}")
}

/// The word of an enum for people: `CLAIM_CHARGE_EMAIL` is `charge email`.
pub fn word(name: &str, prefix: &str) -> String {
    name.trim_start_matches(prefix).to_lowercase().replace('_', " ")
}
