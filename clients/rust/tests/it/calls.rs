//! Deadlines, cancellation, repetition, pages.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::TryStreamExt;
use referrald_client::v1::create_referral_request::Referrer as By;
use referrald_client::v1::{
    CreateReferralRequest, CreateReferrerRequest, CreateReferrerResponse, ListCampaignsRequest, ListReferralsRequest,
    Person,
};
use referrald_client::{Client, Error, Options};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::server::NamedService;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;
use tower_service::Service;

use crate::server::{client, live_campaign, referrer, server, silent};

const SOON: Duration = Duration::from_millis(50);

async fn list(client: &Client) -> Result<(), Error> {
    client.campaigns().list_campaigns(ListCampaignsRequest::default()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_waits_for_a_server_that_comes_back() {
    let client = client(|_| {});
    list(&client).await.expect("it is there");
    server("stop").await;
    let waiting = tokio::spawn(async move { client.referrals().create_referrer(referrer("late")).await });
    server("start").await;
    waiting.await.expect("no panic").expect("it is there again");
}

#[tokio::test]
async fn a_server_that_stays_away_is_unavailable() {
    let (listener, address) = silent().await;
    drop(listener);
    let error = list(&client(|options| options.address = address.to_string())).await.expect_err("nobody is there");
    assert_eq!((error.code, &*error.reason), (Code::Unavailable, ""));
    assert!(error.message.contains("onnection refused"), "{}", error.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_pages_are_read_as_one_list() {
    let client = client(|_| {});
    let campaign_id = live_campaign(&client).await;
    let busy = client.referrals().create_referrer(referrer("busy")).await.expect("made").into_inner();
    let busy = busy.referrer.expect("a referrer").id;
    let workers = (0..20).map(|worker| {
        let (client, campaign_id, busy) = (client.clone(), campaign_id.clone(), busy.clone());
        tokio::spawn(async move {
            for each in 0..50 {
                let email = format!("p{worker}-{each}-{campaign_id}@example.com");
                let person = Person { email, first_name: "P".to_owned(), ..Person::default() };
                let request = CreateReferralRequest {
                    campaign_id: campaign_id.clone(),
                    referrer: Some(By::ReferrerId(busy.clone())),
                    person: Some(person),
                    ..CreateReferralRequest::default()
                };
                client.referrals().create_referral(request).await.expect("registered");
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }

    let request = ListReferralsRequest { campaign_id, page_size: 300, ..ListReferralsRequest::default() };
    let ids: BTreeSet<String> = client.all(request).map_ok(|referral| referral.id).try_collect().await.expect("a list");
    assert_eq!(ids.len(), 1000);
    let wrong = ListReferralsRequest { page_size: -1, ..ListReferralsRequest::default() };
    let error = pin!(client.all(wrong)).try_next().await.expect_err("a page has a size");
    assert_eq!(error.violations.iter().map(|wrong| &*wrong.field).collect::<Vec<_>>(), ["page_size"]);
}

#[tokio::test]
async fn a_call_ends_at_its_deadline_and_at_the_one_of_the_client() {
    let (_listener, address) = silent().await;
    let options = |options: &mut Options| {
        options.address = address.to_string();
        options.deadline = SOON;
    };
    let error = list(&client(options)).await.expect_err("nobody answers");
    assert_eq!((error.code, &*error.reason), (Code::DeadlineExceeded, ""));

    let client = client(|options| options.address = address.to_string());
    let mut request = Request::new(ListCampaignsRequest::default());
    request.set_timeout(SOON);
    let status = client.campaigns().list_campaigns(request).await.expect_err("nobody answers");
    assert_eq!(status.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_the_client_as_it_was() {
    let client = client(|_| {});
    let mut service = client.referrals();
    let call = service.create_referrer(referrer("dropped"));
    drop(tokio::time::timeout(Duration::ZERO, call).await);
    list(&client).await.expect("the next one goes through");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_sent_once() {
    let request = ListCampaignsRequest { page_token: "x".repeat(5 << 20), ..ListCampaignsRequest::default() };
    let client = client(|_| {});
    let call = async { client.campaigns().list_campaigns(request).await };
    // A second attempt would not fit.
    let answer = tokio::time::timeout(Duration::from_secs(1), call).await.expect("it is refused for good");
    let error = Error::from(answer.expect_err("it is too large"));
    assert_eq!((error.code, &*error.reason), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let options = Options { address: "referrald.example".to_owned(), ..Options::default() };
    let error = Client::connect(options).expect_err("there is no port");
    assert!(error.message.contains("HOST:PORT"), "{error}");
}

#[tokio::test]
async fn beyond_loopback_the_key_goes_over_tls_only() {
    // This leads back here, and is no loopback address by its name.
    let outside = |options: &mut Options| {
        options.address = options.address.replace("127.0.0.1", "0.0.0.0");
        options.deadline = Duration::from_secs(2);
    };
    list(&client(outside)).await.expect_err("a server without TLS is not spoken to");
    let plain = client(|options| {
        outside(options);
        options.plaintext = true;
    });
    list(&plain).await.expect("it was meant");
}

/// A service whose one call is refused the first time, with when to come back.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<Vec<(String, MetadataMap)>>>);

impl NamedService for Busy {
    const NAME: &'static str = "referrald.v1.ReferralService";
}

impl Service<http::Request<Body>> for Busy {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let busy = self.clone();
        let codec = ProstCodec::<CreateReferrerResponse, CreateReferrerRequest>::default();
        Box::pin(async move { Ok(tonic::server::Grpc::new(codec).unary(busy, request).await) })
    }
}

impl Service<Request<CreateReferrerRequest>> for Busy {
    type Response = Response<CreateReferrerResponse>;
    type Error = Status;
    type Future = Ready<Result<Self::Response, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<CreateReferrerRequest>) -> Self::Future {
        let mut calls = self.0.lock().expect("no panic");
        calls.push((request.get_ref().request_id.clone(), request.metadata().clone()));
        if calls.len() > 1 {
            return ready(Ok(Response::new(CreateReferrerResponse { referrer: request.into_inner().referrer })));
        }
        let mut metadata = MetadataMap::new();
        metadata.insert("grpc-retry-pushback-ms", "700".parse().expect("a header"));
        ready(Err(Status::with_metadata(Code::ResourceExhausted, "busy", metadata)))
    }
}

#[tokio::test]
async fn a_create_call_is_repeated_when_the_service_says_and_with_the_same_request_id() {
    let (listener, address) = silent().await;
    let busy = Busy::default();
    let service = tonic::transport::Server::builder().add_service(busy.clone());
    tokio::spawn(service.serve_with_incoming(TcpListenerStream::new(listener)));
    let client = client(|options| {
        options.address = address.to_string();
        options.key = "rfd_mine".to_owned();
    });
    let call = async { client.referrals().create_referrer(referrer("ada")).await };
    let early = tokio::time::timeout(Duration::from_millis(500), call);
    early.await.expect_err("the second attempt waits as long as it was told");
    busy.0.lock().expect("no panic").clear();

    client.referrals().create_referrer(referrer("ada")).await.expect("the second attempt is taken");
    let calls = busy.0.lock().expect("no panic").clone();
    let [(first, shown), (second, _)] = &calls[..] else { panic!("{calls:?}") };
    assert!(!first.is_empty() && first == second, "{first} {second}");
    assert_eq!(shown.get("authorization").expect("a key"), "Bearer rfd_mine");
    assert!(shown.get("user-agent").expect("a name").to_str().expect("text").starts_with("referrald-rust/"));

    let mut request = referrer("eve");
    request.request_id = "mine".to_owned();
    client.referrals().create_referrer(request).await.expect("taken at once");
    assert_eq!(busy.0.lock().expect("no panic")[2].0, "mine");
}

/// Every request that can carry an id, as the API itself says.
#[test]
fn every_create_call_gets_a_request_id() {
    let source = include_str!("../../src/connection.rs");
    let api = crate::json::api();
    let methods = api.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let creates = methods.filter(|method| method.input().get_field_by_name("request_id").is_some());
    let mut number = 0;
    for method in creates {
        number += 1;
        let line = format!("\"{}/{}\" => {},", method.parent_service().name(), method.name(), method.input().name());
        assert!(source.contains(&line), "connection.rs does not know {line}");
    }
    assert!(number >= 4, "{number}");
}

/// Every stream, as the API itself says.
#[test]
fn every_stream_is_free_of_the_deadline() {
    let source = include_str!("../../src/connection.rs");
    let methods = crate::json::api().services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let ours = |method: &prost_reflect::MethodDescriptor| method.full_name().starts_with("referrald.v1.");
    let mut number = 0;
    for method in methods.filter(|method| ours(method) && method.is_server_streaming()) {
        number += 1;
        let path = format!("\"/{}/{}\"", method.parent_service().full_name(), method.name());
        assert!(source.contains(&path), "connection.rs does not know {path}");
    }
    assert!(number >= 2, "{number}");
}

/// Every list, as the API itself says.
#[test]
fn every_list_is_known_to_all() {
    let source = include_str!("../../src/pages.rs");
    // Its pages are each the end of a stream.
    let streamed = "SimulateRuleRequest";
    for message in crate::json::api().all_messages() {
        if message.get_field_by_name("page_token").is_some() && message.name() != streamed {
            assert!(
                source.contains(&format!("list!({}, ", message.name())),
                "pages.rs does not know {}",
                message.name()
            );
        }
    }
}
