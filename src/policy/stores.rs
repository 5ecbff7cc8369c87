//! How files are laid out: `stores` of a `.sops.yaml` (spec §10.3).

use super::PolicyError;
use super::reader::Reader;
use crate::format::Format;
use crate::tree::NodeId;

/// The indentation steps, as written. Whether a number can be used is the writer's business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stores {
    /// `stores.yaml.indent`
    pub yaml: Option<i64>,
    /// `stores.json.indent`
    pub json: Option<i64>,
    /// `stores.json_binary.indent`
    pub json_binary: Option<i64>,
}

impl Stores {
    /// The step for a format.
    #[must_use]
    pub const fn indent(&self, format: Format) -> Option<i64> {
        match format {
            Format::Yaml => self.yaml,
            Format::Json => self.json,
            Format::Binary => self.json_binary,
            Format::Dotenv | Format::Ini => None,
        }
    }
}

pub fn read(reader: &Reader, root: NodeId) -> Result<Stores, PolicyError> {
    let Some(stores) = reader.get(root, "stores") else {
        return Ok(Stores::default());
    };
    let indent = |store: &str| {
        reader
            .get(stores, store)
            .map_or(Ok(None), |store| reader.number_field(store, "indent"))
    };
    Ok(Stores {
        yaml: indent("yaml")?,
        json: indent("json")?,
        json_binary: indent("json_binary")?,
    })
}
