//! The secrets key: by what it is known again, and what was made with it.

use std::fmt;

use super::Store;
use super::error::Result;
use super::sql::{Tx, args};

/// What a database has that is good for nothing without the key that it was made with.
#[derive(Clone, Debug, Default)]
pub struct MadeWithKey {
    /// By what that key is known; `None` in a database of before, until a key is used.
    pub digest: Option<Vec<u8>>,
    /// The signing secrets, sealed, by id.
    pub sealed: Vec<(String, Vec<u8>)>,
    /// How many people were erased.
    pub erasures: i64,
}

impl MadeWithKey {
    /// Whether no key would be missed.
    pub fn is_nothing(&self) -> bool {
        self.sealed.is_empty() && self.erasures == 0
    }
}

/// Such as `1 secret and 2 erasures`.
impl fmt::Display for MadeWithKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: i64, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{count} {what}s")),
        };
        let secrets = i64::try_from(self.sealed.len()).unwrap_or(i64::MAX);
        let all: Vec<String> =
            [counted(secrets, "secret"), counted(self.erasures, "erasure")].into_iter().flatten().collect();
        f.write_str(&all.join(" and "))
    }
}

impl Store {
    /// What was made with the secrets key.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn made_with_key(&self) -> Result<MadeWithKey> {
        let digest = self.rows("select digest from secrets_key where id = 1", vec![]).await?;
        let digest = digest.first().map(|row| row.bytes("digest")).transpose()?;
        let sealed = self.rows("select id, sealed from webhook_secrets where removed_at is null", vec![]).await?;
        let sealed = sealed.iter().map(|row| Ok((row.text("id")?, row.bytes("sealed")?))).collect::<Result<_>>()?;
        let erasures = self.rows("select count(*) as erasures from erasures", vec![]).await?;
        let erasures = erasures.first().map_or(Ok(0), |row| row.int("erasures"))?;
        Ok(MadeWithKey { digest, sealed, erasures })
    }
}

impl Tx {
    /// Whether this is the secrets key of the database, by its hash; where it has none yet, it is from now on.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn is_secrets_key(&mut self, digest: &[u8]) -> Result<bool> {
        let sql = "insert into secrets_key (id, digest) values (1, $1) on conflict do nothing";
        self.run(sql, args![digest]).await?;
        let row = self.row("select digest from secrets_key where id = 1", vec![]).await?;
        Ok(row.map(|row| row.bytes("digest")).transpose()?.is_some_and(|known| known == digest))
    }

    /// Makes this the secrets key of the database, by its hash.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn set_secrets_key(&mut self, digest: &[u8]) -> Result<()> {
        let sql = "insert into secrets_key (id, digest) values (1, $1) \
                   on conflict (id) do update set digest = excluded.digest";
        self.run(sql, args![digest]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_counted_in_words() {
        for (secrets, erasures, said) in
            [(1, 1, "1 secret and 1 erasure"), (2, 0, "2 secrets"), (0, 3, "3 erasures"), (0, 0, "")]
        {
            let sealed = vec![(String::new(), Vec::new()); secrets];
            let made = MadeWithKey { digest: None, sealed, erasures };
            assert_eq!((made.to_string().as_str(), made.is_nothing()), (said, said.is_empty()));
        }
    }
}
