//! A small grpcurl: a call is JSON, is sent as the message that this JSON is, and is answered with JSON. What the demo
//! prints is therefore what it sends.

use std::net::SocketAddr;

use http::uri::PathAndQuery;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions};
use referrald::proto::DESCRIPTORS;
use referrald::server::Problem;
use serde_json::Value;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// Calls the service.
pub struct Caller {
    channel: Channel,
    pool: DescriptorPool,
}

impl Caller {
    /// Calls the service at this address.
    pub async fn new(at: SocketAddr) -> Result<Self, Problem> {
        let pool = DescriptorPool::decode(DESCRIPTORS).map_err(|error| Problem(error.to_string()))?;
        let endpoint = Endpoint::from_shared(format!("http://{at}")).map_err(|error| Problem(error.to_string()))?;
        let channel = endpoint.connect().await.map_err(|error| Problem(format!("{at} does not answer: {error}")))?;
        Ok(Self { channel, pool })
    }

    /// Makes a call; `method` is `Service/Method`.
    pub async fn call(&self, method: &str, request: &DynamicMessage) -> Result<Value, Problem> {
        let (mut client, path, codec) = self.prepared(method).await?;
        let answer = client.unary(Request::new(request.clone()), path, codec).await;
        value(answer.map_err(|status| refused(method, &status))?.get_ref())
    }

    /// Makes a call that is answered by a stream, and reads it until an answer ends it, or it ends by itself.
    pub async fn stream(
        &self,
        method: &str,
        request: &DynamicMessage,
        mut ends: impl FnMut(&Value) -> bool,
    ) -> Result<Vec<Value>, Problem> {
        let (mut client, path, codec) = self.prepared(method).await?;
        let answer = client.server_streaming(Request::new(request.clone()), path, codec).await;
        let mut stream = answer.map_err(|status| refused(method, &status))?.into_inner();
        let mut answers = Vec::new();
        while let Some(message) = stream.message().await.map_err(|status| refused(method, &status))? {
            let answer = value(&message)?;
            let is_last = ends(&answer);
            answers.push(answer);
            if is_last {
                break;
            }
        }
        Ok(answers)
    }

    async fn prepared(&self, method: &str) -> Result<(Grpc<Channel>, PathAndQuery, Described), Problem> {
        let path = PathAndQuery::try_from(format!("/referrald.v1.{method}"));
        let path = path.map_err(|error| Problem(error.to_string()))?;
        let mut client = Grpc::new(self.channel.clone());
        client.ready().await.map_err(|error| Problem(error.to_string()))?;
        Ok((client, path, Described(self.method(method)?.output())))
    }

    /// The message that a method takes, from its JSON.
    pub fn message(&self, method: &str, request: Value) -> Result<DynamicMessage, Problem> {
        DynamicMessage::deserialize(self.method(method)?.input(), request)
            .map_err(|error| Problem(format!("{method}: {error}")))
    }

    fn method(&self, method: &str) -> Result<MethodDescriptor, Problem> {
        let (service, name) = method.split_once('/').unwrap_or_default();
        let service = self.pool.get_service_by_name(&format!("referrald.v1.{service}"));
        let found = service.and_then(|service| service.methods().find(|method| method.name() == name));
        found.ok_or_else(|| Problem(format!("there is no method {method}")))
    }
}

fn refused(method: &str, status: &Status) -> Problem {
    Problem(format!("{method}: {:?}: {}", status.code(), status.message()))
}

fn value(message: &DynamicMessage) -> Result<Value, Problem> {
    serde_json::from_str(&json(message)?).map_err(|error| Problem(error.to_string()))
}

/// A message as JSON: the names of the proto file in the order of their numbers, and numbers as numbers.
pub fn json(message: &DynamicMessage) -> Result<String, Problem> {
    let options = SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false);
    let mut bytes = Vec::new();
    message
        .serialize_with_options(&mut serde_json::Serializer::new(&mut bytes), &options)
        .map_err(|error| Problem(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Problem(error.to_string()))
}

/// Messages that only their descriptor knows.
struct Described(MessageDescriptor);

impl Codec for Described {
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

impl Encoder for Described {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message.encode(to).map_err(|error| Status::internal(error.to_string()))
    }
}

impl Decoder for Described {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let message = DynamicMessage::decode(self.0.clone(), from);
        message.map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}
