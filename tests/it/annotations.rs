//! The annotations in the proto are for people and for generated clients; the domain's own types are the only check.
//! Here the two are compared: the server refuses a value just outside each annotation and names its field, and does
//! not refuse one just inside.

use prost::Message;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, OneofDescriptor, ReflectMessage, Value,
};
use prost_types::Timestamp;
use referrald::proto::v1;
use referrald::proto::v1::fact::Fact as Said;
use tonic::Code;

use crate::errors::{World, facts, world};
use crate::harness::{Database, Refusal, Server, api, each_qualified, of_payments, rpc};

const AT: Option<Timestamp> = Some(Timestamp { seconds: 1_790_000_000, nanos: 0 });

/// Fields whose wrong value has another answer than `INVALID_FIELDS` with their name, and why.
const EXCEPTIONS: [(&str, &str, &str); 12] = [
    ("CampaignService/ListCampaigns", "page_token", "a token of any form is INVALID_PAGE_TOKEN"),
    ("ReferralService/ListReferrers", "page_token", "as above"),
    ("ReferralService/ListReferrals", "page_token", "as above"),
    ("RewardService/ListRewards", "page_token", "as above"),
    ("QualificationService/ListAuditLog", "page_token", "as above"),
    ("CampaignService/SimulateRule", "page_token", "as above"),
    ("QualificationService/WatchEvents", "cursor", "a cursor of any form is good for its ledger alone"),
    ("CampaignService/UpdateCampaign", "campaign.account", "it never changes, and what is sent back is not looked at"),
    ("CampaignService/UpdateCampaign", "campaign.mode", "as above"),
    ("ReferralService/UpdateReferrer", "referrer.account", "as above"),
    ("ReferralService/UpdateReferrer", "referrer.code", "as above"),
    ("ReferralService/UpdateReferral", "referral.person.email", "as above"),
];

/// What a request becomes by one change, the field that the change is about, and whether it is still right.
struct Case {
    request: DynamicMessage,
    field: String,
    what: String,
    is_right: bool,
}

#[tokio::test]
async fn the_server_takes_what_the_annotations_take_and_refuses_what_they_refuse() {
    let server = Server::start(Database::Sqlite).await;
    let world = world(&server).await;
    let (mut wrong, mut right, mut disagreements) = (0, 0, Vec::new());
    for (name, request) in requests(&world) {
        let request = DynamicMessage::decode(rpc(name).input(), &*request).expect("a request");
        for case in cases(&request) {
            if EXCEPTIONS.iter().any(|(rpc, field, _)| *rpc == name && *field == case.field) {
                continue;
            }
            let answer = server.caller.ask_bytes(name, case.request.encode_to_vec()).await;
            let (field, what) = (&case.field, &case.what);
            let refusal = answer.as_ref().err().map(Refusal::of);
            let names_it = refusal.as_ref().is_some_and(|refusal| {
                refusal.kind() == (Code::InvalidArgument, "INVALID_FIELDS")
                    && refusal.fields.iter().any(|named| is_named(named, field, what))
            });
            if case.is_right == names_it {
                disagreements.push(format!("{name}: {field} is {what}, and the server says {refusal:?}"));
            }
            *(if case.is_right { &mut right } else { &mut wrong }) += 1;
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
    assert!(wrong > 200 && right > 100, "the annotations were found: {wrong} {right}");
    server.stop().await;
}

/// Whether a name in an answer is that field; what is left out as a whole may be named by what is required in it.
fn is_named(named: &str, field: &str, what: &str) -> bool {
    let inside = || named.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'));
    named == field || (what == "left out" && inside())
}

#[test]
fn every_text_of_a_request_says_how_long_it_may_be() {
    /// Lists of texts, whose items the annotations of this version cannot bound without a form of their own.
    const UNBOUNDED: [&str; 3] =
        ["referrald.v1.Charge.emails", "referrald.v1.Checkout.emails", "referrald.v1.WatchEventsRequest.types"];
    let mut seen = Vec::new();
    let services = api().services().filter(|service| service.package_name() == "referrald.v1");
    let mut todo: Vec<MessageDescriptor> =
        services.flat_map(|service| service.methods().map(|method| method.input()).collect::<Vec<_>>()).collect();
    while let Some(message) = todo.pop() {
        if seen.contains(&message) || message.package_name() != "referrald.v1" {
            continue;
        }
        for field in message.fields().filter(|field| !is_output_only(field) && !field.is_map()) {
            match field.kind() {
                Kind::Message(inner) => todo.push(inner),
                Kind::String if !UNBOUNDED.contains(&field.full_name()) => {
                    let rules =
                        rules(&field, "string").unwrap_or_else(|| panic!("{} has no length", field.full_name()));
                    let bounded = ["max_len", "len"].iter().any(|name| number(&rules, name).is_some());
                    assert!(bounded, "{} has no greatest length", field.full_name());
                }
                _ => {}
            }
        }
        seen.push(message);
    }
    assert!(seen.len() > 30, "the requests were found");
}

/// Good requests for every RPC, in all their forms.
fn requests(world: &World) -> Vec<(&'static str, Vec<u8>)> {
    let mut requests = world.requests();
    for said in all_facts() {
        let mut request = facts("", "evt_1");
        request.deliveries[0].ignored_reason = 0;
        request.deliveries[0].facts = vec![v1::Fact { fact: Some(said) }];
        requests.push(("QualificationService/RecordFacts", request.encode_to_vec()));
    }
    let line = |source| v1::FieldMapping { source: Some(source), target: "name".to_owned() };
    let mut campaign = world.campaign.clone();
    campaign.etag.clear();
    campaign.field_mappings = vec![line(v1::field_mapping::Source::Field("first_name".to_owned()))];
    let create = v1::CreateCampaignRequest { campaign: Some(campaign.clone()), request_id: String::new() };
    requests.push(("CampaignService/CreateCampaign", create.encode_to_vec()));
    campaign.field_mappings = vec![line(v1::field_mapping::Source::FixedValue("vip".to_owned()))];
    let update =
        v1::UpdateCampaignRequest { campaign: Some(campaign.clone()), update_mask: None, apply_to_existing: false };
    requests.push(("CampaignService/UpdateCampaign", update.encode_to_vec()));
    for rule in all_reward_rules() {
        let campaign = Some(v1::Campaign { reward_rules: vec![rule], ..campaign.clone() });
        let create = v1::CreateCampaignRequest { campaign, request_id: String::new() };
        requests.push(("CampaignService/CreateCampaign", create.encode_to_vec()));
    }
    let ledger = v1::AccountMode { account: "eu".to_owned(), mode: v1::Mode::Test.into() };
    let add = v1::AddWebhookSecretRequest {
        ledger: Some(v1::add_webhook_secret_request::Ledger::AccountMode(ledger)),
        secret: "whsec_0123456789abcdef0000".to_owned(),
        ..v1::AddWebhookSecretRequest::default()
    };
    requests.push(("CampaignService/AddWebhookSecret", add.encode_to_vec()));
    requests
}

/// One with each part that a rule may have.
fn all_reward_rules() -> [v1::RewardRule; 3] {
    use v1::reward_rule::{Kind, Pattern};
    use v1::stripe_credit::Amount;
    let credit = |amount| Some(Kind::StripeCredit(v1::StripeCredit { amount: Some(amount) }));
    let share = v1::BasisPoints { points: 5, cap_minor: 1 };
    let code = v1::StripePromotionCode { coupon_id: "SPRING".to_owned(), ..v1::StripePromotionCode::default() };
    let milestones = Some(Pattern::Milestones(v1::Milestones { at: vec![1] }));
    [
        v1::RewardRule {
            kind: credit(Amount::AmountMinor(5)),
            pattern: Some(Pattern::EveryNth(3)),
            ..each_qualified()
        },
        v1::RewardRule { kind: credit(Amount::BasisPoints(share)), ..of_payments(1, 1) },
        v1::RewardRule { kind: Some(Kind::StripePromotionCode(code)), pattern: milestones, ..each_qualified() },
    ]
}

fn all_facts() -> [Said; 5] {
    let charge = v1::Charge {
        id: "ch_1".to_owned(),
        currency: "usd".to_owned(),
        created_at: AT,
        status: v1::ChargeStatus::Succeeded.into(),
        amount_minor: 5,
        captured_minor: 5,
        settlement_minor: 4,
        settlement_currency: "eur".to_owned(),
        ..v1::Charge::default()
    };
    let refund =
        v1::Refund { id: "re_1".to_owned(), created_at: AT, status: 1, amount_minor: 1, ..v1::Refund::default() };
    let dispute =
        v1::Dispute { id: "dp_1".to_owned(), created_at: AT, status: 1, amount_minor: 1, ..v1::Dispute::default() };
    let customer = v1::Customer { id: "cus_1".to_owned(), created_at: AT, ..v1::Customer::default() };
    let checkout = v1::Checkout { id: "cs_1".to_owned(), ..v1::Checkout::default() };
    [
        Said::Charge(charge),
        Said::Refund(refund),
        Said::Dispute(dispute),
        Said::Customer(customer),
        Said::Checkout(checkout),
    ]
}

/// Every change of a message that an annotation speaks of, in it and in what it holds.
fn cases(message: &DynamicMessage) -> Vec<Case> {
    let mut cases = Vec::new();
    for field in message.descriptor().fields().filter(|field| !is_output_only(field)) {
        for (what, value, is_right) in values(&field, message) {
            let mut request = message.clone();
            match value {
                Some(value) => request.set_field(&field, value),
                None => request.clear_field(&field),
            }
            cases.push(Case { request, field: field.name().to_owned(), what, is_right });
        }
        match &*message.get_field(&field) {
            Value::Message(inner) if message.has_field(&field) && is_ours(inner) => {
                cases.extend(
                    self::cases(inner).into_iter().map(|case| within(message, &field, case, "", Value::Message)),
                );
            }
            Value::List(items) => {
                if let Some(Value::Message(first)) = items.first() {
                    cases.extend(self::cases(first).into_iter().map(|case| {
                        within(message, &field, case, "[0]", |inner| Value::List(vec![Value::Message(inner)]))
                    }));
                }
            }
            _ => {}
        }
    }
    for oneof in message.descriptor().oneofs().filter(is_required) {
        let mut request = message.clone();
        oneof.fields().for_each(|field| request.clear_field(&field));
        // A fact that says nothing is named as a whole.
        let field = if oneof.full_name() == "referrald.v1.Fact.fact" { "" } else { oneof.name() };
        cases.push(Case { request, field: field.to_owned(), what: "left out".to_owned(), is_right: false });
    }
    cases
}

fn within(
    message: &DynamicMessage,
    field: &FieldDescriptor,
    case: Case,
    index: &str,
    wrap: impl Fn(DynamicMessage) -> Value,
) -> Case {
    let mut request = message.clone();
    request.set_field(field, wrap(case.request));
    let path = [format!("{}{index}", field.name()), case.field].into_iter().filter(|part| !part.is_empty());
    Case { request, field: path.collect::<Vec<_>>().join("."), ..case }
}

fn is_ours(message: &DynamicMessage) -> bool {
    message.descriptor().package_name() == "referrald.v1"
}

/// The values just outside and just inside of what the annotations of a field take.
fn values(field: &FieldDescriptor, message: &DynamicMessage) -> Vec<(String, Option<Value>, bool)> {
    let mut values = Vec::new();
    if let Some(all) = field_rules(field)
        && matches!(all.get_field_by_name("required").as_deref(), Some(Value::Bool(true)))
    {
        values.push(("left out".to_owned(), None, false));
    }
    for (kind, make) in INTEGERS {
        let Some(rules) = rules(field, kind) else { continue };
        for (bound, outside) in [("gte", -1), ("lte", 1)] {
            let Some(bound) = number(&rules, bound) else { continue };
            // What was released is a part of what was refunded too.
            if field.name() != "released_minor" {
                values.push((bound.to_string(), Some(make(bound)), true));
            }
            // Below zero there is nothing for a number without a sign.
            if kind != "uint32" || bound + outside >= 0 {
                values.push(((bound + outside).to_string(), Some(make(bound + outside)), false));
            }
        }
    }
    if let Some(rules) = rules(field, "string") {
        for (rule, outside) in [("len", -1), ("len", 1), ("min_len", -1), ("max_len", 1)] {
            let Some(length) = number(&rules, rule) else { continue };
            let text = |length: i64| "x".repeat(usize::try_from(length).expect("a length"));
            let outside = length + outside;
            values.push((format!("of {outside} characters"), Some(Value::String(text(outside))), false));
            if rule != "len"
                && let Some(inside) = fitting(field, length)
            {
                values.push((format!("of {length} characters"), Some(Value::String(inside)), true));
            }
        }
    }
    if let Some(rules) = rules(field, "enum") {
        values.push(("no value of the enum".to_owned(), Some(Value::EnumNumber(99)), false));
        if rules.get_field_by_name("not_in").is_some_and(|not_in| not_in.as_list().is_some_and(|l| !l.is_empty())) {
            values.push(("unspecified".to_owned(), Some(Value::EnumNumber(0)), false));
        }
    }
    if let Some(rules) = rules(field, "repeated") {
        let item = message.get_field(field).as_list().and_then(|items| items.first().cloned());
        let item = item.unwrap_or_else(|| match field.kind() {
            Kind::Message(kind) => Value::Message(DynamicMessage::new(kind)),
            _ => Value::String("a@b".to_owned()),
        });
        for (rule, outside) in [("min_items", -1), ("max_items", 1)] {
            let Some(bound) = number(&rules, rule) else { continue };
            let number = usize::try_from(bound + outside).expect("a number of items");
            values.push((format!("of {number} items"), Some(Value::List(vec![item.clone(); number])), false));
        }
    }
    if let Some(pairs) = rules(field, "map").and_then(|rules| number(&rules, "max_pairs")) {
        for (number, is_right) in [(pairs, true), (pairs + 1, false)] {
            let pair = |each| (MapKey::String(format!("k{each}")), Value::String("v".to_owned()));
            values.push((format!("of {number} pairs"), Some(Value::Map((0..number).map(pair).collect())), is_right));
        }
    }
    values
}

type Make = fn(i64) -> Value;
const INTEGERS: [(&str, Make); 3] = [
    ("int64", Value::I64),
    ("int32", |number| Value::I32(i32::try_from(number).expect("it fits"))),
    ("uint32", |number| Value::U32(u32::try_from(number).expect("it fits"))),
];

/// A text of this length that has the form which the field asks for; `None` where the form has a length of its own.
fn fitting(field: &FieldDescriptor, length: i64) -> Option<String> {
    let length = usize::try_from(length).expect("a length");
    let from = |begin: &str| Some(format!("{begin}{}", "x".repeat(length.saturating_sub(begin.len()))));
    match field.full_name().trim_start_matches("referrald.v1.") {
        "FieldMapping.field" | "RewardRule.id" | "GetCampaignStatsRequest.time_zone" => None,
        name if name.starts_with("List") && name.ends_with("_id") => None,
        "Rule.currency" if length == 3 => Some("usd".to_owned()),
        "FieldMapping.target" if length < 10 => None,
        "FieldMapping.target" => Some(format!("metadata[{}]", "x".repeat(length - 10))),
        "Campaign.landing_url" => from("https://"),
        "AddWebhookSecretRequest.secret" => from("whsec_"),
        _ if field.name() == "email" => from("a@"),
        _ => from(""),
    }
}

fn field_rules(field: &FieldDescriptor) -> Option<DynamicMessage> {
    let extension = api().get_extension_by_name("buf.validate.field").expect("the annotations are in the descriptors");
    let options = field.options();
    options.has_extension(&extension).then(|| options.get_extension(&extension).as_message().cloned())?
}

/// The rules of one type of a field.
fn rules(field: &FieldDescriptor, kind: &str) -> Option<DynamicMessage> {
    let all = field_rules(field)?;
    all.has_field_by_name(kind).then(|| all.get_field_by_name(kind)?.as_message().cloned())?
}

/// A bound, where one is set.
fn number(rules: &DynamicMessage, name: &str) -> Option<i64> {
    if !rules.has_field_by_name(name) {
        return None;
    }
    match &*rules.get_field_by_name(name)? {
        Value::I64(number) => Some(*number),
        Value::U64(number) => i64::try_from(*number).ok(),
        Value::I32(number) => Some((*number).into()),
        Value::U32(number) => Some((*number).into()),
        _ => None,
    }
}

fn is_required(oneof: &OneofDescriptor) -> bool {
    let extension = api().get_extension_by_name("buf.validate.oneof").expect("the annotations are in the descriptors");
    let options = oneof.options();
    let rules = options.get_extension(&extension);
    let required = rules.as_message().and_then(|rules| rules.get_field_by_name("required"));
    matches!(required.as_deref(), Some(Value::Bool(true)))
}

fn is_output_only(field: &FieldDescriptor) -> bool {
    const OUTPUT_ONLY: i32 = 3;
    let extension = api().get_extension_by_name("google.api.field_behavior").expect("it is in the descriptors");
    let options = field.options();
    let behaviors = options.get_extension(&extension);
    behaviors.as_list().is_some_and(|list| list.contains(&Value::EnumNumber(OUTPUT_ONLY)))
}
