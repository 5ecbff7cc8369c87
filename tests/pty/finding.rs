//! Finding a value, an action and a key, in every size of the terminal.

use super::hands::{self, ENTER, PLAINTEXT};
use crate::support::terminal::Size;

const ESC: &str = "\x1b";

#[test]
fn a_value_an_action_and_a_key_are_found_in_every_size() {
    for size in [Size(120, 40), Size(80, 24), Size(40, 12)] {
        let place = hands::place_with(PLAINTEXT);
        let mut terminal = hands::open(&place, size, "gatus");
        // What does not match goes while one types, and comes back.
        terminal.send("/password");
        terminal.wait_without("slack_we");
        terminal.send(ENTER);
        terminal.wait_for("slack_we");
        // In values, which stay masked.
        terminal.send("/\thunter");
        terminal.wait_without("slack_we");
        terminal.wait_for("password_");
        assert!(!crate::support::secret::contains(terminal.output(), "hunter2"));
        terminal.send(ENTER);
        terminal.wait_for("slack_we");
        // The palette does what it offers.
        terminal.send(":fold-all");
        terminal.wait_for("fold everything");
        terminal.send(ENTER);
        terminal.wait_without("slack_we");
        terminal.send("?");
        terminal.wait_for("Tree (2)");
        terminal.send(ESC);
        terminal.wait_without("Tree (2)");
        hands::quit(&mut terminal);
    }
}
