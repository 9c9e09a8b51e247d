//! The names of what changed, beside what truly changed from one event to the next.

use std::collections::BTreeMap;

use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage};
use prost_types::FieldMask;
use referrald::proto::v1;
use referrald::proto::v1::event::Subject;

use super::{all, types};
use crate::harness::{RULE, Server, advertised, api, both_databases, each_qualified, person};

/// What an event tells of, by its id.
fn subject(event: &v1::Event) -> (String, DynamicMessage) {
    let (id, name, bytes) = match event.subject.as_ref().expect("a subject") {
        Subject::Referral(referral) => (&referral.id, "referrald.v1.Referral", referral.encode_to_vec()),
        Subject::Reward(reward) => (&reward.id, "referrald.v1.Reward", reward.encode_to_vec()),
    };
    let message = api().get_message_by_name(name).expect("a message of the API");
    (id.clone(), DynamicMessage::decode(message, &*bytes).expect("the same message"))
}

/// The names of the fields that are not alike, in the order of the message.
fn differing(before: &DynamicMessage, after: &DynamicMessage) -> Vec<String> {
    let message = after.descriptor();
    let differs = |field: &FieldDescriptor| {
        before.has_field(field) != after.has_field(field) || before.get_field(field) != after.get_field(field)
    };
    let fields = message.fields().filter(|field| !["etag", "updated_at"].contains(&field.name()) && differs(field));
    let mut named: Vec<_> = fields.map(|field| (field.number(), field.name().to_owned())).collect();
    named.sort();
    named.into_iter().map(|(_, name)| name).collect()
}

both_databases!(an_event_names_exactly_the_fields_that_changed);
async fn an_event_names_exactly_the_fields_that_changed(server: &Server) {
    let reward = v1::RewardRule { hold_days: 7, ..each_qualified() };
    let campaign = server.rewarding(vec![reward]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let renamed = v1::Referral {
        id: ben.id.clone(),
        person: Some(v1::Person { first_name: "Benedict".to_owned(), ..person("ben@example.com") }),
        ..v1::Referral::default()
    };
    let update_mask = Some(FieldMask { paths: vec!["person.first_name".to_owned()] });
    let request = v1::UpdateReferralRequest { referral: Some(renamed), update_mask };
    server.caller.referrals().update_referral(request).await.expect("renamed");
    server.clock.advance_seconds(60);
    let paid = server.pay("ben@example.com", 12_000).await;
    server.clock.advance_seconds(60);
    server.approve(&server.reward_of(&maya.id).await).await;
    server.refund(&paid, 4_000).await;
    server.clock.advance_seconds(60);
    server.pay("ben@example.com", 4_000).await;
    server.advance_days(8);
    server.sweep().await;
    // Once it is given, whoever loses it has to give it back.
    server.approve(&server.reward_of(&maya.id).await).await;
    let mut service = server.caller.qualifications();
    let (referral_id, reason, etag) = (ben.id.clone(), "as agreed".to_owned(), String::new());
    let request = v1::DisqualifyReferralRequest { referral_id: referral_id.clone(), reason, etag: etag.clone() };
    service.disqualify_referral(request).await.expect("disqualified");
    service.clear_override(v1::ClearOverrideRequest { referral_id, etag }).await.expect("cleared");
    let rule = advertised(v1::Rule { window_days: 20, target_minor: 9_000, ..RULE }).rule;
    let changed = v1::Campaign { id: campaign.id.clone(), rule, ..v1::Campaign::default() };
    let update_mask = Some(FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing: true };
    server.caller.campaigns().update_campaign(request).await.expect("ruled");
    server.sweep().await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.advance_days(21);
    server.sweep().await;
    // Erasing takes the person from what was told before, too.
    let mut watching = server.watch(all()).await;
    let mut events = watching.events(server.events("default", "TEST").await.len()).await;
    let request = v1::ErasePersonRequest { email: "ben@example.com".to_owned(), ..v1::ErasePersonRequest::default() };
    server.caller.referrals().erase_person(request).await.expect("erased");
    events.extend(watching.events(server.events("default", "TEST").await.len() - events.len()).await);

    let seen = types(&events);
    for kind in ["registered", "updated", "qualified", "unqualified", "disqualified", "expired", "erased"] {
        let kind = format!("referral.{kind}");
        assert!(seen.contains(&kind.as_str()), "{kind} is not among {seen:?}");
    }
    for kind in ["reward.held", "reward.updated", "reward.issued", "reward.canceled", "reward.reversal_due"] {
        assert!(seen.contains(&kind), "{kind} is not among {seen:?}");
    }
    let mut last = BTreeMap::new();
    for event in &events {
        let (id, now) = subject(event);
        let expected = last.get(&id).map(|before| differing(before, &now)).unwrap_or_default();
        assert_eq!(event.changed, expected, "{} {}", event.sequence, event.r#type);
        last.insert(id, now);
    }
    assert!(last.contains_key(&eve.id));
}

both_databases!(a_name_of_an_earlier_version_is_read_as_the_fields_that_it_stood_for);
async fn a_name_of_an_earlier_version_is_read_as_the_fields_that_it_stood_for(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    let paid = server.pay("ben@example.com", 10_000).await;
    server.clock.advance_seconds(60);
    server.refund(&paid, 1).await;
    let events = server.watch(all()).await.events(3).await;
    let mut tx = server.app.store.write().await.expect("begins");
    let (now, then) = (r#""unqualified_at","unqualified_reason""#, r#""unqualified""#);
    let rewrite = "update events set body = replace(body, $1, $2)";
    tx.run(rewrite, vec![now.into(), then.into()]).await.expect("written as before");
    tx.commit().await.expect("committed");
    let (_, body) = server.told().await.remove(2);
    assert!(body["changed"].as_array().expect("names").contains(&"unqualified".into()), "{body}");
    assert_eq!(server.watch(all()).await.events(3).await, events);
}
