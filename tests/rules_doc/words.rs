//! What the lines of an example are made of: times, amounts, and words with values behind them.

use prost_types::Timestamp;
use referrald::domain::money::Currency;
use referrald::domain::time::Time;

/// What is wrong with a line.
pub type Problem = String;

/// The words of a line that are not read yet.
pub struct Words<'a>(Vec<&'a str>);

impl<'a> Words<'a> {
    pub fn of(line: &'a str) -> Self {
        Self(line.split_whitespace().rev().collect())
    }

    pub fn next(&mut self) -> Result<&'a str, Problem> {
        self.0.pop().ok_or_else(|| "a word is missing".to_owned())
    }

    pub fn peek(&self) -> Option<&'a str> {
        self.0.last().copied()
    }

    /// Takes this word where it is the next.
    pub fn takes(&mut self, word: &str) -> bool {
        self.0.pop_if(|next| *next == word).is_some()
    }

    /// `2026-01-05 09:00`
    pub fn time(&mut self) -> Result<Time, Problem> {
        let (day, minute) = (self.next()?, self.next()?);
        let seconds = if minute.len() == 5 { ":00" } else { "" };
        let stamp: Timestamp = format!("{day}T{minute}{seconds}Z")
            .parse()
            .map_err(|_| format!("\"{day} {minute}\" is no time such as \"2026-01-05 09:00\""))?;
        Ok(Time::from_seconds(stamp.seconds))
    }

    /// `60.00`
    pub fn amount(&mut self) -> Result<i64, Problem> {
        let text = self.next()?;
        let minor = text.split_once('.').filter(|(_, cents)| cents.len() == 2);
        let minor = minor.and_then(|(whole, cents)| format!("{whole}{cents}").parse().ok());
        minor.ok_or_else(|| format!("\"{text}\" is no amount such as \"60.00\""))
    }

    /// `60.00 EUR`
    pub fn money(&mut self) -> Result<(i64, Currency), Problem> {
        let (minor, code) = (self.amount()?, self.next()?);
        Ok((minor, Currency::known(code).map_err(|problem| problem.0)?))
    }

    /// Nothing may be left.
    pub fn end(&self) -> Result<(), Problem> {
        self.peek().map_or(Ok(()), |word| Err(format!("\"{word}\" is not understood")))
    }
}
