//! The server beside the tests, and clients of it.

use std::net::SocketAddr;
use std::process::Command;

use referrald_client::v1::{
    Campaign, CreateCampaignRequest, CreateReferrerRequest, LaunchCampaignRequest, Mode, Person, Referrer, Rule,
};
use referrald_client::{Client, Options};
use tokio::net::TcpListener;

/// A variable that `clients/conformance/server run` sets.
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run me with scripts/clients test rust"))
}

/// A client of the server, with these options or others.
pub fn client(change: impl FnOnce(&mut Options)) -> Client {
    variable("REFERRALD_ADDRESS");
    let mut options = Options::default();
    change(&mut options);
    Client::connect(options).expect("the options are good")
}

/// Stops or starts the server.
pub async fn server(action: &'static str) {
    let run = move || Command::new(variable("REFERRALD_SERVER")).arg(action).status();
    let status = tokio::task::spawn_blocking(run).await.expect("no panic").expect("the script is there");
    assert!(status.success(), "{action}");
}

/// The address of somebody who takes connections and never says a word.
pub async fn silent() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Letters and digits that nobody has used.
pub fn unique() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..16].to_owned()
}

pub fn referrer(name: &str) -> CreateReferrerRequest {
    let person = Person { email: format!("{name}-{}@example.com", unique()), ..Person::default() };
    let referrer = Referrer { person: Some(person), ..Referrer::default() };
    CreateReferrerRequest { referrer: Some(referrer), request_id: String::new() }
}

/// The id of a campaign that is live.
pub async fn live_campaign(client: &Client) -> String {
    let rule = Rule { currency: "eur".to_owned(), target_minor: 10_000, window_days: 30, ..Rule::default() };
    let campaign = Campaign {
        mode: Mode::Test.into(),
        display_name: "Invite a friend".to_owned(),
        rule: Some(rule),
        ..Campaign::default()
    };
    let request = CreateCampaignRequest { campaign: Some(campaign), request_id: String::new() };
    let made = client.campaigns().create_campaign(request).await.expect("it is made").into_inner();
    let id = made.campaign.expect("a campaign").id;
    let request = LaunchCampaignRequest { id: id.clone(), etag: String::new() };
    client.campaigns().launch_campaign(request).await.expect("it goes live");
    id
}
