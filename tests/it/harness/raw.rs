//! HTTP/2 by hand, frame by frame: what no client library shows, and what none would send.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a frame is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;

pub const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// Of a PING or SETTINGS: this is the answer to one.
pub const ACK: u8 = 1;

/// A connection on which only what a test sends is sent.
pub struct Raw(TcpStream);

#[derive(Debug)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

impl Raw {
    /// A connection that has begun: with the preface and settings that change nothing.
    pub async fn connect(at: SocketAddr) -> Self {
        let mut raw = Self(TcpStream::connect(at).await.expect("the server listens"));
        raw.0.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.expect("it is taken");
        raw.send(SETTINGS, 0, 0, &[]).await;
        raw
    }

    pub async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).expect("a small frame").to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        self.0.write_all(&[&head, payload].concat()).await.expect("it is taken");
    }

    /// The next frame; none where the connection has ended.
    pub async fn frame(&mut self) -> Option<Frame> {
        timeout(PATIENCE, self.read()).await.expect("something comes, if only the end")
    }

    async fn read(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.0.read_exact(&mut payload).await.ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some(Frame { kind: head[3], flags: head[4], stream, payload })
    }

    /// The next frame of this kind that is no answer; others are passed over.
    pub async fn next(&mut self, kind: u8) -> Option<Frame> {
        while let Some(frame) = self.frame().await {
            if frame.kind == kind && (kind == DATA || frame.flags & ACK == 0) {
                return Some(frame);
            }
        }
        None
    }

    /// Begins a call with one message.
    pub async fn call(&mut self, stream: u32, rpc: &str, key: &str, message: &[u8]) {
        self.begin(stream, rpc, key).await;
        self.finish(stream, message).await;
    }

    /// Begins a call whose message is still to come.
    pub async fn begin(&mut self, stream: u32, rpc: &str, key: &str) {
        let (path, key) = (format!("/referrald.v1.{rpc}"), format!("Bearer {key}"));
        let fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", &path),
            (":authority", "localhost"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
            ("authorization", &key),
        ];
        let headers: Vec<u8> = fields.iter().flat_map(|(name, value)| field(name, value)).collect();
        self.send(HEADERS, END_HEADERS, stream, &headers).await;
    }

    /// Sends the message of a call.
    pub async fn finish(&mut self, stream: u32, message: &[u8]) {
        let length = u32::try_from(message.len()).expect("a small message").to_be_bytes();
        self.send(DATA, END_STREAM, stream, &[&[0], &length[..], message].concat()).await;
    }
}

/// A header field as HPACK writes it that shortens nothing.
fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).expect("a short text");
        let length = if length < 127 { vec![length] } else { vec![127, length - 127] };
        [&length, text.as_bytes()].concat()
    };
    [vec![0], text(name), text(value)].concat()
}
