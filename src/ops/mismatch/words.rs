//! The sentences.

use super::findings::Fault;
use crate::metadata::Metadata;
use crate::seal::MacError;
use crate::tree::{NodeId, Tree};

/// How much of a readable value is told, in characters.
const MOST: usize = 40;

/// What is wrong with the MAC itself.
pub fn verdict(checked: &Option<Result<(), MacError>>) -> String {
    match checked {
        None => "some values do not decrypt where they stand".to_owned(),
        Some(Err(MacError::Missing)) => "the file has no MAC".to_owned(),
        Some(Err(MacError::Undecryptable(_))) => "the MAC itself does not decrypt".to_owned(),
        Some(Err(MacError::Mismatch) | Ok(())) => "the values are not those that were sealed".to_owned(),
    }
}

/// What the MAC alone tells, where no version tells more.
pub const fn guess(checked: &Option<Result<(), MacError>>, compared: bool) -> &'static str {
    match (checked, compared) {
        (Some(Err(MacError::Missing)), _) => {
            "`mac` was taken out by hand, or the file was never sealed whole"
        }
        (Some(Err(MacError::Undecryptable(_))), _) => {
            "`lastmodified` or `mac` was changed by hand: the one is sealed with the other"
        }
        (_, true) => "every value is as it was: `mac` comes from another version of the file",
        (_, false) => {
            "a readable value was changed, or a value was added, removed, moved or taken from another version; git has no version to compare with"
        }
    }
}

/// What to do where there is no version to compare with. `whole` is whether every value decrypts.
pub fn next_steps(whole: bool) -> impl Iterator<Item = &'static str> {
    let accept = if whole {
        "→ accept it only if every value is as you know it: in the editor, or by `lazysops repair FILE`; that makes the MAC new"
    } else {
        "→ it cannot be accepted as it stands; bring back a copy in which every value decrypts"
    };
    [
        "→ a file does not say who sealed it last: ask those who can write it, and look where it came from",
        "→ compare it with a copy from elsewhere: a backup, another clone, what is deployed",
        accept,
        "→ to look at it unchecked, `lazysops decrypt --ignore-mac FILE`; what that prints may be what somebody else put there",
    ]
    .into_iter()
}

/// What differs in the `sops` block.
pub fn metadata(was: &Metadata, is: &Metadata) -> Vec<String> {
    let mut told = Vec::new();
    if was.mac == is.mac && was.last_modified != is.last_modified {
        told.push(format!(
            "`lastmodified` was changed by hand: {} → {}",
            was.last_modified, is.last_modified
        ));
    }
    let rule = |metadata: &Metadata| {
        let rule = metadata.effective_rule();
        format!("{} {}", rule.field(), rule.pattern())
    };
    if rule(was) != rule(is) {
        told.push(format!(
            "the rule in the file was changed: {} → {}",
            rule(was),
            rule(is)
        ));
    }
    if was.mac_only_encrypted != is.mac_only_encrypted {
        told.push(format!(
            "`mac_only_encrypted` was changed: {} → {}",
            was.mac_only_encrypted, is.mac_only_encrypted
        ));
    }
    told
}

/// A readable value before and after.
pub fn readable(old: &Tree, was: NodeId, new: &Tree, is: NodeId) -> Option<String> {
    let (was, is) = (old.node(was).leaf()?, new.node(is).leaf()?);
    let cut = |text: &[u8]| -> String {
        let text = String::from_utf8_lossy(text);
        let line = text.lines().next().unwrap_or_default();
        let short: String = line.chars().take(MOST).collect();
        if short.len() < text.len() {
            format!("{short}…")
        } else {
            short
        }
    };
    let types = if was.type_name() == is.type_name() {
        String::new()
    } else {
        format!(" ({} → {})", was.type_name(), is.type_name())
    };
    Some(format!(
        "{} → {}{types}",
        cut(&was.canonical()),
        cut(&is.canonical())
    ))
}

/// One finding as a sentence.
pub fn with_line(fault: Fault, line: Option<usize>, path: &str, more: &str, encrypted: bool) -> String {
    let line = line.map_or_else(String::new, |line| format!("line {line}: "));
    let kind = if encrypted {
        "an encrypted value"
    } else {
        "a readable value"
    };
    let what = match fault {
        Fault::Edited => format!("a readable value was changed by hand: {more}"),
        Fault::Replaced => {
            "an encrypted value is another one, under a MAC that was not made anew, as merging texts does"
                .to_owned()
        }
        Fault::Opened => "was encrypted and stands there readable".to_owned(),
        Fault::Closed => "was readable and stands there encrypted".to_owned(),
        Fault::Added => format!("{kind} was added by hand"),
        Fault::Removed => "was taken out by hand".to_owned(),
        Fault::Renamed => format!("was renamed by hand, it was {more}"),
        Fault::Moved => "was moved by hand: the order counts".to_owned(),
        Fault::Carried => format!(
            "its ciphertext belongs to {more}: it was renamed or moved by hand and does not decrypt here"
        ),
        Fault::Broken => {
            "its ciphertext does not decrypt: it was changed by hand, or comes from another file".to_owned()
        }
        Fault::Plain => "stands there in clear, and the rule encrypts it".to_owned(),
    };
    format!("{line}{path}: {what}")
}
