//! Lists of values and of rows: the one place where the two databases are spoken to differently. A list is one
//! parameter whatever its length, so that each statement has one text and is prepared once: an array for Postgres, JSON
//! for SQLite.

use super::error::Result;
use super::sql::{Row, Tx, Value};

/// Runs a query with a list of texts as its last parameter; `in LIST` in the text stands for it.
pub(super) async fn select<'a>(
    tx: &mut Tx,
    sql: &str,
    first: Vec<Value>,
    list: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<Row>> {
    select_all(tx, sql, first, [list]).await
}

/// As [`select`] with several lists: each `in LIST` in the text stands for the next one.
pub(super) async fn select_all<'a, L: IntoIterator<Item = &'a String>>(
    tx: &mut Tx,
    sql: &str,
    mut first: Vec<Value>,
    lists: impl IntoIterator<Item = L>,
) -> Result<Vec<Row>> {
    let mut sql = sql.to_owned();
    for list in lists {
        let list: Vec<Option<String>> = list.into_iter().cloned().map(Some).collect();
        if list.is_empty() {
            return Ok(Vec::new());
        }
        first.push(Value::Texts(list));
        let n = first.len();
        let any =
            if tx.is_postgres() { format!("= any(${n})") } else { format!("in (select value from json_each(${n}))") };
        sql = sql.replacen("in LIST", &any, 1);
    }
    tx.rows(&sql, first).await
}

/// Runs a query with rows as its last parameters: `from ROWS` in the text stands for them, as a table `v`.
pub(super) async fn select_from(
    tx: &mut Tx,
    sql: &str,
    mut first: Vec<Value>,
    columns: &[(&str, Type)],
    rows: Vec<Vec<Value>>,
) -> Result<Vec<Row>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let others = first.len();
    // Told how many rows there are, Postgres may prefer to read all of a table's index to looking them up in it.
    let hidden = |n: usize| format!("(select ${})", others + n);
    let (source, args) = if tx.is_postgres() { arrays(columns, rows, hidden) } else { json(columns, rows, others) };
    first.extend(args);
    tx.rows(&sql.replacen("ROWS", &source, 1), first).await
}

/// A table's columns, and what to do with a row that is there already.
pub(super) struct Upsert {
    pub(super) table: &'static str,
    /// The columns with their types.
    pub(super) columns: &'static [(&'static str, Type)],
    /// `on conflict …`; nothing where a row that is there already is a fault.
    pub(super) on_conflict: &'static str,
}

/// The type of a column.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Text,
    Int,
}

impl Upsert {
    /// Writes rows, each with a value for each column.
    pub(super) async fn run(&self, tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let Self { table, columns, on_conflict } = self;
        let names = names(columns);
        let (source, args) = source(tx, columns, rows);
        // Without "where true" SQLite would take "on conflict" for a join's condition.
        let sql = format!("insert into {table} ({names}) select {names} from {source} where true {on_conflict}");
        tx.run(&sql, args).await.map(drop)
    }
}

/// Updates rows of a table by the first of the columns, each with a value for each column.
pub(super) async fn update(
    tx: &mut Tx,
    table: &str,
    columns: &'static [(&'static str, Type)],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let set: Vec<String> = columns[1..].iter().map(|(name, _)| format!("{name} = v.{name}")).collect();
    let (key, set) = (columns[0].0, set.join(", "));
    let (source, args) = source(tx, columns, rows);
    tx.run(&format!("update {table} set {set} from {source} where {table}.{key} = v.{key}"), args).await.map(drop)
}

/// Rows as a table `v`, and the parameters that hold them.
fn source(tx: &Tx, columns: &[(&str, Type)], rows: Vec<Vec<Value>>) -> (String, Vec<Value>) {
    if tx.is_postgres() { arrays(columns, rows, |n| format!("${n}")) } else { json(columns, rows, 0) }
}

/// An array for each column; `mark` says which parameter the nth is.
fn arrays(columns: &[(&str, Type)], rows: Vec<Vec<Value>>, mark: impl Fn(usize) -> String) -> (String, Vec<Value>) {
    let array = |(_, kind): &(&str, Type)| match kind {
        Type::Text => Value::Texts(Vec::with_capacity(rows.len())),
        Type::Int => Value::Ints(Vec::with_capacity(rows.len())),
    };
    let mut arrays: Vec<Value> = columns.iter().map(array).collect();
    for row in rows {
        for (array, value) in arrays.iter_mut().zip(row) {
            array.push(value);
        }
    }
    let marks: Vec<String> = (1..=columns.len()).map(mark).collect();
    (format!("unnest({}) as v({})", marks.join(", "), names(columns)), arrays)
}

/// One JSON array of arrays, in the parameter behind so many others.
fn json(columns: &[(&str, Type)], rows: Vec<Vec<Value>>, others: usize) -> (String, Vec<Value>) {
    let rows: Vec<Vec<serde_json::Value>> =
        rows.into_iter().map(|row| row.into_iter().map(Value::into_json).collect()).collect();
    let cells: Vec<String> =
        columns.iter().enumerate().map(|(i, (name, _))| format!("value ->> {i} as {name}")).collect();
    let source = format!("(select {} from json_each(${})) as v", cells.join(", "), others + 1);
    (source, vec![Value::from(serde_json::json!(rows).to_string())])
}

fn names(columns: &[(&str, Type)]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}
