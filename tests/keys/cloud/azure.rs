//! Azure: every way to log in, and keys that are named without a version.

use super::{encrypt, opens, opens_there, place};
use crate::support::emulators::{Cloudfake, Variables};
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use crate::support::{data, sops};

const KEY: [&str; 2] = ["--azure-kv", "https://myvault.vault.azure.net/keys/k1"];

/// The variables of cloudfake without a way to log in.
fn logged_out(fake: &Cloudfake) -> Variables {
    let ways = ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_TOKEN_CREDENTIALS"];
    let variables = fake.variables().iter();
    variables
        .filter(|(name, _)| !ways.contains(&name.as_str()))
        .cloned()
        .collect()
}

/// A sandbox of an application of Entra.
fn application(fake: &Cloudfake) -> Sandbox {
    place(&logged_out(fake))
        .variable("AZURE_TENANT_ID", "00000000-0000-0000-0000-000000000001")
        .variable("AZURE_CLIENT_ID", "client")
}

#[test]
fn every_way_to_log_in_works() {
    let Some(fake) = Cloudfake::start("logging in at Azure") else {
        return;
    };
    let secret = application(&fake).variable("AZURE_CLIENT_SECRET", "cloudfake-secret");
    let pem = data("keys/azure-client.pem");
    let certificate = application(&fake).variable("AZURE_CLIENT_CERTIFICATE_PATH", pem.to_str().unwrap());
    let workload = application(&fake);
    let file = workload.write("federated", "cloudfake-federated");
    let workload = workload.variable("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap());
    let managed = place(fake.variables());
    let tool = place(&logged_out(&fake)).variable("AZURE_TOKEN_CREDENTIALS", "dev");
    executable(
        &tool.path("az"),
        "#!/bin/sh\n[ \"$*\" = 'account get-access-token -o json --scope https://vault.azure.net/.default' ] || exit 9\n\
         echo '{\"accessToken\": \"fake\", \"tokenType\": \"Bearer\"}'\n",
    );
    let path = format!("{}:/usr/bin:/bin", tool.path("").to_str().unwrap());
    let tool = tool.variable("PATH", &path);
    for (name, place) in [
        ("secret", secret),
        ("certificate", certificate),
        ("workload identity", workload),
        ("managed identity", managed),
        ("az", tool),
    ] {
        println!("{name}");
        encrypt(&place, &KEY, "sealed.yaml");
        opens(&place, "sealed.yaml");
    }
}

#[test]
fn a_wrong_secret_is_told_and_not_shown() {
    let Some(fake) = Cloudfake::start("a wrong secret of Azure") else {
        return;
    };
    let place = application(&fake).variable("AZURE_CLIENT_SECRET", "CANARY-secret");
    let outcome = place.lazysops([&["encrypt"], &KEY[..], &["plain.yaml"]].concat());
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("AADSTS7000215"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("CANARY"), "{}", outcome.stderr);
    let unreachable = logged_out(&fake);
    let unreachable = unreachable
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "HTTPS_PROXY" => (name, "http://127.0.0.1:1".to_owned()),
            _ => (name, value),
        })
        .collect();
    let unreachable = super::place(&unreachable)
        .variable("AZURE_TENANT_ID", "t")
        .variable("AZURE_CLIENT_ID", "client")
        .variable("AZURE_CLIENT_SECRET", "CANARY-secret");
    let outcome = unreachable.lazysops([&["encrypt"], &KEY[..], &["plain.yaml"]].concat());
    assert!(
        outcome
            .stderr
            .contains("Microsoft, asked for a token (EnvironmentCredential): "),
        "{}",
        outcome.stderr
    );
    let none = place
        .variable("AZURE_TOKEN_CREDENTIALS", "AzureCLICredential")
        .variable("PATH", "/nowhere");
    let outcome = none.lazysops([&["encrypt"], &KEY[..], &["plain.yaml"]].concat());
    assert!(
        outcome.stderr.contains("no Azure credentials were found"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("az login"), "{}", outcome.stderr);
}

#[test]
fn the_version_of_today_is_stored_and_compared() {
    let Some(fake) = Cloudfake::start("versions of Azure keys") else {
        return;
    };
    let place = place(fake.variables());
    encrypt(&place, &KEY, "ours.yaml");
    let sealed = String::from_utf8(place.read("ours.yaml")).unwrap();
    let version = sealed
        .lines()
        .find_map(|line| line.trim().strip_prefix("version: "))
        .unwrap();
    assert_eq!(version.len(), 32, "{sealed}");
    opens_there(&place, sops("versions of Azure keys").as_deref(), "ours.yaml");
    // A rule without a version means the one of today: there is nothing to do.
    place.write(
        ".sops.yaml",
        format!("creation_rules:\n  - azure_keyvault: {}\n", KEY[1]),
    );
    let outcome = place.lazysops(["updatekeys", "-y", "ours.yaml"]);
    assert!(
        outcome.stderr.contains("already up to date"),
        "{}",
        outcome.stderr
    );
    // The version of yesterday is replaced.
    let yesterday = sealed.replace(version, "0123456789abcdef0123456789abcdef");
    place.write("yesterday.yaml", &yesterday);
    let outcome = place.lazysops(["decrypt", "yesterday.yaml"]);
    assert_eq!(outcome.code, Some(128));
    assert!(
        outcome.stderr.contains("no such key or version"),
        "{}",
        outcome.stderr
    );
}
