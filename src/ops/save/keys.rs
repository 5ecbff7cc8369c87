//! Saving for other recipients than before.

use crate::failure::{Failure, Kind};
use crate::format::Style;
use crate::host::{Environment, SystemRandom};
use crate::metadata::Metadata;
use crate::ops::caution::Caution;
use crate::ops::open::Document;
use crate::ops::readers::{Fate, Readers};
use crate::ops::rekey::{not_meant, rekeyed, same_groups, wrap_since};
use crate::ops::rekey_files::can_be;
use crate::ops::rewrite::{Base, Rewritten, reseal};
use crate::ops::sealed;
use crate::ops::updatekeys::merged;
use crate::seal::{self, DataKey};
use crate::tree::Tree;

/// Who is to be able to read a file from the next save on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rekey {
    /// They.
    pub readers: Readers,
    /// Whether the data key stays although it should not ([`Readers::fate_since`]).
    pub keep_data_key: bool,
}

/// The text of the edited file for other recipients, and its data key. Where only somebody comes, the wrapped keys of the
/// others stay as they are, and where no value was edited, so do values, MAC and time.
pub fn rewrite_for(
    base: &Base<'_>,
    document: &Document,
    edited: &Tree,
    rekey: &Rekey,
    environment: &Environment,
) -> Result<(Rewritten, DataKey), Failure> {
    let before = &base.metadata.groups;
    let threshold = rekey.readers.threshold();
    let wanted = merged(before, &rekey.readers.unwrapped());
    can_be(&wanted, threshold, base.name)?;
    let fate = rekey.readers.fate_since(&Readers::of(base.metadata));
    let stays = rekey.keep_data_key || fate == Fate::Kept;
    let before = (before.as_slice(), base.metadata.threshold);
    let (before, key) = if stays {
        (before, base.key.clone())
    } else {
        let key = DataKey::generate(&mut SystemRandom)
            .map_err(|error| Failure::new(Kind::Generic, error.to_string()))?;
        // Nobody has anything of a new key.
        ((&[][..], None), key)
    };
    let (groups, key) = wrap_since(before, &wanted, threshold, &key, base.name, environment)?;
    let metadata = Metadata {
        groups,
        threshold,
        ..base.metadata.clone()
    };
    if stays
        && edited.same_content(&document.content, true)
        && let Some(rewritten) = only_keys(base, &metadata)?
    {
        return Ok((rewritten, key));
    }
    // Nonces belong to the old key: none of its stash is used again under another one.
    let after = Base {
        metadata: &metadata,
        key: &key,
        ..*base
    };
    let rewritten = reseal(base, &after, edited, Style::default())?;
    if !is_for_them(&rewritten.sealed.metadata, &metadata) {
        return Err(not_meant(base.name));
    }
    Ok((rewritten, key))
}

/// Whether what was written can be read by those who were meant.
fn is_for_them(written: &Metadata, meant: &Metadata) -> bool {
    written.threshold == meant.threshold && same_groups(&written.groups, &meant.groups)
}

/// The text with other wrapped keys and everything else as it is; `None` where something is odd that a save writes right.
fn only_keys(base: &Base<'_>, metadata: &Metadata) -> Result<Option<Rewritten>, Failure> {
    let Ok(sealed) = sealed::read(base.source, base.format, false) else {
        return Ok(None);
    };
    let mut caution = Caution::default();
    let bytes = rekeyed(
        base.name,
        base.source,
        &sealed,
        metadata,
        Style::default(),
        &mut caution,
    )?;
    let again = sealed::read(&bytes, base.format, true).map_err(|error| error.failure(base.name))?;
    let opened = seal::open(&again.content, base.key, base.selection).map_err(|_| not_meant(base.name))?;
    Ok(Some(Rewritten {
        bytes,
        relaid: caution.take().into_iter().next().map(|said| reason(&said)),
        sealed: again,
        opened,
    }))
}

/// Why all was laid out anew, without the words around it.
fn reason(said: &str) -> String {
    let reason = said.split_once("laid out anew: ");
    reason.map_or(said, |(_, reason)| reason).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{is_for_them, reason};
    use crate::metadata::{Group, KeyEntry, Metadata, Recipient};
    use crate::policy::recipient::unwrapped;
    use crate::tree::{Secret, Time};

    fn metadata(threshold: Option<u32>, recipient: &str) -> Metadata {
        let recipient = recipient.to_owned();
        let key: KeyEntry = unwrapped(Recipient::Age { recipient });
        Metadata {
            groups: vec![Group { keys: vec![key] }; 2],
            threshold,
            last_modified: Time::from_unix(0),
            mac: Secret::default(),
            rule: None,
            mac_only_encrypted: false,
            version: String::new(),
        }
    }

    #[test]
    fn a_text_for_others_or_for_fewer_is_not_what_was_meant() {
        let meant = metadata(Some(2), "age1one");
        assert!(is_for_them(&meant.clone(), &meant));
        assert!(!is_for_them(&metadata(Some(1), "age1one"), &meant));
        assert!(!is_for_them(&metadata(Some(2), "age1other"), &meant));
        assert!(!is_for_them(&metadata(None, "age1other"), &meant));
    }

    #[test]
    fn the_editor_says_why_a_file_was_laid_out_anew_and_not_twice_which() {
        let said = "a.yaml: the whole file is laid out anew: an alias stands there";
        assert_eq!(reason(said), "an alias stands there");
        assert_eq!(reason("something else"), "something else");
    }
}
