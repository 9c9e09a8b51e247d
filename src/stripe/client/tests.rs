//! The calls over real sockets, against a stand-in that answers what it is told to and remembers what it was sent.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::domain::customer::Fields;
use crate::domain::money::Currency;
use crate::domain::time::Time;

/// Answers one request after another with these bytes; a connection lives as long as the answers say so.
struct StandIn {
    url: String,
    stripe: Stripe,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

impl StandIn {
    /// One whose answers are raw; one that is empty never comes.
    async fn raw(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let connections: Arc<Mutex<usize>> = Arc::default();
        let answers = Arc::new(Mutex::new(answers.into_iter()));
        let (heard_by, counted) = (heard.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *counted.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                tokio::spawn(converse(stream, heard_by.clone(), answers.clone()));
            }
        });
        Self { stripe: stripe(&url), url, heard, connections }
    }

    /// One that says yes with these bodies.
    async fn saying(bodies: &[Value]) -> Self {
        Self::raw(bodies.iter().map(|body| answer("200 OK", "", &body.to_string())).collect()).await
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

type Answers = Arc<Mutex<std::vec::IntoIter<String>>>;

async fn converse(mut stream: TcpStream, heard: Arc<Mutex<Vec<String>>>, answers: Answers) {
    let mut bytes = Vec::new();
    while let Some(request) = next_request(&mut stream, &mut bytes).await {
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let answer = answers.lock().unwrap_or_else(PoisonError::into_inner).next().expect("an answer was given");
        if answer.is_empty() {
            std::future::pending::<()>().await;
        }
        stream.write_all(answer.as_bytes()).await.expect("the client listens");
        if answer.contains("connection: close") {
            return;
        }
    }
}

async fn next_request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<String> {
    loop {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if body.len() >= length.parse().expect("a length") {
                bytes.clear();
                return Some(text);
            }
        }
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn stripe(url: &str) -> Stripe {
    calling(Transport::new(url).expect("TLS"))
}

fn calling(transport: Transport) -> Stripe {
    Stripe::new(transport, SecretKey::parse("sk_test_hidden").expect("a key"), 1000)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

fn customer_body(id: &str) -> Value {
    json!({ "id": id, "object": "customer", "email": "Ada@example.com", "created": 1_700_000_000, "currency": "eur",
            "balance": -500, "metadata": { "referral_id": "ref_1" }, "livemode": false, "new_field": {} })
}

fn page(data: &[Value], has_more: bool) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": "/v1/customers" })
}

#[tokio::test]
async fn a_call_says_who_asks_in_which_version_and_uses_its_connection_again() {
    let there = StandIn::saying(&[json!({ "id": "acct_1", "default_currency": "eur" }), customer_body("cus_1")]).await;
    let account = there.stripe.account().await.expect("an account");
    assert_eq!((account.id.as_str(), account.default_currency), ("acct_1", Currency::parse("eur").ok()));
    there.stripe.customer("cus_1").await.expect("an answer").expect("a customer");
    let heard = there.heard();
    assert!(heard[0].starts_with("GET /v1/account HTTP/1.1\r\n"), "{}", heard[0]);
    assert!(heard[1].starts_with("GET /v1/customers/cus_1 HTTP/1.1\r\n"), "{}", heard[1]);
    for line in
        ["authorization: Bearer sk_test_hidden", &format!("stripe-version: {API_VERSION}"), "user-agent: referrald/"]
    {
        assert!(heard.iter().all(|request| request.contains(line)), "{line}");
    }
    assert_eq!(*there.connections.lock().expect("counted"), 1);
}

#[tokio::test]
async fn a_write_carries_its_key_and_the_same_bytes_each_time() {
    let there = StandIn::saying(&vec![customer_body("cus_1"); 8]).await;
    let metadata = (0..20).map(|n| (format!("key {n}"), "a&b=c".to_owned())).collect();
    let fields =
        Fields { name: Some("Ada L".into()), email: Some("Ada@example.com".into()), metadata, ..Fields::default() };
    for _ in 0..8 {
        there.stripe.create_customer(&fields, "job_1:1").await.expect("made");
    }
    let mut heard = there.heard();
    assert!(heard[0].starts_with("POST /v1/customers HTTP/1.1\r\n"), "{}", heard[0]);
    assert!(heard[0].contains("idempotency-key: job_1:1\r\n"), "{}", heard[0]);
    let body = "email=Ada@example.com&metadata[key+0]=a%26b%3Dc&";
    assert!(heard[0].contains(body), "{}", heard[0]);
    heard.dedup();
    assert_eq!(heard.len(), 1);
}

#[tokio::test]
async fn fields_without_a_value_are_not_sent() {
    let there = StandIn::saying(&[customer_body("cus_1")]).await;
    there.stripe.update_customer("cus_1", &Fields::default(), "k").await.expect("changed");
    let heard = there.heard().remove(0);
    assert!(heard.starts_with("POST /v1/customers/cus_1 HTTP/1.1\r\n"), "{heard}");
    assert!(heard.ends_with("\r\n\r\n"), "an empty value would erase: {heard}");
}

#[tokio::test]
async fn a_list_is_read_to_its_end_and_no_further_than_its_limit() {
    let there = StandIn::saying(&[page(&[customer_body("cus_2")], true), page(&[customer_body("cus_1")], false)]).await;
    let found = there.stripe.customers_by_email("Ada+é@example.com").await.expect("customers");
    assert_eq!(found.iter().map(|customer| customer.id.as_str()).collect::<Vec<_>>(), ["cus_2", "cus_1"]);
    let heard = there.heard();
    assert!(heard[0].starts_with("GET /v1/customers?email=Ada%2B%C3%A9@example.com&limit=100 "), "{}", heard[0]);
    assert!(
        heard[1].starts_with("GET /v1/customers?email=Ada%2B%C3%A9@example.com&limit=100&starting_after=cus_2 "),
        "{}",
        heard[1]
    );

    let full: Vec<Value> = (0..100).map(|n| customer_body(&format!("cus_{n}"))).collect();
    let there = StandIn::saying(&vec![page(&full, true); 10]).await;
    assert_eq!(there.stripe.customers_by_email("a@example.com").await.map(|found| found.len()), Ok(1000));
    assert_eq!(there.heard().len(), 10);
}

#[tokio::test]
async fn a_customer_is_read_and_what_is_missing_from_it_is_none() {
    let gone = json!({ "id": "cus_2", "object": "customer", "deleted": true });
    let missing = json!({ "error": { "type": "invalid_request_error", "code": "resource_missing" } }).to_string();
    let answers = [customer_body("cus_1"), gone].map(|body| answer("200 OK", "", &body.to_string()));
    let there = StandIn::raw([&answers[..], &[answer("404 Not Found", "", &missing)]].concat()).await;
    let found = there.stripe.customer("cus_1").await.expect("an answer").expect("a customer");
    assert_eq!((found.email.as_deref(), found.balance_minor, found.deleted), (Some("Ada@example.com"), -500, false));
    assert_eq!(found.created_at, Some(Time::from_seconds(1_700_000_000)));
    assert_eq!(found.metadata["referral_id"], "ref_1");
    let gone = there.stripe.customer("cus_2").await.expect("an answer").expect("a trace");
    assert!(gone.deleted && gone.created_at.is_none());
    assert_eq!(there.stripe.customer("cus_3").await, Ok(None));
}

#[tokio::test]
async fn an_id_that_somebody_made_up_leads_nowhere_else() {
    let there = StandIn::saying(&[customer_body("cus_1")]).await;
    there.stripe.customer("../charges?limit=1").await.expect("an answer");
    assert!(
        there.heard()[0].starts_with("GET /v1/customers/%2E%2E%2Fcharges%3Flimit%3D1 HTTP/1.1"),
        "{:?}",
        there.heard()
    );
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_says_whether_it_may_have_been_done() {
    let cut = format!("{}connection: close\r\n\r\n{{\"id\"", "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n");
    let huge = answer("200 OK", "", &" ".repeat(17 << 20));
    for (answer, said, answered) in [
        (cut, "cut short", false),
        ("connection: close".to_owned(), "broke", false),
        (huge, "bytes", false),
        (answer("200 OK", "", "<html>"), "no JSON", false),
        (answer("200 OK", "", "{}"), "id is missing", false),
        (answer("502 Bad Gateway", "", "<html>"), "502", true),
    ] {
        let there = StandIn::raw(vec![answer]).await;
        let failure = there.stripe.create_customer(&Fields::default(), "k").await.expect_err(said);
        assert_eq!(failure.kind, Kind::Unknown { answered }, "{said}");
        assert!(failure.message.contains(said), "{said}: {failure}");
        assert_eq!(there.heard().len(), 1, "one attempt: {said}");
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_waited_for_so_long() {
    let there = StandIn::raw(vec![String::new()]).await;
    let transport = Transport::new(&there.url).expect("TLS").with_call_max(std::time::Duration::from_millis(50));
    let failure = calling(transport).account().await.expect_err("no answer");
    assert_eq!(failure.kind, Kind::Unknown { answered: false });
    assert_eq!(failure.message, "Stripe has not answered within 50ms");
}

#[tokio::test]
async fn what_was_never_sent_may_be_tried_again() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    for url in [format!("http://{nobody}"), "https://stripe.invalid".to_owned()] {
        let failure = stripe(&url).account().await.expect_err(&url);
        assert_eq!(failure.kind, Kind::Again { after: None }, "{failure}");
        assert!(failure.message.starts_with("Stripe is not reached: "), "{failure}");
    }
}

#[tokio::test]
async fn the_words_of_an_answer_that_says_no_arrive() {
    let error = json!({ "error": { "type": "rate_limit_error", "message": "Slow down, sk_test_hidden" } }).to_string();
    let there =
        StandIn::raw(vec![answer("429 Too Many Requests", "retry-after: 3\r\nrequest-id: req_9\r\n", &error)]).await;
    let failure = there.stripe.account().await.expect_err("refused");
    assert_eq!(failure.kind, Kind::Again { after: Some(std::time::Duration::from_secs(3)) });
    assert_eq!(failure.to_string(), "Stripe answered 429 rate_limit_error: Slow down, (key) (request req_9)");
}

#[tokio::test]
async fn the_time_is_that_of_any_answer() {
    let answers = [
        ("200 OK", "Wed, 25 Nov 2026 10:00:00 GMT"),
        ("403 Forbidden", "Thu, 01 Jan 1970 00:00:09 GMT"),
        ("200 OK", "today"),
    ];
    let answers = answers.map(|(status, date)| answer(status, &format!("date: {date}\r\n"), "{}"));
    let there = StandIn::raw(answers.to_vec()).await;
    for seconds in [Some(1_795_600_800), Some(9), None] {
        assert_eq!(there.stripe.time().await, Ok(seconds.map(Time::from_seconds)));
    }
}

#[tokio::test]
async fn what_cannot_be_sent_never_will_be() {
    let there = StandIn::saying(&[]).await;
    let failure = there.stripe.create_customer(&Fields::default(), "a\nb").await.expect_err("no header");
    assert!(matches!(failure.kind, Kind::Refused { .. }), "{failure}");
    assert!(!format!("{:?} {failure:?}", there.stripe).contains("hidden"));
}

#[tokio::test]
async fn a_secret_comes_with_a_new_endpoint_and_debug_does_not_show_it() {
    let body = json!({ "id": "we_1", "url": "https://hooks.example", "status": "enabled", "secret": "whsec_hidden",
                       "enabled_events": ["charge.succeeded", "*"], "api_version": API_VERSION });
    let there = StandIn::saying(&[body]).await;
    let made =
        there.stripe.create_webhook_endpoint("https://hooks.example", &["charge.succeeded", "new.type"], "k").await;
    let made = made.expect("made");
    assert_eq!(made.secret.as_deref(), Some("whsec_hidden"));
    assert!(!format!("{made:?}").contains("hidden"));
    assert_eq!(made.events, ["charge.succeeded", "*"]);
    let heard = there.heard().remove(0);
    for part in [&format!("api_version={API_VERSION}"), "charge.succeeded", "new.type"] {
        assert!(heard.contains(part), "{part} in {heard}");
    }
}

#[test]
fn the_version_is_that_of_the_requests() {
    assert_eq!(API_VERSION, stripe_client_core::VERSION.as_str());
}
