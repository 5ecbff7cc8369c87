//! What a new file begins with.

use crate::format::Format;
use std::path::Path;

/// What stands for a value that is still to be typed.
const BLANK: &str = "change me";

/// A kind of new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// One entry, in any format.
    Empty,
    /// Secret values of a Helm chart.
    Helm,
    /// A Secret of Kubernetes.
    Secret,
    /// A manifest for the SopsSecret operator.
    SopsSecret,
    /// Variables.
    Dotenv,
}

impl Template {
    /// All templates.
    pub const ALL: [Self; 5] = [
        Self::Empty,
        Self::Helm,
        Self::Secret,
        Self::SopsSecret,
        Self::Dotenv,
    ];

    /// What it is, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Empty => "one entry",
            Self::Helm => "Helm values",
            Self::Secret => "Kubernetes Secret",
            Self::SopsSecret => "SopsSecret",
            Self::Dotenv => "dotenv",
        }
    }

    /// What is in it, for people.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Empty => "any format, by its name",
            Self::Helm => "for values.sops.yaml beside values.yaml",
            Self::Secret => "kind: Secret, under stringData",
            Self::SopsSecret => "for a rule with the suffix Templates",
            Self::Dotenv => "NAME=value lines",
        }
    }

    /// Names that such files often have.
    pub(super) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Empty => &[
                "secrets.sops.yaml",
                "secrets.yaml",
                "secrets.enc.yaml",
                "new.yaml",
            ],
            Self::Helm => &[
                "values.sops.yaml",
                "secrets.sops.yaml",
                "secrets.yaml",
                "values.enc.yaml",
            ],
            Self::Secret => &[
                "secret.yaml",
                "secret.sops.yaml",
                "secret.enc.yaml",
                "app-secret.yaml",
            ],
            Self::SopsSecret => &["app.sopssecret.yaml", "sopssecret.yaml", "secrets.sops.yaml"],
            Self::Dotenv => &["secrets.env", "app.enc.env", "app.sops.env", ".env"],
        }
    }

    /// Whether a path looks like that of such a file.
    pub(super) fn is_likely(self, path: &Path) -> bool {
        let path = path.to_string_lossy().to_ascii_lowercase();
        match self {
            Self::Empty => !path.contains("sopssecret"),
            Self::Helm => path.contains("values") || path.contains("chart"),
            Self::Secret => path.contains("secret") && !path.contains("sopssecret"),
            Self::SopsSecret => path.contains("sopssecret"),
            Self::Dotenv => path.contains("env"),
        }
    }

    /// Whether a file of this format can be one.
    pub(super) fn fits(self, format: Format) -> bool {
        match self {
            Self::Empty => format != Format::Binary,
            Self::Helm | Self::Secret | Self::SopsSecret => format == Format::Yaml,
            Self::Dotenv => format == Format::Dotenv,
        }
    }

    /// The names of files that it is for, as advice.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::Empty => "a name that ends with .yaml, .json, .env or .ini says what the file is",
            Self::Helm | Self::Secret | Self::SopsSecret => "a name that ends with .yaml",
            Self::Dotenv => "a name that ends with .env",
        }
    }

    /// The text of a new file; `suffix` is what the rule wants keys of secrets to end with.
    pub(super) fn text(self, path: &Path, format: Format, suffix: &str) -> String {
        let stem = path.file_name().unwrap_or_default().to_string_lossy();
        let name: String = stem
            .split('.')
            .find(|part| !part.is_empty())
            .unwrap_or("app")
            .to_ascii_lowercase();
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        // A branch that the suffix names covers what is below it; keys of Kubernetes stay as they are then.
        let inner = if "secretTemplates".ends_with(suffix) || "stringData".ends_with(suffix) {
            ""
        } else {
            suffix
        };
        match (self, format) {
            (Self::Helm, Format::Yaml) => {
                format!(
                    "# secret values; those that are none belong into values.yaml\n{name}:\n    password{suffix}: {BLANK}\n"
                )
            }
            (Self::Secret, Format::Yaml) => format!(
                "apiVersion: v1\nkind: Secret\nmetadata:\n    name: {name}\ntype: Opaque\nstringData:\n    password{inner}: {BLANK}\n"
            ),
            (Self::SopsSecret, Format::Yaml) => format!(
                "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata:\n    name: {name}\nspec:\n    \
                 secretTemplates:\n        - name: {name}\n          stringData:\n              password{inner}: {BLANK}\n"
            ),
            (_, Format::Yaml) => format!("password{suffix}: {BLANK}\n"),
            (_, Format::Json) => format!("{{\n\t\"password{suffix}\": \"{BLANK}\"\n}}\n"),
            (_, Format::Dotenv) => format!("PASSWORD{suffix}={BLANK}\n"),
            (_, Format::Ini) => format!("[{name}]\npassword{suffix} = {BLANK}\n"),
            (_, Format::Binary) => format!("{BLANK}\n"),
        }
    }
}
