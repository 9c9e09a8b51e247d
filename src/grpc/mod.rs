//! The API: protobuf in, protobuf out. Each handler reads the request into domain types, calls one function of `app`
//! and writes the answer.

mod auth;
mod campaigns;
mod gate;
mod qualifications;
mod referrals;
mod rewards;
mod simulate;
mod status;
mod watch;

use std::pin::Pin;
use std::sync::Arc;

use prost::Message;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::Receiver;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::codec::CompressionEncoding;
use tonic::service::Routes;
use tonic::{Request, Status};

pub use gate::{Gate, Limits};
pub use status::status;

use crate::app::{App, Caller, Error, Repeatable};
use crate::convert::Violations;
use crate::domain::Invalid;
use crate::proto::DESCRIPTORS;
use crate::proto::v1::campaign_service_server::CampaignServiceServer;
use crate::proto::v1::qualification_service_server::QualificationServiceServer;
use crate::proto::v1::referral_service_server::ReferralServiceServer;
use crate::proto::v1::reward_service_server::RewardServiceServer;

/// The largest message that is taken, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The longest etag that is looked at, in characters.
const ETAG_MAX: usize = 32;

/// The services with everything that stands before them.
///
/// # Errors
/// Never in a build that passes its tests: the descriptors are made with the code.
pub fn routes(
    app: Arc<App>,
    gate: Arc<Gate>,
    health: tonic_health::pb::health_server::HealthServer<impl tonic_health::pb::health_server::Health>,
) -> Result<Routes, tonic_reflection::server::Error> {
    let (watchers, watchers_max) = gate.watchers();
    macro_rules! service {
        ($server:ident) => {
            $server::new(Service { app: app.clone(), watchers: watchers.clone(), watchers_max })
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip)
                .max_decoding_message_size(MESSAGE_BYTES_MAX)
        };
    }
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let routes = Routes::new(service!(CampaignServiceServer))
        .add_service(service!(ReferralServiceServer))
        .add_service(service!(QualificationServiceServer))
        .add_service(service!(RewardServiceServer))
        .add_service(health)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?);
    Ok(gate::before(routes, gate))
}

/// The names of the services, for health checks.
pub const SERVICES: [&str; 5] = [
    "",
    "referrald.v1.CampaignService",
    "referrald.v1.ReferralService",
    "referrald.v1.QualificationService",
    "referrald.v1.RewardService",
];

/// Answers that come one after the other.
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The answers to a call that is told more than once what is said to it, from whoever tells.
fn answers<T: Send + 'static, A>(
    told: Receiver<Result<T, Error>>,
    answer: impl Fn(T) -> A + Send + 'static,
) -> Answers<A> {
    Box::pin(ReceiverStream::new(told).map(move |told| told.map(&answer).map_err(status)))
}

/// Answers the calls of all services.
struct Service {
    app: Arc<App>,
    /// Those who may still begin to watch events, and how many may at once.
    watchers: Arc<Semaphore>,
    watchers_max: usize,
}

/// Who calls, and what they ask.
fn open<T>(request: Request<T>) -> (Caller, T) {
    let caller = request.extensions().get::<Caller>().cloned();
    (caller.unwrap_or_else(|| Caller::internal(&[])), request.into_inner())
}

/// Reads a request, with all that is wrong in it named at once.
fn read<T>(read: impl FnOnce(&mut Violations) -> Option<T>) -> Result<T, Status> {
    checked(read).map_err(status)
}

/// As [`read`], where the service itself asks.
fn checked<T>(read: impl FnOnce(&mut Violations) -> Option<T>) -> Result<T, Error> {
    let mut violations = Violations::default();
    let value = read(&mut violations);
    violations.finish().map_err(Error::Invalid)?;
    value.ok_or(Error::Internal)
}

/// Reads a request of one field.
fn field<T>(name: &str, value: Result<T, Invalid>) -> Result<T, Status> {
    read(|violations| violations.take(name, value))
}

/// Reads an id and the etag beside it, which may be left out.
fn id_and_etag<T>(id: (&str, Result<T, Invalid>), etag: (&str, &str)) -> Result<(T, String), Status> {
    read(|violations| {
        let id = violations.take(id.0, id.1);
        let etag = read_etag(violations, etag);
        Some((id?, etag?))
    })
}

/// Reads an etag; none is always right. Too long a one is not looked up, so that no answer repeats it.
fn read_etag(violations: &mut Violations, (field, etag): (&str, &str)) -> Option<String> {
    let etag = violations.take(field, crate::domain::text::optional_line(etag, ETAG_MAX))?;
    Some(etag.unwrap_or_default())
}

/// The size of a page, which is never negative.
fn page_size(violations: &mut Violations, size: i32) -> Option<u32> {
    let problem = || Invalid(format!("is {size}, and must not be negative; 0 gives the default"));
    violations.take("page_size", u32::try_from(size).map_err(|_| problem()))
}

/// An id in a filter, where one is given.
fn optional<T>(
    violations: &mut Violations,
    field: &str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { violations.take(field, parse(text)).map(Some) }
}

/// A call that may be repeated: its id, and a hash of the request without it.
fn repeatable(violations: &mut Violations, id: String, request: &impl Message) -> Option<Repeatable> {
    let id = violations.take("request_id", crate::domain::text::optional_line(&id, 64))?;
    Some(Repeatable::new(id.unwrap_or_default(), &request.encode_to_vec()))
}
