//! The house rules that no compiler knows: which module may use which, both migration folders alike, small files.
//!
//! A single crate has no walls between its modules, so these tests read the paths in the source. Whoever needs a new
//! door changes the table below, and `docs/architecture.md` with it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "tidy/rust.rs"]
mod rust;
#[path = "tidy/sql.rs"]
mod sql;

/// A row of the table: what the module at `src/<module>` may refer to.
struct Wall {
    module: &'static str,
    /// Other modules of this crate, or parts of one.
    modules: &'static [&'static str],
    crates: Crates,
}

/// Which of the dependencies in Cargo.toml a module may use. The standard library is open to all but `domain`.
enum Crates {
    All,
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}
use Crates::{All, AllBut, Only};

const EVERYTHING: &[&str] = &[
    "app",
    "clock",
    "config",
    "convert",
    "domain",
    "fake_stripe",
    "grpc",
    "proto",
    "server",
    "sidecar",
    "store",
    "stripe",
];

#[rustfmt::skip]
const WALLS: &[Wall] = &[
    // The rules: the standard library, and of it only what computes (see PURE).
    Wall { module: "domain", modules: &[], crates: Only(&[]) },
    // The only place with SQL.
    Wall { module: "store", modules: &["domain"], crates: AllBut(&["axum", "clap", "http", "prost", "prost_types", "tonic", "tonic_types", "tower"]) },
    // Domain types to generated ones and back.
    Wall { module: "convert", modules: &["domain", "proto"], crates: Only(&["prost", "prost_types"]) },
    // What Stripe says and how to call it; nothing here knows the database.
    Wall { module: "stripe", modules: &["domain"], crates: AllBut(&["axum", "clap", "prost", "prost_types", "sqlx", "tonic", "tonic_types"]) },
    // One function, one transaction; knows no wire format and no SQL.
    Wall { module: "app", modules: &["clock", "domain", "store", "stripe"], crates: AllBut(&["axum", "clap", "http", "prost", "prost_types", "sqlx", "tonic", "tonic_types"]) },
    // Protobuf in, protobuf out; what stands before the services is a layer of axum, as tonic's own router is.
    Wall { module: "grpc", modules: &["app", "clock", "convert", "domain", "proto"], crates: AllBut(&["clap", "sqlx"]) },
    // A client of the API like any other, so it sees neither the app nor the database. Only its tests use the samples.
    Wall { module: "sidecar", modules: &["clock", "convert", "domain", "proto", "stripe::event", "stripe::sample", "stripe::signature"], crates: AllBut(&["clap", "sqlx"]) },
    // Another program in truth: it stands for Stripe in the demo and the tests, and shares only the shape of bodies with us.
    Wall { module: "fake_stripe", modules: &["clock", "domain", "stripe::sample"], crates: AllBut(&["clap", "prost", "prost_types", "sqlx", "tonic", "tonic_types"]) },
    // The generated API.
    Wall { module: "proto", modules: &[], crates: Only(&["prost", "prost_types", "tonic", "tonic_prost"]) },
    // The one place that asks for time and randomness.
    Wall { module: "clock", modules: &["domain"], crates: AllBut(&["axum", "clap", "sqlx", "tonic"]) },
    // What the operator chose; it reaches the others as values.
    Wall { module: "config", modules: &["domain"], crates: AllBut(&["axum", "prost", "sqlx", "tonic"]) },
    // These put the parts together, and no row above names them.
    Wall { module: "commands", modules: EVERYTHING, crates: All },
    Wall { module: "server", modules: EVERYTHING, crates: All },
    Wall { module: "main", modules: EVERYTHING, crates: All },
    Wall { module: "lib", modules: EVERYTHING, crates: All },
];

/// What `domain` may not even take from the standard library: the same input must always give the same answer.
const IMPURE: &[&str] = &["env", "fs", "io", "net", "os", "process", "thread", "time"];

/// Sources of time and randomness, which only `src/clock.rs` may name, together with the test harness.
const CLOCKS: &[&str] = &["std::time::SystemTime", "ring::rand", "rand", "getrandom", "fastrand"];

/// A file is to be read at one sitting.
const FILE_LINES_MAX: usize = 500;

/// Folders that are not ours, or not source.
const SKIPPED: &[&str] = &["target", ".git", ".venv", "node_modules"];

#[test]
fn every_module_uses_only_what_its_wall_lets_through() {
    let dependencies = dependencies();
    let mut found = Vec::new();
    for source in sources() {
        let Some(wall) = WALLS.iter().find(|wall| wall.module == source.top()) else { continue };
        for reference in rust::references(&source.text, &source.module()) {
            if let Some(why) = trespass(wall, &reference.path, &dependencies) {
                found.push(source.finding(reference.line, &format!("`{}`: {why}", reference.path.join("::"))));
            }
        }
    }
    report(
        &found,
        "Each module may use only what the table WALLS in tests/tidy.rs lists, so that domain decides, store remembers, \
         and the rest translates.\nThe way out: pass a value in, or move the code to the module that may do it; if the \
         shape itself is to change, change the table and docs/architecture.md together.",
    );
}

#[test]
fn every_module_has_a_wall() {
    let listed: BTreeSet<&str> = WALLS.iter().map(|wall| wall.module).collect();
    let found: Vec<String> = modules()
        .iter()
        .filter(|module| !listed.contains(module.as_str()))
        .map(|module| format!("src/{module}: no row in the table WALLS of tests/tidy.rs"))
        .collect();
    report(
        &found,
        "A new module says what it may use.\nThe way out: add its row, and its line in docs/architecture.md.",
    );
}

#[test]
fn only_the_clock_asks_for_time_and_randomness() {
    let mut found = Vec::new();
    for source in sources().into_iter().filter(|source| source.top() != "clock") {
        for reference in rust::references(&source.text, &source.module()) {
            let path = reference.path.join("::");
            if CLOCKS.iter().any(|clock| is_within(&path, clock)) {
                found.push(source.finding(reference.line, &format!("`{path}`")));
            }
        }
    }
    report(
        &found,
        "Time and randomness have one source, so that a test can hold both.\nThe way out: take them as arguments, or \
         ask src/clock.rs.",
    );
}

#[test]
fn both_migration_folders_hold_the_same_files_tables_and_columns() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    let names = |files: &[(String, String)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(
        names(&sqlite),
        names(&postgres),
        "migrations/sqlite (left) and migrations/postgres (right) must hold the same file names, so that a version \
         means the same on both.\nThe way out: give each its twin.",
    );
    let mut found = Vec::new();
    for ((name, left), (_, right)) in sqlite.iter().zip(&postgres) {
        let (left, right) = (sql::columns(left), sql::columns(right));
        for (a, b) in longest_zip(&left, &right) {
            if a != b {
                let (a, b) = (a.map_or("nothing", String::as_str), b.map_or("nothing", String::as_str));
                found.push(format!("migrations/{{sqlite,postgres}}/{name}: `{a}` in one, `{b}` in the other"));
                break;
            }
        }
    }
    report(
        &found,
        "One SQL text serves both databases, so both have the same tables with the same columns in the same order.\n\
         The way out: bring the two files into step.",
    );
}

#[test]
fn no_source_file_is_longer_than_one_sitting() {
    let found: Vec<String> = sources()
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(source, lines)| source.finding(lines, &format!("{lines} lines")))
        .collect();
    report(
        &found,
        &format!("No file in src has more than {FILE_LINES_MAX} lines.\nThe way out: split it by what it speaks of."),
    );
}

#[test]
fn every_source_file_begins_by_saying_what_it_is_for() {
    let found: Vec<String> = sources()
        .iter()
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| source.finding(1, "the first line is no `//!` comment"))
        .collect();
    report(&found, "Each file opens with its purpose.\nThe way out: one `//!` sentence on its first line.");
}

#[test]
fn nothing_is_left_half_done() {
    const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];
    let mut found = Vec::new();
    for source in rust_files(&["src", "tests", "benches", "clients", "build.rs"]) {
        for (line, name) in rust::macros(&source.text) {
            if UNFINISHED.contains(&name.as_str()) {
                found.push(source.finding(line, &format!("`{name}!`")));
            }
        }
    }
    report(&found, "What is not done is not in the tree.\nThe way out: finish it, or take it out.");
}

#[test]
fn nothing_refers_to_papers_outside_the_project() {
    // Put together here, or this file would be the first finding.
    let papers: Vec<String> =
        ["SPEC", "DESIGN", "STRIPE"].iter().flat_map(|name| [format!("{name}.md"), format!("{name} §")]).collect();
    let outside = concat!("..", "/shared");
    let corpus = format!("{outside}/data/stripe-events");
    let mut found = Vec::new();
    for source in text_files() {
        let is_test = source.path.starts_with("tests") || source.path.starts_with("benches");
        for (number, line) in source.text.lines().enumerate() {
            let line = if is_test { line.replace(&corpus, "") } else { line.to_owned() };
            if papers.iter().map(String::as_str).chain([outside]).any(|paper| line.contains(paper)) {
                found.push(source.finding(number + 1, line.trim()));
            }
        }
    }
    report(
        &found,
        "The project stands on its own: who clones it has nothing beside it.\nThe way out: say the thing itself, or link \
         to a page in docs/. (Tests may look for the corpus in the folder beside the project.)",
    );
}

#[test]
fn no_banned_crate_is_in_the_tree() {
    let policy = fs::read_to_string("deny.toml").expect("deny.toml is there");
    let lock = fs::read_to_string("Cargo.lock").expect("Cargo.lock is there");
    let banned = policy.lines().filter_map(|line| line.trim().strip_prefix("{ crate = \"")?.strip_suffix("\" },"));
    let found: Vec<String> = banned
        .filter(|name| lock.lines().any(|line| line == format!("name = \"{name}\"")))
        .map(|name| format!("Cargo.lock: {name}, which deny.toml bans"))
        .collect();
    report(
        &found,
        "TLS is rustls with ring: two providers in one binary panic at the first connection.\nThe way out: `cargo tree -i \
         NAME` shows who brings it in; switch that crate's default features off.",
    );
}

/// Why a path may not be used behind that wall, if so.
fn trespass(wall: &Wall, path: &[String], dependencies: &[String]) -> Option<String> {
    let first = path.first()?.as_str();
    if first == "crate" {
        let inside = path[1..].join("::");
        let module = path.get(1)?.as_str();
        let known = module != wall.module && WALLS.iter().any(|other| other.module == module);
        let open = wall.modules.iter().any(|open| is_within(&inside, open));
        return (known && !open).then(|| format!("{} may use {} of this crate", wall.module, listed(wall.modules)));
    }
    if wall.module == "domain" && first == "std" && path.get(1).is_some_and(|part| IMPURE.contains(&part.as_str())) {
        return Some(format!("domain waits for nothing and asks for nothing, so no std::{}", path[1]));
    }
    if !dependencies.iter().any(|name| name == first) {
        return None;
    }
    match wall.crates {
        All => None,
        Only(open) => {
            (!open.contains(&first)).then(|| format!("{} may use {} of the crates", wall.module, listed(open)))
        }
        AllBut(shut) => shut.contains(&first).then(|| format!("{} may not use the crate {first}", wall.module)),
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { format!("only {}", names.join(", ")) }
}

/// Whether a path is that place or lies in it.
fn is_within(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The names in `[dependencies]`, as Rust writes them.
fn dependencies() -> Vec<String> {
    let manifest = fs::read_to_string("Cargo.toml").expect("Cargo.toml is there");
    let section = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let names = section.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once(" = "));
    names.map(|(name, _)| name.replace('-', "_")).filter(|name| !name.starts_with('#')).collect()
}

/// The top modules of the crate, as files or folders.
fn modules() -> BTreeSet<String> {
    sources().iter().map(Source::top).collect()
}

/// A file with its path from the project's root.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The module's path: `src/store/mod.rs` is `store`, `src/store/lock.rs` is `store::lock`.
    fn module(&self) -> Vec<String> {
        let path = self.path.strip_prefix("src").unwrap_or(&self.path).with_extension("");
        let mut parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            parts.pop();
        }
        parts
    }

    fn top(&self) -> String {
        let path = self.path.strip_prefix("src").unwrap_or(&self.path).with_extension("");
        path.iter().next().map(|part| part.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn finding(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path.display())
    }
}

fn sources() -> Vec<Source> {
    rust_files(&["src"])
}

fn rust_files(places: &[&str]) -> Vec<Source> {
    let mut files = text_files();
    files.retain(|file| file.path.extension().is_some_and(|extension| extension == "rs"));
    files.retain(|file| places.iter().any(|place| file.path.starts_with(place)));
    files
}

/// Every text file of the project.
fn text_files() -> Vec<Source> {
    let mut files = Vec::new();
    walk(Path::new(""), &mut files);
    assert!(!files.is_empty(), "no file found: these tests run in the project's root, as `cargo test` does");
    files
}

fn walk(folder: &Path, files: &mut Vec<Source>) {
    let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = folder.join(entry.file_name());
        let kind = entry.file_type().expect("a listed file has a type");
        if kind.is_dir() && !SKIPPED.iter().any(|name| entry.file_name() == *name) {
            walk(&path, files);
        } else if kind.is_file() {
            // What is no UTF-8 is no text.
            files.extend(fs::read_to_string(&path).ok().map(|text| Source { path, text }));
        }
    }
}

/// The migrations of one database, by name. The folders come with the first migration.
fn migrations(database: &str) -> Vec<(String, String)> {
    let folder = Path::new("migrations").join(database);
    let mut files = Vec::new();
    if folder.exists() {
        walk(&folder, &mut files);
    }
    files
        .into_iter()
        .filter_map(|file| Some((file.path.file_name()?.to_string_lossy().into_owned(), file.text)))
        .collect()
}

/// Both lists side by side, to the end of the longer one.
fn longest_zip<'a, T>(left: &'a [T], right: &'a [T]) -> impl Iterator<Item = (Option<&'a T>, Option<&'a T>)> {
    (0..left.len().max(right.len())).map(|at| (left.get(at), right.get(at)))
}

fn report(found: &[String], rule: &str) {
    let mut text = String::new();
    for finding in found {
        writeln!(text, "  {finding}").expect("text can be written to memory");
    }
    assert!(found.is_empty(), "\n{text}\n{rule}\n");
}
