//! The gRPC listener.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;

use super::Problem;

/// What one stream may have under way, in bytes.
const STREAM_WINDOW_BYTES: u32 = 1 << 20;
/// What one connection may have under way, in bytes.
const CONNECTION_WINDOW_BYTES: u32 = 4 << 20;
/// The calls of one connection at once.
const STREAMS_MAX: u32 = 1024;
/// The headers of one call, in bytes.
const HEADER_BYTES_MAX: u32 = 16 << 10;
/// How often a silent connection is asked whether it lives, and how long it may take to answer.
const KEEPALIVE: Duration = Duration::from_mins(1);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// How old a connection gets, so that clients spread over new replicas.
const CONNECTION_AGE_MAX: Duration = Duration::from_mins(30);

pub(super) async fn serve(
    listener: TcpListener,
    routes: Routes,
    mut ended: watch::Receiver<bool>,
) -> Result<(), Problem> {
    Server::builder()
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(STREAMS_MAX)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .max_connection_age(CONNECTION_AGE_MAX)
        .max_connection_age_grace(KEEPALIVE)
        .tcp_nodelay(true)
        .add_routes(routes)
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), async move {
            let _ = ended.changed().await;
        })
        .await
        .map_err(|problem| Problem(format!("gRPC: {problem}")))
}
