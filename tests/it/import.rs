//! The history that is imported: by the real program, from files as Stripe's list calls make them.

use std::fs::File;
use std::path::PathBuf;

use referrald::app::Scope;
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::proto::v1::ReferralState::{Pending, Qualified};
use referrald::stripe::sample;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::answers::about;
use crate::harness::{Ended, Payment, Program, RULE, Server, both_databases};

const BEN: &str = "ben@example.com";

/// Files, and a key to import them with.
struct Desk {
    folder: TempDir,
    server: String,
    key: String,
}

impl Desk {
    async fn of(server: &Server) -> Self {
        Self::with(server, &[Scope::Ingest]).await
    }

    async fn with(server: &Server, scopes: &[Scope]) -> Self {
        let made = server.app.create_key("of an import".into(), scopes.to_vec(), None, None).await;
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, server: format!("http://{}", server.grpc_at), key: made.expect("a key").1 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).expect("written");
        self.path(name).display().to_string()
    }

    /// A file with an object to a line.
    fn lines(&self, name: &str, objects: &[Value]) -> String {
        let lines: Vec<String> = objects.iter().map(Value::to_string).collect();
        self.write(name, &(lines.join("\n") + "\n"))
    }

    fn start(&self, arguments: &[&str]) -> Program {
        Program::start(&[&["import", "--mode", "test"], arguments].concat(), &self.variables())
    }

    fn import(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).ended()
    }

    fn variables(&self) -> [(&str, &str); 2] {
        [("REFERRALD_SERVER", &self.server), ("REFERRALD_KEY", &self.key)]
    }
}

#[track_caller]
fn says(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said);
    for word in words {
        assert!(ended.said.contains(word), "\"{word}\" is not in: {}", ended.said);
    }
}

/// Ben is invited; from then on his payments count.
async fn invited(server: &Server) -> v1::Referral {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, BEN).await
}

fn refund(of: &str, minor: i64, at: Time) -> Value {
    sample::refund(&format!("re_of_{of}"), of, minor, "usd", at, "succeeded")
}

/// A charge as it is listed with its refunds.
fn refunded(mut charge: Value, refunds: &[Value]) -> Value {
    let minor: i64 = refunds.iter().filter_map(|refund| refund["amount"].as_i64()).sum();
    charge["amount_refunded"] = minor.into();
    charge["refunds"] = json!({ "object": "list", "data": refunds, "has_more": false });
    charge
}

both_databases!(what_stripe_lists_counts_as_if_its_webhooks_had_come);
async fn what_stripe_lists_counts_as_if_its_webhooks_had_come(server: &Server) {
    let ben = invited(server).await;
    let desk = Desk::of(server).await;
    // By the charge's email; by its customer; by the reference of its checkout; and one that a dispute took back.
    let own = server.charge(Payment::of(BEN, 5_000));
    let by_customer = server.charge(Payment::of("", 4_000).by("cus_ben"));
    let by_checkout = server.charge(Payment::of("somebody@example.com", 3_000));
    let disputed = server.charge(Payment::of(BEN, 50_000));
    let now = server.now();
    let listed = refunded(own.body.clone(), &[refund(&own.id, 1_000, now)]);
    let charges = [listed, by_customer.body, by_checkout.body.clone()];
    let checkout = sample::checkout(sample::Checkout {
        id: "cs_1",
        email: "somebody@example.com",
        amount_minor: 3_000,
        currency: "usd",
        created_at: now,
        customer_id: None,
        payment_intent_id: Some(&by_checkout.payment_intent_id),
        client_reference_id: Some(&ben.id),
    });
    let mut contested = disputed.body;
    contested["disputed"] = true.into();
    let alone = desk.lines("contested.jsonl", &[contested.clone()]);
    let others = [
        contested,
        sample::customer("cus_ben", BEN, "Ben", now),
        sample::dispute("dp_1", &disputed.id, 50_000, "usd", now, "lost"),
        checkout,
        server.event("payout.paid", false, json!({ "object": "payout" })),
        server.event("refund.created", false, refund(&by_checkout.id, 500, now)),
    ];
    let page = desk.lines("page.jsonl", &[json!({ "object": "list", "data": charges, "has_more": false })]);
    let rest = desk.lines("rest.jsonl", &others);

    let ended = desk.import(&[&page, &rest]);
    says(&ended, 0, &["7 lines: 8 recorded, 0 known before, 1 that do not count, 0 refused"]);
    assert!(!ended.said.contains("disputed"), "its dispute was among them: {}", ended.said);
    assert_eq!(server.stands(&ben.id).await, (Qualified, 4_000 + 4_000 + 2_500));
    let refunds = server.explain(&ben.id).await.payments.iter().map(|payment| payment.refunded_minor).sum::<i64>();
    assert_eq!(refunds, 1_500);
    let routes = server.app.store.rows("select id from deliveries where route = 'IMPORT'", vec![]).await;
    let imported = routes.expect("listed");
    assert_eq!(imported.len(), 8);
    let id = imported[0].text("id").expect("an id");
    let received = server.explain_event(about(&id)).await.received.expect("it came");
    assert_eq!((received.route(), received.secret_id.as_str()), (v1::Route::Import, ""));

    let again = desk.import(&[&rest, &page]);
    says(&again, 0, &["7 lines: 0 recorded, 8 known before", "referrals changed 0 times"]);
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_500));
    says(&desk.import(&[&alone]), 0, &["1 known before", "1 disputed charge came without its dispute"]);
}

both_databases!(an_import_and_the_webhooks_of_the_same_payment_count_it_once);
async fn an_import_and_the_webhooks_of_the_same_payment_count_it_once(server: &Server) {
    let ben = invited(server).await;
    let desk = Desk::of(server).await;
    let charge = server.pay(BEN, 12_000).await;
    let sent = server.refund(&charge, 1_000).await;
    let listed = refunded(charge.body.clone(), &[sent.body("succeeded")]);
    says(&desk.import(&[&desk.lines("charges", &[listed])]), 0, &["1 recorded", "referrals changed 0 times"]);
    assert_eq!(server.stands(&ben.id).await, (Qualified, 11_000));
}

both_databases!(a_line_that_is_wrong_is_named_and_the_rest_goes_on);
async fn a_line_that_is_wrong_is_named_and_the_rest_goes_on(server: &Server) {
    let ben = invited(server).await;
    let desk = Desk::of(server).await;
    let good = server.charge(Payment::of(BEN, 2_500)).body;
    let last = server.charge(Payment::of(BEN, 7_500)).body;
    let mut half_told = server.charge(Payment::of(BEN, 90_000)).body;
    half_told["amount_refunded"] = 80_000.into();
    let mut live = server.charge(Payment::of(BEN, 90_000)).body;
    live["livemode"] = true.into();
    let lines = [good.to_string(), "id,amount".into(), half_told.to_string(), String::new(), live.to_string()];
    let cut = &good.to_string()[..200];
    let file = desk.write("charges.jsonl", &format!("{}\n{last}\n{cut}", lines.join("\n")));
    let ended = desk.import(&[&file]);
    let named = |line: u32, problem: &str| format!("{file}:{line}: {problem}");
    let words = [
        named(2, "is no JSON"),
        named(3, "refunds tell 0 of the 80000 that were refunded; list the charges with expand[]=data.refunds"),
        named(5, "is of the other mode than --mode test"),
        named(7, "is cut off: the file ends within it"),
        "7 lines: 2 recorded".to_owned(),
        "4 objects were refused".to_owned(),
    ];
    says(&ended, 1, &words.each_ref().map(String::as_str));
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
}

both_databases!(an_import_goes_on_where_it_was_told_to_and_reads_standard_input);
async fn an_import_goes_on_where_it_was_told_to_and_reads_standard_input(server: &Server) {
    let ben = invited(server).await;
    let desk = Desk::of(server).await;
    let charges: Vec<Value> = (0..3).map(|_| server.charge(Payment::of(BEN, 1_000)).body).collect();
    let file = desk.lines("charges.jsonl", &charges);
    says(&desk.import(&["--from-line", "3", &file]), 0, &["1 lines: 1 recorded"]);
    assert_eq!(server.stands(&ben.id).await, (Pending, 1_000));
    let input = File::open(&file).expect("it is there");
    let piped = Program::start_reading(input, &["import", "--mode", "test", "-"], &desk.variables());
    says(&piped.ended(), 0, &["3 lines: 2 recorded, 1 known before"]);
    assert_eq!(server.stands(&ben.id).await, (Pending, 3_000));
    says(&desk.import(&["--from-line", "4", &file]), 0, &["0 lines: 0 recorded"]);
    says(&desk.import(&["--from-line", "5", &file]), 1, &["charges.jsonl: it has 3 lines, and --from-line is 5"]);
}

both_databases!(an_import_that_is_stopped_says_where_to_go_on_and_nothing_is_lost_or_counted_twice);
async fn an_import_that_is_stopped_says_where_to_go_on_and_nothing_is_lost_or_counted_twice(server: &Server) {
    let ben = invited(server).await;
    let desk = Desk::of(server).await;
    let charges: Vec<Value> = (0..1_500).map(|_| server.charge(Payment::of(BEN, 10)).body).collect();
    let file = desk.lines("charges.jsonl", &charges);
    let held = server.hold_the_writes().await;
    let program = desk.start(&[&file]);
    server.until_a_write_waits().await;
    program.signal("TERM");
    let ended = program.ended();
    says(&ended, 1, &["it was stopped", &format!("--from-line 1 {file}")]);
    held.let_go().await;
    says(&desk.import(&["--from-line", "1", &file]), 0, &["1500 lines: "]);
    assert_eq!(server.stands(&ben.id).await, (Qualified, 15_000));
}

both_databases!(an_import_waits_for_a_service_whose_database_is_away);
async fn an_import_waits_for_a_service_whose_database_is_away(server: &Server) {
    let ben = invited(server).await;
    let desk = Desk::of(server).await;
    let file = desk.lines("charges.jsonl", &[server.charge(Payment::of(BEN, 10_000)).body]);
    let held = server.hold_the_writes().await;
    let mut program = desk.start(&[&file]);
    program.until_it_says("trying again");
    held.let_go().await;
    says(&program.ended(), 0, &["1 lines: 1 recorded"]);
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
}

both_databases!(who_may_not_and_what_is_not_there_is_said_at_once);
async fn who_may_not_and_what_is_not_there_is_said_at_once(server: &Server) {
    let desk = Desk::of(server).await;
    let charge = server.charge(Payment::of(BEN, 10_000)).body;
    let file = desk.write("charges.jsonl", &format!("id,amount\n{charge}\n"));
    let reader = Desk::with(server, &[Scope::Read]).await;
    let no_scope = reader.import(&[&file]);
    says(&no_scope, 1, &["ingest", "--key", "to go on: the same with --from-line 1"]);
    let no_account = desk.import(&["--account", "nobodys", &file]);
    says(&no_account, 1, &["there is no account \"nobodys\"; the first campaign in it makes it"]);
    for ended in [no_scope, no_account] {
        assert!(!ended.said.contains("is no JSON"), "no line matters yet: {}", ended.said);
    }
    let mut away = desk.start(&["--server", "http://127.0.0.1:1", &file]);
    away.until_it_says("http://127.0.0.1:1 does not answer (Connection refused");
    away.signal("TERM");
    says(&away.ended(), 1, &["it was stopped"]);
    says(&desk.import(&["--account", "Ä", &file]), 1, &["--account"]);
    says(&desk.import(&[&desk.path("missing").display().to_string()]), 1, &["cannot read", "missing"]);
    says(&desk.import(&["--server", "nowhere", &file]), 2, &["--server"]);
}
