//! What every test stands on: a server, its clients, and the words of the stories.

mod clients;
mod http;
mod mock;
mod program;
pub mod raw;
mod refusal;
mod reward;
mod server;
mod shop;
mod stripe;
mod wire;

pub use clients::Caller;
pub use http::{Answer, send};
pub use mock::{Mock, calling};
pub use program::{Ended, Program};
pub use refusal::{Refusal, refused};
pub use reward::{each_qualified, of_payments, states};
pub use server::{Database, Held, Server, channel, start_in};
pub use shop::{RULE, advertised, person, timestamp};
pub use stripe::{Charge, Payment};
pub use wire::{api, rpc, rpcs};

/// Makes a pair of tests of one: `a_story::sqlite` and `a_story::postgres`. The story is an async function beside it
/// that takes a `&Server`, after `beside_stripe:` a `&FakeStripe` too, or after `on:` a [`Database`] on which it starts
/// servers itself.
macro_rules! both_databases {
    ($story:ident) => {
        mod $story {
            use crate::harness::{Database, Server};

            async fn on(database: Database) {
                let server = Server::start(database).await;
                super::$story(&server).await;
                server.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                on(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                on(Database::Postgres).await;
            }
        }
    };
    (beside_stripe: $story:ident) => {
        mod $story {
            use crate::harness::{Database, Server};

            async fn on(database: Database) {
                let (server, stripe) = Server::start_beside_stripe(database).await;
                super::$story(&server, &stripe).await;
                server.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                on(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                on(Database::Postgres).await;
            }
        }
    };
    (on: $story:ident) => {
        mod $story {
            use crate::harness::Database;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$story(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$story(Database::Postgres).await;
            }
        }
    };
}
pub(crate) use both_databases;
