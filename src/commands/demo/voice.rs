//! How the demo speaks: 80 columns, and colour on a terminal only.

use std::io::{IsTerminal, Write, stdout};

/// The width of a page.
pub const WIDTH: usize = 80;
/// What stands before the first line of a call.
const START: &str = "  $ ";
/// What stands before the further lines of a call.
const DEEPER: &str = "      ";

/// The colours, by what they mean.
#[derive(Clone, Copy)]
pub enum Ink {
    /// Headings.
    Bold,
    /// What may be skipped.
    Dim,
    /// Reached.
    Green,
    /// Open.
    Yellow,
    /// A call to copy.
    Cyan,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Green => "1;32",
            Self::Yellow => "1;33",
            Self::Cyan => "36",
        }
    }
}

/// Prints to standard output.
pub struct Voice {
    colours: bool,
    /// Whether the last line was empty.
    gap: bool,
}

impl Voice {
    /// With colours where somebody looks on and does not mind.
    pub fn new() -> Self {
        let minds = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: stdout().is_terminal() && !minds, gap: true }
    }

    /// One line. A reader who has gone away is no reason to stop.
    pub fn line(&mut self, line: &str) {
        let _ = writeln!(stdout(), "{line}");
        self.gap = line.is_empty();
    }

    /// An empty line, unless there is one.
    pub fn gap(&mut self) {
        if !self.gap {
            self.line("");
        }
    }

    /// A text in a colour.
    pub fn ink(&self, ink: Ink, text: &str) -> String {
        if self.colours { format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code()) } else { text.to_owned() }
    }

    /// The heading of an act.
    pub fn act(&mut self, text: &str) {
        let rule = "─".repeat(WIDTH.saturating_sub(text.chars().count() + 4));
        self.gap();
        self.line(&self.ink(Ink::Bold, &format!("── {text} {rule}")));
        self.gap();
    }

    /// A paragraph.
    pub fn says(&mut self, text: &str) {
        self.gap();
        for line in fill(words(text), WIDTH) {
            self.line(&line);
        }
        self.gap();
    }

    /// What an answer says in words.
    pub fn verdict(&mut self, ink: Ink, text: &str) {
        for line in fill(words(text), WIDTH - 4) {
            self.line(&format!("    {}", self.ink(ink, &line)));
        }
    }

    /// A name and its value; nothing where there is none.
    pub fn fact(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            let name = self.ink(Ink::Dim, &format!("{name:<13}"));
            self.line(&format!("    {name} {value}"));
        }
    }

    /// A call of the API, as grpcurl makes it.
    pub fn grpcurl(&mut self, address: &str, method: &str, json: &str) {
        let target = format!("{address} referrald.v1.{method}");
        self.call(&grpcurl_lines(&target, json));
    }

    /// A command of a shell, broken before its last word where it is too long.
    pub fn command(&mut self, command: &str) {
        match command.rsplit_once(' ') {
            Some((head, last)) if command.len() + START.len() > WIDTH => {
                self.call(&[format!("{head} \\"), last.to_owned()]);
            }
            _ => self.call(&[command.to_owned()]),
        }
    }

    fn call(&mut self, lines: &[String]) {
        self.gap();
        for (number, line) in lines.iter().enumerate() {
            let start = if number == 0 { START } else { DEEPER };
            self.line(&format!("{start}{}", self.ink(Ink::Cyan, line)));
        }
    }
}

/// On one line, or the message on lines of its own.
fn grpcurl_lines(target: &str, json: &str) -> Vec<String> {
    let pieces = pieces(json);
    let whole = format!("grpcurl -plaintext -d '{}' \\", pieces.join(" "));
    if whole.len() + START.len() <= WIDTH {
        return vec![whole, target.to_owned()];
    }
    let mut lines = fill(pieces, WIDTH - DEEPER.len() - "-d '' \\".len());
    for (number, line) in lines.iter_mut().enumerate() {
        line.insert_str(0, if number == 0 { "-d '" } else { "    " });
    }
    if let Some(last) = lines.last_mut() {
        last.push_str("' \\");
    }
    ["grpcurl -plaintext \\".to_owned()].into_iter().chain(lines).chain([target.to_owned()]).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(str::to_owned)
}

/// JSON, cut where it may be broken: behind each comma that is not in a text.
fn pieces(json: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for character in json.chars() {
        let Some(piece) = pieces.last_mut() else { break };
        piece.push(character);
        quoted ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        match character {
            ',' if !quoted => pieces.push(String::new()),
            ':' if !quoted => piece.push(' '),
            _ => {}
        }
    }
    pieces
}

/// Words in lines of at most this width; a longer word has a line of its own.
fn fill(words: impl IntoIterator<Item = String>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_cut_behind_commas_outside_of_texts() {
        assert_eq!(pieces(r#"{"a":"b, \"c:","d":{"e":1}}"#), [r#"{"a": "b, \"c:","#, r#""d": {"e": 1}}"#]);
    }

    #[test]
    fn a_call_stays_on_its_line_where_it_fits() {
        assert_eq!(grpcurl_lines("at X/Y", r#"{"a":1}"#), [r#"grpcurl -plaintext -d '{"a": 1}' \"#, "at X/Y"]);
        let long = format!(r#"{{"a":"{}","b":1}}"#, "x".repeat(60));
        let lines = grpcurl_lines("at X/Y", &long);
        let message = format!(r#"-d '{{"a": "{}","#, "x".repeat(60));
        assert_eq!(lines, [r"grpcurl -plaintext \", &message, r#"    "b": 1}' \"#, "at X/Y"]);
    }

    #[test]
    fn words_fill_lines_and_a_long_one_stands_alone() {
        let words = ["ab", "cd", "efghijk", "l"].map(str::to_owned);
        assert_eq!(fill(words, 5), ["ab cd", "efghijk", "l"]);
    }
}
