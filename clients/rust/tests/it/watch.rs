//! Events as they come.

use std::pin::pin;

use futures_util::TryStreamExt;
use referrald_client::v1::create_referral_request::Referrer as By;
use referrald_client::v1::{CreateReferralRequest, Mode, Person, WatchEventsRequest};
use referrald_client::{Client, Told};
use tonic::Code;

use crate::server::{client, live_campaign, referrer, server, unique};

/// Registers somebody; the id of the referral.
async fn register(client: &Client, campaign_id: &str) -> String {
    let brought = client.referrals().create_referrer(referrer("watched")).await.expect("made").into_inner();
    let person = Person { email: format!("{}@example.com", unique()), first_name: "P".to_owned(), ..Person::default() };
    let request = CreateReferralRequest {
        campaign_id: campaign_id.to_owned(),
        referrer: Some(By::ReferrerId(brought.referrer.expect("a referrer").id)),
        person: Some(person),
        ..CreateReferralRequest::default()
    };
    let made = client.referrals().create_referral(request).await.expect("registered").into_inner();
    made.referral.expect("a referral").id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_watched_across_a_restart_of_the_server() {
    let client = client(|_| {});
    let campaign_id = live_campaign(&client).await;
    let request = WatchEventsRequest {
        mode: Mode::Test.into(),
        campaign_id: campaign_id.clone(),
        ..WatchEventsRequest::default()
    };
    let mut events = pin!(client.watch(request.clone()));
    let first = register(&client, &campaign_id).await;
    let Told { event, cursor } = events.try_next().await.expect("it goes on").expect("without end");
    assert_eq!((&*event.r#type, event.referral_id), ("referral.registered", first));
    server("stop").await;
    server("start").await;
    let second = register(&client, &campaign_id).await;
    let told = events.try_next().await.expect("it goes on").expect("without end");
    assert_eq!(told.event.referral_id, second);

    let mut again = pin!(client.watch(WatchEventsRequest { cursor, ..request }));
    assert_eq!(again.try_next().await.expect("it goes on"), Some(told));
}

#[tokio::test]
async fn a_watch_that_is_refused_says_why() {
    let client = client(|_| {});
    let request =
        WatchEventsRequest { mode: Mode::Test.into(), cursor: "x".to_owned(), ..WatchEventsRequest::default() };
    let error = pin!(client.watch(request)).try_next().await.expect_err("this is no cursor");
    assert_eq!(error.code, Code::InvalidArgument);
    assert_eq!(error.violations.iter().map(|wrong| &*wrong.field).collect::<Vec<_>>(), ["cursor"]);
}
