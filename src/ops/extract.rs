//! One value of a decrypted file (spec §12.7).

use super::encrypt::cannot_emit;
use super::path::{self, Found, Step, step_into};
use super::subtree;
use crate::failure::{Failure, Kind};
use crate::format::{self, Format, Style};
use crate::tree::{Body, Leaf, NodeId, Tree};

/// Reads the path given to `--extract`.
///
/// # Errors
/// When it has no meaning.
pub fn parse(text: &str) -> Result<Vec<Step>, Failure> {
    path::parse(text).map_err(|error| {
        Failure::new(
            Kind::ExtractPath,
            format!("error parsing --extract path: {error}"),
        )
    })
}

/// The value at a path of the first document: a text as it is, a map as a document (with the documents that follow), anything
/// else as the format writes it.
///
/// # Errors
/// When there is no such value, or the format cannot write it alone.
pub fn extract(
    tree: &Tree,
    path: &[Step],
    output: Format,
    style: Style,
    name: &str,
) -> Result<Vec<u8>, Failure> {
    let id = find(tree, path, name)?;
    let cannot = |error| cannot_emit(name, &error);
    match &tree.node(id).body {
        Body::Leaf(Leaf::Text(text)) => Ok(text.expose().to_vec()),
        Body::Map(_) => {
            let mut document = subtree::document_of(tree, id);
            if output == Format::Yaml {
                for root in tree.documents().iter().skip(1) {
                    subtree::add_document(tree, *root, &mut document);
                }
            }
            format::emit(output, &document, style).map_err(cannot)
        }
        _ => match output {
            Format::Yaml => format::yaml::emit_value(tree, id, style).map_err(cannot),
            Format::Json => format::json::emit_value(tree, id, style).map_err(cannot),
            Format::Dotenv | Format::Ini | Format::Binary => Err(Failure::new(
                Kind::Serialise,
                format!("{name}: only a text can be written alone as {}", output.name()),
            )),
        },
    }
}

fn find(tree: &Tree, path: &[Step], name: &str) -> Result<NodeId, Failure> {
    let fail = |problem: &str| Err(Failure::new(Kind::Generic, format!("{name}: {problem}")));
    let Some(mut at) = tree.documents().first().copied() else {
        return fail("there is no document");
    };
    for (depth, step) in path.iter().enumerate() {
        let place = depth + 1;
        at = match (step_into(tree, at, step), step) {
            (Found::Node(id), _) => id,
            (Found::Missing, Step::Key(_)) => {
                return fail(&format!("component {place} of the path is not found"));
            }
            (Found::Missing, Step::Index(_)) => {
                return fail(&format!("component {place} of the path is out of bounds"));
            }
            (Found::Mismatch, Step::Key(_)) => {
                return fail(&format!(
                    "component {place} of the path is a key, but what stands there is no map"
                ));
            }
            (Found::Mismatch, Step::Index(_)) => {
                return fail(&format!(
                    "component {place} of the path is an index, but what stands there is no list"
                ));
            }
        };
    }
    Ok(at)
}
