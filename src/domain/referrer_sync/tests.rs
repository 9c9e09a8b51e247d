//! What becomes of a run, page by page.

use super::super::examples::day;
use super::*;

fn asked() -> Asked {
    Asked { metadata_key: "referral_link".into(), created_since: None }
}

fn begun() -> ReferrerSync {
    ReferrerSync::begin(None, CampaignId::new(day(0), [1; 10]), asked(), day(100))
}

fn listed(id: &str, email: &str, shown: Option<&str>) -> Listed {
    Listed::new(id, Some(email), shown.map(str::to_owned).as_ref())
}

fn referrers(codes: &[(&str, &str)], made: &[&str]) -> Referrers {
    let codes = codes.iter().map(|(email, code)| ((*email).to_owned(), (*code).to_owned())).collect();
    Referrers { codes, made: made.iter().map(|email| (*email).to_owned()).collect() }
}

#[test]
fn each_customer_is_made_known_or_skipped_and_each_referrer_has_a_link_or_gets_one() {
    let page = [
        listed("cus_5", "Ada@Example.com", None),
        listed("cus_4", "ada@example.com", Some("https://shop.example/i/other")),
        listed("cus_3", "ben@example.com", Some("https://shop.example/i/ben")),
        listed("cus_2", "ben", None),
        Listed::new("cus_1", None, None),
    ];
    let all = referrers(&[("ada@example.com", "ada"), ("ben@example.com", "ben")], &["ada@example.com"]);
    let read = begun().read(&page, &all, "https://shop.example/i/", None, day(101));
    let counts = Counts { seen: 5, made: 1, known: 2, no_email: 1, invalid_email: 1, ..read.counts };
    assert_eq!((read.counts, read.counts.right), (counts, 1));
    let to: Vec<&str> = read.outstanding.iter().map(|link| link.customer_id.as_str()).collect();
    assert_eq!(to, ["cus_5", "cus_4"]);
    let (first, second) = (read.outstanding[..1].to_vec(), read.outstanding[1..].to_vec());
    let half = read.wrote(&first, vec![], day(101));
    assert_eq!((half.counts.written, half.outstanding.len(), half.finished_at), (1, 1, None));
    let done = half.wrote(&second, vec![("cus_4".into(), "no".into())], day(102));
    assert_eq!((done.counts.written, done.counts.refused, done.finished_at), (1, 1, Some(day(102))));
}

#[test]
fn it_goes_on_behind_a_page_until_the_last_and_only_the_latest_refusals_are_kept() {
    let place = |n: i64| Some((format!("cus_{n}"), day(n)));
    let mut run = begun();
    for n in (1..=12).rev() {
        let page = [listed(&format!("cus_{n}"), "ada@example.com", None)];
        run = run.read(&page, &referrers(&[("ada@example.com", "ada")], &[]), "", place(n), day(100));
        assert_eq!((&run.reached, run.read_at), (&place(n), None));
        let links = run.outstanding.clone();
        run = run.wrote(&links, vec![(format!("cus_{n}"), "no".into())], day(100));
        assert_eq!(run.finished_at, None);
    }
    assert_eq!((run.refused.len(), run.counts.refused, run.refused[9].0.as_str()), (10, 12, "cus_1"));
    let run = run.read(&[], &Referrers::default(), "", None, day(101));
    assert_eq!((run.finished_at, run.reached), (Some(day(101)), place(1)));
}

#[test]
fn one_is_at_it_and_what_was_broken_off_is_gone_on_with() {
    let begun = begun();
    assert!(begun.is_due(day(100)) && begun.is_running(day(100)));
    assert!(!begun.is_running(day(100).plus_seconds(60)), "nobody has taken it up");
    let held = begun.taken_up(day(100));
    assert!(held.is_running(day(100).plus_seconds(119)) && !held.is_due(day(100).plus_seconds(119)));
    assert!(!held.is_running(day(100).plus_seconds(120)) && held.is_due(day(100).plus_seconds(120)));
    let left = held.clone().given_back(None, day(101));
    assert!(left.is_due(day(101)), "the process ended in peace");
    let failed = held.given_back(Some("Stripe answered 500".into()), day(101));
    assert!(!failed.is_running(day(101)) && !failed.is_due(day(101).plus_seconds(599)));
    assert!(failed.is_due(day(101).plus_seconds(600)));
}

#[test]
fn the_same_call_goes_on_and_another_begins_anew() {
    let mut broken = begun().taken_up(day(100)).given_back(Some("away".into()), day(101));
    (broken.counts.seen, broken.reached) = (100, Some(("cus_9".into(), day(50))));
    let on = ReferrerSync::begin(Some(broken.clone()), broken.campaign_id, asked(), day(102));
    assert_eq!((on.counts.seen, &on.reached, on.started_at), (100, &broken.reached, day(100)));
    assert!(on.is_due(day(102)) && on.run > broken.run);
    let other = Asked { created_since: Some(day(1)), ..asked() };
    let anew = ReferrerSync::begin(Some(broken.clone()), broken.campaign_id, other, day(102));
    assert_eq!((anew.counts.seen, anew.reached, anew.started_at), (0, None, day(102)));
    assert!(anew.run > broken.run);
}

#[test]
fn a_name_is_split_at_its_first_blank() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(names(" Ada  King Lovelace "), (some("Ada"), some("King Lovelace")));
    assert_eq!(names("Ada"), (some("Ada"), None));
    assert_eq!(names("  "), (None, None));
}
