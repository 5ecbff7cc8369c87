//! Whether what is typed can be taken.

use crate::format::Format;
use crate::seal::selection::Rule;
use crate::tree::Key;
use crate::tui::kind::Kind;
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::field::{Field, Purpose};

/// As [`check`], for a value.
pub(in crate::tui::update) fn check_value(field: &mut Field) -> Result<(), String> {
    if field.kind.read(field.input.text()).is_some() {
        return Ok(());
    }
    let wanted = field.kind.name();
    if field.kind == Kind::Null || Kind::Str.fits(field.format) {
        field.kind = Kind::Str;
        return Err(format!("this is no {wanted}: Enter again makes it a str"));
    }
    Err(format!("this is no {wanted}"))
}

/// Why what is typed cannot be taken. A text that does not fit the type turns the type to text, for the next Enter.
pub(super) fn check(file: &OpenFile, field: &mut Field) -> Result<(), String> {
    let parent = match &field.purpose {
        Purpose::Value(_) | Purpose::NewValue(..) | Purpose::Conflict(_) => return check_value(field),
        Purpose::Comment(_) | Purpose::NewComment(_) => {
            let line = !field.input.text().contains(['\n', '\r']);
            return if line {
                Ok(())
            } else {
                Err("a comment is one line".to_owned())
            };
        }
        Purpose::Rename(id) => (file.tree().node(*id).parent, Some(*id)),
        Purpose::CopyKey(id) => (file.tree().node(*id).parent, None),
        Purpose::NewFile(_) | Purpose::Revision | Purpose::Message | Purpose::Leaver(_) | Purpose::List => {
            return Ok(());
        }
        Purpose::NewKey(place) => (Some(place.parent), None),
    };
    let typed = field.input.text();
    if typed.is_empty() && field.format != Format::Yaml && field.format != Format::Json {
        return Err("a key needs a name".to_owned());
    }
    if let Some(Rule::EncryptedSuffix(suffix) | Rule::UnencryptedSuffix(suffix)) =
        file.document.selection.rule()
        && typed == suffix.as_str()
        && !matches!(field.purpose, Purpose::Rename(_))
    {
        return Err("a name is missing before the suffix".to_owned());
    }
    let (Some(parent), own) = parent else {
        return Ok(());
    };
    let top = file.tree().documents().contains(&parent);
    if top && typed == "sops" {
        return Err("`sops` at the top is where the keys of the file stand".to_owned());
    }
    let key = Key::from(typed);
    let taken = file
        .tree()
        .children(parent)
        .iter()
        .any(|child| Some(*child) != own && file.tree().node(*child).key.as_ref() == Some(&key));
    if taken {
        Err("this key is there already".to_owned())
    } else {
        Ok(())
    }
}
