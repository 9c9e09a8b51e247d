//! The cases that all clients must pass; `clients/conformance/README.md` says what each field means.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use referrald_client::{Client, Error, Options};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tonic::Code;

use crate::json::call;
use crate::server::{client, unique, variable};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    given: Vec<String>,
    #[serde(default)]
    setup: Vec<First>,
    call: String,
    request: Value,
    key: Option<String>,
    deadline_ms: Option<u64>,
    code: Option<String>,
    reason: Option<String>,
    #[serde(default)]
    fields: BTreeSet<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    answer: Value,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    call: String,
    request: Value,
    #[serde(default)]
    save: BTreeMap<String, String>,
}

type Variables = Vec<(String, String)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_comes_out_as_it_says() {
    let folder = variable("REFERRALD_CASES");
    let folder = Path::new(&folder);
    let given: BTreeMap<String, Vec<First>> = read(&folder.join("given.json"));
    let (mut number, mut failed) = (0, Vec::new());
    for file in fs::read_dir(folder.join("cases")).expect("cases") {
        for case in read::<Vec<Case>>(&file.expect("a file").path()) {
            number += 1;
            if let Err(problem) = case.run(&given).await {
                failed.push(format!("{}: {problem}", case.name));
            }
        }
    }
    assert!(number > 0 && failed.is_empty(), "of {number} cases failed:\n{}", failed.join("\n"));
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).expect("a file");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Case {
    async fn run(&self, given: &BTreeMap<String, Vec<First>>) -> Result<(), String> {
        let mut variables = vec![("{{unique}}".to_owned(), unique())];
        let before = self.given.iter().flat_map(|name| given[name].clone()).chain(self.setup.clone());
        for first in before {
            let answer = call(&client(|_| {}), &first.call, |_| {}, &filled(&first.request, &variables)).await;
            let answer = answer.map_err(|error| format!("{}: {error}", first.call))?;
            for (name, path) in first.save {
                let found = answer.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Value::as_str);
                variables.push((format!("{{{{{name}}}}}"), found.expect("what is to be saved").to_owned()));
            }
        }
        let request = filled(&self.request, &variables);
        let deadline = self.deadline_ms.map(Duration::from_millis);
        let client = self.client();
        let timed = |request: &mut tonic::Request<_>| {
            if let Some(deadline) = deadline {
                request.set_timeout(deadline);
            }
        };
        match call(&client, &self.call, timed, &request).await {
            Ok(answer) if self.code.is_none() => same(&filled(&self.answer, &variables), Some(&answer), "answer"),
            Ok(answer) => Err(format!("it was answered: {answer}")),
            Err(error) => self.refused(error, &variables),
        }
    }

    fn client(&self) -> Client {
        client(|options: &mut Options| match self.key.as_deref() {
            Some("read") => options.key = variable("REFERRALD_KEY_READ"),
            Some("wrong") => "rfd_wrong".clone_into(&mut options.key),
            Some("none") => options.key.clear(),
            _ => {}
        })
    }

    fn refused(&self, error: Error, variables: &Variables) -> Result<(), String> {
        let fields: BTreeSet<String> = error.violations.iter().map(|violation| violation.field.clone()).collect();
        let reason = self.reason.as_ref().is_none_or(|reason| *reason == error.reason);
        let told = |(name, value): (&String, &String)| error.metadata.get(name) == Some(&fill(value, variables));
        let code = self.code.as_deref() == Some(name_of(error.code));
        if code && reason && fields == self.fields && self.metadata.iter().all(told) {
            return Ok(());
        }
        Err(format!("{error:?}"))
    }
}

fn filled(value: &Value, variables: &Variables) -> Value {
    serde_json::from_str(&fill(&value.to_string(), variables)).expect("JSON")
}

fn fill(text: &str, variables: &Variables) -> String {
    variables.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// Compares what is wanted with what came.
fn same(want: &Value, got: Option<&Value>, path: &str) -> Result<(), String> {
    match (want, got) {
        (Value::Null, None) => Ok(()),
        (Value::Object(want), Some(Value::Object(got))) => {
            want.iter().try_for_each(|(name, value)| same(value, got.get(name), &format!("{path}.{name}")))
        }
        (Value::Array(want), Some(Value::Array(got))) if want.len() == got.len() => {
            want.iter().zip(got).try_for_each(|(want, got)| same(want, Some(got), path))
        }
        (Value::String(any), Some(got)) if any == "*" && *got != "" => Ok(()),
        (want, Some(got)) if want == got => Ok(()),
        _ => Err(format!("{path}: wanted {want}, got {got:?}")),
    }
}

/// The name of a code as the cases say it.
fn name_of(code: Code) -> &'static str {
    match code {
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unauthenticated => "UNAUTHENTICATED",
        _ => "one of which no case speaks",
    }
}
