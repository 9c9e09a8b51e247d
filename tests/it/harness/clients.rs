//! Real gRPC clients over TCP, each with the key that it shows.

use referrald::proto::v1::campaign_service_client::CampaignServiceClient;
use referrald::proto::v1::qualification_service_client::QualificationServiceClient;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use referrald::proto::v1::reward_service_client::RewardServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

pub type Keyed = InterceptedService<Channel, Key>;

/// Somebody who calls.
#[derive(Clone)]
pub struct Caller {
    channel: Channel,
    key: Key,
}

/// Shows a key with each call; none where there is none.
#[derive(Clone)]
pub struct Key(Option<MetadataValue<Ascii>>);

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(shown) = &self.0 {
            request.metadata_mut().insert("authorization", shown.clone());
        }
        Ok(request)
    }
}

impl Caller {
    /// A caller who shows this key.
    pub fn with_key(channel: Channel, key: &str) -> Self {
        Self::showing(channel, &format!("Bearer {key}"))
    }

    /// A caller who sends this as the whole authorization header.
    pub fn showing(channel: Channel, authorization: &str) -> Self {
        Self { channel, key: Key(Some(authorization.parse().expect("a header value"))) }
    }

    /// A caller without a key.
    pub fn without_key(channel: Channel) -> Self {
        Self { channel, key: Key(None) }
    }

    /// The same caller over another connection.
    pub fn over(&self, channel: Channel) -> Self {
        Self { channel, key: self.key() }
    }

    /// The connection, showing the key.
    pub fn service(&self) -> Keyed {
        InterceptedService::new(self.channel.clone(), self.key.clone())
    }

    pub fn key(&self) -> Key {
        self.key.clone()
    }

    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub fn campaigns(&self) -> CampaignServiceClient<Keyed> {
        CampaignServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub fn referrals(&self) -> ReferralServiceClient<Keyed> {
        ReferralServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub fn rewards(&self) -> RewardServiceClient<Keyed> {
        RewardServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub fn qualifications(&self) -> QualificationServiceClient<Keyed> {
        QualificationServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
    }
}
