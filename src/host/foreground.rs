//! Whether the terminal sends this process signals when somebody types.

use rustix::termios::{LocalModes, tcgetattr, tcgetpgrp};
use std::fs::File;

/// Whether keys of the terminal (Ctrl-C, Ctrl-\) send signals to this process now, and to what it started.
#[must_use]
pub fn keys_send_signals() -> bool {
    let Ok(terminal) = File::open("/dev/tty") else {
        return false;
    };
    let is_ours = tcgetpgrp(&terminal).is_ok_and(|group| group == rustix::process::getpgrp());
    is_ours && tcgetattr(&terminal).is_ok_and(|modes| modes.local_modes.contains(LocalModes::ISIG))
}
