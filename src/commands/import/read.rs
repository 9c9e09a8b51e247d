//! What a line says: a delivery for each of its objects, or why there is none.

use prost::Message;
use referrald::convert::delivery_to_proto;
use referrald::domain::campaign::Mode;
use referrald::domain::delivery::Content;
use referrald::domain::fact::Fact;
use referrald::domain::text::hex;
use referrald::domain::word::Word;
use referrald::proto::v1;
use referrald::stripe::event::{Event, listed};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::lines::{LINE_BYTES_MAX, Text};

/// Whose objects are read.
pub struct Reader {
    pub mode: Mode,
    /// The account that an event may name.
    pub stripe_account_id: Option<String>,
}

/// What an object says.
#[derive(Debug, PartialEq)]
pub struct Said {
    /// Its delivery; none where it is of a kind that does not count.
    pub delivery: Option<v1::Delivery>,
    /// The charge that it is, where that has a dispute, which is an object of its own.
    pub disputed: Option<String>,
    /// The charges of the disputes that it tells of.
    pub disputes: Vec<String>,
}

impl Reader {
    /// Reads a line: an object, or each of a page of a list.
    pub fn read(&self, text: Text<'_>) -> Vec<Result<Said, String>> {
        let (text, is_open) = match text {
            Text::TooLong => return vec![Err(format!("is longer than {} MiB", LINE_BYTES_MAX >> 20))],
            Text::Whole(b"") | Text::Open(b"") => return Vec::new(),
            Text::Whole(text) => (text, false),
            Text::Open(text) => (text, true),
        };
        let value: Value = match serde_json::from_slice(text) {
            Ok(value) => value,
            Err(problem) => return vec![Err(not_json(&problem, is_open))],
        };
        if value.is_array() {
            return vec![Err("is an array, and must be one value: \"jq -c '.[]'\" makes a line of each".to_owned())];
        }
        match (value["object"].as_str(), value["data"].as_array()) {
            (Some("list" | "search_result"), Some(page)) => {
                let read =
                    |(i, value)| self.object(value).map_err(|problem| format!("data[{i}]{}: {problem}", id(value)));
                page.iter().enumerate().map(read).collect()
            }
            _ => vec![self.object(&value)],
        }
    }

    fn object(&self, value: &Value) -> Result<Said, String> {
        let event = listed(value)?;
        self.must_be_of_here(value, &event)?;
        let is_disputed = value["object"] == "charge" && value["disputed"] == true;
        let disputed = is_disputed.then(|| event.delivery.id.clone());
        let mut delivery = delivery_to_proto(&event.delivery);
        if value["object"] != "event" {
            delivery.id = id_of(&delivery);
        }
        let disputes = match &event.delivery.content {
            Content::Facts(facts) => facts.iter().filter_map(charge_of_dispute).collect(),
            Content::Ignored(..) => return Ok(Said { delivery: None, disputed, disputes: Vec::new() }),
        };
        Ok(Said { delivery: Some(delivery), disputed, disputes })
    }

    /// Refuses what says that it is of the other mode, or an event that is of another account. Refunds say neither.
    fn must_be_of_here(&self, value: &Value, event: &Event) -> Result<(), String> {
        let is_live = self.mode == Mode::Live;
        if event.livemode.is_some_and(|livemode| livemode != is_live) {
            return Err(format!("is of the other mode than --mode {}", self.mode.word().to_lowercase()));
        }
        if value["object"] == "event" && event.livemode.is_none() {
            return Err("livemode is missing".to_owned());
        }
        match (&event.account, &self.stripe_account_id) {
            (Some(named), own) if own.as_ref() != Some(named) => {
                Err(format!("is of the connected account {named}; --stripe-account-id {named} takes it"))
            }
            _ => Ok(()),
        }
    }
}

fn charge_of_dispute(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Dispute(dispute) => dispute.charge_id.clone(),
        _ => None,
    }
}

/// The id of an object, in brackets; nothing where it has none.
fn id(value: &Value) -> String {
    value["id"].as_str().map(|id| format!(" ({id})")).unwrap_or_default()
}

/// An id that the same object has again as long as what is read of it is the same, so that a second import is known.
fn id_of(delivery: &v1::Delivery) -> String {
    let content = digest(&SHA256, &delivery.encode_to_vec());
    let id: String = delivery.id.chars().take(200).collect();
    format!("import:{id}:{}", hex(&content.as_ref()[..8]))
}

const ONE_TO_A_LINE: &str = "there must be one to a line, as \"jq -c .\" makes them";

fn not_json(problem: &serde_json::Error, is_open: bool) -> String {
    match (problem.is_eof(), is_open) {
        (true, true) => "is cut off: the file ends within it".to_owned(),
        (true, false) => format!("is no whole JSON value: {ONE_TO_A_LINE}"),
        (false, _) => format!("is no JSON ({problem}): {ONE_TO_A_LINE}"),
    }
}

#[cfg(test)]
mod tests {
    use referrald::domain::time::Time;
    use referrald::stripe::sample;
    use serde_json::json;

    use super::*;

    const MADE: Time = Time::from_seconds(1_795_000_000);

    fn read(text: &str) -> Vec<Result<Said, String>> {
        let reader = Reader { mode: Mode::Test, stripe_account_id: Some("acct_1".to_owned()) };
        reader.read(Text::Whole(text.as_bytes()))
    }

    fn id(value: &Value) -> String {
        let said = read(&value.to_string()).remove(0).expect("it can be read");
        said.delivery.expect("it counts").id
    }

    fn problem(value: &Value) -> String {
        read(&value.to_string()).remove(0).expect_err("refused")
    }

    #[test]
    fn the_id_of_an_object_changes_with_what_is_read_of_it_and_with_nothing_else() {
        let customer = sample::customer("cus_1", "ada@example.com", "Ada", MADE);
        let first = id(&customer);
        assert!(first.starts_with("import:cus_1:"), "{first}");
        let mut renamed = customer.clone();
        renamed["name"] = "Countess".into();
        assert_eq!(id(&renamed), first);
        renamed["email"] = "countess@example.com".into();
        assert_ne!(id(&renamed), first);
        let event = sample::event("evt_1", "customer.created", MADE, false, customer);
        assert_eq!(id(&event), "evt_1");
    }

    #[test]
    fn a_page_of_a_list_is_read_object_by_object() {
        let customer = sample::customer("cus_1", "ada@example.com", "Ada", MADE);
        let payout = json!({ "object": "payout", "id": "po_1" });
        let page = json!({ "object": "list", "data": [customer, payout, customer, {}], "has_more": true });
        let read = read(&page.to_string());
        assert_eq!(read.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false]);
        let problem = |i: usize| read[i].as_ref().expect_err("refused");
        assert!(problem(1).starts_with("data[1] (po_1): object is payout, and must be one of"), "{}", problem(1));
        assert!(problem(3).starts_with("data[3]: object is missing, and must be one of"), "{}", problem(3));
    }

    #[test]
    fn what_is_of_another_mode_or_account_is_refused() {
        let customer = sample::customer("cus_1", "ada@example.com", "Ada", MADE);
        let mut live = customer.clone();
        live["livemode"] = true.into();
        assert!(problem(&live).contains("--mode test"));
        let mut event = sample::event("evt_1", "customer.created", MADE, false, customer);
        event["account"] = "acct_2".into();
        assert!(problem(&event).contains("--stripe-account-id acct_2"));
        event["account"] = "acct_1".into();
        assert_eq!(id(&event), "evt_1");
        event["livemode"] = Value::Null;
        assert!(problem(&event).contains("livemode"));
    }

    #[test]
    fn a_type_that_does_not_count_is_no_problem_and_no_delivery() {
        let event = sample::event("evt_1", "payout.paid", MADE, false, json!({ "object": "payout" }));
        assert_eq!(read(&event.to_string()), [Ok(Said { delivery: None, disputed: None, disputes: vec![] })]);
    }

    #[test]
    fn a_dispute_is_known_by_its_charge_whether_an_event_is_around_it_or_not() {
        let dispute = sample::dispute("dp_1", "ch_1", 500, "eur", MADE, "lost");
        let event = sample::event("evt_1", "charge.dispute.created", MADE, false, dispute.clone());
        for value in [dispute, event] {
            let said = read(&value.to_string()).remove(0).expect("it can be read");
            assert_eq!((said.disputed, said.disputes), (None, vec!["ch_1".to_owned()]));
        }
    }

    #[test]
    fn a_line_that_is_none_says_how_to_make_one() {
        let reader = Reader { mode: Mode::Test, stripe_account_id: None };
        for (text, word) in [
            (Text::Whole(b"{"), "jq -c"),
            (Text::Open(b"{\"id\":"), "cut off"),
            (Text::Whole(b"id,amount"), "no JSON (expected value at line 1 column 1): there must be one to a line"),
            (Text::Whole(b"[]"), "jq -c '.[]'"),
            (Text::TooLong, "16 MiB"),
        ] {
            let problem = reader.read(text).remove(0).expect_err("refused");
            assert!(problem.contains(word), "{problem}");
        }
        assert_eq!(read(""), []);
    }
}
