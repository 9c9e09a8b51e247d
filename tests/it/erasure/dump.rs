//! Everything that a database has, text by text: its tables and columns are asked of the database itself, so that what is
//! added later is looked at too.

use referrald::domain::text::hex;
use referrald::store::{Store, Value};

use crate::harness::Server;

/// The values of a database, each with its table and column.
#[derive(Debug, PartialEq, Eq)]
pub struct Dump(Vec<(String, String)>);

impl Dump {
    pub async fn of(server: &Server) -> Self {
        let store = &server.app.store;
        let mut values = Vec::new();
        for (table, column, is_bytes) in columns(store).await {
            let column_text = match (store, is_bytes) {
                (Store::Sqlite { .. }, true) => format!("hex({column})"),
                (Store::Postgres(..), true) => format!("encode({column}, 'hex')"),
                (_, false) => format!("cast({column} as text)"),
            };
            let text = format!("select {column_text} as it from {table} where {column} is not null order by 1");
            for row in store.rows(&text, vec![]).await.expect(&text) {
                let value = row.text("it").expect("a text");
                values.push((format!("{table}.{column}"), value.to_lowercase()));
            }
        }
        assert!(values.len() > 100, "a story leaves more behind: {}", values.len());
        Self(values)
    }

    /// The columns that have a text, in any case, as it is or as bytes.
    pub fn places_of(&self, text: &str) -> Vec<String> {
        let text = text.to_lowercase();
        let bytes = hex(text.as_bytes());
        let has = |value: &str| value.contains(&text) || value.contains(&bytes);
        let mut places: Vec<String> =
            self.0.iter().filter(|(_, value)| has(value)).map(|(place, _)| place.clone()).collect();
        places.dedup();
        places
    }

    /// All but a table.
    pub fn without(self, table: &str) -> Self {
        let prefix = format!("{table}.");
        Self(self.0.into_iter().filter(|(place, _)| !place.starts_with(&prefix)).collect())
    }
}

/// All columns of all tables, and whether they hold bytes.
async fn columns(store: &Store) -> Vec<(String, String, bool)> {
    let text = match store {
        Store::Sqlite { .. } => {
            "select t.name as owner, c.name as name, lower(c.type) as kind from sqlite_master t \
             join pragma_table_info(t.name) c where t.type = 'table' order by 1, 2"
        }
        Store::Postgres(..) => {
            "select cast(table_name as text) as owner, cast(column_name as text) as name, cast(data_type as text) as kind \
             from information_schema.columns where table_schema = current_schema() order by 1, 2"
        }
    };
    let rows = store.rows(text, Vec::<Value>::new()).await.expect("the columns");
    let columns: Vec<(String, String, bool)> = rows
        .iter()
        .map(|row| {
            let of = |name: &str| row.text(name).expect("a text");
            (of("owner"), of("name"), ["blob", "bytea"].contains(&of("kind").as_str()))
        })
        .collect();
    assert!(columns.len() > 150, "there are more columns: {}", columns.len());
    columns
}
