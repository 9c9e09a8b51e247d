//! Email identity: who is the same person.

use super::Invalid;

/// The longest address that mail can be sent to (RFC 5321, as corrected by erratum 1690), in characters.
pub const LENGTH_MAX: usize = 254;

/// An email address: as it was given, and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    original: String,
    identity: String,
}

impl Email {
    /// Reads an address: something, one `@`, something; no blanks, no control characters.
    ///
    /// # Errors
    /// What is not of that form, or longer than [`LENGTH_MAX`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let original = text.trim();
        let identity = original.to_lowercase();
        if original.is_empty() {
            return Err(Invalid::new("is required: an email address"));
        }
        if original.chars().count() > LENGTH_MAX || identity.chars().count() > LENGTH_MAX {
            return Err(Invalid(format!("is longer than {LENGTH_MAX} characters, the limit of an email address")));
        }
        let well_formed = original
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'))
            && !original.chars().any(|c| c.is_control() || c.is_whitespace());
        if !well_formed {
            return Err(Invalid::new("is not an email address: it must have the form name@host, without blanks"));
        }
        Ok(Self { original: original.to_owned(), identity })
    }

    /// The address as it was given, trimmed.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The address by which people are told apart: trimmed and lower-cased, nothing else.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Whether both addresses reach the same person as far as anybody can tell: plus-tags are dropped, and in
    /// Gmail's addresses the dots too. Only the self-referral check asks this.
    pub fn same_person(&self, other: &Self) -> bool {
        self.person() == other.person()
    }

    fn person(&self) -> (String, &str) {
        let (local, host) = self.identity.split_once('@').unwrap_or((&self.identity, ""));
        let local = local.split_once('+').map_or(local, |(name, _)| if name.is_empty() { local } else { name });
        match host {
            "gmail.com" | "googlemail.com" => (local.replace('.', ""), "gmail.com"),
            _ => (local.to_owned(), host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).expect(text)
    }

    #[test]
    fn identity_is_trimmed_and_lower_cased_and_the_original_is_kept() {
        let ada = email("  Ada@Example.COM ");
        assert_eq!((ada.original(), ada.identity()), ("Ada@Example.COM", "ada@example.com"));
    }

    #[test]
    fn tags_and_dots_tell_people_apart_everywhere_but_in_the_self_referral_check() {
        for (a, b, same) in [
            ("ada@example.com", "ADA@example.com", true),
            ("ada+shop@example.com", "ada@example.com", true),
            ("a.d.a@gmail.com", "ada+x@googlemail.com", true),
            ("a.da@example.com", "ada@example.com", false),
            ("ada@example.com", "ada@example.org", false),
            ("+a@example.com", "+b@example.com", false),
        ] {
            assert_eq!(email(a).same_person(&email(b)), same, "{a} {b}");
        }
        assert_ne!(email("a.d.a@gmail.com").identity(), email("ada@gmail.com").identity());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in ["", " ", "ada", "@host", "ada@", "a@b@c", "a b@c", "a@b\0"] {
            assert!(Email::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(243))).is_err());
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(242))).is_ok());
    }
}
