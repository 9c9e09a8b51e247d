//! Keeps docs/api.md what the API says of itself: the page is written from the comments in the proto.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

const PAGE: &str = "docs/api.md";

const HEAD: &str = "# The API

Package `referrald.v1`, over gRPC. This page is written from the comments in [proto/referrald/v1](../proto/referrald/v1)
by `cargo test --test api_doc`; [clients.md](clients.md) has the clients.

Every call needs an API key of a scope that it names, in the metadata `authorization: Bearer KEY`. Any call may be
refused for some of the [reasons](#reasons); each call says for which it may besides.
";

/// Reasons for which any call may be refused.
const GENERAL: [&str; 8] = [
    "KEY_INVALID",
    "SCOPE_MISSING",
    "OVERLOADED",
    "MESSAGE_TOO_LARGE",
    "STORE_UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "INTERNAL",
    "UNIMPLEMENTED",
];

#[test]
fn the_page_of_the_api_is_what_the_api_says() {
    let page = page();
    let there = fs::read_to_string(PAGE).unwrap_or_default();
    if page != there {
        fs::write(PAGE, &page).expect("the page can be written");
        panic!("{PAGE} was behind the proto. It is written anew: read it and commit it.");
    }
}

fn page() -> String {
    let api = DescriptorPool::decode(referrald::proto::DESCRIPTORS).expect("the descriptors are sound");
    let services: Vec<ServiceDescriptor> = api.services().filter(|it| it.package_name() == "referrald.v1").collect();
    let calls: Vec<MethodDescriptor> =
        services.iter().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let own =
        |message: &MessageDescriptor| calls.iter().any(|call| call.input() == *message || call.output() == *message);
    let mut messages: Vec<MessageDescriptor> =
        api.all_messages().filter(|it| it.package_name() == "referrald.v1").collect();
    messages.retain(|message| !message.is_map_entry() && !own(message));
    messages.sort_by_key(|message| message.name().to_owned());
    let mut enums: Vec<EnumDescriptor> = api.all_enums().filter(|it| it.package_name() == "referrald.v1").collect();
    enums.sort_by_key(|kind| kind.name().to_owned());
    enums.retain(|kind| kind.name() != "ErrorReason");
    let reasons = api.get_enum_by_name("referrald.v1.ErrorReason").expect("the reasons");

    let mut page = String::from(HEAD);
    contents(&mut page, &services, &messages, &enums).expect("memory takes it");
    for service in &services {
        of_service(&mut page, service).expect("memory takes it");
    }
    of_reasons(&mut page, &reasons, &calls).expect("memory takes it");
    page.push_str("\n## Messages\n");
    for message in &messages {
        write!(page, "\n### {}\n\n{}\n", message.name(), said(&message.parent_file(), message.path())).expect("memory");
        of_fields(&mut page, message).expect("memory takes it");
    }
    page.push_str("\n## Enums\n");
    for kind in &enums {
        of_enum(&mut page, kind).expect("memory takes it");
    }
    page
}

fn contents(
    page: &mut String,
    services: &[ServiceDescriptor],
    messages: &[MessageDescriptor],
    enums: &[EnumDescriptor],
) -> std::fmt::Result {
    page.push_str("\n| service | calls |\n|---|---|\n");
    for service in services {
        let calls: Vec<String> = service.methods().map(|call| link(call.name())).collect();
        writeln!(page, "| {} | {} |", link(service.name()), calls.join(" "))?;
    }
    let messages: Vec<String> = messages.iter().map(|message| link(message.name())).collect();
    let enums: Vec<String> = enums.iter().map(|kind| link(kind.name())).collect();
    writeln!(page, "\n[Reasons](#reasons)\n\n[Messages](#messages): {}", messages.join(" "))?;
    writeln!(page, "\n[Enums](#enums): {}", enums.join(" "))
}

fn of_service(page: &mut String, service: &ServiceDescriptor) -> std::fmt::Result {
    writeln!(page, "\n## {}\n\n{}", service.name(), said(&service.parent_file(), service.path()))?;
    for call in service.methods() {
        writeln!(page, "\n### {}\n\n{}", call.name(), said(&call.parent_file(), call.path()))?;
        let (request, answer) = (call.input(), call.output());
        writeln!(page, "\nRequest `{}`: {}", request.name(), said(&request.parent_file(), request.path()))?;
        of_fields(page, &request)?;
        let stream = if call.is_server_streaming() { "A stream of answers" } else { "Answer" };
        writeln!(page, "\n{stream} `{}`:", answer.name())?;
        of_fields(page, &answer)?;
    }
    Ok(())
}

fn of_fields(page: &mut String, message: &MessageDescriptor) -> std::fmt::Result {
    if message.fields().len() == 0 {
        return page.write_str("\nNo fields.\n");
    }
    page.push_str("\n| field | type | says |\n|---|---|---|\n");
    for field in message.fields() {
        let choice = field.containing_oneof().filter(|choice| !choice.is_synthetic());
        let choice = choice.map(|choice| {
            let said = cell(&said(&message.parent_file(), choice.path()));
            format!("One of `{}` ({}). ", choice.name(), said.trim_end_matches('.'))
        });
        let says = cell(&said(&message.parent_file(), field.path()));
        let (choice, behaviour) = (choice.unwrap_or_default(), behaviour(&field));
        writeln!(page, "| `{}` | {} | {choice}{behaviour}{says} |", field.name(), kind(&field))?;
    }
    Ok(())
}

fn of_enum(page: &mut String, kind: &EnumDescriptor) -> std::fmt::Result {
    let file = kind.parent_file();
    writeln!(
        page,
        "\n### {}\n\n{}\n\n| value | number | says |\n|---|---|---|",
        kind.name(),
        said(&file, kind.path())
    )?;
    for value in kind.values() {
        writeln!(page, "| `{}` | {} | {} |", value.name(), value.number(), cell(&said(&file, value.path())))?;
    }
    Ok(())
}

/// The reasons as they go over the wire, each with the calls that say they refuse for it.
fn of_reasons(page: &mut String, reasons: &EnumDescriptor, calls: &[MethodDescriptor]) -> std::fmt::Result {
    let file = reasons.parent_file();
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for call in calls {
        let comment = said(&call.parent_file(), call.path());
        let words = comment.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_');
        for word in words.filter(|word| reasons.get_value_by_name(&format!("ERROR_REASON_{word}")).is_some()) {
            refused.entry(word.to_owned()).or_default().push(link(call.name()));
        }
    }
    writeln!(page, "\n## Reasons\n\n{}", said(&file, reasons.path()))?;
    page.push_str("\n| reason | code and meaning | refused by |\n|---|---|---|\n");
    for value in reasons.values().filter(|value| value.number() != 0) {
        let name = value.name().trim_start_matches("ERROR_REASON_");
        let calls = refused.remove(name).unwrap_or_default().join(" ");
        let by = if GENERAL.contains(&name) { "any call" } else { &calls };
        writeln!(page, "| `{name}` | {} | {by} |", cell(&said(&file, value.path())))?;
    }
    Ok(())
}

/// What a field's type is, with a link where it is ours.
fn kind(field: &FieldDescriptor) -> String {
    if field.is_map() {
        return "map of text to text".to_owned();
    }
    let one = match field.kind() {
        Kind::Message(message) if message.package_name() == "referrald.v1" => link(message.name()),
        Kind::Enum(kind) => link(kind.name()),
        Kind::Message(message) => format!("`{}`", message.full_name()),
        scalar => format!("`{scalar:?}`").to_lowercase(),
    };
    if field.is_list() { format!("list of {one}") } else { one }
}

/// What the annotation says of who gives a field and when.
fn behaviour(field: &FieldDescriptor) -> String {
    let pool = field.parent_pool();
    let annotation = pool.get_extension_by_name("google.api.field_behavior").expect("it is vendored");
    let options = field.options();
    let values = options.get_extension(&annotation);
    let numbers = values.as_list().unwrap_or_default().iter().filter_map(prost_reflect::Value::as_enum_number);
    let words = numbers.filter_map(|number| match number {
        2 => Some("Required. "),
        3 => Some("Output only. "),
        5 => Some("Immutable. "),
        _ => None,
    });
    words.collect()
}

/// A link to the heading of that name.
fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

/// A comment as it fits into a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// The comment of an element.
fn said(file: &FileDescriptor, path: &[i32]) -> String {
    let comments = file.file_descriptor_proto().source_code_info.as_ref().expect("the comments are kept");
    let at = comments.location.iter().find(|location| location.path == path).expect("every element is located");
    let lines: Vec<&str> = at.leading_comments().lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

#[test]
fn the_page_of_grpcurl_calls_what_is_there() {
    let api = DescriptorPool::decode(referrald::proto::DESCRIPTORS).expect("the descriptors are sound");
    let page = fs::read_to_string("docs/grpcurl.md").expect("the page is there");
    let calls: Vec<&str> = page.split("\n$ ask ").skip(1).collect();
    assert!(calls.len() > 8, "{calls:?}");
    for call in calls {
        let (name, rest) = call.split_once(" '").expect("a call and its request");
        let (request, _) = rest.split_once("'\n").expect("a request in quotes");
        let (service, method) = name.split_once('/').expect("Service/Method");
        let service = api.get_service_by_name(&format!("referrald.v1.{service}")).expect(name);
        let method = service.methods().find(|known| known.name() == method).expect(name);
        // grpcurl's way to write a mask is its own.
        let request = request.replace(r#"{"paths": ["person.phone"]}"#, r#""person.phone""#);
        let request = DynamicMessage::deserialize(method.input(), &mut serde_json::Deserializer::from_str(&request));
        request.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
