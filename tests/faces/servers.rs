//! Credentials for a server that only the file names: P7.

use super::{FORMATS, leave, ok, on_terminal, sealed};
use crate::keys::http_stub::Stub;
use crate::keys::vault::transit;
use crate::support::sandbox::Sandbox;

/// A place with a file that a Vault opens, which the user has not heard of.
fn place(format: (&str, &str, &str), stub: &Stub) -> Sandbox {
    let place = sealed(format).variable("VAULT_TOKEN", "token");
    place.write(format.0, format.1);
    let uri = format!("{}/v1/transit/keys/k", stub.address);
    let place = place.variable("VAULT_ADDR", &stub.address);
    ok(&place.lazysops(["encrypt", "-i", "--hc-vault-transit", &uri, format.0]));
    place.variable("VAULT_ADDR", "https://v.example:8200")
}

#[test]
fn an_unknown_vault_gets_a_token_after_a_yes_and_from_the_commands_of_sops_with_a_warning() {
    for format in FORMATS {
        let stub = Stub::start(transit);
        let place = place(format, &stub);
        let name = format.0;
        let known = stub.asked().len();
        let asked = || stub.asked().len() - known;

        let strict = place.lazysops(["decrypt", "--strict", name]);
        assert_ne!(strict.code, Some(0));
        assert_eq!(
            (asked(), strict.stdout.as_slice()),
            (0, &b""[..]),
            "{name}: strict"
        );
        let own = place.lazysops(["rekey", "--rotate", "--yes", name]);
        assert_eq!((own.code, asked()), (Some(2), 0), "{name}: {}", own.stderr);

        let mut terminal = on_terminal(&place, &[name]);
        terminal.wait_for(&stub.address);
        assert_eq!(asked(), 0, "{name}: not before a yes");
        terminal.send("\x1b");
        terminal.wait_for(" Locked ");
        terminal.send("\r");
        leave(&mut terminal);
        assert_eq!(asked(), 0, "{name}: the editor");

        let mut terminal = on_terminal(&place, &["rekey", "--rotate", "--yes", name]);
        terminal.wait_for("which the file names: agree?");
        terminal.send("no\n");
        assert_eq!(
            (terminal.wait_for_exit(), asked()),
            (2, 0),
            "{name}: own commands"
        );

        let drop_in = place.lazysops(["decrypt", name]);
        ok(&drop_in);
        assert!(
            drop_in.stderr.starts_with("warning: the Vault token goes to "),
            "{name}: {}",
            drop_in.stderr
        );
        assert_eq!((asked(), drop_in.stderr.lines().count()), (1, 1), "{name}");
    }
}
