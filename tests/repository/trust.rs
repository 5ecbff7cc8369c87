//! Whose rules are believed (security P8).

use super::repository;
use crate::support::sandbox::Sandbox;
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

const RULES: &str = "creation_rules:\n  - age: {A}\n";

fn mode(place: &Sandbox, name: &str, mode: u32) {
    std::fs::set_permissions(place.path(name), Permissions::from_mode(mode)).unwrap();
}

/// Whether own commands refuse, and the drop-in ones warn.
fn answers(place: &Sandbox, file: &str) -> (bool, bool) {
    let own = place.lazysops(["drift", file]);
    let trusting = place.lazysops(["drift", "--trust-config", file]);
    assert_eq!(trusting.code, Some(0), "{}", trusting.stderr);
    let folder = place.path(file).parent().unwrap().to_owned();
    let line = format!(
        "cd {} && {} encrypt {}",
        folder.display(),
        env!("CARGO_BIN_EXE_lazysops"),
        place.path("plain.yaml").display()
    );
    let drop_in = place.run("sh".as_ref(), ["-c", &line], b"");
    assert_eq!(drop_in.code, Some(0), "{}", drop_in.stderr);
    (own.code == Some(2), drop_in.stderr.contains("is used although"))
}

fn place() -> Sandbox {
    let place = repository(RULES, &[("sub/a.enc.yaml", "a: 1\n"), ("plain.yaml", "a: 1\n")]);
    mode(&place, "", 0o755);
    place
}

#[test]
fn six_layouts_of_rules_are_judged_right() {
    let file = "sub/a.enc.yaml";
    let inside = place();
    assert_eq!(answers(&inside, file), (false, false), "inside the repository");

    let above = place();
    std::fs::remove_dir(above.path(".git")).unwrap();
    std::fs::create_dir(above.path("sub/.git")).unwrap();
    assert_eq!(answers(&above, file), (true, true), "above the repository");

    let writable = place();
    mode(&writable, ".sops.yaml", 0o666);
    assert_eq!(answers(&writable, file), (true, true), "anybody can write it");

    let replaceable = place();
    mode(&replaceable, "", 0o777);
    assert_eq!(
        answers(&replaceable, file),
        (true, true),
        "anybody can replace it"
    );

    let shared = place();
    mode(&shared, "", 0o1777);
    assert_eq!(
        answers(&shared, file),
        (false, false),
        "a folder like /tmp, own file"
    );

    let foreign = place();
    if std::fs::metadata(foreign.root()).unwrap().uid() != 0 {
        crate::support::skipped("rules of another user", "only root can give files away");
        return;
    }
    std::os::unix::fs::chown(foreign.path(".sops.yaml"), Some(65534), None).unwrap();
    assert_eq!(answers(&foreign, file), (true, true), "of another user");
}
