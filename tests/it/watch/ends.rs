//! How many may watch, and how a watch ends that nobody ends.

use referrald::app::Scope;
use referrald::clock::Clock;
use referrald::grpc::Limits;
use referrald::proto::v1;
use referrald::server::Options;
use referrald::stripe::keyring::Keyring;
use tonic::Code;

use super::{Watching, all};
use crate::harness::{Caller, Database, RULE, Refusal, Server, both_databases, start_in};

both_databases!(a_thousand_may_watch_and_the_next_one_when_somebody_has_left);
async fn a_thousand_may_watch_and_the_next_one_when_somebody_has_left(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let (_, key) = server.app.create_key("watch".into(), vec![Scope::Read], None, None).await.expect("a key");
    let callers: Vec<Caller> = (0..4).map(|_| Caller::with_key(server.channel(), &key)).collect();
    let mut watching = Vec::new();
    for number in 0..1000 {
        watching.push(Watching::begin(&callers[number % 4], all()).await);
    }
    let refused = callers[0].qualifications().watch_events(all()).await.map(drop).expect_err("they are too many");
    let refusal = Refusal::of(&refused);
    assert_eq!(refusal.kind(), (Code::ResourceExhausted, "OVERLOADED"));
    assert_eq!(refusal.variables["limit"], "1000");
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    for watching in &mut watching {
        assert_eq!(watching.event().await.referral_id, ben.id);
    }
    drop(watching.pop());
    Server::until("there is room again", async || callers[0].qualifications().watch_events(all()).await.is_ok()).await;
}

both_databases!(on: who_may_watch_is_counted_apart_from_calls);
async fn who_may_watch_is_counted_apart_from_calls(database: Database) {
    let limits = Limits { calls_max: 2, watchers_max: 3, ..Limits::default() };
    let server = Server::start_with(database, Options { limits, ..Options::default() }).await;
    let mut watching = Vec::new();
    for _ in 0..3 {
        watching.push(server.watch(all()).await);
    }
    server.campaign(RULE).await;
    drop(watching);
    server.stop().await;
}

both_databases!(on: a_server_that_ends_tells_its_watchers_to_come_back_and_does_not_wait_for_them);
async fn a_server_that_ends_tells_its_watchers_to_come_back_and_does_not_wait_for_them(database: Database) {
    let mut server = Server::start(database).await;
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let mut watching = server.watch(all()).await;
    assert_eq!(watching.event().await.referral_id, ben.id);
    server.begin_to_stop();
    let refusal = Refusal::of(&watching.end().await);
    assert_eq!(refusal.kind(), (Code::Unavailable, "SHUTTING_DOWN"));
    assert!(refusal.retry_after.is_some(), "it says when");
    server.stop().await;
}

both_databases!(on: after_the_end_of_a_server_the_next_goes_on_with_exactly_the_next_event);
async fn after_the_end_of_a_server_the_next_goes_on_with_exactly_the_next_event(database: Database) {
    let (url, _folder) = start_in(database);
    let mut first = Server::start_on(url.clone(), None, Options::default()).await;
    let campaign = first.campaign(RULE).await;
    let maya = first.referrer("maya@example.com").await;
    let mut watching = first.watch(all()).await;
    let ben = first.register(&campaign, &maya, "ben@example.com").await;
    assert_eq!(watching.event().await.referral_id, ben.id);
    // Some of these are read before the end, and some are not.
    first.write_events(&ben.id, 3_000).await;
    let mut read: Vec<u64> = watching.events(10).await.iter().map(|event| event.sequence).collect();
    first.begin_to_stop();
    let end = loop {
        match watching.next().await {
            Ok(answer) => read.extend(answer.event.map(|event| event.sequence)),
            Err(status) => break Refusal::of(&status),
        }
    };
    assert_eq!(end.kind(), (Code::Unavailable, "SHUTTING_DOWN"));
    first.stop().await;

    let second = Server::open(url, None, Options::default(), Keyring::default(), Clock::default()).await;
    let eve = second.register(&campaign, &maya, "eve@example.com").await;
    let mut resumed = second.watch(v1::WatchEventsRequest { cursor: watching.cursor, ..all() }).await;
    let last = loop {
        let event = resumed.event().await;
        read.push(event.sequence);
        if event.referral_id == eve.id {
            break event;
        }
    };
    assert_eq!(last.r#type, "referral.registered");
    assert_eq!(read, (2..=3_002).collect::<Vec<_>>(), "nothing is lost, and nothing comes twice");
    second.stop().await;
}

both_databases!(a_watch_ends_soon_after_its_key);
async fn a_watch_ends_soon_after_its_key(server: &Server) {
    let expires_at = Some(server.now().plus_days(1));
    let (_, short) = server.app.create_key("short".into(), vec![Scope::Read], None, expires_at).await.expect("a key");
    let (key, revoked) = server.app.create_key("lost".into(), vec![Scope::Read], None, None).await.expect("a key");
    let mut watchings = vec![];
    for key in [short, revoked] {
        watchings.push(Watching::begin(&server.caller_with(&key), all()).await);
    }
    let mut good = server.watch(v1::WatchEventsRequest { heartbeat_seconds: 1, ..all() }).await;
    server.app.revoke_key(key.id).await.expect("revoked");
    server.advance_days(2);
    for mut watching in watchings {
        let refusal = Refusal::of(&watching.end().await);
        assert_eq!(refusal.kind(), (Code::Unauthenticated, "KEY_INVALID"));
    }
    assert_eq!(good.next().await.expect("another key's goes on").event, None);
}

both_databases!(a_key_of_another_account_watches_nothing);
async fn a_key_of_another_account_watches_nothing(server: &Server) {
    let stranger = server.caller_of(&[Scope::Read], Some("eu")).await;
    let refused = stranger.qualifications().watch_events(all()).await.map(drop).expect_err("it is not theirs");
    assert_eq!(Refusal::of(&refused).kind(), (Code::NotFound, "NOT_FOUND"));
}
