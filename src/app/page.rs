//! Pages of a list: a token names the list, its filter and the last item shown, and is good for nothing else.

use super::error::{Error, Result};
use super::seal::digest_hex;

/// How many items a page has when nothing is said.
pub const SIZE_DEFAULT: u32 = 50;
/// How many items a page has at most.
pub const SIZE_MAX: u32 = 500;

/// Which page of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many items at most.
    pub size: u32,
    /// The id of the last item of the page before; empty for the first page.
    pub after: String,
    filter: String,
}

impl Page {
    /// Reads what was asked. `filter` is everything that selects the list's items, in a fixed form.
    ///
    /// # Errors
    /// A token that was not given out for this list with this filter.
    pub fn parse(size: u32, token: &str, filter: &str) -> Result<Self> {
        let filter = digest_hex(filter)[..16].to_owned();
        let size = if size == 0 { SIZE_DEFAULT } else { size.min(SIZE_MAX) };
        let after = match token.split_once('.') {
            None if token.is_empty() => String::new(),
            Some((of, after)) if of == filter && !after.is_empty() => after.to_owned(),
            _ => return Err(Error::InvalidPageToken),
        };
        Ok(Self { size, after, filter })
    }

    /// The id of the last item of the page before.
    ///
    /// # Errors
    /// A token that was tampered with.
    pub fn after<T, E>(&self, parse: impl Fn(&str) -> std::result::Result<T, E>) -> Result<Option<T>> {
        if self.after.is_empty() {
            return Ok(None);
        }
        parse(&self.after).map(Some).map_err(|_| Error::InvalidPageToken)
    }

    /// How many to load: one more than the page has, to know whether there is a next one.
    pub fn limit(&self) -> u32 {
        self.size + 1
    }

    /// Cuts what was loaded to the page's size, and makes the token of the next page; empty where this is the last.
    pub fn cut<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> String) -> (Vec<T>, String) {
        let more = items.len() > self.size as usize;
        items.truncate(self.size as usize);
        let token = match items.last() {
            Some(last) if more => format!("{}.{}", self.filter, id(last)),
            _ => String::new(),
        };
        (items, token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_the_next_page_of_the_same_list_only() {
        let page = Page::parse(2, "", "state=LIVE").expect("first page");
        let (items, token) = page.cut(vec!["a", "b", "c"], ToString::to_string);
        assert_eq!(items, ["a", "b"]);
        assert_eq!(Page::parse(2, &token, "state=LIVE").expect("next page").after, "b");
        assert!(Page::parse(2, &token, "state=DRAFT").is_err());
        for forged in ["x", "x.y", ".", &token[..17]] {
            assert!(Page::parse(2, forged, "state=LIVE").is_err(), "{forged}");
        }
    }

    #[test]
    fn the_last_page_has_no_token_and_a_large_size_is_cut() {
        let page = Page::parse(9000, "", "").expect("valid");
        assert_eq!((page.size, page.limit()), (500, 501));
        assert_eq!(page.cut(vec!["a"], ToString::to_string).1, "");
        assert_eq!(Page::parse(0, "", "").expect("valid").size, SIZE_DEFAULT);
    }
}
