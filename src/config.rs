//! What the operator says: every option is a flag and a variable, and every default can be used as it is.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::domain::campaign::Mode;

/// A self-hosted referral engine for Stripe merchants.
#[derive(Debug, Parser)]
#[command(name = "referrald", version, about, propagate_version = true)]
#[command(after_help = "Example:\n  referrald demo --once\n  referrald serve --dev")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell the whole story on a throw-away database, then keep serving it. It brings a small Stripe of its own; with a
    /// key of test mode it gives the rewards at Stripe itself.
    #[command(after_help = "Example:\n  referrald demo --once\n  REFERRALD_STRIPE_KEY=sk_test_… referrald demo")]
    Demo(Demo),
    /// Serve gRPC and the webhook sidecar.
    #[command(after_help = "Example:\n  referrald serve --database sqlite:referrald.db\n  \
                            referrald serve --dev\n  \
                            REFERRALD_DATABASE=postgres://… REFERRALD_SECRETS_KEY=… referrald serve")]
    Serve(Serve),
    /// Serve the webhook sidecar alone, in front of a service elsewhere.
    #[command(after_help = "Example:\n  REFERRALD_KEY=rfd_… referrald sidecar --upstream http://10.0.0.5:50051")]
    Sidecar(Sidecar),
    /// Make, list and revoke API keys.
    #[command(after_help = "Example:\n  referrald keys create --name checkout --scopes read,write")]
    Keys(Keys),
    /// Bring the database to this version; serve does it too unless told not to.
    #[command(after_help = "Example:\n  referrald migrate --database postgres://localhost/referrald")]
    Migrate(Database),
    /// Check everything that an installation stands on, and change nothing: one line each, with the remedy.
    #[command(
        after_help = "Example:\n  REFERRALD_STRIPE_KEY=rk_live_… referrald doctor --public-url https://hooks.example.com"
    )]
    Doctor(Doctor),
    /// Have a running service compare itself with Stripe's own list of events, and record what no webhook brought.
    #[command(after_help = "Example:\n  REFERRALD_KEY=rfd_… referrald reconcile --mode live --dry-run\n  \
                            REFERRALD_KEY=rfd_… referrald reconcile --mode live --days 7")]
    Reconcile(Reconcile),
    /// Sign a Stripe event's JSON and post it to a sidecar, as Stripe would.
    #[command(after_help = "Example:\n  REFERRALD_WEBHOOK_SECRET=whsec_… referrald send-event charge.json \\\n    \
                            --to http://127.0.0.1:8080/webhooks/stripe/accounts/default")]
    SendEvent(SendEvent),
    /// Bring in what Stripe's list calls return: events, charges with their refunds, refunds, disputes, customers and
    /// checkouts, a JSON value to a line. Doing it again changes nothing.
    #[command(after_help = "Example:\n  stripe charges list --limit 100 -d 'expand[]=data.refunds' | jq -c . \\\n    \
                            | referrald import --mode test -\n  \
                            REFERRALD_KEY=rfd_… referrald import --mode live charges.jsonl disputes.jsonl")]
    Import(Import),
}

/// Which database. Where a command has commands of its own, these options may stand before or after them.
#[derive(Clone, Debug, Args)]
pub struct Database {
    /// `sqlite:PATH`, or the URL of a Postgres database.
    #[arg(
        long,
        global = true,
        env = "REFERRALD_DATABASE",
        default_value = "sqlite:referrald.db",
        hide_env_values = true
    )]
    pub database: String,
    /// How many connections a Postgres database gets at most.
    #[arg(long, global = true, env = "REFERRALD_DATABASE_CONNECTIONS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub database_connections: u32,
    /// How many seconds to wait for a Postgres database that does not answer at start.
    #[arg(long, global = true, env = "REFERRALD_DATABASE_WAIT_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=3600))]
    pub database_wait_seconds: u32,
}

/// What encrypts signing secrets.
#[derive(Clone, Args)]
pub struct SecretsKey {
    /// 64 hexadecimal digits that encrypt signing secrets at rest. With SQLite and without it, a key file is made next
    /// to the database.
    #[arg(long, env = "REFERRALD_SECRETS_KEY", hide_env_values = true)]
    pub secrets_key: Option<String>,
    /// A file with these digits.
    #[arg(long, env = "REFERRALD_SECRETS_KEY_FILE", conflicts_with = "secrets_key")]
    pub secrets_key_file: Option<PathBuf>,
}

impl std::fmt::Debug for SecretsKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretsKey").field("secrets_key_file", &self.secrets_key_file).finish_non_exhaustive()
    }
}

/// How Stripe is called.
#[derive(Clone, Args)]
pub struct Stripe {
    /// Secret or restricted keys of Stripe's API: `KEY`, or `ALIAS=KEY` for each of several accounts, with commas
    /// between. A key says itself whether it is of test mode.
    #[arg(long, env = "REFERRALD_STRIPE_KEY", hide_env_values = true)]
    pub stripe_key: Option<String>,
    /// A file with these keys, a line each.
    #[arg(long, env = "REFERRALD_STRIPE_KEY_FILE", conflicts_with = "stripe_key")]
    pub stripe_key_file: Option<PathBuf>,
    /// Where Stripe's API is; another place is for tests.
    #[arg(long, env = "REFERRALD_STRIPE_URL", default_value = "https://api.stripe.com", value_parser = url)]
    pub stripe_url: String,
    /// How many calls a second an account gets at most. Stripe takes 100 of a live one and 25 of a sandbox.
    #[arg(long, env = "REFERRALD_STRIPE_REQUESTS_PER_SECOND", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub stripe_requests_per_second: u32,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe").field("stripe_url", &self.stripe_url).finish_non_exhaustive()
    }
}

/// `referrald demo`.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// End when the story is told.
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its options say what they are, and clap would take this for the command's help")]
    pub stripe: Stripe,
}

/// `referrald serve`.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub struct Serve {
    #[command(flatten)]
    #[expect(missing_docs, reason = "its options say what they are, and clap would take this for the command's help")]
    pub database: Database,
    #[command(flatten)]
    #[expect(missing_docs, reason = "as above")]
    pub secrets_key: SecretsKey,
    /// Take another secrets key than the one that the database was made with, since that one is lost: its signing secrets
    /// must be removed and added again, and people who were erased be erased again.
    #[arg(long)]
    pub new_secrets_key: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "as above")]
    pub stripe: Stripe,
    /// Where gRPC is served; port 0 takes a free one.
    #[arg(long, env = "REFERRALD_LISTEN", default_value = "127.0.0.1:50051")]
    pub listen: SocketAddr,
    /// Where webhooks are taken; port 0 takes a free one.
    #[arg(long, env = "REFERRALD_SIDECAR_LISTEN", default_value = "127.0.0.1:8080")]
    pub sidecar_listen: SocketAddr,
    /// Serve gRPC alone.
    #[arg(long, env = "REFERRALD_NO_SIDECAR")]
    pub no_sidecar: bool,
    /// The URL at which Stripe reaches the sidecar, for `GetWebhookSetup`.
    #[arg(long, env = "REFERRALD_PUBLIC_URL", value_parser = url)]
    pub public_url: Option<String>,
    /// Take calls without a key; only on loopback addresses.
    #[arg(long, env = "REFERRALD_DEV")]
    pub dev: bool,
    /// Do not bring the database to this version; refuse an older one instead.
    #[arg(long, env = "REFERRALD_NO_MIGRATE")]
    pub no_migrate: bool,
    /// How many seconds a job at Stripe waits after the process that had taken it up has died, before another takes it
    /// over. Where its calls take longer it is taken up twice, which costs calls and does no harm.
    #[arg(long, env = "REFERRALD_JOB_LEASE_SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub job_lease_seconds: u32,
    /// How often each account with a Stripe key is compared with Stripe's own list of events, in hours; 0 never does.
    #[arg(long, env = "REFERRALD_RECONCILE_EVERY_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=720))]
    pub reconcile_every_hours: u32,
    /// How many calls run at once; more are refused.
    #[arg(long, env = "REFERRALD_CALLS_MAX", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub calls_max: u32,
    /// How many watch events at once; more are refused.
    #[arg(long, env = "REFERRALD_WATCHERS_MAX", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub watchers_max: u32,
    /// After how many days events are removed from the log; left out, they are kept for ever.
    #[arg(long, env = "REFERRALD_EVENTS_KEEP_DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub events_keep_days: Option<u32>,
    /// How many seconds calls under way get to end after SIGTERM.
    #[arg(long, env = "REFERRALD_DRAIN_SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=600))]
    pub drain_seconds: u32,
}

/// `referrald sidecar`.
#[derive(Clone, Args)]
pub struct Sidecar {
    /// Where the service serves gRPC.
    #[arg(long, env = "REFERRALD_UPSTREAM")]
    pub upstream: String,
    /// An API key of scope ingest.
    #[arg(long, env = "REFERRALD_KEY", hide_env_values = true, default_value = "", hide_default_value = true)]
    pub key: String,
    /// Where webhooks are taken; port 0 takes a free one.
    #[arg(long, env = "REFERRALD_SIDECAR_LISTEN", default_value = "127.0.0.1:8080")]
    pub sidecar_listen: SocketAddr,
    /// How many seconds webhooks under way get to end after SIGTERM.
    #[arg(long, env = "REFERRALD_DRAIN_SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=600))]
    pub drain_seconds: u32,
}

impl std::fmt::Debug for Sidecar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sidecar").field("upstream", &self.upstream).finish_non_exhaustive()
    }
}

/// `referrald keys`.
#[derive(Clone, Debug, Args)]
pub struct Keys {
    #[command(flatten)]
    #[expect(missing_docs, reason = "its options say what they are, and clap would take this for the command's help")]
    pub database: Database,
    /// What to do with keys.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// `referrald keys …`.
#[derive(Clone, Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key; it is shown this once.
    #[command(after_help = "Example:\n  referrald keys create --name checkout --scopes read,write --expires-days 365")]
    Create {
        /// What you call it.
        #[arg(long)]
        name: String,
        /// What it may do: read, write, ingest, admin.
        #[arg(long, value_delimiter = ',', required = true, value_parser = ["read", "write", "ingest", "admin"])]
        scopes: Vec<String>,
        /// The only account that it may touch.
        #[arg(long)]
        account: Option<String>,
        /// After how many days it ends by itself.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
        expires_days: Option<u32>,
    },
    /// List all keys, without themselves.
    #[command(after_help = "Example:\n  referrald keys list --database sqlite:/var/lib/referrald/referrald.db")]
    List,
    /// Revoke a key; within five seconds it is good for nothing.
    #[command(after_help = "Example:\n  referrald keys revoke key_019…")]
    Revoke {
        /// Its id, as `keys list` shows it.
        id: String,
    },
}

/// `referrald doctor`: what `serve` is told, as far as it can be checked.
#[derive(Clone, Debug, Args)]
pub struct Doctor {
    /// `sqlite:PATH`, or the URL of a Postgres database.
    #[arg(long, env = "REFERRALD_DATABASE", default_value = "sqlite:referrald.db", hide_env_values = true)]
    pub database: String,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its options say what they are, and clap would take this for the command's help")]
    pub secrets_key: SecretsKey,
    #[command(flatten)]
    #[expect(missing_docs, reason = "as above")]
    pub stripe: Stripe,
    /// The URL at which Stripe reaches the sidecar; its endpoint is looked for at Stripe.
    #[arg(long, env = "REFERRALD_PUBLIC_URL", value_parser = url)]
    pub public_url: Option<String>,
}

/// A running service, and who calls it.
#[derive(Clone, Args)]
pub struct Service {
    /// Where the service serves gRPC.
    #[arg(long, env = "REFERRALD_SERVER", default_value = "http://127.0.0.1:50051", value_parser = url)]
    pub server: String,
    /// An API key: of scope write for reconcile, and of scope ingest for import.
    #[arg(long, env = "REFERRALD_KEY", hide_env_values = true, default_value = "", hide_default_value = true)]
    pub key: String,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("server", &self.server).finish_non_exhaustive()
    }
}

/// Live or test mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeWord {
    /// Real money.
    Live,
    /// Stripe's test mode, or a sandbox.
    Test,
}

impl From<ModeWord> for Mode {
    fn from(word: ModeWord) -> Self {
        match word {
            ModeWord::Live => Self::Live,
            ModeWord::Test => Self::Test,
        }
    }
}

/// `referrald reconcile`.
#[derive(Clone, Debug, Args)]
pub struct Reconcile {
    #[command(flatten)]
    #[expect(missing_docs, reason = "its options say what they are, and clap would take this for the command's help")]
    pub service: Service,
    /// The alias of the account.
    #[arg(long, default_value = "default")]
    pub account: String,
    /// Live or test mode.
    #[arg(long, value_enum)]
    pub mode: ModeWord,
    /// How many days to go back; left out, to where everything was read before.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=30))]
    pub days: Option<u32>,
    /// Only look what would be new.
    #[arg(long)]
    pub dry_run: bool,
}

/// `referrald import`. Its key needs the scope ingest.
#[derive(Clone, Debug, Args)]
pub struct Import {
    /// The files, each with one JSON value to a line: an object, or a whole page of a list; - reads standard input.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its options say what they are, and clap would take this for the command's help")]
    pub service: Service,
    /// The alias of the account that all of it belongs to.
    #[arg(long, default_value = "default")]
    pub account: String,
    /// Whether it is real money: live or test. What says otherwise of itself is refused.
    #[arg(long, value_enum)]
    pub mode: ModeWord,
    /// The Stripe account that events may name, `acct_…`; without it an event of a connected account is refused.
    #[arg(long)]
    pub stripe_account_id: Option<String>,
    /// The line of the first file to begin with, as an import says that was broken off.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub from_line: u64,
}

/// `referrald send-event`.
#[derive(Clone, Args)]
pub struct SendEvent {
    /// The file with the event's JSON; - reads standard input.
    pub file: PathBuf,
    /// The URL of the endpoint.
    #[arg(long, env = "REFERRALD_SEND_TO", default_value = "http://127.0.0.1:8080/webhooks/stripe/accounts/default")]
    pub to: String,
    /// The signing secret, as `AddWebhookSecret` was given it; the demo prints its own.
    #[arg(long, env = "REFERRALD_WEBHOOK_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
}

impl std::fmt::Debug for SendEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendEvent").field("file", &self.file).field("to", &self.to).finish_non_exhaustive()
    }
}

fn url(text: &str) -> Result<String, String> {
    if text.starts_with("https://") || text.starts_with("http://") {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err("must be a URL such as https://hooks.example.com".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_help_with_an_example() {
        let cli = Cli::command();
        for command in cli.get_subcommands().flat_map(|command| [command].into_iter().chain(command.get_subcommands()))
        {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{}", command.get_name());
        }
    }

    #[test]
    fn help_can_be_asked_for_as_a_command() {
        let asked = Cli::try_parse_from(["referrald", "help", "serve"]).expect_err("it is help, and no command");
        assert_eq!(asked.kind(), clap::error::ErrorKind::DisplayHelp);
    }

    #[test]
    fn every_option_is_on_the_operators_page() {
        let page = std::fs::read_to_string("docs/operations.md").expect("the page is there");
        let cli = Cli::command();
        let commands = cli.get_subcommands().flat_map(|command| [command].into_iter().chain(command.get_subcommands()));
        for option in commands.flat_map(clap::Command::get_arguments) {
            let flag = option.get_long().map(|long| format!("| `--{long}` |"));
            let variable = option.get_env().map(|name| format!("| `{}` |", name.display()));
            for name in flag.into_iter().chain(variable) {
                assert!(page.contains(&name), "docs/operations.md has no {name}");
            }
        }
    }

    #[test]
    fn secrets_are_not_in_what_debug_shows() {
        let cli = Cli::parse_from(["referrald", "send-event", "a.json", "--secret", "whsec_hidden"]);
        assert!(!format!("{cli:?}").contains("whsec_hidden"));
        let cli = Cli::parse_from(["referrald", "sidecar", "--upstream", "http://x", "--key", "rfd_hidden"]);
        assert!(!format!("{cli:?}").contains("rfd_hidden"));
        let cli = Cli::parse_from(["referrald", "import", "-", "--mode", "test", "--key", "rfd_hidden"]);
        assert!(!format!("{cli:?}").contains("rfd_hidden"));
        let cli = Cli::parse_from(["referrald", "serve", "--secrets-key", "hidden"]);
        assert!(!format!("{cli:?}").contains("hidden\""));
        let cli = Cli::parse_from(["referrald", "reconcile", "--mode", "test", "--key", "rfd_hidden"]);
        assert!(!format!("{cli:?}").contains("rfd_hidden"));
        let cli = Cli::parse_from(["referrald", "serve", "--stripe-key", "sk_test_hidden"]);
        assert!(!format!("{cli:?}").contains("sk_test_hidden"));
    }
}
