//! A running service as a command calls it.

use referrald::config;
use referrald::proto::v1::qualification_service_client::QualificationServiceClient;
use referrald::server::{Problem, channel};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

/// The calls about payments, showing a key.
pub type Qualifications = QualificationServiceClient<InterceptedService<Channel, Key>>;

/// Shows an API key with each call; none where none was given.
#[derive(Clone)]
pub struct Key(Option<MetadataValue<Ascii>>);

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(key) = &self.0 {
            request.metadata_mut().insert("authorization", key.clone());
        }
        Ok(request)
    }
}

/// The service that the operator named.
pub fn qualifications(service: &config::Service) -> Result<Qualifications, Problem> {
    let bearer = Some(&service.key).filter(|key| !key.is_empty()).map(|key| format!("Bearer {key}").parse());
    let bearer = bearer.transpose().map_err(|_| Problem("--key has a character that no API key has".to_owned()))?;
    let key = Key(bearer.map(|mut bearer: MetadataValue<Ascii>| {
        bearer.set_sensitive(true);
        bearer
    }));
    Ok(QualificationServiceClient::with_interceptor(channel(&service.server, "--server")?, key))
}

/// Whether the same call may succeed a little later.
pub fn is_passing(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded | Code::Unknown)
}

/// What the service said, for the operator.
pub fn refusal(status: &Status) -> String {
    match status.code() {
        Code::Unauthenticated | Code::PermissionDenied => format!("{}; see --key", status.message()),
        _ => status.message().to_owned(),
    }
}
