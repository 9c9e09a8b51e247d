//! What the server tells about itself to who has no proto file: both versions of reflection, with comments, and what
//! grpcurl makes of it.

use std::net::SocketAddr;
use std::process::Command;

use prost::Message;
use prost_types::FileDescriptorProto;
use referrald::app::Scope;
use tokio_stream::{StreamExt, once};
use tonic_reflection::pb::{v1, v1alpha};

use crate::harness::{Database, Server};

const OURS: [&str; 4] = [
    "referrald.v1.CampaignService",
    "referrald.v1.QualificationService",
    "referrald.v1.ReferralService",
    "referrald.v1.RewardService",
];

/// The services that a version of reflection lists, and the file that it gives for a symbol.
macro_rules! reflected {
    ($version:ident, $server:expr, $symbol:expr) => {{
        use $version::server_reflection_request::MessageRequest as Ask;
        use $version::server_reflection_response::MessageResponse as Told;
        let mut client = $version::server_reflection_client::ServerReflectionClient::new($server.channel());
        let mut told = Vec::new();
        for ask in [Ask::ListServices(String::new()), Ask::FileContainingSymbol($symbol.to_owned())] {
            let request = $version::ServerReflectionRequest { host: String::new(), message_request: Some(ask) };
            let stream = client.server_reflection_info(once(request)).await.expect("nobody needs a key for this");
            let answer = stream.into_inner().next().await.expect("an answer").expect("an answer");
            told.push(answer.message_response.expect("an answer"));
        }
        let Some(Told::FileDescriptorResponse(files)) = told.pop() else { panic!("files") };
        let Some(Told::ListServicesResponse(services)) = told.pop() else { panic!("services") };
        let services: Vec<String> = services.service.into_iter().map(|service| service.name).collect();
        (services, files.file_descriptor_proto)
    }};
}

#[tokio::test]
async fn both_versions_of_reflection_give_the_whole_api_with_its_comments() {
    let server = Server::start(Database::Sqlite).await;
    for (services, files) in [
        reflected!(v1, server, "referrald.v1.CampaignService"),
        reflected!(v1alpha, server, "referrald.v1.CampaignService"),
    ] {
        assert!(OURS.iter().all(|name| services.iter().any(|known| known == name)), "{services:?}");
        assert!(services.iter().any(|known| known == "grpc.health.v1.Health"), "{services:?}");
        let file = FileDescriptorProto::decode(&*files[0]).expect("a file");
        let comments = file.source_code_info.expect("the comments are kept").location;
        assert!(comments.iter().any(|at| at.leading_comments().contains("Makes a campaign in state DRAFT")));
    }
    let (_, files) = reflected!(v1, server, "google.rpc.BadRequest");
    assert!(!files.is_empty(), "details of errors can be read");
    server.stop().await;
}

/// Runs grpcurl; `None` where it is not installed and nobody insists.
fn grpcurl(at: SocketAddr, options: &[&str], call: &[&str]) -> Option<String> {
    let at = at.to_string();
    let arguments = [&["-plaintext", "-max-time", "30"], options, &[at.as_str()], call].concat();
    match Command::new("grpcurl").args(arguments).output() {
        Ok(output) => Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()),
        Err(missing) if std::env::var_os("CI").is_none() => {
            eprintln!("skipped: grpcurl is not on the PATH ({missing}); scripts/test puts it there");
            None
        }
        Err(missing) => panic!("grpcurl is not on the PATH: {missing}; scripts/test puts it there"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grpcurl_lists_describes_calls_and_prints_the_details_of_errors() {
    let server = Server::start(Database::Sqlite).await;
    let at = server.grpc_at;
    let Some(list) = grpcurl(at, &[], &["list"]) else { return };
    assert!(OURS.iter().all(|name| list.contains(name)), "{list}");
    let described = grpcurl(at, &[], &["describe", "referrald.v1.ReferralService.CreateReferral"]).expect("it runs");
    assert!(described.contains("// Registers an invited person in a LIVE campaign"), "{described}");
    let described = grpcurl(at, &[], &["describe", "referrald.v1.Rule"]).expect("it runs");
    assert!(described.contains("target_minor") && described.contains("1 to 999999999999"), "{described}");

    let (_, key) = server.app.create_key("grpcurl".into(), Scope::ALL.to_vec(), None, None).await.expect("a key");
    let header = format!("authorization: Bearer {key}");
    let create = r#"{"campaign": {"mode": "MODE_TEST", "display_name": "Invite", "rule": {"currency": "usd",
        "target_minor": 5000, "window_days": 30}}}"#;
    let made = grpcurl(at, &["-H", &header, "-d", create], &["referrald.v1.CampaignService/CreateCampaign"]);
    let made = made.expect("it runs");
    assert!(made.contains("CAMPAIGN_STATE_DRAFT") && made.contains("\"cmp_"), "{made}");

    let wrong = ["-H", &header, "-d", r#"{"id": "x"}"#];
    let refused = grpcurl(at, &wrong, &["referrald.v1.CampaignService/GetCampaign"]).expect("it runs");
    for detail in
        ["InvalidArgument", "google.rpc.ErrorInfo", "INVALID_FIELDS", "google.rpc.BadRequest", "\"field\": \"id\""]
    {
        assert!(refused.contains(detail), "{detail} is not in: {refused}");
    }
    server.stop().await;
}
