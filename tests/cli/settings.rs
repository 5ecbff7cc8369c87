//! `lazysops config`: the settings of the editor as a script sees them.

use super::{fails, ok};
use crate::support::sandbox::Sandbox;

#[test]
fn config_says_what_is_in_force_and_from_where() {
    let place = Sandbox::without_keys();
    let outcome = place.lazysops(["config"]);
    ok(&outcome);
    let folder = place.root().join("home/.config/lazysops");
    let expected = format!(
        "# settings are read from {}\n\
         theme = \"default\"                # built in\n\
         keymap = \"default\"               # built in\n\
         ascii = false                    # LANG\n\
         mouse = true                     # built in\n\
         reveal_seconds = 20              # built in\n\
         clipboard_seconds = 20           # built in\n\
         lock_seconds = 300               # built in\n",
        folder.display()
    );
    assert_eq!(String::from_utf8(outcome.stdout).unwrap(), expected);

    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "# mine\ntheme = \"light\"\n").unwrap();
    std::fs::write(folder.join("keymap.toml"), "[tree]\nS = \"save\"\n").unwrap();
    let outcome = place.lazysops(["config"]);
    ok(&outcome);
    let text = String::from_utf8(outcome.stdout).unwrap();
    let folder = folder.display();
    assert!(text.contains(&format!(
        "theme = \"light\"                  # {folder}/config.toml:2\n"
    )));
    assert!(text.ends_with(&format!(
        "\n[tree]\n\"S\" = \"save\"                     # {folder}/keymap.toml:2\n"
    )));
}

#[test]
fn config_names_file_and_line_of_an_error() {
    let place = Sandbox::without_keys().variable("LAZYSOPS_CONFIG_DIR", ".");
    let file = place.write("./config.toml", "theme = \"pink\"\n");
    let text = format!(
        "Error: {}:1: there is no such theme; built in are default, dark, light, high-contrast, mono, catppuccin-mocha, \
         gruvbox-dark, others stand in themes/\n",
        file.display()
    );
    fails(&place.lazysops(["config"]), 2, &text);
}

#[test]
fn a_file_named_config_is_still_a_file_after_the_flags_of_sops() {
    let place = Sandbox::without_keys();
    let outcome = place.lazysops(["-d", "config"]);
    assert_eq!(outcome.code, Some(100), "{}", outcome.stderr);
}
