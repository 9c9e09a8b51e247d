//! Calls by name, with any message: for tests that go through every RPC.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::OnceLock;

use bytes::{Buf, BufMut, Bytes};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use prost::Message;
use prost_reflect::{DescriptorPool, MethodDescriptor, ServiceDescriptor};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::service::interceptor::InterceptedService;
use tonic::{Request, Status};

use super::clients::Caller;
use super::refusal::Refusal;

/// Reasons that any call may be refused for, whatever it asks; the comments of the RPCs do not repeat them.
const GENERAL: [&str; 7] = [
    "KEY_INVALID",
    "SCOPE_MISSING",
    "OVERLOADED",
    "MESSAGE_TOO_LARGE",
    "STORE_UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "INTERNAL",
];

/// The API as it describes itself.
pub fn api() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(referrald::proto::DESCRIPTORS).expect("the descriptors are sound"))
}

/// Every RPC of the API: `CampaignService/GetCampaign`, …
pub fn rpcs() -> Vec<String> {
    let ours = api().services().filter(|service| service.package_name() == "referrald.v1");
    ours.flat_map(|service| service.methods().map(|m| name_of(&m)).collect::<Vec<_>>()).collect()
}

fn name_of(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().name(), method.name())
}

/// An RPC by its name.
pub fn rpc(name: &str) -> MethodDescriptor {
    let (service, method) = name.split_once('/').expect("Service/Method");
    let service = api().get_service_by_name(&format!("referrald.v1.{service}")).expect("a service of ours");
    service.methods().find(|known| known.name() == method).unwrap_or_else(|| panic!("{name} is no RPC"))
}

/// What the comment of an RPC says that it refuses.
fn documented(name: &str) -> BTreeSet<String> {
    let method = rpc(name);
    let file = method.parent_file();
    let comments = file.file_descriptor_proto().source_code_info.as_ref().expect("the comments are kept");
    let of = comments.location.iter().find(|location| location.path == method.path()).expect("every RPC is located");
    let words = of.leading_comments().split(|c: char| !c.is_ascii_uppercase() && c != '_');
    words.filter(|word| word.len() > 3).map(str::to_owned).collect()
}

impl Caller {
    /// Asks by name; the answer as it came over the wire.
    pub async fn ask(&self, name: &str, request: &impl Message) -> Result<Bytes, Status> {
        self.ask_bytes(name, request.encode_to_vec()).await
    }

    /// Asks by name with a message that is encoded already. Of a stream this is the first answer.
    pub async fn ask_bytes(&self, name: &str, request: Vec<u8>) -> Result<Bytes, Status> {
        let mut client = tonic::client::Grpc::new(self.service());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = format!("/referrald.v1.{name}").parse().expect("a path");
        let streams =
            |service: ServiceDescriptor| service.methods().any(|m| name_of(&m) == name && m.is_server_streaming());
        if api().services().any(streams) {
            let mut stream = client.server_streaming(Request::new(request), path, Raw).await?.into_inner();
            return Ok(stream.message().await?.unwrap_or_default());
        }
        client.unary(Request::new(request), path, Raw).await.map(tonic::Response::into_inner)
    }

    /// Calls by name with a message that never comes to its end; what the server says to that.
    pub async fn ask_without_end(&self, name: &str) -> Status {
        let mut client = tonic::client::Grpc::new(self.service());
        client.ready().await.expect("it is there");
        let path = format!("/referrald.v1.{name}").parse().expect("a path");
        let endless = tokio_stream::pending::<Vec<u8>>();
        client.client_streaming(Request::new(endless), path, Raw).await.expect_err("there is nothing to answer")
    }

    /// Asks by name with a deadline that the server alone watches: a channel of tonic's would break the call off itself.
    pub async fn ask_in_time(&self, at: SocketAddr, name: &str, request: Vec<u8>, time: &str) -> Result<Bytes, Status> {
        let http = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
        let origin = format!("http://{at}").parse().expect("a URL");
        let mut client = tonic::client::Grpc::with_origin(InterceptedService::new(http, self.key()), origin);
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let mut request = Request::new(request);
        request.metadata_mut().insert("grpc-timeout", time.parse().expect("a header"));
        let path = format!("/referrald.v1.{name}").parse().expect("a path");
        client.unary(request, path, Raw).await.map(tonic::Response::into_inner)
    }

    /// Asks by name for what must be refused, for a reason that the comment of the RPC names.
    pub async fn must_refuse(&self, name: &str, request: Vec<u8>) -> Refusal {
        let refusal = match self.ask_bytes(name, request).await {
            Ok(answer) => panic!("{name}: this must be refused, and was answered: {answer:?}"),
            Err(status) => Refusal::of(&status),
        };
        let known = documented(name).contains(&refusal.reason) || GENERAL.contains(&refusal.reason.as_str());
        assert!(known, "{name}: its comment does not say that it refuses with {}", refusal.reason);
        refusal
    }
}

/// Bytes as they are.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
