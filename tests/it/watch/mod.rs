//! Watching events: from any place on, in order, each once in a stream, whoever writes and however slow the reader is.

mod ends;
mod names;
mod places;
mod schedules;

use std::time::Duration;

use prost::Message;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::event::{Cause, Change, Event, Kind};
use referrald::domain::id::ReferralId;
use referrald::proto::v1;
use referrald::proto::v1::event::Subject;
use referrald::server::{Options, Rounds};
use referrald::store::Store;
use tonic::transport::Endpoint;
use tonic::{Code, Status, Streaming};

use crate::harness::{Caller, Database, Payment, RULE, Refusal, Server, both_databases, each_qualified, start_in};

/// Longer than anything here takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// All events of test mode of the default account.
pub fn all() -> v1::WatchEventsRequest {
    v1::WatchEventsRequest { mode: v1::Mode::Test.into(), ..v1::WatchEventsRequest::default() }
}

/// Somebody who watches.
pub struct Watching {
    stream: Streaming<v1::WatchEventsResponse>,
    /// The latest cursor that came.
    pub cursor: String,
}

impl Watching {
    /// Begins to watch, and waits for the first answer, which has no event.
    pub async fn begin(caller: &Caller, request: v1::WatchEventsRequest) -> Self {
        let stream = caller.qualifications().watch_events(request).await.expect("it begins").into_inner();
        let mut watching = Self { stream, cursor: String::new() };
        let first = watching.next().await.expect("it goes on");
        assert_eq!(first.event, None, "the first answer says where it begins");
        watching
    }

    pub async fn next(&mut self) -> Result<v1::WatchEventsResponse, Status> {
        let answer = tokio::time::timeout(PATIENCE, self.stream.message()).await.expect("something comes");
        let answer = answer?.expect("it says why it ends");
        assert!(!answer.cursor.is_empty(), "each answer has a cursor");
        self.cursor.clone_from(&answer.cursor);
        Ok(answer)
    }

    /// The next event, whatever heartbeats come before it.
    pub async fn event(&mut self) -> v1::Event {
        loop {
            if let Some(event) = self.next().await.expect("it goes on").event {
                return event;
            }
        }
    }

    pub async fn events(&mut self, number: usize) -> Vec<v1::Event> {
        let mut events = Vec::new();
        while events.len() < number {
            events.push(self.event().await);
        }
        events
    }

    /// Why it ends.
    pub async fn end(&mut self) -> Status {
        loop {
            if let Err(status) = self.next().await {
                return status;
            }
        }
    }
}

pub fn types(events: &[v1::Event]) -> Vec<&str> {
    events.iter().map(|event| event.r#type.as_str()).collect()
}

impl Server {
    pub async fn watch(&self, request: v1::WatchEventsRequest) -> Watching {
        Watching::begin(&self.caller, request).await
    }

    /// Writes events to the log that tell of this referral, as many transactions as there are thousands.
    pub async fn write_events(&self, referral_id: &str, number: usize) {
        let id = ReferralId::parse(referral_id).expect("an id");
        let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
        let (enrolled, _) = self.app.store.referral(id).await.expect("asked").expect("there");
        for begin in (0..number).step_by(1000) {
            let change = Change { kind: Kind::Updated, changed: vec!["person"] };
            let event = (Cause::Clock.into(), Event::Referral(change, Box::new(enrolled.clone())));
            let mut tx = self.app.store.write().await.expect("begins");
            let row = tx.lock_ledger(&ledger).await.expect("asked").expect("there");
            let events = vec![event; 1000.min(number - begin)];
            tx.append_events(row.id, row.last_seq, &events, self.now()).await.expect("appended");
            tx.commit().await.expect("committed");
        }
    }
}

both_databases!(a_watcher_gets_what_was_and_then_what_is_with_the_whole_state_and_the_cause);
async fn a_watcher_gets_what_was_and_then_what_is_with_the_whole_state_and_the_cause(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let mut watching = server.watch(all()).await;
    let registered = watching.event().await;
    assert_eq!((registered.sequence, registered.r#type.as_str()), (1, "referral.registered"));
    assert_eq!((&registered.campaign_id, &registered.referral_id), (&campaign.id, &ben.id));
    assert_eq!(registered.subject, Some(Subject::Referral(ben.clone())), "as the registration was answered");
    let cause = registered.cause.expect("a cause");
    assert_eq!((cause.r#type(), cause.call.as_str()), (v1::CauseType::Call, "ReferralService/CreateReferral"));
    assert!(cause.key_id.starts_with("key_"), "{cause:?}");

    let paid = server.event("charge.succeeded", false, server.charge(Payment::of("ben@example.com", 10_000)).body);
    assert_eq!(server.post_event("default", Mode::Test, &paid).await.word(), "recorded");
    let events = watching.events(2).await;
    assert_eq!(types(&events), ["referral.qualified", "reward.due"]);
    assert_eq!(events.iter().map(|event| event.sequence).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(events[0].subject, Some(Subject::Referral(server.referral(&ben.id).await)));
    assert_eq!(events[1].subject, Some(Subject::Reward(server.reward_of(&maya.id).await)));
    assert_eq!(events[0].changed, ["state", "spend_minor", "qualified_at"]);
    for event in &events {
        let cause = event.cause.clone().expect("a cause");
        assert_eq!(
            (cause.r#type(), cause.delivery_id.as_str()),
            (v1::CauseType::Delivery, paid["id"].as_str().expect("an id"))
        );
    }

    server.advance_days(31);
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.advance_days(31);
    let events = watching.events(2).await;
    assert_eq!(types(&events), ["referral.registered", "referral.expired"]);
    assert_eq!(events[1].referral_id, eve.id);
    assert_eq!(events[1].cause.clone().expect("a cause").r#type(), v1::CauseType::Clock);
}

both_databases!(a_filter_lets_through_what_it_names_and_the_cursor_passes_the_rest);
async fn a_filter_lets_through_what_it_names_and_the_cursor_passes_the_rest(server: &Server) {
    let (one, two) = (server.rewarding(vec![each_qualified()]).await, server.campaign(RULE).await);
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&one, &maya, "ben@example.com").await;
    server.register(&two, &maya, "ben@example.com").await;
    let eve = server.register(&one, &maya, "eve@example.com").await;
    // More than one look passes.
    server.write_events(&eve.id, 2500).await;
    server.pay("ben@example.com", 10_000).await;
    let (campaign_id, referral_id) = (two.id.clone(), ben.id.clone());
    for (request, expected) in [
        (v1::WatchEventsRequest { campaign_id, ..all() }, vec!["referral.registered", "referral.qualified"]),
        (
            v1::WatchEventsRequest { referral_id, ..all() },
            vec!["referral.registered", "referral.qualified", "reward.due"],
        ),
        (v1::WatchEventsRequest { types: vec!["reward.due".to_owned()], ..all() }, vec!["reward.due"]),
        (
            v1::WatchEventsRequest {
                campaign_id: one.id.clone(),
                referral_id: ben.id.clone(),
                types: vec!["reward.due".to_owned(), "referral.registered".to_owned()],
                ..all()
            },
            vec!["referral.registered", "reward.due"],
        ),
    ] {
        let mut watching = server.watch(v1::WatchEventsRequest { heartbeat_seconds: 1, ..request }).await;
        let events = watching.events(expected.len()).await;
        assert_eq!(types(&events), expected);
        // What the filter leaves out is behind the cursor of the next heartbeat.
        let newest = server.events("default", "TEST").await.len();
        while !watching.cursor.ends_with(&format!(".{newest}")) {
            assert_eq!(watching.next().await.expect("it goes on").event, None);
        }
    }
}

both_databases!(an_event_of_an_earlier_version_tells_the_same_once_the_database_is_of_this_one);
async fn an_event_of_an_earlier_version_tells_the_same_once_the_database_is_of_this_one(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    let events = server.watch(all()).await.events(3).await;
    // As they were written before.
    let (forget, page) = match &server.app.store {
        Store::Sqlite { .. } => (
            "update events set body = json_remove(body, '$.referral.created_at', '$.referral.updated_at', \
             '$.referral.window_ends_at', '$.reward.created_at', '$.reward.updated_at')",
            include_str!("../../../migrations/sqlite/0004_answers.sql"),
        ),
        Store::Postgres(..) => (
            "update events set body = (body::jsonb #- '{referral,created_at}' #- '{referral,updated_at}' \
             #- '{referral,window_ends_at}' #- '{reward,created_at}' #- '{reward,updated_at}')::text",
            include_str!("../../../migrations/postgres/0004_answers.sql"),
        ),
    };
    let mut tx = server.app.store.write().await.expect("begins");
    tx.run(forget, vec![]).await.expect("forgotten");
    let updates = page.split(';').filter_map(|text| text.find("update events").map(|at| &text[at..]));
    for update in updates {
        tx.run(update, vec![]).await.expect("told anew");
    }
    tx.commit().await.expect("committed");
    // A time within a second of the decision is all that an update's time was.
    let told = server.watch(all()).await.events(3).await;
    let without = |event: &v1::Event| {
        let mut event = event.clone();
        match &mut event.subject {
            Some(Subject::Referral(referral)) => assert!(referral.updated_at.take().is_some()),
            Some(Subject::Reward(reward)) => assert!(reward.updated_at.take().is_some()),
            None => {}
        }
        event
    };
    assert_eq!(told.iter().map(without).collect::<Vec<_>>(), events.iter().map(without).collect::<Vec<_>>());
}

both_databases!(on: what_the_same_process_writes_is_pushed_and_waits_for_no_look_at_the_database);
async fn what_the_same_process_writes_is_pushed_and_waits_for_no_look_at_the_database(database: Database) {
    let rounds = Rounds { follow: Duration::from_hours(1), ..Rounds::default() };
    let server = Server::start_with(database, Options { rounds, ..Options::default() }).await;
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let heartbeat_seconds = 300;
    let mut watching = server.watch(v1::WatchEventsRequest { heartbeat_seconds, ..all() }).await;
    for email in ["ben@example.com", "eve@example.com"] {
        let referral = server.register(&campaign, &maya, email).await;
        assert_eq!(watching.event().await.referral_id, referral.id);
    }
    server.stop().await;
}

both_databases!(on: what_another_replica_writes_is_heard_of);
async fn what_another_replica_writes_is_heard_of(database: Database) {
    let (url, _folder) = start_in(database);
    let writes = Server::start_on(url.clone(), None, Options::default()).await;
    let campaign = writes.campaign(RULE).await;
    let maya = writes.referrer("maya@example.com").await;
    let reads = Server::start_on(url, None, Options::default()).await;
    let mut watching = reads.watch(all()).await;
    for email in ["ben@example.com", "eve@example.com"] {
        let referral = writes.register(&campaign, &maya, email).await;
        assert_eq!(watching.event().await.referral_id, referral.id);
    }
    reads.stop().await;
    writes.stop().await;
}

both_databases!(a_reader_who_stops_loses_nothing_and_holds_nobody_up);
async fn a_reader_who_stops_loses_nothing_and_holds_nobody_up(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let mut stopped = server.watch(all()).await;
    let mut quick = server.watch(v1::WatchEventsRequest { only_new: true, ..all() }).await;
    server.write_events(&ben.id, 10_000).await;
    let numbers = |events: Vec<v1::Event>| events.iter().map(|event| event.sequence).collect::<Vec<_>>();
    assert_eq!(numbers(quick.events(10_000).await), (2..=10_001).collect::<Vec<_>>());
    assert_eq!(numbers(stopped.events(10_001).await), (1..=10_001).collect::<Vec<_>>());
}

both_databases!(of_what_a_reader_who_stops_has_not_read_the_service_holds_little);
async fn of_what_a_reader_who_stops_has_not_read_the_service_holds_little(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    // Little lies in the reader's own window.
    let narrow = Endpoint::from_shared(format!("http://{}", server.grpc_at)).expect("a URL");
    let narrow = narrow.initial_stream_window_size(65_535).initial_connection_window_size(65_535).connect_lazy();
    let mut stopped = Watching::begin(&server.caller.over(narrow), all()).await;
    let mut quick = server.watch(all()).await;
    server.write_events(&ben.id, 20_000).await;
    quick.events(20_001).await;
    // What the database no longer has comes only if it was held.
    server.advance_days(8);
    assert_eq!(server.app.drop_events(7).await.expect("removed"), 20_001);
    let mut bytes = 0;
    let end = loop {
        match stopped.next().await {
            Ok(answer) => bytes += answer.encoded_len(),
            Err(status) => break Refusal::of(&status),
        }
        assert!(bytes < 1 << 20, "more than {bytes} bytes were held");
    };
    assert_eq!(end.kind(), (Code::OutOfRange, "CURSOR_EXPIRED"));
}
