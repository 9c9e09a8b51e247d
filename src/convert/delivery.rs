//! Deliveries: what `RecordFacts` takes, and what it says became of them.

use std::fmt::Arguments;

use super::{Twin, Violations, fact_from_proto, fact_to_proto, time_from_proto, time_to_proto};
use crate::domain::delivery::{
    API_VERSION_MAX, Content, DETAIL_MAX, Delivery, FACTS_MAX, Ignored, Outcome, Route, SOURCE_ID_MAX, TYPE_MAX,
};
use crate::domain::fact::Fact;
use crate::domain::id::SecretId;
use crate::domain::time::Time;
use crate::domain::{Invalid, text};
use crate::proto::v1;

/// The most deliveries of one call.
pub const DELIVERIES_MAX: usize = 200;

/// A delivery, as the API says it.
pub fn delivery_to_proto(delivery: &Delivery) -> v1::Delivery {
    let (facts, reason, detail) = match &delivery.content {
        Content::Facts(facts) => (facts.iter().map(fact_to_proto).collect(), v1::IgnoredReason::Unspecified.into(), ""),
        Content::Ignored(why, detail) => (Vec::new(), why.number(), detail.as_str()),
    };
    v1::Delivery {
        id: delivery.id.clone(),
        r#type: delivery.kind.clone(),
        api_version: delivery.api_version.clone().unwrap_or_default(),
        created_at: Some(time_to_proto(delivery.created_at)),
        facts,
        ignored_reason: reason,
        ignored_detail: detail.to_owned(),
    }
}

/// The deliveries of a request; those that are wrong are noted under `deliveries[…]`.
pub fn deliveries_from_proto(
    violations: &mut Violations,
    route: Route,
    deliveries: Vec<v1::Delivery>,
) -> Vec<Delivery> {
    let number = deliveries.len();
    if !(1..=DELIVERIES_MAX).contains(&number) {
        violations.add("deliveries", Invalid(format!("has {number} deliveries, and must have 1 to {DELIVERIES_MAX}")));
        return Vec::new();
    }
    let read = |(i, delivery)| delivery_from_proto(violations, format_args!("deliveries[{i}]"), route, delivery);
    deliveries.into_iter().enumerate().filter_map(read).collect()
}

/// One delivery; what is wrong is noted under `path`. Its times are whole seconds, as those of its source are.
pub fn delivery_from_proto(
    violations: &mut Violations,
    path: Arguments<'_>,
    route: Route,
    delivery: v1::Delivery,
) -> Option<Delivery> {
    let id = violations.take(format_args!("{path}.id"), text::line(&delivery.id, SOURCE_ID_MAX));
    let kind = violations.take(format_args!("{path}.type"), text::line(&delivery.r#type, TYPE_MAX));
    let version = text::optional_line(&delivery.api_version, API_VERSION_MAX);
    let api_version = violations.take(format_args!("{path}.api_version"), version);
    let created_at = time_from_proto(delivery.created_at).map(Time::floor_to_second);
    let created_at = violations.take(format_args!("{path}.created_at"), created_at);
    // The facts are read even where the time is missing, so that their own problems are named too.
    let seen_at = created_at.unwrap_or(Time::from_seconds(0));
    let said = (delivery.facts, delivery.ignored_reason, delivery.ignored_detail);
    let content = content_from_proto(violations, path, seen_at, said);
    Some(Delivery {
        id: id?,
        kind: kind?,
        api_version: api_version?,
        created_at: created_at?,
        route,
        content: content?,
    })
}

fn content_from_proto(
    violations: &mut Violations,
    path: Arguments<'_>,
    seen_at: Time,
    (facts, reason, detail): (Vec<v1::Fact>, i32, String),
) -> Option<Content> {
    let detail = text::optional_line(&detail, DETAIL_MAX).map(Option::unwrap_or_default);
    let detail = violations.take(format_args!("{path}.ignored_detail"), detail);
    let reason = violations.take(format_args!("{path}.ignored_reason"), ignored_from_proto(reason));
    let problem = match (facts.len(), reason?) {
        (0, Some(why)) => return Some(Content::Ignored(why, detail?)),
        (1..=FACTS_MAX, None) => {
            let facts = facts_from_proto(violations, path, seen_at, facts)?;
            return detail.map(|_| Content::Facts(facts));
        }
        (0, None) => "is required: at least one fact, or an ignored_reason".to_owned(),
        (_, Some(_)) => "must be empty where ignored_reason is given".to_owned(),
        (number, None) => format!("has {number} facts, and may have at most {FACTS_MAX}"),
    };
    violations.add(format_args!("{path}.facts"), Invalid(problem));
    None
}

fn facts_from_proto(
    violations: &mut Violations,
    path: Arguments<'_>,
    seen_at: Time,
    facts: Vec<v1::Fact>,
) -> Option<Vec<Fact>> {
    let read = |(i, fact)| fact_from_proto(violations, format_args!("{path}.facts[{i}]"), seen_at, fact);
    // Collected before it is judged: a wrong fact must not hide the next one.
    let facts: Vec<Option<Fact>> = facts.into_iter().enumerate().map(read).collect();
    facts.into_iter().collect()
}

/// Why a delivery is ignored; `None` where it is not.
///
/// # Errors
/// A number that the API does not know.
pub fn ignored_from_proto(reason: i32) -> Result<Option<Ignored>, Invalid> {
    let unknown = |_| Invalid(format!("is {reason}, which is none of the reasons this version knows"));
    Ignored::of(reason).map_err(unknown)
}

/// How a delivery came, as the API says it: the word, and the secret that verified it or nothing.
pub fn route_to_proto(route: Route) -> (v1::Route, String) {
    let word = match route {
        Route::Webhook(_) => v1::Route::Webhook,
        Route::Call => v1::Route::Call,
        Route::Reconciliation => v1::Route::Reconciliation,
        Route::Import => v1::Route::Import,
    };
    (word, route.secret_id().as_ref().map(ToString::to_string).unwrap_or_default())
}

/// How the deliveries of a request came: a call, where nothing is said. A webhook, and only that, names its secret.
pub fn route_from_proto(violations: &mut Violations, route: i32, secret_id: &str) -> Option<Route> {
    let unknown = |_| Invalid(format!("is {route}, and must be one of WEBHOOK, CALL, RECONCILIATION, IMPORT"));
    let word = violations.take("route", v1::Route::try_from(route).map_err(unknown));
    let secret = (!secret_id.is_empty()).then(|| violations.take("secret_id", SecretId::parse(secret_id)));
    let problem = match (word?, secret) {
        (v1::Route::Webhook, Some(id)) => return id.map(Route::Webhook),
        (v1::Route::Unspecified | v1::Route::Call, None) => return Some(Route::Call),
        (v1::Route::Reconciliation, None) => return Some(Route::Reconciliation),
        (v1::Route::Import, None) => return Some(Route::Import),
        (v1::Route::Webhook, None) => "is required where route is WEBHOOK",
        (_, Some(_)) => "must be empty unless route is WEBHOOK",
    };
    violations.add("secret_id", Invalid::new(problem));
    None
}

/// What became of a delivery, as the API says it: the word, and the reason where it was ignored.
pub fn outcome_to_proto(outcome: Outcome) -> (v1::Outcome, i32) {
    match outcome {
        Outcome::Recorded => (v1::Outcome::Recorded, v1::IgnoredReason::Unspecified.into()),
        Outcome::Duplicate => (v1::Outcome::Duplicate, v1::IgnoredReason::Unspecified.into()),
        Outcome::Ignored(why) => (v1::Outcome::Ignored, why.number()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fact::tests::every_fact;
    use super::*;

    fn delivery(content: Content) -> Delivery {
        Delivery {
            id: "evt_1".into(),
            kind: "charge.succeeded".into(),
            api_version: Some("2023-10-16".into()),
            created_at: Time::from_seconds(1_700_000_100),
            route: Route::Import,
            content,
        }
    }

    fn read(deliveries: Vec<v1::Delivery>) -> Result<Vec<Delivery>, Vec<String>> {
        let mut violations = Violations::default();
        let read = deliveries_from_proto(&mut violations, Route::Import, deliveries);
        let fields = |named: Vec<(String, String)>| named.into_iter().map(|(field, _)| field).collect();
        violations.finish().map(|()| read).map_err(fields)
    }

    #[test]
    fn a_delivery_reads_back_as_it_was_written() {
        let reasons = [Ignored::Type, Ignored::OtherMode, Ignored::OtherAccount, Ignored::Unreadable];
        let ignored = reasons.map(|why| Content::Ignored(why, "because".into()));
        for content in ignored.into_iter().chain([Content::Facts(every_fact())]) {
            let delivery = delivery(content);
            assert_eq!(read(vec![delivery_to_proto(&delivery)]), Ok(vec![delivery]));
        }
    }

    #[test]
    fn a_route_reads_back_as_it_was_written() {
        let secret = SecretId::new(Time::from_seconds(1_700_000_000), [1; 10]);
        for route in [Route::Webhook(secret), Route::Call, Route::Reconciliation, Route::Import] {
            let (word, id) = route_to_proto(route);
            assert_eq!(route_from_proto(&mut Violations::default(), word.into(), &id), Some(route));
            assert_eq!(Route::of(route.word(), route.secret_id()), Some(route));
        }
        assert_eq!(route_from_proto(&mut Violations::default(), 0, ""), Some(Route::Call), "where nothing is said");
    }

    #[test]
    fn a_webhook_and_nothing_else_names_its_secret() {
        let secret = SecretId::new(Time::from_seconds(1_700_000_000), [1; 10]).to_string();
        for (route, id, field) in
            [(1, "", "secret_id"), (1, "sec_1", "secret_id"), (2, secret.as_str(), "secret_id"), (9, "", "route")]
        {
            let mut violations = Violations::default();
            assert_eq!(route_from_proto(&mut violations, route, id), None);
            let named = violations.finish().expect_err("one is wrong");
            assert_eq!(named.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), [field], "{route} {id}");
        }
    }

    #[test]
    fn every_wrong_field_of_every_delivery_is_named_at_once() {
        let empty_charge = v1::Fact { fact: Some(v1::fact::Fact::Charge(v1::Charge::default())) };
        let mut good = delivery_to_proto(&delivery(Content::Facts(every_fact())));
        good.facts.extend([v1::Fact { fact: None }, empty_charge]);
        let wrong = read(vec![v1::Delivery::default(), good]);
        let named = [
            "[0].id",
            "[0].type",
            "[0].created_at",
            "[0].facts",
            "[1].facts[5]",
            "[1].facts[6].charge.id",
            "[1].facts[6].charge.currency",
            "[1].facts[6].charge.created_at",
            "[1].facts[6].charge.status",
        ];
        assert_eq!(wrong, Err(named.map(|field| format!("deliveries{field}")).to_vec()));
    }

    #[test]
    fn a_delivery_has_facts_or_a_reason_and_not_both() {
        let said = delivery_to_proto(&delivery(Content::Facts(every_fact())));
        let none = v1::Delivery { facts: vec![], ..said.clone() };
        let both = v1::Delivery { ignored_reason: v1::IgnoredReason::Type.into(), ..said.clone() };
        let many = v1::Delivery { facts: vec![said.facts[0].clone(); FACTS_MAX + 1], ..said.clone() };
        for wrong in [none, both, many] {
            assert_eq!(read(vec![wrong]), Err(vec!["deliveries[0].facts".into()]));
        }
        let unknown = v1::Delivery { ignored_reason: 99, ..said };
        assert_eq!(read(vec![unknown]), Err(vec!["deliveries[0].ignored_reason".into()]));
    }

    #[test]
    fn the_number_of_deliveries_and_the_length_of_their_texts_are_bounded() {
        let good = delivery_to_proto(&delivery(Content::Ignored(Ignored::Type, String::new())));
        assert_eq!(read(vec![]), Err(vec!["deliveries".into()]));
        assert_eq!(read(vec![good.clone(); DELIVERIES_MAX + 1]), Err(vec!["deliveries".into()]));
        assert!(read(vec![good.clone(); DELIVERIES_MAX]).is_ok());
        let long = v1::Delivery {
            id: "i".repeat(SOURCE_ID_MAX + 1),
            r#type: "k\0".into(),
            api_version: "v".repeat(API_VERSION_MAX + 1),
            ignored_detail: "d".repeat(DETAIL_MAX + 1),
            ..good
        };
        let named = ["id", "type", "api_version", "ignored_detail"].map(|field| format!("deliveries[0].{field}"));
        assert_eq!(read(vec![long]), Err(named.to_vec()));
    }
}
