//! How to connect, and the services.

use std::env;
use std::net::IpAddr;
use std::time::Duration;

use tonic::transport::{ClientTlsConfig, Endpoint};

use crate::connection::Connection;
use crate::error::Error;
use crate::v1::campaign_service_client::CampaignServiceClient;
use crate::v1::qualification_service_client::QualificationServiceClient;
use crate::v1::referral_service_client::ReferralServiceClient;
use crate::v1::reward_service_client::RewardServiceClient;

/// How often a connection with calls under way is asked whether it lives.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// How to connect. The default reads the variables `REFERRALD_ADDRESS` and `REFERRALD_KEY`.
#[derive(Clone)]
pub struct Options {
    /// `HOST:PORT`; by default `127.0.0.1:50051`.
    pub address: String,
    /// The API key; empty where the service asks for none.
    pub key: String,
    /// How long a call may take, repetitions included, where its request says nothing: by default 10 seconds.
    pub deadline: Duration,
    /// Goes without TLS also beyond loopback, where others may listen.
    pub plaintext: bool,
}

impl Default for Options {
    fn default() -> Self {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            address: variable("REFERRALD_ADDRESS").unwrap_or_else(|| "127.0.0.1:50051".to_owned()),
            key: variable("REFERRALD_KEY").unwrap_or_default(),
            deadline: Duration::from_secs(10),
            plaintext: false,
        }
    }
}

/// A connection with the services on it. Cloning it is cheap and keeps the connection.
#[derive(Clone, Debug)]
pub struct Client {
    connection: Connection,
}

impl Client {
    /// A client. It does not wait for the service: the first call does. Call it within a tokio runtime.
    ///
    /// # Errors
    /// If the address is none, or the key cannot stand in a header.
    pub fn connect(options: Options) -> Result<Self, Error> {
        let invalid = |problem: String| Error::from(tonic::Status::invalid_argument(problem));
        let (host, _) = options.address.rsplit_once(':').ok_or_else(|| invalid("the address is HOST:PORT".into()))?;
        let plain = options.plaintext || is_loopback(host);
        let url = format!("{}://{}", if plain { "http" } else { "https" }, options.address);
        let endpoint = || {
            let endpoint = Endpoint::from_shared(url)?
                .user_agent(concat!("referrald-rust/", env!("CARGO_PKG_VERSION")))?
                // A stream over a connection that is dead would wait for ever.
                .http2_keep_alive_interval(KEEPALIVE);
            if plain { Ok(endpoint) } else { endpoint.tls_config(ClientTlsConfig::new().with_webpki_roots()) }
        };
        let endpoint = endpoint().map_err(|problem| invalid(format!("{}: {problem}", options.address)))?;
        let connection = Connection::new(endpoint.connect_lazy(), &options.key, options.deadline);
        Ok(Self { connection: connection.map_err(|problem| invalid(format!("the key: {problem}")))? })
    }

    /// Campaigns and webhook secrets.
    pub fn campaigns(&self) -> CampaignServiceClient<Connection> {
        CampaignServiceClient::new(self.connection())
    }

    /// Referrers and referrals.
    pub fn referrals(&self) -> ReferralServiceClient<Connection> {
        ReferralServiceClient::new(self.connection())
    }

    /// Facts, and what follows from them.
    pub fn qualifications(&self) -> QualificationServiceClient<Connection> {
        QualificationServiceClient::new(self.connection())
    }

    /// What people have earned.
    pub fn rewards(&self) -> RewardServiceClient<Connection> {
        RewardServiceClient::new(self.connection())
    }

    /// The connection beneath, for any service.
    pub fn connection(&self) -> Connection {
        self.connection.clone()
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
