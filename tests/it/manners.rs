//! How the server behaves as one of gRPC, whatever is called: connections, streams, compression, headers.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use prost::Message;
use referrald::app::Scope;
use referrald::grpc::Limits;
use referrald::proto::v1;
use referrald::proto::v1::campaign_service_client::CampaignServiceClient;
use referrald::server::{Connections, Options};
use referrald::store::Store;
use serde_json::Value;
use tonic::codec::CompressionEncoding;
use tonic::metadata::AsciiMetadataValue;
use tonic::{Code, Request};

use crate::harness::raw::{ACK, DATA, END_STREAM, GOAWAY, HEADERS, PING, Raw, SETTINGS};
use crate::harness::{Database, Program, Refusal, Server, advertised, both_databases, start_in};

const SOON: Duration = Duration::from_millis(50);

async fn server_with(connections: Connections) -> Server {
    Server::start_with(Database::Sqlite, Options { connections, ..Options::default() }).await
}

#[tokio::test]
async fn a_connection_says_what_it_takes() {
    let server = Server::start(Database::Sqlite).await;
    let settings = Raw::connect(server.grpc_at).await.next(SETTINGS).await.expect("settings come first").payload;
    let setting = |id: u16| {
        let found = settings.chunks(6).find(|entry| entry[..2] == id.to_be_bytes());
        found.map(|entry| u32::from_be_bytes([entry[2], entry[3], entry[4], entry[5]]))
    };
    let (streams, window, header_bytes) = (setting(3), setting(4), setting(6));
    assert_eq!((streams, window, header_bytes), (Some(1024), Some(1 << 20), Some(16 << 10)));
    server.stop().await;
}

#[tokio::test]
async fn a_silent_connection_is_asked_whether_it_lives_and_ended_if_it_does_not() {
    let connections = Connections { keepalive: SOON, keepalive_timeout: SOON, ..Connections::default() };
    let server = server_with(connections).await;
    let mut deaf = Raw::connect(server.grpc_at).await;
    let ping = deaf.next(PING).await.expect("it is asked");
    assert_eq!((ping.stream, ping.payload.len()), (0, 8));
    while let Some(frame) = deaf.frame().await {
        assert!([PING, GOAWAY].contains(&frame.kind), "{frame:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_silent_connection_that_answers_stays() {
    let connections = Connections { keepalive: SOON, ..Connections::default() };
    let server = server_with(connections).await;
    let mut quiet = Raw::connect(server.grpc_at).await;
    for _ in 0..5 {
        let ping = quiet.next(PING).await.expect("it is asked");
        quiet.send(PING, ACK, 0, &ping.payload).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_connection_is_told_to_go_and_its_calls_are_finished() {
    let server = server_with(Connections { age_max: SOON, ..Connections::default() }).await;
    let (_, key) = server.app.create_key("old".into(), vec![Scope::Ingest], None, None).await.expect("a key");
    let held = server.hold_the_writes().await;
    let mut old = Raw::connect(server.grpc_at).await;
    old.call(1, "QualificationService/RecordFacts", &key, &crate::errors::facts("", "evt_1").encode_to_vec()).await;
    let goaway = old.next(GOAWAY).await.expect("it is told to go");
    assert_eq!(goaway.payload[4..8], [0; 4], "for no fault of its own");
    // The server learns by this that all was seen which came before.
    let ping = old.next(PING).await.expect("it is asked");
    old.send(PING, ACK, 0, &ping.payload).await;
    held.let_go().await;
    let answer = old.next(DATA).await.expect("the call is finished");
    assert_eq!(answer.stream, 1);
    let answer = v1::RecordFactsResponse::decode(&answer.payload[5..]).expect("an answer");
    assert_eq!(answer.results[0].delivery_id, "evt_1");
    while let Some(frame) = old.frame().await {
        assert_ne!(frame.kind, DATA, "{frame:?}");
    }
    server.stop().await;
}

/// Waits until these streams too have been answered. None ends without an answer, as one does that is refused.
async fn until_answered(raw: &mut Raw, answered: &mut BTreeSet<u32>, streams: &[u32]) {
    while !streams.iter().all(|stream| answered.contains(stream)) {
        let frame = raw.frame().await.expect("the connection goes on");
        match frame.kind {
            DATA => assert!(answered.insert(frame.stream), "{frame:?}"),
            HEADERS if frame.flags & END_STREAM != 0 => assert!(answered.contains(&frame.stream), "{frame:?}"),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_streams_of_one_connection_run_at_once() {
    const LIST: &str = "CampaignService/ListCampaigns";
    const LONG: Duration = Duration::from_mins(10);
    let limits = Limits { deadline_max: LONG, ..Limits::default() };
    let connections = Connections { keepalive: LONG, ..Connections::default() };
    let server = Server::start_with(Database::Sqlite, Options { limits, connections, ..Options::default() }).await;
    let (_, key) = server.app.create_key("many".into(), vec![Scope::Read], None, None).await.expect("a key");
    let mut raw = Raw::connect(server.grpc_at).await;
    let streams: Vec<u32> = (0..1000).map(|number| 2 * number + 1).collect();
    for stream in &streams {
        raw.begin(*stream, LIST, &key).await;
    }
    // All of these wait for their message, and one more is answered meanwhile.
    raw.call(2001, LIST, &key, &[]).await;
    let mut answered = BTreeSet::new();
    until_answered(&mut raw, &mut answered, &[2001]).await;
    assert_eq!(answered.len(), 1);
    // No more at a time than the database answers at once.
    for some in streams.chunks(50) {
        for stream in some {
            raw.finish(*stream, &[]).await;
        }
        until_answered(&mut raw, &mut answered, some).await;
    }
    assert_eq!(answered.len(), 1001);
    drop(raw);
    server.stop().await;
}

both_databases!(what_is_compressed_is_understood_and_answered_alike);
async fn what_is_compressed_is_understood_and_answered_alike(server: &Server) {
    let gzip = CompressionEncoding::Gzip;
    let client = CampaignServiceClient::with_interceptor(server.channel(), server.caller.key());
    let mut client = client.send_compressed(gzip).accept_compressed(gzip);
    let campaign = v1::Campaign { display_name: "x".repeat(256), ..advertised(crate::harness::RULE) };
    let request = v1::CreateCampaignRequest { campaign: Some(campaign.clone()), request_id: String::new() };
    let answer = client.create_campaign(request).await.expect("it is read");
    assert_eq!(answer.metadata().get("grpc-encoding").expect("it is compressed"), "gzip");
    assert_eq!(answer.into_inner().campaign.expect("a campaign").display_name, campaign.display_name);
    let answer = server.caller.campaigns().list_campaigns(v1::ListCampaignsRequest::default()).await.expect("a list");
    assert_eq!(answer.metadata().get("grpc-encoding"), None, "who does not ask for it gets none");

    // A little that becomes too much.
    let request = v1::ListCampaignsRequest { page_token: "x".repeat(5 << 20), ..v1::ListCampaignsRequest::default() };
    let refusal = Refusal::of(&client.list_campaigns(request).await.expect_err("it is too large"));
    assert_eq!(refusal.kind(), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));
}

both_databases!(a_compression_that_nobody_knows_is_refused_with_those_that_are_known);
async fn a_compression_that_nobody_knows_is_refused_with_those_that_are_known(server: &Server) {
    let mut request = Request::new(v1::ListCampaignsRequest::default());
    request.metadata_mut().insert("grpc-encoding", AsciiMetadataValue::from_static("snappy"));
    let status = server.caller.campaigns().list_campaigns(request).await.expect_err("it is not known");
    assert_eq!(Refusal::of(&status).kind(), (Code::Unimplemented, "UNIMPLEMENTED"));
    let known = status.metadata().get("grpc-accept-encoding").expect("it says which").to_str().expect("text");
    assert!(known.contains("gzip"), "{known}");
}

both_databases!(headers_have_a_limit_and_whoever_exceeds_it_harms_nobody);
async fn headers_have_a_limit_and_whoever_exceeds_it_harms_nobody(server: &Server) {
    let with = async |bytes: usize| {
        let mut request = Request::new(v1::ListCampaignsRequest::default());
        request.metadata_mut().insert("x-long", "x".repeat(bytes).parse().expect("a header"));
        server.caller.campaigns().list_campaigns(request).await
    };
    with(15 << 10).await.expect("there is room");
    let status = with(17 << 10).await.expect_err("there is none");
    assert!([Code::Internal, Code::Unknown, Code::ResourceExhausted].contains(&status.code()), "{status:?}");
    with(0).await.expect("the same connection goes on");
}

both_databases!(on: a_server_that_ends_under_load_loses_no_call_that_it_took);
async fn a_server_that_ends_under_load_loses_no_call_that_it_took(database: Database) {
    let (url, _folder) = start_in(database);
    let arguments = ["serve", "--dev", "--listen", "127.0.0.1:0", "--no-sidecar", "--database", &url];
    let key = ("REFERRALD_SECRETS_KEY", "07".repeat(32));
    let mut program = Program::start(&arguments, &[(key.0, &key.1)]);
    let at = program.ready().0.expect("an address");
    let Some(load) = ghz(at) else { return };
    Server::until("there is load", async || program.said().matches("CreateReferrer").count() > 200).await;
    program.signal("TERM");
    assert_eq!(program.ended().code, Some(0));

    let report = load.await.expect("no panic");
    let answered = report["statusCodeDistribution"]["OK"].as_i64().expect("some calls are answered");
    let others = report["statusCodeDistribution"].as_object().expect("codes").keys().filter(|code| *code != "OK");
    assert_eq!(others.collect::<Vec<_>>(), ["Unavailable"], "{report}");
    let store = Store::open(&url, 2).await.expect("the database opens");
    let rows = store.rows("select count(*) as made from referrers", vec![]).await.expect("a number");
    assert_eq!(rows[0].int("made").expect("a number"), answered, "what was done was answered");
    store.close().await;
}

/// Creates referrers as fast as it can, until there were 20000 calls; the report. `None` as for grpcurl.
fn ghz(at: SocketAddr) -> Option<tokio::task::JoinHandle<Value>> {
    let (at, person) = (at.to_string(), r#"{"referrer": {"person": {"email": "{{newUUID}}@example.com"}}}"#);
    if let Err(missing) = Command::new("ghz").arg("--version").output() {
        assert!(std::env::var_os("CI").is_none(), "ghz is not on the PATH: {missing}; scripts/test puts it there");
        eprintln!("skipped: ghz is not on the PATH ({missing}); scripts/test puts it there");
        return None;
    }
    Some(tokio::task::spawn_blocking(move || {
        let call = ["--insecure", "--call", "referrald.v1.ReferralService/CreateReferrer", "--data", person];
        let load = ["--total", "20000", "--concurrency", "16", "--connections", "4", "--format", "json", &at];
        let output = Command::new("ghz").args(call).args(load).output().expect("it runs");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }))
}
