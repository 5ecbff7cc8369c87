//! What no input may break, whatever bytes it is made of. Used by the fuzz targets and, with their seeds, by the tests.

mod identities;
mod merging;
mod metadata;
mod policy;
mod shares;
mod texts;
mod values;

use lazysops::format::Format;

/// What is tried: the name of a fuzz target, which is that of its folder of seeds, too, and what it does with bytes.
type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 12] = [
    ("yaml", |bytes| texts::run(Format::Yaml, bytes)),
    ("json", |bytes| texts::run(Format::Json, bytes)),
    ("dotenv", |bytes| texts::run(Format::Dotenv, bytes)),
    ("ini", |bytes| texts::run(Format::Ini, bytes)),
    ("binary", |bytes| texts::run(Format::Binary, bytes)),
    ("values", values::run),
    ("metadata", metadata::run),
    ("shares", shares::run),
    ("identities", identities::run),
    ("policy", policy::run),
    ("merge", merging::merge),
    ("compare", merging::compare),
];

/// What `target` does with bytes.
///
/// # Panics
/// When there is no such target, or a promise is broken.
pub fn exercise(target: &str, bytes: &[u8]) {
    let (_, run) = TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .expect("a target of this name");
    run(bytes);
}

/// The format that a first byte stands for, and the bytes after it.
fn format(bytes: &[u8]) -> (Format, &[u8]) {
    const FORMATS: [Format; 5] = [
        Format::Yaml,
        Format::Json,
        Format::Dotenv,
        Format::Ini,
        Format::Binary,
    ];
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    (FORMATS[usize::from(*first) % FORMATS.len()], rest)
}
