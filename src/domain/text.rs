//! Text that people type: bounded, and without control characters.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Invalid;

/// The longest name, title or other single line, in characters.
pub const LINE_MAX: usize = 256;
/// The longest reason that an operator gives, in characters.
pub const REASON_MAX: usize = 1000;
/// The most custom fields that a person may have.
pub const CUSTOM_FIELDS_MAX: usize = 40;
/// The longest key of a custom field, in characters, as Stripe's metadata keys.
pub const CUSTOM_KEY_MAX: usize = 40;
/// The longest value of a custom field, in characters, as Stripe's metadata values.
pub const CUSTOM_VALUE_MAX: usize = 500;

/// A line of 1 to `max` characters, trimmed.
///
/// # Errors
/// Empty, too long, or with a control character in it.
pub fn line(text: &str, max: usize) -> Result<String, Invalid> {
    match optional_line(text, max)? {
        Some(line) => Ok(line),
        None => Err(Invalid(format!("is required: 1 to {max} characters"))),
    }
}

/// A line of up to `max` characters, trimmed; `None` when nothing is left.
///
/// # Errors
/// Too long, or with a control character in it.
pub fn optional_line(text: &str, max: usize) -> Result<Option<String>, Invalid> {
    let line = text.trim();
    bounded(line, max)?;
    Ok(if line.is_empty() { None } else { Some(line.to_owned()) })
}

fn bounded(text: &str, max: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length > max {
        return Err(Invalid(format!("has {length} characters, and may have at most {max}")));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("has a control character (a line break, a tab, a NUL …), and may have none"));
    }
    Ok(())
}

/// Custom fields: the caller's own keys and values, kept as they came.
pub type CustomFields = BTreeMap<String, String>;

/// Checks the number of the fields, their keys and their values.
///
/// # Errors
/// More than [`CUSTOM_FIELDS_MAX`] fields, or a key or value outside its limits; the first one is named.
pub fn custom_fields(fields: impl IntoIterator<Item = (String, String)>) -> Result<CustomFields, Invalid> {
    let fields: CustomFields = fields.into_iter().collect();
    if fields.len() > CUSTOM_FIELDS_MAX {
        return Err(Invalid(format!("has {} fields, and may have at most {CUSTOM_FIELDS_MAX}", fields.len())));
    }
    for (key, value) in &fields {
        custom_key(key)?;
        bounded(value, CUSTOM_VALUE_MAX).map_err(|problem| Invalid(format!("[\"{key}\"] {}", problem.0)))?;
    }
    Ok(fields)
}

/// A key of a custom field: letters, digits, `_` and `-`.
///
/// # Errors
/// Empty, longer than [`CUSTOM_KEY_MAX`], or with any other character.
pub fn custom_key(key: &str) -> Result<(), Invalid> {
    let fits = (1..=CUSTOM_KEY_MAX).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if fits {
        return Ok(());
    }
    let shown: String = key.chars().take(CUSTOM_KEY_MAX).filter(|c| !c.is_control()).collect();
    Err(Invalid(format!("has the key \"{shown}\": a key is 1 to {CUSTOM_KEY_MAX} letters, digits, \"_\" and \"-\"")))
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_bounded_and_free_of_control_characters() {
        assert_eq!(line("  Ada ", 3), Ok("Ada".into()));
        assert_eq!(line("ééé", 3), Ok("ééé".into()), "characters count, not bytes");
        for wrong in ["", "   ", "Adas", "A\0a", "A\na"] {
            assert!(line(wrong, 3).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn custom_fields_keep_stripes_limits() {
        let field = |key: &str, value: &str| custom_fields([(key.to_owned(), value.to_owned())]);
        assert!(field("plan_id-1", "gold").is_ok());
        assert!(field(&"k".repeat(40), &"v".repeat(500)).is_ok());
        for (key, value) in [("", "v"), ("a[b]", "v"), ("k", "a\0b")] {
            assert!(field(key, value).is_err(), "{key} {value}");
        }
        assert!(field(&"k".repeat(41), "v").is_err());
        assert!(field("k", &"v".repeat(501)).is_err());
        assert!(
            field("k", &format!("v{}", " ".repeat(500))).is_err(),
            "blanks count, since the value is kept as it came"
        );
        assert!(field("k", "v\n").is_err(), "a line break at the end is one too");
        assert!(custom_fields((0..41).map(|i| (format!("k{i}"), String::new()))).is_err());
    }
}
