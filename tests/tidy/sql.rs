//! Reads as much SQL as it takes to see which tables and columns a migration makes.

/// `table.column` for each column that the text creates or adds, in its order, and `table` for each table.
pub fn columns(text: &str) -> Vec<String> {
    code(text).split(';').flat_map(columns_of_statement).collect()
}

fn columns_of_statement(statement: &str) -> Vec<String> {
    let spaced = statement.replace("if not exists", "").replace('(', " ( ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    match words.as_slice() {
        ["create", "table", table, ..] => {
            let columns = body(statement).into_iter().map(|column| format!("{table}.{column}"));
            std::iter::once((*table).to_owned()).chain(columns).collect()
        }
        ["alter", "table", table, "add", "column", column, ..] => vec![format!("{table}.{column}")],
        ["alter" | "drop", "table", ..] => vec![words.join(" ")],
        _ => Vec::new(),
    }
}

/// The names of the columns between the outer parentheses.
fn body(statement: &str) -> Vec<String> {
    const CONSTRAINTS: &[&str] = &["primary", "unique", "foreign", "check", "constraint", "exclude"];
    let inside = statement.split_once('(').map_or("", |(_, rest)| rest);
    let mut depth = 1;
    let mut parts = vec![String::new()];
    for character in inside.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        match character {
            _ if depth == 0 => break,
            ',' if depth == 1 => parts.push(String::new()),
            _ => parts.last_mut().expect("there is a first part").push(character),
        }
    }
    let names = parts
        .iter()
        .filter_map(|part| part.split(|c: char| c.is_whitespace() || c == '(').find(|word| !word.is_empty()));
    names.filter(|name| !CONSTRAINTS.contains(name)).map(|name| name.trim_matches('"').to_owned()).collect()
}

/// The text in lower case without comments and quoted texts.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match rest {
            _ if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            _ if first == '\'' => rest[1..].find('\'').map_or(rest.len(), |at| at + 2),
            _ => {
                code.extend(first.to_lowercase());
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    code
}

mod tests {
    use super::columns;

    #[test]
    fn columns_are_seen_and_constraints_and_comments_are_not() {
        let text = "-- create table no (x text);\nCREATE TABLE a (\n id text primary key, -- why; and null\n \
            n bigint not null default (1 + 2) check (n in (1, 2)), s text default 'x, y;',\n unique (id, n), primary key(id)\n);\n\
            create index i on a (n);\nalter table a add column more text;";
        assert_eq!(columns(text), ["a", "a.id", "a.n", "a.s", "a.more"]);
    }
}
