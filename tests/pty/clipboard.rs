//! A copied value: it reaches the clipboard, leaves it again, and nothing of somebody else is ever cleared.

use super::hands::{self, ENTER, with_a_tool};
use crate::support::parallel::check_all;
use crate::support::sandbox::Sandbox;
use crate::support::secret::CANARY;
use crate::support::terminal::{Size, Terminal};
use crate::support::x11::X11;
use rustix::process::{Pid, Signal, kill_process};

/// A place with the secret, where copied values are cleared after so many seconds.
fn place(seconds: u32) -> Sandbox {
    let place = hands::place_with(&format!("gatus:\n    password_sops_cypher: {CANARY}\n"));
    let settings = place.write("config.toml", format!("clipboard_seconds = {seconds}\n"));
    let folder = settings.parent().unwrap().to_str().unwrap().to_owned();
    place.variable("LAZYSOPS_CONFIG_DIR", &folder)
}

/// The editor with the cursor on the secret.
fn on_the_secret(place: &Sandbox) -> Terminal {
    let mut terminal = hands::open(place, Size(120, 24), "password");
    terminal.send(&format!("/password{ENTER}"));
    terminal
}

/// One run: every way in which a copied value leaves the clipboard, and the one in which it must not.
fn run(server: &X11) -> Result<(), String> {
    taken_off(server)?;
    cleared_in_time(server);
    Ok(())
}

/// On request, at a lock and at the end; with all the time of the world until then.
fn taken_off(server: &X11) -> Result<(), String> {
    let place = place(600).variable("DISPLAY", &server.display);
    let copied = |terminal: &mut Terminal| {
        terminal.send("y");
        terminal.wait_for("copied by X11, cleared in 600 s");
    };
    let mut terminal = on_the_secret(&place);
    copied(&mut terminal);
    if server.paste() != CANARY {
        return Err("it was not copied".to_owned());
    }
    if !server.forms().contains("x-kde-passwordManagerHint") {
        return Err("histories are not asked to leave it out".to_owned());
    }
    server.copy("of somebody else");
    terminal.send("X");
    terminal.wait_for("the clipboard holds something else");
    if server.paste() != "of somebody else" {
        return Err("what somebody else copied was cleared".to_owned());
    }
    copied(&mut terminal);
    hands::lock(&mut terminal);
    server.wait_for("");
    terminal.send(ENTER);
    terminal.wait_for("password");
    copied(&mut terminal);
    hands::quit(&mut terminal);
    server.wait_for("");
    Ok(())
}

/// By itself.
fn cleared_in_time(server: &X11) {
    let place = place(1).variable("DISPLAY", &server.display);
    let mut terminal = on_the_secret(&place);
    terminal.send("y");
    terminal.wait_for("the clipboard is cleared");
    server.wait_for("");
    hands::quit(&mut terminal);
}

#[test]
fn in_ten_of_ten_runs_a_value_is_copied_and_cleared_and_nobody_else_is_disturbed() {
    let test = "in_ten_of_ten_runs_a_value_is_copied_and_cleared_and_nobody_else_is_disturbed";
    let servers: Vec<X11> = (0..10).map_while(|_| X11::start(test)).collect();
    check_all(&servers, run);
}

#[test]
fn a_path_is_copied_and_stays_after_its_time() {
    let Some(server) = X11::start("a_path_is_copied_and_stays_after_its_time") else {
        return;
    };
    let place = place(1).variable("DISPLAY", &server.display);
    let mut terminal = on_the_secret(&place);
    terminal.send("Y");
    terminal.wait_for("the path is copied by X11");
    assert_eq!(server.paste(), "gatus.password_sops_cypher");
    terminal.send("X");
    terminal.wait_for("everything is concealed");
    assert_eq!(server.paste(), "gatus.password_sops_cypher");
}

#[test]
fn every_way_out_takes_the_value_off_the_clipboard() {
    for signal in [None, Some(Signal::TERM), Some(Signal::HUP), Some(Signal::INT)] {
        let place = with_a_tool(place(600));
        let mut terminal = on_the_secret(&place);
        terminal.send("y");
        terminal.wait_for("copied by xclip, cleared in 600 s");
        assert_eq!(place.read("bin/held"), CANARY.as_bytes());
        match signal {
            None => terminal.send("q"),
            Some(signal) => kill_process(Pid::from_raw(terminal.process()).unwrap(), signal).unwrap(),
        }
        terminal.wait_for_exit();
        assert_eq!(place.read("bin/held"), b"", "{signal:?}");
        let seen = String::from_utf8(place.read("bin/seen")).unwrap();
        for secret in [CANARY, "token-of-nobody", "SOPS_AGE_KEY_FILE"] {
            assert!(!seen.contains(secret), "the tool was given {secret}");
        }
    }
}

#[test]
fn over_ssh_the_terminal_is_asked_and_its_clipboard_is_cleared_on_request_only() {
    let place = place(1).variable("SSH_TTY", "/dev/pts/9");
    let mut terminal = on_the_secret(&place);
    terminal.send("y");
    terminal.wait_for("copied by the terminal (OSC 52)");
    // "canary7f3a9c" in base64.
    let asked = "\x1b]52;c;Y2FuYXJ5N2YzYTlj\x1b\\";
    let count = |terminal: &Terminal, wanted: &str| {
        let output = String::from_utf8_lossy(terminal.output()).into_owned();
        output.matches(wanted).count()
    };
    assert_eq!(count(&terminal, asked), 1);
    let cleared = "\x1b]52;c;\x1b\\";
    hands::lock(&mut terminal);
    terminal.send(ENTER);
    terminal.wait_for("password");
    assert_eq!(
        count(&terminal, cleared),
        0,
        "nobody can tell whether it is still ours"
    );
    terminal.send("X");
    terminal.wait_for("everything is concealed");
    assert_eq!(count(&terminal, cleared), 1);
    hands::quit(&mut terminal);
    assert!(!String::from_utf8_lossy(terminal.output()).contains(CANARY));
}
