//! `WatchEvents`: a task for each reader, which holds one page for it and waits while it is slow.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Sleep, sleep};
use tokio_stream::Stream;
use tonic::Status;

use super::{Service, optional, read, status};
use crate::app::watch::{Watch, place};
use crate::app::{App, Caller, Error, EventFilter};
use crate::convert::{Violations, event_to_proto, ledger_from_proto};
use crate::domain::Invalid;
use crate::domain::event::{Kind, Logged};
use crate::domain::id::{CampaignId, ReferralId};
use crate::proto::v1::{self, WatchEventsResponse};

/// How often the key of a reader is looked at.
const KEY_EVERY: Duration = Duration::from_secs(3);
/// After how many looks that found nothing a reader who is behind is told how far they are.
const LOOKS_MAX: u32 = 50;

/// The heartbeat of a watch that asks for none.
const HEARTBEAT_DEFAULT: Duration = Duration::from_secs(15);
/// The slowest heartbeat, in seconds.
const HEARTBEAT_SECONDS_MAX: u32 = 300;
/// The most types that a watch may name.
const TYPES_MAX: usize = 50;

/// What a reader is sent.
pub struct Feed {
    responses: mpsc::Receiver<WatchEventsResponse>,
    end: Option<oneshot::Receiver<Status>>,
}

impl Service {
    /// Begins to send events as they are asked for.
    pub(super) async fn feed(&self, caller: Caller, request: &v1::WatchEventsRequest) -> Result<Feed, Status> {
        let (ledger, place, filter, heartbeat) = read(|violations| {
            let ledger = ledger_from_proto(violations, "", &request.account, request.mode);
            let place = ledger.as_ref().map(|ledger| violations.take("cursor", place(ledger, &request.cursor)));
            let filter = event_filter(violations, request);
            let heartbeat = violations.take("heartbeat_seconds", heartbeat(request.heartbeat_seconds));
            Some((ledger?, place??, filter?, heartbeat?))
        })?;
        let permit = self.watchers.clone().try_acquire_owned();
        let permit = permit.map_err(|_| status(Error::WatchersMax(self.watchers_max)))?;
        let watch = self.app.watch(&caller, ledger, place, request.only_new, filter).await.map_err(status)?;
        Ok(Feed::begin(self.app.clone(), caller, watch, heartbeat, permit))
    }
}

impl Feed {
    /// Begins to send; the permit is given back at the end.
    pub(super) fn begin(
        app: Arc<App>,
        caller: Caller,
        watch: Watch,
        heartbeat: Duration,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        // What is ready beyond the page lies in the connection's own buffers.
        let (out, responses) = mpsc::channel(1);
        let (ends, end) = oneshot::channel();
        tokio::spawn(async move {
            let mut reader = Reader { watch, heartbeat, out: out.clone(), beat: Box::pin(sleep(heartbeat)) };
            let ended = tokio::select! {
                ended = reader.send_all(&app) => ended,
                ended = until_refused(&app, &caller) => Some(ended),
                () = out.closed() => None,
            };
            if let Some(error) = ended {
                let _ = ends.send(status(error));
            }
            drop(permit);
        });
        Self { responses, end: Some(end) }
    }
}

impl Stream for Feed {
    type Item = Result<WatchEventsResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(response) = std::task::ready!(self.responses.poll_recv(context)) {
            return Poll::Ready(Some(Ok(response)));
        }
        let Some(mut end) = self.end.take() else { return Poll::Ready(None) };
        match Pin::new(&mut end).poll(context) {
            Poll::Ready(status) => Poll::Ready(status.ok().map(Err)),
            Poll::Pending => {
                self.end = Some(end);
                Poll::Pending
            }
        }
    }
}

/// Why a reader may not go on: the server ends, or their key did.
async fn until_refused(app: &App, caller: &Caller) -> Error {
    let revoked = async {
        loop {
            sleep(KEY_EVERY).await;
            // A database that is away says nothing against a key.
            if let Err(error @ Error::KeyInvalid(_)) = app.recognise_still(caller).await {
                return error;
            }
        }
    };
    tokio::select! {
        () = app.ended() => Error::ShuttingDown,
        error = revoked => error,
    }
}

/// A reader, and how they are kept up to date.
struct Reader {
    watch: Watch,
    heartbeat: Duration,
    out: mpsc::Sender<WatchEventsResponse>,
    /// Done when a heartbeat is to be sent.
    beat: Pin<Box<Sleep>>,
}

impl Reader {
    /// Sends for as long as it goes well, and says why it does not; `None` where the reader has gone.
    async fn send_all(&mut self, app: &App) -> Option<Error> {
        self.send(None).await?;
        let mut looks = 0;
        loop {
            let events = match self.watch.next(app).await {
                Ok(events) => events,
                Err(error) => return Some(error),
            };
            looks = if events.is_empty() { looks + 1 } else { 0 };
            for event in &events {
                self.send(Some(event)).await?;
            }
            if !self.watch.is_behind() {
                self.wait().await?;
            } else if looks % LOOKS_MAX == LOOKS_MAX - 1 {
                self.send(None).await?;
            }
        }
    }

    /// Waits for new events or for the time of a heartbeat.
    async fn wait(&mut self) -> Option<()> {
        tokio::select! {
            () = self.watch.more() => return Some(()),
            () = &mut self.beat => {}
        }
        self.send(None).await
    }

    /// Sends an event, or a heartbeat; `None` where the reader has gone.
    async fn send(&mut self, event: Option<&Logged>) -> Option<()> {
        let cursor = event.map_or_else(|| self.watch.cursor(), |event| self.watch.cursor_after(event));
        let response = WatchEventsResponse { event: event.map(event_to_proto), cursor };
        self.out.send(response).await.ok()?;
        self.beat = Box::pin(sleep(self.heartbeat));
        Some(())
    }
}

/// After how long without an event a sign is sent.
fn heartbeat(seconds: u32) -> Result<Duration, Invalid> {
    match seconds {
        0 => Ok(HEARTBEAT_DEFAULT),
        1..=HEARTBEAT_SECONDS_MAX => Ok(Duration::from_secs(seconds.into())),
        _ => Err(Invalid(format!("is {seconds}, and may be at most {HEARTBEAT_SECONDS_MAX}; 0 gives the default"))),
    }
}

fn event_filter(violations: &mut Violations, request: &v1::WatchEventsRequest) -> Option<EventFilter> {
    let campaign_id = optional(violations, "campaign_id", &request.campaign_id, CampaignId::parse);
    let referral_id = optional(violations, "referral_id", &request.referral_id, ReferralId::parse);
    let number = request.types.len();
    if number > TYPES_MAX {
        violations.add("types", Invalid(format!("has {number} names, and may have at most {TYPES_MAX}")));
        return None;
    }
    let named = |(i, name): (usize, &String)| violations.take(format_args!("types[{i}]"), Kind::parse(name));
    // Collected before it is judged: a wrong name must not hide the next one.
    let kinds: Vec<Option<Kind>> = request.types.iter().enumerate().map(named).collect();
    let kinds: Option<BTreeSet<_>> = kinds.into_iter().map(|kind| kind.map(Kind::name)).collect();
    Some(EventFilter { campaign_id: campaign_id?, referral_id: referral_id?, kinds: kinds?.into_iter().collect() })
}
