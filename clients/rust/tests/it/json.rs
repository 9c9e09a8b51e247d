//! Calls by name, in proto3 JSON.

use std::sync::OnceLock;

use bytes::Buf;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use referrald_client::{Client, Error};
use serde_json::Value;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

/// The API as it describes itself.
pub fn api() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(referrald::proto::DESCRIPTORS).expect("the descriptors are sound"))
}

/// Makes a call through the client. Of a stream it gives the first answer, and ends it.
pub async fn call(
    client: &Client,
    name: &str,
    make: impl FnOnce(&mut Request<DynamicMessage>),
    request: &Value,
) -> Result<Value, Error> {
    let (service, method) = name.split_once('/').expect("Service/Method");
    let service = api().get_service_by_name(&format!("referrald.v1.{service}")).expect("a service of ours");
    let method = service.methods().find(|known| known.name() == method).unwrap_or_else(|| panic!("{name} is no RPC"));
    let mut request = Request::new(DynamicMessage::deserialize(method.input(), request).expect("a request"));
    make(&mut request);
    let mut grpc = tonic::client::Grpc::new(client.connection());
    grpc.ready().await?;
    let path = format!("/referrald.v1.{name}").parse().expect("a path");
    let codec = Json(method.output());
    let answer = if method.is_server_streaming() {
        let mut answers = grpc.server_streaming(request, path, codec).await?.into_inner();
        answers.message().await?.expect("a first answer")
    } else {
        grpc.unary(request, path, codec).await?.into_inner()
    };
    let written = answer.serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new());
    Ok(written.expect("a message can be written"))
}

/// Messages of types that are known when the test runs; this is the type of the answer.
struct Json(MessageDescriptor);

impl Codec for Json {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self(self.0.clone())
    }

    fn decoder(&mut self) -> Self {
        Self(self.0.clone())
    }
}

impl Encoder for Json {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message.encode(buffer).map_err(|error| Status::internal(error.to_string()))
    }
}

impl Decoder for Json {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        DynamicMessage::decode(self.0.clone(), bytes).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}
