//! Vault transit.

use super::http_stub::{Asked, Reply, Stub};
use super::person::{Person, with_access};
use lazysops::host::{Console, Environment};
use lazysops::keys::access::{Access, Ask, Cancel, Nobody};
use lazysops::keys::service::Services;
use lazysops::metadata::{KeyEntry, Recipient};

const DATA_KEY: [u8; 32] = [42; 32];
const NOBODY: Nobody = Nobody { drop_in: false };

fn recipient(address: &str) -> Recipient {
    Recipient::HcVault {
        vault_address: address.to_owned(),
        engine_path: "team/transit".to_owned(),
        key_name: "k1".to_owned(),
    }
}

/// Gives back what it gets, as if it had encrypted it.
pub fn transit(_: usize, asked: &Asked) -> Reply {
    let json: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    Reply::Answer(
        200,
        match json["plaintext"].as_str() {
            Some(plain) => format!(r#"{{"data":{{"ciphertext":"vault:v1:{plain}"}}}}"#),
            None => {
                let sealed = json["ciphertext"].as_str().unwrap();
                format!(
                    r#"{{"data":{{"plaintext":"{}"}}}}"#,
                    sealed.trim_start_matches("vault:v1:")
                )
            }
        },
    )
}

fn wrap(access: &Access<'_>, recipient: &Recipient) -> Result<String, String> {
    let services = Services::new(*access);
    services
        .of(recipient)
        .and_then(|service| service.wrap(recipient, &DATA_KEY))
        .map_err(|refusal| refusal.reason)
}

fn unwrap(access: &Access<'_>, recipient: &Recipient, enc: &str) -> Result<Vec<u8>, String> {
    let entry = KeyEntry {
        recipient: recipient.clone(),
        enc: enc.to_owned(),
        created_at: None,
    };
    let services = Services::new(*access);
    let unwrapped = services
        .of(recipient)
        .map_err(|refusal| refusal.reason)?
        .unwrap(&entry);
    unwrapped
        .map(|unwrapped| unwrapped.secret.to_vec())
        .map_err(|denied| denied.reasons.join("; "))
}

/// Wraps with a token, at this server, which the user trusts.
fn wrap_at(stub: &Stub) -> Result<String, String> {
    let variables = [("VAULT_TOKEN", "token"), ("VAULT_ADDR", stub.address.as_str())];
    with_access(&variables, &NOBODY, |access| {
        wrap(access, &recipient(&stub.address))
    })
}

#[test]
fn a_data_key_goes_to_vault_and_back_by_the_protocol() {
    let stub = Stub::start(transit);
    let variables = [
        ("VAULT_TOKEN", "token"),
        ("VAULT_ADDR", stub.address.as_str()),
        ("VAULT_NAMESPACE", "ops"),
    ];
    with_access(&variables, &NOBODY, |access| {
        let sealed = wrap(access, &recipient(&stub.address)).unwrap();
        assert!(sealed.starts_with("vault:v1:"));
        assert_eq!(
            unwrap(access, &recipient(&stub.address), &sealed).unwrap(),
            DATA_KEY
        );
    });
    let asked = stub.asked();
    assert_eq!(asked[0].line, "PUT /v1/team/transit/encrypt/k1");
    assert_eq!(asked[1].line, "PUT /v1/team/transit/decrypt/k1");
    for asked in asked {
        assert_eq!(asked.header("X-Vault-Token"), Some("token"));
        assert_eq!(asked.header("X-Vault-Request"), Some("true"));
        assert_eq!(asked.header("X-Vault-Namespace"), Some("ops"));
    }
}

#[test]
fn the_token_file_is_used_when_no_variable_is_set() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(".vault-token"), "from-file\n").unwrap();
    let stub = Stub::start(transit);
    let variables = [
        ("HOME", home.path().to_str().unwrap()),
        ("VAULT_ADDR", stub.address.as_str()),
    ];
    with_access(&variables, &NOBODY, |access| {
        wrap(access, &recipient(&stub.address)).unwrap()
    });
    assert_eq!(stub.asked()[0].header("X-Vault-Token"), Some("from-file"));
    let error = with_access(&[("VAULT_ADDR", stub.address.as_str())], &NOBODY, |access| {
        wrap(access, &recipient(&stub.address)).unwrap_err()
    });
    assert_eq!(error, "there is no Vault token");
}

/// Twenty ways in which a file may name this server, none of which the user said anything about.
pub fn hostile_addresses(own: &str) -> Vec<String> {
    let port = own.rsplit(':').next().unwrap();
    vec![
        own.to_owned(),
        format!("{own}/"),
        own.replace("http://", "HTTP://"),
        own.replace("127.0.0.1", "localhost"),
        own.replace("127.0.0.1", "LOCALHOST"),
        own.replace("127.0.0.1", "127.1"),
        own.replace("127.0.0.1", "2130706433"),
        own.replace("127.0.0.1", "0x7f.0.0.1"),
        own.replace("127.0.0.1", "127.0.0.2"),
        own.replace("127.0.0.1", "0.0.0.0"),
        own.replace("http://", "http://token@"),
        own.replace("http://", "http://v.example:8200@"),
        own.replace("http://", "http://v.example\\@"),
        own.replace("http://", "https://"),
        format!("{own}/x"),
        format!("{own}/v1/../"),
        format!("{own}?x=https://v.example:8200"),
        format!("{own}#https://v.example:8200"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://127.0.0.1:{port}\n"),
    ]
}

#[test]
fn a_token_never_goes_to_an_address_that_only_a_file_names() {
    let stub = Stub::start(transit);
    let hostile = hostile_addresses(&stub.address);
    assert_eq!(hostile.len(), 20);
    let variables = [("VAULT_TOKEN", "token"), ("VAULT_ADDR", "https://v.example:8200")];
    let refusing = Person::who_says(false);
    let strict = Console {
        drop_in: true,
        strict: true,
    };
    for asker in [&NOBODY as &dyn Ask, &refusing, &strict] {
        for address in &hostile {
            with_access(&variables, asker, |access| {
                wrap(access, &recipient(address)).unwrap_err()
            });
        }
    }
    assert!(stub.asked().is_empty());
    assert!(
        refusing
            .seen()
            .contains(&format!("send the Vault token to {}", stub.address))
    );
    let agreeing = Person::who_says(true);
    with_access(&variables, &agreeing, |access| {
        wrap(access, &recipient(&stub.address)).unwrap();
    });
    assert_eq!(agreeing.seen().len(), 1);
    assert_eq!(stub.asked().len(), 1);
}

#[test]
fn a_name_in_a_file_cannot_reach_another_part_of_vault() {
    let stub = Stub::start(transit);
    let variables = [("VAULT_TOKEN", "token"), ("VAULT_ADDR", stub.address.as_str())];
    for (engine, name) in [
        ("../sys", "k"),
        ("transit", ".."),
        ("", "k"),
        ("transit//x", "k"),
        ("transit", ""),
    ] {
        let recipient = Recipient::HcVault {
            vault_address: stub.address.clone(),
            engine_path: engine.to_owned(),
            key_name: name.to_owned(),
        };
        with_access(&variables, &NOBODY, |access| {
            wrap(access, &recipient).unwrap_err()
        });
    }
    assert!(stub.asked().is_empty());
    let recipient = Recipient::HcVault {
        vault_address: stub.address.clone(),
        engine_path: "transit".to_owned(),
        key_name: "k/../../../sys?x#y".to_owned(),
    };
    with_access(&variables, &NOBODY, |access| wrap(access, &recipient).unwrap());
    assert_eq!(
        stub.asked()[0].line,
        "PUT /v1/transit/encrypt/k%2F..%2F..%2F..%2Fsys%3Fx%23y"
    );
}

#[test]
fn one_fault_that_passes_is_not_seen() {
    for fault in [503, 429, 500, 0] {
        let stub = Stub::start(move |number, asked| match (number, fault) {
            (1, 0) => Reply::Close,
            (1, status) => Reply::Answer(status, "{}".to_owned()),
            _ => transit(number, asked),
        });
        assert!(wrap_at(&stub).is_ok(), "{fault}");
        assert_eq!(stub.asked().len(), 2);
    }
}

#[test]
fn lasting_faults_are_told_in_one_line_without_what_was_sent() {
    let cases: [(u16, &str, &str); 7] = [
        (
            403,
            r#"{"errors":["permission denied"]}"#,
            "does not permit it (status 403): permission denied",
        ),
        (404, "{}", "has no transit key k1 at team/transit (status 404)"),
        (
            400,
            r#"{"errors":["cipher: \u001b[2J bad"]}"#,
            "status 400: cipher: \\u{1b}[2J bad",
        ),
        (503, "{}", "is sealed or on standby (status 503)"),
        (200, "{\"data\": {", "cannot be read"),
        (200, r#"{"data":{}}"#, "gave no ciphertext"),
        (200, "<html>", "cannot be read"),
    ];
    for (status, body, said) in cases {
        let stub = Stub::start(move |_, _| Reply::Answer(status, body.to_owned()));
        let error = wrap_at(&stub).unwrap_err();
        assert!(error.contains(said) && !error.contains("Kioq"), "{error}");
    }
    let echo = |_: usize, asked: &Asked| {
        let sent = format!(
            "{} {}",
            asked.body,
            asked.header("X-Vault-Token").unwrap_or_default()
        );
        Reply::Answer(400, serde_json::json!({"errors": [sent]}).to_string())
    };
    let error = wrap_at(&Stub::start(echo)).unwrap_err();
    assert!(error.contains("not shown") && !error.contains("Kioq"), "{error}");
    let stub = Stub::start(|_, _| Reply::Answer(200, "x".repeat(2 << 20)));
    assert!(wrap_at(&stub).unwrap_err().contains("longer than any useful one"));
    let stub = Stub::start(|_, _| Reply::Redirect("http://127.0.0.1:1/elsewhere"));
    assert!(
        wrap_at(&stub)
            .unwrap_err()
            .contains("another address (status 307)")
    );
    assert_eq!(stub.asked().len(), 1);
    let stub = Stub::start(|_, _| Reply::Close);
    assert!(wrap_at(&stub).unwrap_err().contains("broke the connection off"));
    assert_eq!(stub.asked().len(), 2, "tried twice, not for ever");
}

#[test]
fn cancelling_does_not_wait_for_a_silent_server() {
    let stub = Stub::start(|_, _| Reply::Silence);
    let variables = [("VAULT_TOKEN", "token"), ("VAULT_ADDR", stub.address.as_str())];
    let environment = Environment::new(variables, "/");
    let cancel = Cancel::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while stub.asked().is_empty() {
                std::thread::yield_now();
            }
            cancel.cancel();
        });
        let access = Access {
            environment: &environment,
            ask: &NOBODY,
            cancel: &cancel,
        };
        assert_eq!(wrap(&access, &recipient(&stub.address)).unwrap_err(), "cancelled");
    });
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let variables = [("VAULT_TOKEN", "token"), ("VAULT_ADDR", gone.as_str())];
    let error = with_access(&variables, &NOBODY, |access| {
        wrap(access, &recipient(&gone)).unwrap_err()
    });
    assert_eq!(error, format!("Vault at {gone}: nobody listens there"));
}
