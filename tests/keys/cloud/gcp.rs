//! GCP: where credentials come from.

use super::{encrypt, opens, place};
use crate::support::data;
use crate::support::emulators::Cloudfake;
use crate::support::sandbox::Sandbox;
use serde_json::json;

const KEY: [&str; 2] = ["--gcp-kms", "projects/p/locations/global/keyRings/r/cryptoKeys/k"];

/// A sandbox of somebody who is not logged in.
fn logged_out(fake: &Cloudfake) -> Sandbox {
    let variables = fake.variables().iter();
    let variables = variables.filter(|(name, _)| name != "GOOGLE_OAUTH_ACCESS_TOKEN");
    place(&variables.cloned().collect()).variable("GCE_METADATA_HOST", "127.0.0.1:1")
}

/// The key of a service account.
fn service_account() -> String {
    let pem = std::fs::read_to_string(data("keys/azure-client.pem")).unwrap();
    let key = &pem[pem.find("-----BEGIN PRIVATE").unwrap()..];
    json!({
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "1",
        "private_key": key,
        "client_email": "ci@p.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token",
    })
    .to_string()
}

#[test]
fn every_kind_of_credentials_works() {
    let Some(fake) = Cloudfake::start("credentials of GCP") else {
        return;
    };
    let account = service_account();
    let user = json!({
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "CANARY",
        "refresh_token": "CANARY",
    });
    let by_text = logged_out(&fake).variable("GOOGLE_CREDENTIALS", &account);
    let by_path = logged_out(&fake);
    let file = by_path.write("account.json", &account);
    let by_path = by_path.variable("GOOGLE_CREDENTIALS", file.to_str().unwrap());
    let default = logged_out(&fake);
    let file = default.write("user.json", user.to_string());
    let default = default.variable("GOOGLE_APPLICATION_CREDENTIALS", file.to_str().unwrap());
    let gcloud = logged_out(&fake);
    let folder = gcloud.root().join("home/.config/gcloud");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("application_default_credentials.json"),
        user.to_string(),
    )
    .unwrap();
    for (name, place) in [
        ("the text of an account", by_text),
        ("the path of an account", by_path),
        ("a user, by a variable", default),
        ("a user of gcloud", gcloud),
    ] {
        println!("{name}");
        encrypt(&place, &KEY, "sealed.yaml");
        opens(&place, "sealed.yaml");
    }
    let log = fake.log();
    assert!(
        log.iter()
            .any(|line| line.ends_with("oauth2.googleapis.com /token")),
        "{log:?}"
    );
}

#[test]
fn missing_and_broken_credentials_are_told_and_not_shown() {
    let Some(fake) = Cloudfake::start("missing credentials of GCP") else {
        return;
    };
    let arguments = [&["encrypt"], &KEY[..], &["plain.yaml"]].concat();
    let nobody = logged_out(&fake);
    let outcome = nobody.lazysops(&arguments);
    assert_eq!(outcome.code, Some(1));
    for said in [
        "no Google credentials were found",
        "gcloud auth application-default login",
    ] {
        assert!(outcome.stderr.contains(said), "{said}: {}", outcome.stderr);
    }
    for broken in [
        "CANARY",
        "{\"type\":\"service_account\",\"private_key\":\"CANARY\"}",
        "{\"type\":\"other\"}",
    ] {
        let outcome = logged_out(&fake)
            .variable("GOOGLE_CREDENTIALS", broken)
            .lazysops(&arguments);
        assert_eq!(outcome.code, Some(1));
        assert!(
            outcome.stderr.contains("GOOGLE_CREDENTIALS"),
            "{}",
            outcome.stderr
        );
        assert!(!outcome.stderr.contains("CANARY"), "{}", outcome.stderr);
    }
}
