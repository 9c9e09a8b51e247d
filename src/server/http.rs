//! The webhook listener.

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Problem;

pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    mut ended: watch::Receiver<bool>,
) -> Result<(), Problem> {
    let listener = listener.tap_io(|stream| {
        // An answer of a hundred bytes must not wait for more.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            let _ = ended.changed().await;
        })
        .await
        .map_err(|problem| Problem(format!("webhooks: {problem}")))
}
