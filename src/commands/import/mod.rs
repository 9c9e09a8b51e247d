//! `import`: brings what Stripe's list calls return into a running service, by the same call as any other client.
//!
//! A thread reads and checks; several calls are under way, each with as many deliveries as one may have. Nothing depends on
//! the order, and what was recorded is known when it comes again: so an import that breaks off goes on at the first line of
//! what was not acknowledged.

mod batch;
mod lines;
mod read;
mod send;
mod tally;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;

use referrald::clock::Clock;
use referrald::config;
use referrald::domain::campaign::{Ledger, account_alias};
use referrald::proto::v1::qualification_service_client::QualificationServiceClient;
use referrald::server::{Problem, connect};
use tokio::task::JoinSet;
use tonic::Status;

use self::batch::{Batch, Batches, Place};
use self::read::Reader;
use self::send::{Sender, Sent};
use self::tally::Tally;
use super::said;

/// How many calls are under way at once.
const CALLS_MAX: usize = 4;

/// Imports all files; the exit status says whether every line was taken.
pub async fn import(options: config::Import) -> Result<(), Problem> {
    let config::Import { files, service, account, mode, stripe_account_id, from_line } = options;
    let account = account_alias(&account).map_err(|problem| Problem(format!("--account {}", problem.0)))?;
    let mode = mode.into();
    let service = QualificationServiceClient::new(connect(&service.server, &service.key)?);
    let sender = Sender::new(service, Ledger { account, mode });
    let shutdown = super::serve::shutdown()?;
    let (batches, size) = batch::begin(&files, from_line, Reader { mode, stripe_account_id })?;
    let clock = Clock::default();
    let tally = Tally::new(clock.now(), size);
    let mut run = Run { files, sender, clock, tally, under_way: BTreeMap::new(), next: (0, from_line) };
    let done = run.work(batches, shutdown).await;
    run.end(done)
}

/// An import.
struct Run {
    files: Vec<PathBuf>,
    sender: Sender,
    clock: Clock,
    tally: Tally,
    /// Where what was sent and is not acknowledged begins, by its number.
    under_way: BTreeMap<u64, Place>,
    /// What was not read yet.
    next: Place,
}

/// The number of a batch, its file and lines, and what became of it.
type Done = (u64, Place, u64, Result<Sent, Status>);

impl Run {
    async fn work(&mut self, mut batches: Batches, shutdown: impl Future<Output = ()>) -> Result<(), Problem> {
        let mut calls = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut looks = tokio::time::interval(tally::pause());
        looks.tick().await;
        let mut is_read = false;
        while !is_read || !calls.is_empty() {
            tokio::select! {
                () = &mut shutdown => return Err(Problem("it was stopped".to_owned())),
                batch = batches.recv(), if !is_read && calls.len() < CALLS_MAX => match batch {
                    Some(batch) => self.send(batch?, &mut calls),
                    None => is_read = true,
                },
                Some(done) = calls.join_next() => self.sent(done.map_err(|panic| Problem(panic.to_string()))?)?,
                _ = looks.tick() => tally::show(&self.tally.progress(self.clock.now())),
            }
        }
        Ok(())
    }

    fn send(&mut self, batch: Batch, calls: &mut JoinSet<Done>) {
        self.tally.read(&batch);
        let number = self.under_way.last_key_value().map_or(0, |(number, _)| number + 1);
        self.under_way.insert(number, batch.from);
        self.next = batch.to;
        let sender = self.sender.clone();
        calls.spawn(async move {
            let sent = sender.send(batch.deliveries).await.map(|sent| sent.after(batch.refused));
            (number, batch.from, batch.lines, sent)
        });
    }

    fn sent(&mut self, (number, from, lines, sent): Done) -> Result<(), Problem> {
        let sent = sent.map_err(|status| Problem(said(&status)))?;
        self.under_way.remove(&number);
        self.tally.sent(lines, &sent);
        for (line, problem) in &sent.refused {
            tally::say(&format!("{}:{line}: {problem}", self.files[from.0].display()));
        }
        Ok(())
    }

    /// Says what was done, and where to go on.
    fn end(&self, done: Result<(), Problem>) -> Result<(), Problem> {
        tally::say(&self.tally.progress(self.clock.now()));
        println!("{}", self.tally.total());
        if let Err(Problem(why)) = done {
            return Err(Problem(format!("{why}\nto go on: {}", self.rest())));
        }
        match self.tally.without_dispute() {
            0 => {}
            1 => println!("1 disputed charge came without its dispute: import that as well (GET /v1/disputes)"),
            number => {
                println!(
                    "{number} disputed charges came without their disputes: import these as well (GET /v1/disputes)"
                );
            }
        }
        match self.tally.refused {
            0 => Ok(()),
            1 => Err(Problem("1 object was refused; it is named above".to_owned())),
            refused => Err(Problem(format!("{refused} objects were refused; they are named above"))),
        }
    }

    /// How to call for what is left.
    fn rest(&self) -> String {
        let (file, line) = self.under_way.values().next().copied().unwrap_or(self.next);
        let files: Vec<_> = self.files.iter().skip(file).map(|file| file.display().to_string()).collect();
        format!("the same with --from-line {line} {}", files.join(" "))
    }
}
