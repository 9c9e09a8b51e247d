//! What is wrong with a request: every field, not only the first.

use std::fmt::Display;

use crate::domain::Invalid;

/// The most violations that an answer names: they travel in a header, and clients bound those.
pub const VIOLATIONS_MAX: usize = 32;
/// The most bytes that they have together. Clients bound the headers of an answer to 8 KiB or a little more, and some
/// end the whole connection beyond that; in a header each byte takes one and a third, and the fields stand there twice.
pub const VIOLATIONS_BYTES_MAX: usize = 3200;

/// The fields that are wrong, and what is wrong with each.
#[derive(Debug, Default)]
pub struct Violations {
    found: Vec<(String, String)>,
    bytes: usize,
    left_out: usize,
}

impl Violations {
    /// The value, or `None` once its problem is noted under the field's path. The path is only written out for a
    /// problem: `format_args!("{path}.id")` costs nothing otherwise.
    pub fn take<T>(&mut self, field: impl Display, result: Result<T, Invalid>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problem) => {
                self.add(field, problem);
                None
            }
        }
    }

    /// Notes a problem.
    pub fn add(&mut self, field: impl Display, problem: Invalid) {
        let field = field.to_string();
        let bytes = self.bytes + field.len() + problem.0.len();
        if self.found.len() < VIOLATIONS_MAX && bytes <= VIOLATIONS_BYTES_MAX {
            self.bytes = bytes;
            self.found.push((field, problem.0));
        } else {
            self.left_out += 1;
        }
    }

    /// Ends the check.
    ///
    /// # Errors
    /// Each field that is wrong, with what is wrong with it, in the order of the request. Beyond [`VIOLATIONS_MAX`]
    /// and [`VIOLATIONS_BYTES_MAX`] they are counted under the last entry.
    pub fn finish(mut self) -> Result<(), Vec<(String, String)>> {
        if self.left_out > 0 {
            let more = format!("{} more fields are wrong; correct the ones named first", self.left_out);
            self.found.push(("…".to_owned(), more));
        }
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_and_right_ones_pass() {
        let mut violations = Violations::default();
        assert_eq!(violations.take("a", Ok(1)), Some(1));
        assert_eq!(violations.take::<i32>("b", Err(Invalid::new("is wrong"))), None);
        assert_eq!(violations.take::<i32>(format_args!("c[{}]", 2), Err(Invalid::new("is odd"))), None);
        let named = [("b", "is wrong"), ("c[2]", "is odd")].map(|(f, p)| (f.to_owned(), p.to_owned()));
        assert_eq!(violations.finish(), Err(named.to_vec()));
        assert_eq!(Violations::default().finish(), Ok(()));
    }

    #[test]
    fn a_flood_of_problems_gives_a_bounded_answer_that_counts_the_rest() {
        let mut violations = Violations::default();
        for field in 0..1000 {
            violations.add(field, Invalid::new("is wrong"));
        }
        let named = violations.finish().expect_err("problems");
        assert_eq!(named.len(), VIOLATIONS_MAX + 1);
        assert!(named[VIOLATIONS_MAX].1.starts_with("968 more"), "{:?}", named[VIOLATIONS_MAX]);
    }
}
