//! What the help of a command shows last: how it is used.

/// Examples by command; `groups add` is one of two words.
pub const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "open",
        &["lazysops open", "lazysops open --read-only prod/values.sops.yaml"],
    ),
    (
        "config",
        &[
            "lazysops config",
            "lazysops config > ~/.config/lazysops/config.toml",
        ],
    ),
    (
        "encrypt",
        &[
            "lazysops encrypt -i values.sops.yaml",
            "lazysops encrypt --age age1… --encrypted-regex '^(data|stringData)$' secret.yaml > secret.enc.yaml",
            "lazysops encrypt --like HEAD.yaml values.yaml --output values.sops.yaml",
            "kubectl get secret db -o yaml | lazysops encrypt --filename-override prod/db.yaml",
        ],
    ),
    (
        "decrypt",
        &[
            "lazysops decrypt values.sops.yaml",
            "lazysops decrypt --extract '[\"db\"][\"password\"]' values.sops.yaml",
            "lazysops decrypt --output-type json app.enc.env",
            "git show HEAD:values.sops.yaml | lazysops decrypt --filename-override values.sops.yaml",
        ],
    ),
    (
        "edit",
        &[
            "lazysops edit values.sops.yaml",
            "SOPS_EDITOR='code --wait' lazysops edit values.sops.yaml",
            "lazysops edit --age age1… new.sops.yaml",
        ],
    ),
    (
        "set",
        &[
            "lazysops set values.sops.yaml '[\"db\"][\"password\"]' '\"new\"'",
            "pwgen 32 1 | jq -R . | lazysops set --value-stdin values.sops.yaml '[\"db\"][\"password\"]'",
        ],
    ),
    (
        "unset",
        &["lazysops unset --idempotent values.sops.yaml '[\"db\"][\"old\"]'"],
    ),
    (
        "rotate",
        &[
            "lazysops rotate -i values.sops.yaml",
            "lazysops rotate -i --add-age age1… --rm-pgp FINGERPRINT values.sops.yaml",
        ],
    ),
    (
        "updatekeys",
        &[
            "lazysops updatekeys values.sops.yaml",
            "lazysops updatekeys -y prod/*.yaml",
        ],
    ),
    (
        "groups add",
        &["lazysops groups add -i -f values.sops.yaml --age age1… --shamir-secret-sharing-threshold 2"],
    ),
    (
        "groups delete",
        &["lazysops groups delete -i -f values.sops.yaml 1"],
    ),
    (
        "exec-env",
        &[
            "lazysops exec-env app.enc.env 'docker compose up'",
            "lazysops exec-env --same-process app.enc.env 'exec ./server'",
        ],
    ),
    (
        "exec-file",
        &[
            "lazysops exec-file kubeconfig.enc.yaml 'kubectl --kubeconfig {} get pods'",
            "lazysops exec-file --no-fifo --filename values.yaml values.sops.yaml 'helm install app . -f {}'",
        ],
    ),
    (
        "filestatus",
        &["lazysops filestatus values.sops.yaml | jq .encrypted"],
    ),
    (
        "completion",
        &[
            "source <(lazysops completion bash)",
            "lazysops completion zsh > ~/.zfunc/_lazysops",
            "lazysops completion fish > ~/.config/fish/completions/lazysops.fish",
            "lazysops completion powershell | Out-String | Invoke-Expression",
        ],
    ),
    (
        "man",
        &["lazysops man ~/.local/share/man/man1", "lazysops man | man -l -"],
    ),
    (
        "publish",
        &[
            "lazysops publish values.sops.yaml",
            "lazysops publish -y --recursive secrets/",
        ],
    ),
    (
        "keyservice",
        &[
            "lazysops keyservice --network unix --address /run/user/1000/keys.sock",
            "lazysops decrypt --keyservice unix:///run/user/1000/keys.sock values.sops.yaml",
        ],
    ),
    (
        "why",
        &[
            "lazysops why values.sops.yaml",
            "lazysops why values.sops.yaml db.password",
        ],
    ),
    ("drift", &["lazysops drift", "lazysops drift --json prod"]),
    (
        "check",
        &[
            "lazysops check",
            "lazysops check --staged",
            "lazysops check --format sarif > findings.sarif",
        ],
    ),
    ("access", &["lazysops access", "lazysops access --json prod"]),
    (
        "repair",
        &[
            "lazysops repair --dry-run values.sops.yaml",
            "lazysops repair values.sops.yaml",
            "lazysops repair --restore values.sops.yaml",
        ],
    ),
    (
        "rekey",
        &[
            "lazysops rekey --dry-run",
            "lazysops rekey --add age1… --rules secrets/",
            "lazysops rekey --remove old-laptop --rules",
            "lazysops rekey --rotate secrets/",
        ],
    ),
    (
        "keygen",
        &["lazysops keygen", "lazysops keygen --pq --output key.txt"],
    ),
    (
        "join",
        &["lazysops join ops-laptop", "lazysops join ci --key age1…"],
    ),
    (
        "approve",
        &[
            "lazysops approve ops-laptop --dry-run",
            "lazysops approve ops-laptop",
        ],
    ),
    (
        "doctor",
        &[
            "lazysops doctor values.sops.yaml",
            "lazysops doctor --json values.sops.yaml",
        ],
    ),
    (
        "merge",
        &[
            "lazysops merge --dry-run base.yaml ours.yaml theirs.yaml values.sops.yaml",
            "git config merge.lazysops.driver 'lazysops merge %O %A %B %P'",
        ],
    ),
    (
        "diff",
        &[
            "lazysops diff",
            "lazysops diff --staged",
            "lazysops diff main...HEAD prod",
        ],
    ),
    (
        "git-setup",
        &[
            "lazysops git-setup --dry-run",
            "lazysops git-setup",
            "lazysops git-setup --undo",
        ],
    ),
    (
        "history",
        &[
            "lazysops history values.sops.yaml '[\"db\"][\"password\"]'",
            "lazysops history --json values.sops.yaml db.password",
            "lazysops history --reveal values.sops.yaml db.password",
        ],
    ),
    (
        "resolve",
        &[
            "lazysops resolve values.sops.yaml",
            "lazysops resolve --theirs db.password --rest ours values.sops.yaml",
            "lazysops resolve --dry-run --rest theirs values.sops.yaml",
        ],
    ),
    (
        "stage",
        &[
            "lazysops stage values.sops.yaml db.password",
            "lazysops stage --settings values.sops.yaml",
            "lazysops stage --dry-run values.sops.yaml db",
        ],
    ),
    (
        "unstage",
        &[
            "lazysops unstage values.sops.yaml db.password",
            "lazysops unstage values.sops.yaml",
        ],
    ),
    (
        "textconv",
        &[
            "git config diff.lazysops.textconv 'lazysops textconv'",
            "lazysops textconv values.sops.yaml",
        ],
    ),
    ("history", &["lazysops history values.sops.yaml"]),
    ("git-setup", &["lazysops git-setup"]),
    ("keygen", &["lazysops keygen"]),
    ("rekey", &["lazysops rekey --dry-run"]),
    ("join", &["lazysops join"]),
    ("approve", &["lazysops approve"]),
];

/// The last part of the help of a command.
pub fn help(command: &str) -> Option<String> {
    let (_, lines) = EXAMPLES.iter().find(|(name, _)| *name == command)?;
    let mut text = "Examples:".to_owned();
    for line in *lines {
        text.push_str("\n  ");
        text.push_str(line);
    }
    Some(text)
}
