//! Reads as much Rust as it takes to see which paths a file refers to.

/// A path that a file refers to, from `crate` or from another crate's name.
#[derive(Debug, PartialEq, Eq)]
pub struct Reference {
    pub line: usize,
    pub path: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Colons,
    Sign(char),
}
use Token::{Colons, Sign, Word};

/// The paths with at least two parts, and everything imported, in a file of that module.
pub fn references(text: &str, module: &[String]) -> Vec<Reference> {
    let tokens = tokens(text);
    let mut reader =
        Reader { tokens: &tokens, at: 0, module: module.to_vec(), inner: Vec::new(), depth: 0, found: vec![] };
    reader.read();
    reader.found
}

/// The macros that are called, by line.
pub fn macros(text: &str) -> Vec<(usize, String)> {
    let tokens = tokens(text);
    let calls = tokens.windows(3).filter_map(|three| match three {
        [(line, Word(name)), (_, Sign('!')), (_, Sign('(' | '[' | '{'))] => Some((*line, name.clone())),
        _ => None,
    });
    calls.collect()
}

struct Reader<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    module: Vec<String>,
    /// How deep in braces each inline module began.
    inner: Vec<usize>,
    depth: usize,
    found: Vec<Reference>,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(token) = self.peek(0) {
            match token {
                Word(word) if word == "use" => {
                    self.at += 1;
                    self.read_tree(&[]);
                }
                Word(word) if word == "mod" => self.enter_module(),
                Word(_) if !self.is_inside_a_path() => self.read_path(),
                Sign('{') => self.step(1),
                Sign('}') => self.leave_brace(),
                _ => self.step(0),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|(_, token)| token)
    }

    fn step(&mut self, braces: usize) {
        self.at += 1;
        self.depth += braces;
    }

    fn leave_brace(&mut self) {
        if self.inner.last() == Some(&self.depth) {
            self.inner.pop();
            self.module.pop();
        }
        self.depth = self.depth.saturating_sub(1);
        self.at += 1;
    }

    /// `mod name {` opens a module; `mod name;` is a file of its own.
    fn enter_module(&mut self) {
        if let (Some(Word(name)), Some(Sign('{'))) = (self.peek(1), self.peek(2)) {
            let name = name.clone();
            self.module.push(name);
            self.depth += 1;
            self.inner.push(self.depth);
            self.at += 3;
        } else {
            self.at += 1;
        }
    }

    /// A word after a dot is a field or method; after `::` it belongs to a type that is no plain path.
    fn is_inside_a_path(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).map(|at| &self.tokens[at].1);
        match before(1) {
            Some(Sign('.')) => !matches!(before(2), Some(Sign('.'))),
            Some(Colons) => matches!(before(2), Some(Word(_) | Sign('>'))),
            _ => false,
        }
    }

    fn read_path(&mut self) {
        let line = self.tokens[self.at].0;
        let path = self.read_words();
        if path.len() > 1 {
            self.note(line, &path);
        }
    }

    /// `a::b::c`, leaving what follows.
    fn read_words(&mut self) -> Vec<String> {
        let mut path = Vec::new();
        while let Some(Word(word)) = self.peek(0) {
            path.push(word.clone());
            self.at += 1;
            match (self.peek(0), self.peek(1)) {
                (Some(Colons), Some(Word(_))) => self.at += 1,
                _ => break,
            }
        }
        path
    }

    /// One tree of a `use`: a path, or a path and braces with more trees.
    fn read_tree(&mut self, prefix: &[String]) {
        if self.peek(0) == Some(&Colons) {
            self.at += 1;
        }
        let line = self.tokens.get(self.at).map_or(0, |(line, _)| *line);
        let mut path = prefix.to_vec();
        path.extend(self.read_words().into_iter().filter(|word| word != "self" || prefix.is_empty()));
        match (self.peek(0), self.peek(1)) {
            (Some(Colons), Some(Sign('{'))) => self.read_branches(2, &path),
            (Some(Sign('{')), _) => self.read_branches(1, &path),
            // `use a::*` refers to `a`.
            (Some(Colons), Some(Sign('*'))) => {
                self.at += 2;
                self.note(line, &path);
            }
            (Some(Word(word)), _) if word == "as" => {
                self.at += 2;
                self.note(line, &path);
            }
            _ => self.note(line, &path),
        }
    }

    fn read_branches(&mut self, skip: usize, prefix: &[String]) {
        self.at += skip;
        while let Some(token) = self.peek(0) {
            match token {
                Sign('}') => break,
                Word(_) | Colons | Sign('{') => self.read_tree(prefix),
                Sign(_) => self.at += 1,
            }
        }
        self.at += 1;
    }

    /// Keeps a path, said from the crate's root.
    fn note(&mut self, line: usize, path: &[String]) {
        let mut base = self.module.clone();
        let mut rest = path;
        while let [first, more @ ..] = rest {
            match first.as_str() {
                // A binary names its library like any other crate.
                "crate" | "referrald" => base.clear(),
                "self" => {}
                "super" => drop(base.pop()),
                _ => break,
            }
            rest = more;
        }
        let path = if rest.len() == path.len() {
            path.to_vec()
        } else {
            ["crate".to_owned()].into_iter().chain(base).chain(rest.iter().cloned()).collect()
        };
        self.found.push(Reference { line, path });
    }
}

/// The code as words and signs with their lines; comments, texts and characters left out.
fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, token) = if let Some(length) = skipped(rest) {
            (length, None)
        } else if first.is_alphabetic() || first == '_' {
            let length = word_length(rest);
            (length, Some(Word(rest[..length].to_owned())))
        } else if rest.starts_with("::") {
            (2, Some(Colons))
        } else {
            (first.len_utf8(), (!first.is_whitespace()).then_some(Sign(first)))
        };
        tokens.extend(token.map(|token| (line, token)));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// How long the comment, text, character or lifetime is that begins here, if one does.
fn skipped(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(comment_length(text));
    }
    if text.starts_with('\'') {
        return Some(quote_length(text));
    }
    // "…", and with a prefix: b"…", c"…", r"…", r#"…"#, br#"…"#.
    let prefix = text.bytes().take_while(|byte| b"bcr".contains(byte)).count();
    let hashes = text[prefix..].bytes().take_while(|byte| *byte == b'#').count();
    let opens = text[prefix + hashes..].starts_with('"') && prefix <= 2;
    if !opens || (hashes > 0 && prefix == 0) {
        return None;
    }
    let start = prefix + hashes + 1;
    if text[..prefix].contains('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()));
    }
    Some(start + escaped_length(&text[start..], '"'))
}

fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// `'a'` and `'\n'` are characters, `'a` is a lifetime.
fn quote_length(text: &str) -> usize {
    let mut characters = text[1..].char_indices();
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let after = 1 + at + escaped.len_utf8();
            text[after..].find('\'').map_or(text.len(), |end| after + end + 1)
        }
        (Some(_), Some((at, '\''))) => 1 + at + 1,
        _ => 1 + word_length(&text[1..]),
    }
}

/// To the end of the closing quote, past escaped ones.
fn escaped_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if character == quote && !escaped {
            return at + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    text.len()
}

mod tests {
    use super::{Reference, macros, references};

    fn paths(text: &str) -> Vec<String> {
        let module = ["store".to_owned(), "campaigns".to_owned()];
        references(text, &module).iter().map(|Reference { line, path }| format!("{line} {}", path.join("::"))).collect()
    }

    #[test]
    fn every_way_to_name_a_module_is_seen() {
        for (text, wanted) in [
            ("use crate::app;", vec!["1 crate::app"]),
            ("use crate::{app::{self, x as y}, grpc::*};", vec!["1 crate::app", "1 crate::app::x", "1 crate::grpc"]),
            ("use super::super::app::Error;", vec!["1 crate::app::Error"]),
            ("use super::lock;", vec!["1 crate::store::lock"]),
            ("use self::x::Y;", vec!["1 crate::store::campaigns::x::Y"]),
            ("mod tests {\n use super::super::x;\n}\nuse super::y;", vec!["2 crate::store::x", "4 crate::store::y"]),
            ("mod a; fn f() {} use super::y;", vec!["1 crate::store::y"]),
            ("use ::sqlx::Row;", vec!["1 sqlx::Row"]),
            ("use sqlx;", vec!["1 sqlx"]),
            ("fn f() { ::sqlx::query(x) }", vec!["1 sqlx::query"]),
            (
                "let x = <crate::app::X as sqlx::Y>::z(a.b::<tonic::C>());",
                vec!["1 crate::app::X", "1 sqlx::Y", "1 tonic::C"],
            ),
            ("for i in 0..tonic::MAX {}", vec!["1 tonic::MAX"]),
            ("#[derive(serde::Serialize)] struct A;", vec!["1 serde::Serialize"]),
            ("use referrald::app;", vec!["1 crate::app"]),
        ] {
            assert_eq!(paths(text), wanted, "{text}");
        }
    }

    #[test]
    fn comments_texts_and_lifetimes_are_no_code() {
        for text in [
            "// use crate::app;\n//! [`crate::app::X`]",
            "/* a /* nested */ crate::app::X */",
            r#"let x = "a \" crate::app::X";"#,
            r##"let x = (r#"" crate::app::X"#, b"sqlx::X", br"\", c"\\");"##,
            r"let x: &'a str = ('\'', '\u{27}', '\\', '\n', '/', 'crate_', f::<'a>);",
        ] {
            assert_eq!(paths(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(paths("let q = '\"'; sqlx::a"), ["1 sqlx::a"]);
        assert_eq!(paths("\"two\nlines\";\nsqlx::a"), ["3 sqlx::a"]);
    }

    #[test]
    fn a_macro_is_a_call_and_not_its_name() {
        assert_eq!(macros("fn todo() {}\ntodo!(); a != b; \"dbg!(x)\""), [(2, "todo".to_owned())]);
    }
}
