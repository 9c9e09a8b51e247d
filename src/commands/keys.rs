//! `keys create`, `keys list` and `keys revoke`.

use referrald::app::{ApiKey, App, Error, Scope, Seal, Setup};
use referrald::clock::Clock;
use referrald::config::{self, KeysCommand};
use referrald::domain::campaign::account_alias;
use referrald::domain::id::KeyId;
use referrald::domain::text::{LINE_MAX, line};
use referrald::server::{Problem, open_store};

/// Makes, lists or revokes keys in the database itself.
pub async fn keys(options: config::Keys) -> Result<(), Problem> {
    let database = &options.database;
    let store = open_store(&database.database, database.database_connections, database.database_wait_seconds).await?;
    store.migrate().await?;
    // No signing secret is touched here, so any seal will do.
    let app = App::new(store, Clock::default(), Setup::new(Seal::new(&[0; Seal::KEY_BYTES])));
    match options.command {
        KeysCommand::Create { name, scopes, account, expires_days } => {
            create(&app, &name, &scopes, account.as_deref(), expires_days).await?;
        }
        KeysCommand::List => list(&app).await?,
        KeysCommand::Revoke { id } => {
            let id = KeyId::parse(&id).map_err(|problem| Problem(format!("the id {}", problem.0)))?;
            app.revoke_key(id).await.map_err(said)?;
            println!("{id} is revoked. A running service takes it for five seconds more at most.");
        }
    }
    app.store.close().await;
    Ok(())
}

async fn create(
    app: &App,
    name: &str,
    scopes: &[String],
    account: Option<&str>,
    expires_days: Option<u32>,
) -> Result<(), Problem> {
    let name = line(name, LINE_MAX).map_err(|problem| Problem(format!("--name {}", problem.0)))?;
    let account = account.map(account_alias).transpose();
    let account = account.map_err(|problem| Problem(format!("--account {}", problem.0)))?;
    let scopes = scopes.iter().filter_map(|scope| Scope::from_word(scope)).collect();
    let expires_at = expires_days.map(|days| app.clock.now().plus_days(days.into()));
    let (key, plain) = app.create_key(name, scopes, account, expires_at).await.map_err(said)?;
    eprintln!("{} is made. It is shown this once:", key.id);
    println!("{plain}");
    Ok(())
}

async fn list(app: &App) -> Result<(), Problem> {
    println!("{:<36}  {:<8}  {:<24}  {:<12}  NAME", "ID", "STATE", "SCOPES", "ACCOUNT");
    for key in app.keys().await.map_err(said)? {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.word()).collect();
        let account = key.account.as_deref().unwrap_or("(all)");
        println!("{:<36}  {:<8}  {:<24}  {account:<12}  {}", key.id, state(app, &key), scopes.join(","), key.name);
    }
    Ok(())
}

fn state(app: &App, key: &ApiKey) -> &'static str {
    match key {
        ApiKey { revoked_at: Some(_), .. } => "revoked",
        ApiKey { expires_at: Some(at), .. } if *at <= app.clock.now() => "expired",
        _ => "good",
    }
}

fn said(error: Error) -> Problem {
    match error {
        Error::NotFound { kind, name } => Problem(format!("there is no {kind} {name} that is still good")),
        Error::StoreUnavailable => Problem("the database does not answer; try again".to_owned()),
        other => Problem(format!("that failed: {other:?}")),
    }
}
