//! Runs the worked examples of docs/rules.md through the rules themselves, so that the page cannot go stale: as they
//! are written, backwards, and with each fact told twice.

#[path = "rules_doc/example.rs"]
mod example;
#[path = "rules_doc/fact.rs"]
mod fact;
#[path = "rules_doc/reward.rs"]
mod reward;
#[path = "rules_doc/words.rs"]
mod words;

use std::fs;

use example::Example;

/// The examples that the page has at least: one for each policy and more.
const EXAMPLES_MIN: usize = 12;

/// The fenced blocks of the page, each with the number of its first line.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (number, line) in page.lines().enumerate() {
        match line.trim_end() {
            "```example" => {
                inside = true;
                blocks.push((number + 2, String::new()));
            }
            "```" => inside = false,
            line => {
                if let (true, Some((_, block))) = (inside, blocks.last_mut()) {
                    block.push_str(line);
                    block.push('\n');
                }
            }
        }
    }
    blocks
}

#[test]
fn every_worked_example_comes_out_as_the_page_says_in_any_order_of_delivery() {
    let page = fs::read_to_string("docs/rules.md").expect("docs/rules.md is there");
    let blocks = blocks(&page);
    assert!(blocks.len() >= EXAMPLES_MIN, "docs/rules.md has only {} examples", blocks.len());
    let mut wrong = Vec::new();
    for (line, block) in &blocks {
        let example = Example::parse(block).unwrap_or_else(|problem| panic!("docs/rules.md:{line}: {problem}"));
        wrong.extend(example.problems().into_iter().map(|problem| format!("docs/rules.md:{line}: {problem}")));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_policy_has_its_example() {
    let page = fs::read_to_string("docs/rules.md").expect("docs/rules.md is there");
    let examples: String = blocks(&page).into_iter().map(|(_, block)| block).collect();
    for policy in [
        "operator=MORE_THAN",
        "method=FIRST_PAYMENT",
        "method=MANUAL",
        "refund_policy=ANY_REFUND",
        "refund_policy=IGNORE",
        "refund_scope=ANY_TIME",
        "dispute_policy=LOST_COUNTS_AGAINST",
        "dispute_policy=IGNORE",
        "currency_policy=SETTLEMENT_AMOUNT",
        "count_prior_days=",
        "existing_email_mode=UPDATE_EXISTING",
        "reward      referrer each",
        "reward      referrer every",
        "reward      referrer milestones",
        "reward      referrer payment",
        "reward      referred registered",
        "limit",
        "cap",
    ] {
        assert!(examples.contains(policy), "docs/rules.md has no example with {policy}");
    }
}
