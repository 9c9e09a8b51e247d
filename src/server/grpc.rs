//! The gRPC listener.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use super::Problem;

/// What one stream may have under way, in bytes.
const STREAM_WINDOW_BYTES: u32 = 1 << 20;
/// What one connection may have under way, in bytes.
const CONNECTION_WINDOW_BYTES: u32 = 4 << 20;
/// The calls of one connection at once.
const STREAMS_MAX: u32 = 1024;
/// The headers of one call, in bytes.
const HEADER_BYTES_MAX: u32 = 16 << 10;

/// How long connections are kept.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// How often a silent connection is asked whether it lives.
    pub keepalive: Duration,
    /// How long it may take to answer.
    pub keepalive_timeout: Duration,
    /// How old a connection gets before it takes no new calls, so that clients spread over new replicas.
    pub age_max: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            keepalive: Duration::from_mins(1),
            keepalive_timeout: Duration::from_secs(20),
            age_max: Duration::from_mins(30),
        }
    }
}

pub(super) async fn serve(
    listener: TcpListener,
    routes: Routes,
    connections: Connections,
    mut ended: watch::Receiver<bool>,
) -> Result<(), Problem> {
    // Said here, because the builder's own option does not reach a listener that is given to it. Without it the end of an
    // answer waits for the client's acknowledgement, which some hold back for 40 ms.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(STREAMS_MAX)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .http2_keepalive_interval(Some(connections.keepalive))
        .http2_keepalive_timeout(Some(connections.keepalive_timeout))
        // Without tonic's grace: given one, it sends no GOAWAY at all and cuts the connection at its end.
        .max_connection_age(connections.age_max)
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, async move {
            let _ = ended.changed().await;
        })
        .await
        .map_err(|problem| Problem(format!("gRPC: {problem}")))
}
