//! New files are made by their rules, and nothing is ever overwritten.

use super::{Template, create, propose};
use crate::host::Environment;
use crate::keys::generate::age_key;
use crate::ops::open::{Access, open};
use crate::ops::plain;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn place(rules: &str) -> (TempDir, Environment) {
    let folder = tempfile::tempdir().unwrap();
    let pair = age_key();
    let key = folder.path().join("key.txt");
    fs::write(&key, pair.secret.expose()).unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(
        folder.path().join(".sops.yaml"),
        rules.replace("KEY", &pair.recipient),
    )
    .unwrap();
    let environment = Environment::new([("SOPS_AGE_KEY_FILE", key)], folder.path());
    (folder, environment)
}

fn text(path: &Path, environment: &Environment) -> String {
    let document = open(path, environment).unwrap();
    assert!(matches!(document.access, Access::Open(_)));
    String::from_utf8(plain::text(&document, &document.content).unwrap().to_vec()).unwrap()
}

const RULES: &str = "creation_rules:
  - path_regex: ^charts/.*/values\\.sops\\.yaml$
    encrypted_suffix: _s
    age: KEY
  - path_regex: \\.sopssecret\\.yaml$
    encrypted_suffix: Templates
    age: KEY
  - path_regex: \\.env$
    age: KEY
";

#[test]
fn every_template_is_made_where_a_rule_is_for_it() {
    let (folder, environment) = place(RULES);
    for (template, at, part) in [
        (
            Template::Helm,
            "charts/web/values.sops.yaml",
            "password_s: change me",
        ),
        (
            Template::Secret,
            "charts/web2/values.sops.yaml",
            "stringData:\n    password_s: change me",
        ),
        (
            Template::SopsSecret,
            "k8s/app.sopssecret.yaml",
            "secretTemplates:\n        - name: app\n",
        ),
        (Template::Dotenv, "app.env", "PASSWORD=change me"),
    ] {
        let path = folder.path().join(at);
        create(&path, template, &environment).unwrap();
        assert!(text(&path, &environment).contains(part), "{at}");
        assert!(!fs::read_to_string(&path).unwrap().contains("change me"), "{at}");
    }
}

#[test]
fn what_is_there_is_never_overwritten() {
    let (folder, environment) = place(RULES);
    let path = folder.path().join("app.env");
    std::os::unix::fs::symlink("nowhere", &path).unwrap();
    let failure = create(&path, Template::Dotenv, &environment).unwrap_err();
    assert!(failure.message.contains("exists already"));
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn a_name_of_another_format_than_the_template_is_for_is_refused() {
    let (folder, environment) = place(RULES);
    for (template, name) in [
        (Template::Dotenv, "app.env.backup"),
        (Template::Helm, "values.json"),
        (Template::Empty, "secrets"),
    ] {
        let path = folder.path().join(name);
        let failure = create(&path, template, &environment).unwrap_err();
        assert!(
            failure.message.contains("which this template is not for"),
            "{}",
            failure.message
        );
        assert!(
            failure
                .hints
                .iter()
                .any(|hint| hint.contains("a name that ends with"))
        );
        assert!(!path.exists());
    }
}

#[test]
fn without_a_rule_or_recipients_nothing_is_made() {
    let (folder, environment) = place(RULES);
    let path = folder.path().join("other.yaml");
    assert!(create(&path, Template::Empty, &environment).is_err());
    assert!(!path.exists());
    let (folder, environment) = place("creation_rules:\n  - encrypted_suffix: _s\n");
    assert!(create(&folder.path().join("a.yaml"), Template::Empty, &environment).is_err());
    assert!(propose(folder.path(), Template::Empty, &environment).is_err());
}

#[test]
fn a_path_is_proposed_that_a_rule_is_for() {
    let (folder, environment) = place(RULES);
    let proposed = |template, below: &str| {
        let path = propose(&folder.path().join(below), template, &environment).unwrap();
        path.strip_prefix(folder.path())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        proposed(Template::Helm, "charts/web"),
        "charts/web/values.sops.yaml"
    );
    assert_eq!(proposed(Template::Helm, "."), "charts/new/values.sops.yaml");
    assert_eq!(proposed(Template::SopsSecret, "k8s"), "k8s/app.sopssecret.yaml");
    assert_eq!(proposed(Template::Dotenv, "."), "secrets.env");
    fs::create_dir_all(folder.path().join("charts/web")).unwrap();
    fs::write(folder.path().join("charts/web/values.sops.yaml"), "").unwrap();
    assert_eq!(
        proposed(Template::Helm, "charts/web"),
        "charts/web/new/values.sops.yaml"
    );
}
