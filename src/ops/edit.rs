//! Edit a file in the user's own editor (spec §12.3): decrypt, hand over, read again, and seal so that only what changed changes.

mod template;

use super::audit::{self, Deed};
use super::carry::carry;
use super::caution::Caution;
use super::config::Located;
use super::decrypt::{self, Unsealed};
use super::encrypt::{Means, Plain, Wish, cannot_emit, encrypt, sealed_anew};
use super::set::{Target, put_back};
use super::style::style;
use super::terms::terms;
use crate::failure::{Failure, Kind};
use crate::format::{self, Format, LoadError, Style};
use crate::host::Environment;
use crate::host::editor::{Desk, EditorError, Signals, Storage};
use crate::metadata::{self, MetadataError};
use crate::seal::selection::Selection;
use crate::tree::Tree;
use std::ffi::OsStr;
use std::path::Path;
use zeroize::Zeroizing;

/// What a shell calls the end of a command by signal 0.
const SIGNALLED: i32 = 128;

/// A file that exists, and how it is to be edited.
#[derive(Clone, Debug)]
pub struct Existing<'e> {
    /// The file.
    pub target: Target<'e>,
    /// The format of the result; `None` for that of the file.
    pub output: Option<Format>,
    /// Whether it is to be edited although the MAC does not fit.
    pub ignore_mac: bool,
    /// Whether the text shows who can read it, too.
    pub show_master_keys: bool,
}

/// A text that is to be edited, and what it will become.
#[derive(Debug)]
pub struct Editing<'e> {
    text: Zeroizing<Vec<u8>>,
    format: Format,
    style: Style,
    subject: Subject<'e>,
}

#[derive(Debug)]
enum Subject<'e> {
    New(Plain<'e>, Box<Wish<'e>>),
    Old(Existing<'e>, Box<Unsealed>),
}

/// Prepares a file for an editor.
///
/// # Errors
/// When it cannot be opened, or has no form that can be edited.
pub fn open<'e>(
    existing: Existing<'e>,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Editing<'e>, Failure> {
    let target = &existing.target;
    let unsealed = decrypt::unseal(target, existing.ignore_mac, environment, caution)?;
    // What cannot be written back is said before somebody edits it.
    Selection::new(
        unsealed.selection.rule().cloned(),
        unsealed.selection.mac_only_encrypted(),
    )
    .map_err(|bad| Failure::new(Kind::Generic, format!("{}: {bad}", target.name)))?;
    let format = existing.output.unwrap_or(unsealed.sealed.format);
    let style = style(format, target.indent, config)?;
    let mut opened = unsealed.opened.clone();
    opened.drop_inline();
    let mut tree = opened.tree;
    if existing.show_master_keys && format != Format::Binary {
        metadata::attach(&mut tree, format, &unsealed.sealed.metadata)
            .map_err(|error| Failure::new(Kind::Serialise, format!("{}: {error}", target.name)))?;
    }
    let text = format::emit(format, &tree, style).map_err(|error| cannot_emit(target.name, &error))?;
    Ok(Editing {
        text: Zeroizing::new(text),
        format,
        style,
        subject: Subject::Old(existing, Box::new(unsealed)),
    })
}

/// Prepares a file that does not exist yet: an example of its format. `plain.bytes` counts for nothing.
///
/// # Errors
/// When nobody could read the file.
pub fn create<'e>(
    plain: Plain<'e>,
    wish: Wish<'e>,
    config: Option<&Located>,
    caution: &Caution,
) -> Result<Editing<'e>, Failure> {
    // Whatever they say is said again when the file is encrypted.
    terms(&plain, &wish, config, &mut caution.clone())?;
    Ok(Editing {
        text: Zeroizing::new(template::template(plain.output).as_bytes().to_vec()),
        format: plain.output,
        style: style(plain.output, wish.indent, config)?,
        subject: Subject::New(plain, Box::new(wish)),
    })
}

/// Who says whether somebody wants to go back to the editor with a text that cannot be saved.
pub trait Again {
    /// Told what is wrong with the text.
    fn again(&mut self, failure: &Failure) -> Answer;
}

/// What to do with a text that cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Edit it again.
    Again,
    /// Nobody is there: edit it again as long as that changes it.
    WhileItChanges,
}

impl Editing<'_> {
    /// Lays the text out under the name of the file.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn lay_out(&self, environment: &Environment, caution: &mut Caution) -> Result<Desk, Failure> {
        let storage = if caution.is_strict() {
            Storage::Memory
        } else {
            Storage::MemoryOrDisk
        };
        let path = match &self.subject {
            Subject::New(plain, _) => plain.path,
            Subject::Old(existing, _) => Path::new(existing.target.name),
        };
        let name = path.file_name().unwrap_or(OsStr::new("text"));
        let desk = Desk::lay_out(name, &self.text, storage, Signals::Deadly, environment).map_err(failure)?;
        if !desk.is_safe() {
            caution.warn(
                "the text is edited in a temporary folder, where a crash can leave it: there is no private folder in memory, \
                 or no process to watch over it",
            )?;
        }
        Ok(desk)
    }

    /// Lets the user edit the text until it can be saved; the new content of the file, or `None` when it means the same.
    ///
    /// # Errors
    /// When the text was left as it was, the editor failed, or the text cannot be saved and nobody wants to edit it again.
    pub fn run(
        &self,
        desk: &mut Desk,
        again: &mut dyn Again,
        config: Option<&Located>,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let mut last: Option<Zeroizing<Vec<u8>>> = None;
        loop {
            let after = desk.edit(environment).map_err(failure)?;
            if after == self.text {
                return Err(Failure::new(Kind::NotChanged, "File has not changed, exiting."));
            }
            let problem = match self.sealed(&after, config, environment, caution) {
                Ok(result) => return Ok(result),
                Err(problem) => problem,
            };
            if again.again(&problem) == Answer::WhileItChanges && last.as_ref() == Some(&after) {
                return Err(problem);
            }
            last = Some(after);
        }
    }

    fn sealed(
        &self,
        after: &[u8],
        config: Option<&Located>,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Option<Vec<u8>>, Failure> {
        match &self.subject {
            Subject::New(plain, wish) => {
                let plain = Plain {
                    bytes: after,
                    ..plain.clone()
                };
                encrypt(&plain, wish, config, environment, caution).map(Some)
            }
            Subject::Old(existing, unsealed) => {
                let result = self.put_back(after, existing, unsealed, config, caution)?;
                if result.is_some() {
                    audit::note(Deed::Encrypt, existing.target.name, environment)?;
                }
                Ok(result)
            }
        }
    }

    fn put_back(
        &self,
        after: &[u8],
        existing: &Existing<'_>,
        unsealed: &Unsealed,
        config: Option<&Located>,
        caution: &mut Caution,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let target = &existing.target;
        let tree = self.read(after, existing, caution)?;
        if self.format == unsealed.sealed.format {
            let shown = self.read(&self.text, existing, &mut Caution::default())?;
            if let Some(edited) = carry(&unsealed.opened.tree, &shown, &tree) {
                let rewritten = put_back(target, unsealed, &edited, config, caution)?;
                return Ok(rewritten.map(|rewritten| rewritten.bytes));
            }
        }
        let mut stash = unsealed.opened.stash.clone();
        stash.forget_nodes();
        let means = Means {
            key: unsealed.key.clone(),
            stash,
            selection: unsealed.selection.clone(),
            metadata: unsealed.sealed.metadata.clone(),
        };
        let plain = Plain {
            path: Path::new(target.name),
            name: target.name,
            bytes: after,
            input: self.format,
            output: self.format,
        };
        sealed_anew(&plain, &tree, &means, self.style).map(Some)
    }

    /// The content of a text, without the recipients that were shown.
    fn read(&self, text: &[u8], existing: &Existing<'_>, caution: &mut Caution) -> Result<Tree, Failure> {
        let name = existing.target.name;
        let bad = |problem: String| Failure::new(Kind::Read, format!("{name}: {problem}"));
        let mut tree = match format::load(self.format, text) {
            Ok(loaded) if !loaded.tree.documents().is_empty() => loaded.tree,
            Ok(_) => return Err(bad(LoadError::Empty.to_string())),
            Err(error) => return Err(bad(error.to_string())),
        };
        if existing.show_master_keys && self.format != Format::Binary {
            match metadata::detach(&mut tree, self.format, true) {
                Ok((found, _)) if self.shows(&found) => {}
                Ok(_) | Err(MetadataError::Missing) => caution.warn(format!(
                    "{name}: what was changed in the sops block is not taken over: `rotate`, `updatekeys` and `groups` change it"
                ))?,
                Err(error) => return Err(bad(error.to_string())),
            }
        }
        if metadata::reserved(&tree, self.format).is_some() && self.format != Format::Binary {
            let text = format!("{name}: the name is reserved for sops's metadata");
            return Err(Failure::new(Kind::AlreadyEncrypted, text));
        }
        Ok(tree)
    }

    /// Whether these are the recipients and rules that the text showed.
    fn shows(&self, found: &metadata::Metadata) -> bool {
        match &self.subject {
            Subject::Old(_, unsealed) => *found == unsealed.sealed.metadata,
            Subject::New(..) => false,
        }
    }
}

fn failure(error: EditorError) -> Failure {
    let text = error.to_string();
    match error {
        EditorError::Gone(_) => Failure::new(Kind::Read, text),
        EditorError::Place(_) => Failure::new(Kind::Write, text),
        EditorError::Stopped(signal) => {
            let code = u8::try_from(SIGNALLED + signal).unwrap_or(1);
            Failure::new(Kind::Child(code), text)
        }
        EditorError::None | EditorError::Meaningless(_) => {
            Failure::new(Kind::Editor, text).hint("SOPS_EDITOR=nano, for example")
        }
        EditorError::NoMemory
        | EditorError::Guardian(_)
        | EditorError::NotStarted(_)
        | EditorError::Failed(_) => Failure::new(Kind::Editor, text),
    }
}
