//! Where a watch begins: cursors that are good, and those that are not.

use referrald::domain::campaign::Mode;
use referrald::proto::v1;
use tonic::Code;

use super::{all, types};
use crate::harness::{RULE, Refusal, Server, both_databases};

/// Why a watch is refused.
async fn refused(server: &Server, request: v1::WatchEventsRequest) -> Refusal {
    let answer = server.caller.qualifications().watch_events(request).await;
    Refusal::of(&answer.map(drop).expect_err("it is refused"))
}

fn after(cursor: &str) -> v1::WatchEventsRequest {
    v1::WatchEventsRequest { cursor: cursor.to_owned(), ..all() }
}

both_databases!(a_watch_resumes_after_its_cursor_and_only_new_begins_after_the_newest);
async fn a_watch_resumes_after_its_cursor_and_only_new_begins_after_the_newest(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let mut watching = server.watch(all()).await;
    let beginning = watching.cursor.clone();
    watching.event().await;
    let place = watching.cursor.clone();
    server.pay("ben@example.com", 4_000).await;
    server.pay("ben@example.com", 6_000).await;
    assert_eq!(types(&watching.events(2).await), ["referral.updated", "referral.qualified"]);
    drop(watching);

    let mut resumed = server.watch(after(&place)).await;
    assert_eq!(resumed.cursor, place, "the first answer has the cursor that it begins with");
    assert_eq!(types(&resumed.events(2).await), ["referral.updated", "referral.qualified"]);
    let mut from_the_first = server.watch(after(&beginning)).await;
    assert_eq!(from_the_first.event().await.sequence, 1);
    // Beside a cursor the wish for new ones says nothing.
    let mut both = server.watch(v1::WatchEventsRequest { only_new: true, ..after(&place) }).await;
    assert_eq!(both.event().await.sequence, 2);

    let mut new = server.watch(v1::WatchEventsRequest { only_new: true, ..all() }).await;
    assert_eq!(new.cursor, resumed.cursor, "the newest event is behind it");
    server.register(&campaign, &maya, "eve@example.com").await;
    let event = new.event().await;
    assert_eq!((event.sequence, event.r#type.as_str()), (4, "referral.registered"));
    assert_ne!(event.referral_id, ben.id);
}

both_databases!(a_cursor_of_another_ledger_or_of_the_future_is_refused);
async fn a_cursor_of_another_ledger_or_of_the_future_is_refused(server: &Server) {
    server.take_webhooks_of("eu", Mode::Test).await;
    let cursor = server.watch(all()).await.cursor;
    let live = v1::WatchEventsRequest { mode: v1::Mode::Live.into(), ..after(&cursor) };
    let eu = v1::WatchEventsRequest { account: "eu".to_owned(), ..after(&cursor) };
    let bond = cursor.split_once('.').expect("two parts").0.to_owned();
    for request in [live, eu, after("0"), after(&bond), after(&format!("{bond}.-1"))] {
        let refusal = refused(server, request).await;
        assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_FIELDS"));
        assert_eq!(refusal.fields(), ["cursor"]);
    }
    let refusal = refused(server, after(&format!("{bond}.1"))).await;
    assert_eq!(refusal.kind(), (Code::OutOfRange, "CURSOR_AHEAD"));
    assert_eq!(refusal.variables["newest_cursor"], cursor);
}

both_databases!(what_a_watch_names_must_be_in_its_ledger);
async fn what_a_watch_names_must_be_in_its_ledger(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let live = v1::WatchEventsRequest { mode: v1::Mode::Live.into(), ..all() };
    for (request, kind) in [
        (v1::WatchEventsRequest { account: "nobody".to_owned(), ..all() }, "account"),
        (v1::WatchEventsRequest { campaign_id: campaign.id, ..live.clone() }, "campaign"),
        (v1::WatchEventsRequest { referral_id: ben.id, ..live }, "referral"),
    ] {
        let refusal = refused(server, request).await;
        assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"));
        assert_eq!(refusal.resource.expect("a resource").0, kind);
    }
}

both_databases!(events_that_are_too_old_are_removed_and_the_oldest_that_is_kept_is_known);
async fn events_that_are_too_old_are_removed_and_the_oldest_that_is_kept_is_known(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let beginning = server.watch(all()).await.cursor;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    // More than are removed at once.
    server.write_events(&ben.id, 2_500).await;
    assert_eq!(server.app.drop_events(7).await.expect("looked"), 0, "nothing is old");
    server.advance_days(6);
    server.register(&campaign, &maya, "eve@example.com").await;
    server.advance_days(2);
    assert_eq!(server.app.drop_events(7).await.expect("removed"), 2_501);
    assert_eq!(server.app.drop_events(7).await.expect("looked"), 0);
    let refusal = refused(server, after(&beginning)).await;
    assert_eq!(refusal.kind(), (Code::OutOfRange, "CURSOR_EXPIRED"));
    let mut oldest = server.watch(after(&refusal.variables["oldest_cursor"])).await;
    assert_eq!(oldest.event().await.sequence, 2_502);
    assert_eq!(server.watch(all()).await.event().await.sequence, 2_502, "without a cursor it begins there");

    server.advance_days(30);
    assert_eq!(server.app.drop_events(7).await.expect("removed"), 1);
    server.app.drop_events(7).await.expect("looked");
    let mut new = server.watch(all()).await;
    server.register(&campaign, &maya, "zoe@example.com").await;
    let kept: Vec<_> = server.events("default", "TEST").await.into_iter().map(|(sequence, _)| sequence).collect();
    let first = i64::try_from(new.event().await.sequence).expect("a number");
    assert_eq!(kept[0], first, "numbers go on where all before were removed");
}
