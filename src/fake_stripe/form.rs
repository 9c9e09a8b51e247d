//! The parameters of a request: pairs such as `metadata[key]=value`.

use std::collections::BTreeMap;

use form_urlencoded::parse;

/// The parameters of a request, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads what stands in a query or a body.
    pub fn read(text: &[u8]) -> Self {
        Self(parse(text).into_owned().collect())
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The number that a parameter is.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// The values of a list, such as `enabled_events[0]`.
    pub fn list(&self, name: &'static str) -> Vec<&str> {
        self.within(name).map(|(_, value)| value).collect()
    }

    /// The entries of a map, such as `metadata[key]`.
    pub fn map(&self, name: &'static str) -> BTreeMap<&str, &str> {
        self.within(name).collect()
    }

    fn within(&self, name: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(key, value)| {
            let inner = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((inner, value.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lists_and_maps_are_found_by_their_names() {
        let form = Form::read(b"amount=-5&metadata[a+b]=1%262&metadata[c]=&types[0]=x&types[1]=y");
        assert_eq!((form.number("amount"), form.get("metadata")), (Some(-5), None));
        assert_eq!(form.map("metadata"), BTreeMap::from([("a b", "1&2"), ("c", "")]));
        assert_eq!(form.list("types"), ["x", "y"]);
    }
}
