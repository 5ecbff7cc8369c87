//! AWS: where credentials come from, and a code of a device that is asked for.

use super::{ARN, PLAIN, encrypt, opens, place, printed};
use crate::keys::http_stub::{Asked, Reply, Stub};
use crate::support::emulators::Cloudfake;
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

/// AWS KMS, STS and SSO, as far as a test needs them. It "encrypts" by giving back what it gets.
fn amazon(_: usize, asked: &Asked) -> Reply {
    if asked.body.contains("Action=AssumeRole") {
        return Reply::Answer(200, ROLE.to_owned());
    }
    if asked.line.starts_with("GET /federation/credentials") {
        let expiration = 4_070_908_800_000_u64;
        let credentials = serde_json::json!({"roleCredentials": {"accessKeyId": "ASIASSO",
            "secretAccessKey": "s", "sessionToken": "t", "expiration": expiration}});
        return Reply::Answer(200, credentials.to_string());
    }
    let json: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    let answer = match json.get("Plaintext") {
        Some(plain) => serde_json::json!({"CiphertextBlob": plain, "KeyId": ARN}),
        None => serde_json::json!({"Plaintext": json["CiphertextBlob"], "KeyId": ARN}),
    };
    Reply::Answer(200, answer.to_string())
}

const ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <AssumedRoleUser><Arn>a</Arn><AssumedRoleId>X:y</AssumedRoleId></AssumedRoleUser><Credentials>\
    <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

/// A sandbox with this configuration of AWS's tools and a service that is `stub`.
fn configured(stub: &Stub, config: &str) -> Sandbox {
    let place = place(&vec![("AWS_ENDPOINT_URL".to_owned(), stub.address.clone())])
        .variable("AWS_EC2_METADATA_DISABLED", "true");
    let folder = place.root().join("home/.aws");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config"), config).unwrap();
    place
}

/// Who signed the calls: the public halves of keys.
fn signers(stub: &Stub) -> Vec<String> {
    let asked = stub.asked();
    let signed = asked.iter().filter_map(|asked| asked.header("authorization"));
    signed
        .filter_map(|header| Some(header.split_once("Credential=")?.1.split('/').next()?.to_owned()))
        .collect()
}

const DEVICE: &str = "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n\
    [profile ops]\nrole_arn = arn:aws:iam::1:role/ops\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n";

#[test]
fn a_code_of_a_device_is_asked_once_for_all_keys() {
    let stub = Stub::start(amazon);
    let place = configured(&stub, DEVICE);
    let two = format!("{ARN},{}", ARN.replace("555", "666"));
    let arguments = ["encrypt", "--aws-profile", "ops", "--kms", &two, "plain.yaml"];
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let mut terminal = Terminal::start(
        program,
        arguments,
        place.environment(),
        &place.path(""),
        Size(200, 60),
    );
    terminal.wait_for("MFA code of arn:aws:iam::1:mfa/me for the AWS profile ops");
    terminal.send("123456\r");
    terminal.wait_for("password: ENC[");
    assert_eq!(terminal.wait_for_exit(), 0);
    let asked = stub.asked();
    let roles: Vec<&Asked> = asked
        .iter()
        .filter(|asked| asked.body.contains("AssumeRole"))
        .collect();
    assert_eq!(roles.len(), 1, "one code is good for one call");
    assert!(roles[0].body.contains("TokenCode=123456"));
    assert!(
        roles[0]
            .body
            .contains("SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme")
    );
    assert_eq!(signers(&stub), ["AKIABASE", "ASIAROLE", "ASIAROLE"]);
    // Without a terminal nobody can be asked.
    let setsid = [&["-w", env!("CARGO_BIN_EXE_lazysops")], &arguments[..]].concat();
    let outcome = place.run(Path::new("setsid"), setsid, b"");
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stderr.contains("an MFA code is needed"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn the_editor_asks_for_the_code_in_its_own_screen() {
    let stub = Stub::start(amazon);
    let place = configured(&stub, DEVICE);
    encrypt(&place, &["--aws-profile", "base", "--kms", ARN], "sealed.yaml");
    let text = String::from_utf8(place.read("sealed.yaml")).unwrap();
    place.write(
        "sealed.yaml",
        text.replace("aws_profile: base", "aws_profile: ops"),
    );
    let mut editor = Terminal::start(
        Path::new(env!("CARGO_BIN_EXE_lazysops")),
        ["sealed.yaml"],
        place.environment(),
        &place.path(""),
        Size(120, 30),
    );
    editor.wait_for("MFA code of arn:aws:iam::1:mfa/me");
    editor.send("654321\r");
    editor.wait_without("MFA code");
    editor.wait_for("password");
    editor.wait_for("kms");
    editor.send("q");
    assert_eq!(editor.wait_for_exit(), 0);
    assert!(
        stub.asked()
            .iter()
            .any(|asked| asked.body.contains("TokenCode=654321"))
    );
    assert_eq!(signers(&stub).last().unwrap(), "ASIAROLE");
}

#[test]
fn credentials_come_from_where_other_tools_have_them() {
    let stub = Stub::start(amazon);
    let config = "[default]\ncredential_process = ./give\n\
        [profile named]\naws_access_key_id = AKIANAMED\naws_secret_access_key = s\n\
        [profile sso]\nsso_start_url = https://d.example/start\nsso_region = us-east-1\n\
        sso_account_id = 1\nsso_role_name = ops\nregion = us-east-1\n";
    let place = configured(&stub, config);
    executable(
        &place.path("give"),
        "#!/bin/sh\necho '{\"Version\": 1, \"AccessKeyId\": \"AKIAPROCESS\", \"SecretAccessKey\": \"s\"}'\n",
    );
    let cache = place.root().join("home/.aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    // The name is the SHA-1 of the start URL.
    std::fs::write(
        cache.join("59872269b3988acbe73f94f1e908e54f0d278a18.json"),
        r#"{"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z", "region": "us-east-1", "startUrl": "https://d.example/start"}"#,
    )
    .unwrap();
    encrypt(&place, &["--kms", ARN], "process.yaml");
    encrypt(&place, &["--kms", ARN, "--aws-profile", "named"], "named.yaml");
    encrypt(&place, &["--kms", ARN, "--aws-profile", "sso"], "sso.yaml");
    let place = place
        .variable("AWS_ACCESS_KEY_ID", "AKIAENV")
        .variable("AWS_SECRET_ACCESS_KEY", "s");
    encrypt(&place, &["--kms", ARN], "environment.yaml");
    encrypt(&place, &["--kms", ARN, "--aws-profile", "named"], "again.yaml");
    assert_eq!(
        signers(&stub),
        ["AKIAPROCESS", "AKIANAMED", "ASIASSO", "AKIAENV", "AKIANAMED"]
    );
    for name in ["process.yaml", "named.yaml", "sso.yaml", "environment.yaml"] {
        opens(&place, name);
    }
}

#[test]
fn a_role_of_an_entry_is_taken_with_a_session_that_names_this_machine() {
    let stub = Stub::start(amazon);
    let place = configured(&stub, "")
        .variable("AWS_ACCESS_KEY_ID", "AKIAENV")
        .variable("AWS_SECRET_ACCESS_KEY", "s");
    let key = format!("{ARN}+arn:aws:iam::1:role/ops");
    encrypt(&place, &["--kms", &key], "role.yaml");
    assert_eq!(signers(&stub), ["AKIAENV", "ASIAROLE"]);
    assert!(stub.asked()[0].body.contains("RoleSessionName=sops%40"));
    opens(&place, "role.yaml");
}

#[test]
fn without_credentials_it_is_said_what_to_do() {
    let stub = Stub::start(amazon);
    let place = configured(&stub, "");
    let outcome = place.lazysops(["encrypt", "--kms", ARN, "plain.yaml"]);
    assert_eq!(outcome.code, Some(1));
    for said in ["no AWS credentials were found", "aws sso login"] {
        assert!(outcome.stderr.contains(said), "{said}: {}", outcome.stderr);
    }
    assert!(stub.asked().is_empty());
    let outcome = place.lazysops(["encrypt", "--kms", "alias/x", "plain.yaml"]);
    assert!(
        outcome.stderr.contains("no valid ARN found"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn the_real_hosts_are_found_through_a_proxy() {
    let Some(fake) = Cloudfake::start("AWS and GCP by their real names") else {
        return;
    };
    let variables = fake.variables().iter();
    let variables = variables
        .filter(|(name, _)| !matches!(name.as_str(), "AWS_ENDPOINT_URL" | "SOPS_GCP_KMS_ENDPOINT"))
        .cloned()
        .collect();
    let place = place(&variables);
    let gcp = "projects/p/locations/global/keyRings/r/cryptoKeys/k";
    for key in [["--kms", ARN], ["--gcp-kms", gcp]] {
        encrypt(&place, &key, "sealed.yaml");
        assert_eq!(
            printed(place.lazysops(["decrypt", "sealed.yaml"])),
            PLAIN.as_bytes()
        );
    }
    let log = fake.log();
    for host in ["kms.us-east-1.amazonaws.com", "cloudkms.googleapis.com"] {
        assert!(log.contains(&format!("PROXY CONNECT '{host}'")), "{log:?}");
    }
}
