//! The demo as its reader runs it. Each of its steps checks itself, so that an exit status of 0 says that the whole
//! story went as it is told.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use referrald::clock::Clock;
use referrald::fake_stripe::FakeStripe;

const PROGRAM: &str = env!("CARGO_BIN_EXE_referrald");

/// The demo with nothing of this machine's settings.
fn demo() -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("demo").env_remove("RUST_LOG").env_remove("NO_COLOR");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REFERRALD_") {
            command.env_remove(name);
        }
    }
    command
}

#[test]
fn the_story_is_told_and_comes_out_as_it_should() {
    let output = demo().arg("--once").output().expect("it runs");
    let story = String::from_utf8(output.stdout).expect("text");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{story}\n{errors}");
    assert_eq!(errors, "", "its reader looks at the story");
    assert!(!story.contains('\u{1b}'), "colour is for terminals");
    for part in [
        "1. A campaign",
        "2. Stripe is pointed at it",
        "3. Ada invites Bob and Carol",
        "4. Bob pays as a guest",
        "5. Carol subscribes",
        "6. So Ada gets a credit at Stripe",
        "7. A refund unqualifies her",
        "8. The same delivery again",
        "9. A payment that comes before its registration",
        "Pending: 49.00 EUR of at least 100.00 EUR counted, 51.00 EUR missing",
        "no: refunded",
        "ISSUED        10.00 EUR  round 1  cbtxn_",
        "REVERSED      0.00 EUR  round 1  cbtxn_",
        "ISSUED        10.00 EUR  round 2  cbtxn_",
        "Ada's balance -20.00 EUR at Stripe",
        "Qualified: 120.00 EUR",
        r#"{"result":"duplicate"}"#,
        "10. Every question has an answer",
        "referral.unqualified by evt_refund",
        "now           2 qualified, rewards of 20.00 EUR",
        "then          3 qualified, rewards of 30.00 EUR",
        "Bob would be qualified",
    ] {
        assert!(story.contains(part), "{part} is missing:\n{story}");
    }
    for line in prose(&story) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let folder = after(&story, "bodies");
    assert!(!Path::new(folder).exists(), "{folder} is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_key_of_test_mode_it_is_told_at_the_stripe_that_the_key_opens() {
    let stripe = FakeStripe::start(Clock::default()).await.expect("a free port");
    let output = demo().args(["--once", "--stripe-key", "sk_test_hidden", "--stripe-url", stripe.url()]).output();
    let output = output.expect("it runs");
    let story = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{story}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(story.contains("the real one, in test mode") && !story.contains("hidden"), "{story}");
    let moved: Vec<i64> =
        stripe.all("customer_balance_transactions").iter().filter_map(|it| it["amount"].as_i64()).collect();
    assert_eq!(moved, [-1_000, 1_000, -1_000, -1_000]);
    let customers = stripe.all("customers");
    assert_eq!((customers.len(), customers[0]["balance"].as_i64()), (1, Some(-2_000)), "Ada, and nobody else");
    let email = customers[0]["email"].as_str().expect("an address");
    assert!(email.starts_with("ada@") && email.ends_with(".example.com"), "nobody else at Stripe has it: {email}");
}

#[test]
fn it_takes_no_key_by_which_real_money_could_move() {
    for keys in ["sk_live_hidden", "sk_test_hidden,sk_live_hidden", "eu=sk_test_hidden"] {
        let output = demo().args(["--once", "--stripe-key", keys]).output().expect("it runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && errors.contains("one key of test mode"), "{keys}: {errors}");
        assert!(!errors.contains("hidden") && output.stdout.is_empty(), "{errors}");
    }
}

#[test]
fn it_goes_on_serving_and_the_calls_that_it_shows_can_be_made_until_it_is_ended() {
    let mut demo = Ended(demo().stdout(Stdio::piped()).spawn().expect("it runs"));
    let story = read_until(&mut demo.0, "Ctrl-C");
    let (_, turn) = story.split_once("── Your turn").expect("it is the reader's turn");
    for name in ["ADDRESS", "REFERRALD_WEBHOOK_SECRET", "REFERRALD_SEND_TO"] {
        assert!(turn.contains(&format!("  $ export {name}=")), "a new terminal has no {name}:\n{turn}");
    }
    let result = send(&story, "bob-again.json");
    assert_eq!(result, "{\"result\":\"recorded\"}\n");
    assert_eq!(send(&story, "bob-again.json"), "{\"result\":\"duplicate\"}\n");
    let folder = after(&story, "bodies").to_owned();
    assert!(Path::new(&folder).exists());
    let kill = Command::new("kill").args(["-INT", &demo.0.id().to_string()]).status().expect("kill runs");
    assert!(kill.success());
    assert!(demo.0.wait().expect("it ends").success());
    assert!(!Path::new(&folder).exists(), "{folder} is left");
}

/// A process that does not outlive a failed test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read_until(demo: &mut Child, end: &str) -> String {
    let mut story = String::new();
    for line in BufReader::new(demo.stdout.take().expect("its output")).lines() {
        let line = line.expect("text");
        story += &line;
        story.push('\n');
        if line.contains(end) {
            return story;
        }
    }
    panic!("the demo ended before \"{end}\":\n{story}");
}

/// Makes the call that the story shows for a body.
fn send(story: &str, body: &str) -> String {
    let file = Path::new(after(story, "bodies")).join(body);
    let output = Command::new(PROGRAM)
        .arg("send-event")
        .arg(file)
        .env("REFERRALD_WEBHOOK_SECRET", after(story, "  $ export REFERRALD_WEBHOOK_SECRET="))
        .env("REFERRALD_SEND_TO", after(story, "  $ export REFERRALD_SEND_TO=\\\n"))
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What follows a text, up to the end of its line.
fn after<'a>(story: &'a str, text: &str) -> &'a str {
    let (_, rest) = story.split_once(text).unwrap_or_else(|| panic!("no \"{text}\" in:\n{story}"));
    rest.lines().next().unwrap_or_default().trim()
}

/// All lines but those of calls, whose addresses and paths are as long as they are.
fn prose(story: &str) -> impl Iterator<Item = &str> {
    story.lines().filter(|line| !["  $ ", "      ", "http://"].iter().any(|call| line.starts_with(call)))
}
