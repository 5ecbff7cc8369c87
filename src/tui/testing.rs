//! What the tests of the editor share: documents made by hand, and an editor without a terminal whose screen is text.

mod conflict;
mod dump;
mod editor;
mod past;
mod real;
mod samples;
mod svg;

pub use conflict::conflict;
pub use dump::{line, runs};
pub use editor::{Editor, read};
pub use past::past;
pub use real::Real;
pub use samples::{with_findings, with_matrix, with_plan};
pub use svg::svg;

use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::keys::{Attempt, Outcome};
use crate::metadata::{Detached, Group, KeyEntry, Metadata, Recipient, SOPS_VERSION};
use crate::ops::open::{Access, Document, Unsealed};
use crate::seal::selection::{Rule, Selection};
use crate::seal::{DataKey, Stash};
use crate::tree::{Body, Comment, Leaf, NodeId, Secret, Time, Tree};
use std::path::PathBuf;

/// The secret of the fixtures: nowhere on screen unless it is revealed.
pub const SECRET: &str = "hunter2";

fn leaf(tree: &mut Tree, parent: NodeId, key: &str, value: Leaf) -> NodeId {
    tree.push(parent, Some(key.into()), Body::Leaf(value))
}

fn comment(tree: &mut Tree, parent: NodeId, text: &str) {
    let text = Secret::from(text);
    tree.push(parent, None, Body::Comment(Comment { text, inline: false }));
}

/// The file of the first slice: values of a status page.
pub fn gatus() -> Document {
    let mut tree = Tree::new();
    let root = tree.push_document();
    comment(&mut tree, root, " values of the status page");
    let gatus = tree.push(root, Some("gatus".into()), Body::Map(Vec::new()));
    leaf(&mut tree, gatus, "target_version", Leaf::text("1.2.3"));
    leaf(
        &mut tree,
        gatus,
        "slack_webhook_sops_cypher",
        Leaf::text("https://hooks.example/T0/B0/x"),
    );
    leaf(&mut tree, gatus, "username_sops_cypher", Leaf::text("admin"));
    leaf(&mut tree, gatus, "password_sops_cypher", Leaf::text(SECRET));
    let database = tree.push(root, Some("database".into()), Body::Map(Vec::new()));
    leaf(&mut tree, database, "port", Leaf::Int(5432));
    leaf(&mut tree, database, "tls", Leaf::Bool(true));
    leaf(&mut tree, database, "pool_sops_cypher", Leaf::Int(12));
    let hosts = tree.push(database, Some("hosts".into()), Body::List(Vec::new()));
    for host in ["db-0.example", "db-1.example"] {
        tree.push(hosts, None, Body::Leaf(Leaf::text(host)));
    }
    document(tree, Rule::EncryptedSuffix("_sops_cypher".to_owned()))
}

/// A file of maps of 50 values each, all encrypted.
pub fn large(values: usize) -> Document {
    let mut tree = Tree::new();
    let root = tree.push_document();
    for number in 0..values.div_ceil(50) {
        let map = tree.push(
            root,
            Some(format!("service_{number:05}").into()),
            Body::Map(Vec::new()),
        );
        for key in 0..50.min(values - number * 50) {
            leaf(
                &mut tree,
                map,
                &format!("password_{key:02}_sops_cypher"),
                Leaf::text(SECRET),
            );
        }
    }
    document(tree, Rule::EncryptedSuffix("_sops_cypher".to_owned()))
}

/// A document around a tree, opened with an age key.
pub fn document(tree: Tree, rule: Rule) -> Document {
    let recipient = Recipient::Age {
        recipient: "age1qp5a9yk3zzf3fypgfkwsxvrg2u7ck7wsm6kxk6zzzzzzzzzzzzqsq8q8tf".to_owned(),
    };
    let ci = Recipient::Kms {
        arn: "arn:aws:kms:eu-west-1:111122223333:key/ci".to_owned(),
        role: String::new(),
        context: Vec::new(),
        aws_profile: String::new(),
    };
    let entry = |recipient: &Recipient| KeyEntry {
        recipient: recipient.clone(),
        enc: "x".to_owned(),
        created_at: None,
    };
    Document {
        path: PathBuf::from("/repo/prod/values.sops.yaml"),
        format: Format::Yaml,
        source: std::sync::Arc::default(),
        identity: Default::default(),
        detached: Detached::default(),
        metadata: Metadata {
            groups: vec![Group {
                keys: vec![entry(&recipient), entry(&ci)],
            }],
            threshold: None,
            last_modified: Time::from_unix(0),
            mac: Secret::default(),
            rule: Some(rule.clone()),
            mac_only_encrypted: false,
            version: SOPS_VERSION.to_owned(),
        },
        selection: Selection::new(Some(rule), false).unwrap(),
        by_rule: None,
        content: tree,
        access: Access::Open(Unsealed {
            key: DataKey::new([7; 32]),
            stash: Stash::default(),
        }),
        attempts: vec![
            Attempt {
                group: 0,
                recipient,
                outcome: Outcome::Opened {
                    by: "SOPS_AGE_KEY_FILE".to_owned(),
                },
            },
            Attempt {
                group: 0,
                recipient: ci,
                outcome: Outcome::NotTried,
            },
        ],
        writable: true,
        people: Vec::new(),
        repairable: None,
        accepted: None,
        notices: Vec::new(),
    }
}

/// The same document as it looks without a key.
pub fn locked(mut document: Document) -> Document {
    let ids: Vec<NodeId> = document.content.walk().map(|step| step.id()).collect();
    for id in ids {
        let sealed = document.selection.decide(&document.content, id).encrypted;
        if let (Some(leaf), true) = (document.content.node(id).leaf(), sealed) {
            let kind = leaf.type_name();
            let text = format!("ENC[AES256_GCM,data:abc=,iv:abc=,tag:abc=,type:{kind}]");
            document.content.set_body(id, Body::Leaf(Leaf::text(&text)));
        }
    }
    for attempt in &mut document.attempts {
        attempt.outcome = Outcome::Failed {
            reasons: vec!["SOPS_AGE_KEY_FILE (key.txt): none of its 2 keys fits".to_owned()],
            next: Some("ask a reader of the file to add your key".to_owned()),
        };
    }
    let failure =
        Failure::new(Kind::NoDataKey, "no key at hand opens this file").hint("set SOPS_AGE_KEY_FILE");
    document.access = Access::Locked(failure);
    document
}
