//! What a key says of its value.
//!
//! The rule: a key is cut into words where its case or its signs change, what the file's suffix rule matched left out. It names a
//! secret when it has one of the words below, or one of the pairs, and does not end with a word that names something about a
//! secret (`token_url`, `secretName`). It names a person or a place when it ends with one of those words.

/// What a value is by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A secret.
    Secret,
    /// What people and machines are called.
    Name,
    /// Nobody knows.
    Other,
}

const SECRETS: [&str; 13] = [
    "password",
    "passwd",
    "pass",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "secrets",
    "token",
    "tokens",
    "apikey",
    "credential",
    "credentials",
];
/// Words before `key` that make it a secret one.
const KEYS: [&str; 9] = [
    "api",
    "access",
    "auth",
    "private",
    "encryption",
    "signing",
    "master",
    "account",
    "session",
];
const ABOUT: [&str; 24] = [
    "id",
    "url",
    "uri",
    "path",
    "file",
    "type",
    "ttl",
    "expiry",
    "expires",
    "enabled",
    "length",
    "hash",
    "algorithm",
    "policy",
    "ref",
    "version",
    "issuer",
    "audience",
    "endpoint",
    "date",
    "age",
    "count",
    "prefix",
    "mode",
];
const NAMES: [&str; 11] = [
    "name", "user", "username", "login", "email", "mail", "account", "host", "hostname", "database", "owner",
];

/// What the value of a key is.
pub fn sort(key: &str) -> Sort {
    let words = words(key);
    let Some(last) = words.last() else {
        return Sort::Other;
    };
    if NAMES.contains(&last.as_str()) {
        return Sort::Name;
    }
    if ABOUT.contains(&last.as_str()) {
        return Sort::Other;
    }
    let pair = |pair: &[String]| match pair {
        [first, second] => second == "key" && KEYS.contains(&first.as_str()),
        _ => false,
    };
    let single = words.iter().any(|word| SECRETS.contains(&word.as_str()));
    if single || words.windows(2).any(pair) {
        Sort::Secret
    } else {
        Sort::Other
    }
}

/// The words of a key, in small letters.
fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in key.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if (begins || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Sort, sort};

    #[test]
    fn keys_of_secrets_are_told_from_keys_about_them() {
        for key in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "api_token",
            "clientSecret",
            "AWS_SECRET_ACCESS_KEY",
            "apiKey",
            "private-key",
            "smtp.pass",
        ] {
            assert_eq!(sort(key), Sort::Secret, "{key}");
        }
        for key in ["secretName", "username", "smtp_user", "account"] {
            assert_eq!(sort(key), Sort::Name, "{key}");
        }
        for key in [
            "token_url",
            "password_file",
            "key",
            "compass",
            "passive",
            "AWS_ACCESS_KEY_ID",
            "monkey",
            "",
        ] {
            assert_eq!(sort(key), Sort::Other, "{key}");
        }
    }
}
