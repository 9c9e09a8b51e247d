//! Events as they come.

use std::time::Duration;

use futures_util::stream::{Stream, try_unfold};
use tonic::{Code, Status, Streaming};

use crate::client::Client;
use crate::connection::{FIRST_WAIT, LAST_WAIT};
use crate::error::Error;
use crate::v1::{Event, WatchEventsRequest, WatchEventsResponse};

/// An event, and the cursor to keep once it is dealt with.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The event.
    pub event: Event,
    /// Where to go on behind it: [`WatchEventsRequest::cursor`].
    pub cursor: String,
}

/// Where a watcher is.
struct Attendance {
    client: Client,
    request: WatchEventsRequest,
    stream: Option<Streaming<WatchEventsResponse>>,
    wait: Duration,
}

impl Client {
    /// Every event from the request's cursor on, and then each new one as it comes, without end. A stream that ends or
    /// breaks is opened again behind the last event; what the service refuses is the last item.
    pub fn watch(&self, request: WatchEventsRequest) -> impl Stream<Item = Result<Told, Error>> + Send {
        let beginning = Attendance { client: self.clone(), request, stream: None, wait: FIRST_WAIT };
        try_unfold(beginning, async |mut attendance| {
            loop {
                if let Some(told) = attendance.next().await? {
                    return Ok(Some((told, attendance)));
                }
            }
        })
    }
}

impl Attendance {
    /// Takes a step towards the next event; gives it, where that was the step.
    async fn next(&mut self) -> Result<Option<Told>, Error> {
        let Some(stream) = &mut self.stream else {
            let opened = self.client.qualifications().watch_events(self.request.clone()).await;
            match opened {
                Ok(answer) => self.stream = Some(answer.into_inner()),
                Err(status) => self.pause(Some(status)).await?,
            }
            return Ok(None);
        };
        match stream.message().await {
            Ok(Some(answer)) => Ok(self.take(answer)),
            Ok(None) => self.pause(None).await.map(|()| None),
            Err(status) => self.pause(Some(status)).await.map(|()| None),
        }
    }

    /// Goes on behind an answer. One without an event says that the service is there.
    fn take(&mut self, answer: WatchEventsResponse) -> Option<Told> {
        let WatchEventsResponse { event, cursor } = answer;
        self.request.cursor.clone_from(&cursor);
        self.request.only_new = false;
        self.wait = FIRST_WAIT;
        event.map(|event| Told { event, cursor })
    }

    /// Waits before the stream is opened again, where it ended or broke in a way that passes.
    async fn pause(&mut self, status: Option<Status>) -> Result<(), Error> {
        self.stream = None;
        let mut told = None;
        if let Some(status) = status {
            let broke = is_broken(&status);
            let error = Error::from(status);
            if !broke && ![Code::Unavailable, Code::ResourceExhausted].contains(&error.code) {
                return Err(error);
            }
            told = error.retry_after;
        }
        tokio::time::sleep(self.wait.max(told.unwrap_or_default())).await;
        self.wait = self.wait.mul_f64(2.5).min(LAST_WAIT);
        Ok(())
    }
}

/// Whether it is the connection that failed: what the service says itself has no source.
fn is_broken(status: &Status) -> bool {
    std::error::Error::source(status).is_some()
}
