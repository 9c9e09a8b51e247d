//! Lists of values and of rows in a few fixed sizes, so that the number of texts stays small and prepared statements
//! are used again. What is left of a size is filled with nulls, which match, insert and update nothing.

use super::error::Result;
use super::sql::{Row, Tx, Value};

/// The sizes of a list; a longer one takes several statements.
const SIZES: [usize; 4] = [1, 8, 64, 512];

fn size_for(length: usize) -> usize {
    SIZES.into_iter().find(|size| length <= *size).unwrap_or(SIZES[SIZES.len() - 1])
}

/// Runs a query with `in (LIST)` for texts: `LIST` in the text stands for the placeholders after `first`.
pub(super) async fn select<'a>(
    tx: &mut Tx,
    sql: &str,
    first: Vec<Value>,
    list: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<Row>> {
    let list: Vec<&String> = list.into_iter().collect();
    let mut rows = Vec::new();
    for part in list.chunks(SIZES[SIZES.len() - 1]) {
        let size = size_for(part.len());
        let marks: Vec<String> = (1..=size).map(|i| format!("${}", first.len() + i)).collect();
        let mut args = first.clone();
        args.extend(part.iter().map(|text| Value::from(*text)));
        args.resize(first.len() + size, Value::Text(None));
        rows.extend(tx.rows(&sql.replace("LIST", &marks.join(", ")), args).await?);
    }
    Ok(rows)
}

/// A table's columns, the first of which is never null, and what to do with a row that is there already.
pub(super) struct Upsert {
    pub(super) table: &'static str,
    /// The columns with their types.
    pub(super) columns: &'static [(&'static str, Type)],
    /// What follows `on conflict`.
    pub(super) on_conflict: &'static str,
}

/// The type of a column, so that a null has one too.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Text,
    Int,
}

impl Upsert {
    /// Writes rows, each with a value for each column.
    pub(super) async fn run(&self, tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<()> {
        let names = names(self.columns);
        let text = |values: &str| {
            format!(
                "with v({names}) as (values {values}) insert into {table} ({names}) select {names} from v \
                 where {first} is not null on conflict {on_conflict}",
                table = self.table,
                first = self.columns[0].0,
                on_conflict = self.on_conflict,
            )
        };
        in_sizes(tx, self.columns, rows, text).await
    }
}

/// Updates rows of a table by the first of the columns, each with a value for each column.
pub(super) async fn update(
    tx: &mut Tx,
    table: &str,
    columns: &'static [(&'static str, Type)],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let names = names(columns);
    let set: Vec<String> = columns[1..].iter().map(|(name, _)| format!("{name} = v.{name}")).collect();
    let (key, set) = (columns[0].0, set.join(", "));
    let text = |values: &str| {
        format!("with v({names}) as (values {values}) update {table} set {set} from v where {table}.{key} = v.{key}")
    };
    in_sizes(tx, columns, rows, text).await
}

async fn in_sizes(
    tx: &mut Tx,
    columns: &'static [(&'static str, Type)],
    rows: Vec<Vec<Value>>,
    text: impl Fn(&str) -> String,
) -> Result<()> {
    for part in rows.chunks(SIZES[SIZES.len() - 1]) {
        let size = size_for(part.len());
        let mut args: Vec<Value> = part.iter().flatten().cloned().collect();
        for _ in part.len()..size {
            args.extend(columns.iter().map(|(_, kind)| kind.null()));
        }
        tx.run(&text(&placeholders(size, columns.len())), args).await?;
    }
    Ok(())
}

fn names(columns: &[(&str, Type)]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// `($1, $2), ($3, $4)` …
fn placeholders(rows: usize, width: usize) -> String {
    let row = |i: usize| {
        let marks: Vec<String> = (1..=width).map(|j| format!("${}", i * width + j)).collect();
        format!("({})", marks.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

impl Type {
    fn null(self) -> Value {
        match self {
            Self::Text => Value::Text(None),
            Self::Int => Value::Int(None),
        }
    }
}
