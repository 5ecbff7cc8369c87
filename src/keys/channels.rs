//! Through which key services keys are used (spec §9.8): this process itself, and those that the user named.

use crate::host::Environment;

/// What sops takes for "no" in a variable or flag.
const NO: [&str; 6] = ["0", "f", "F", "false", "FALSE", "False"];

/// Where keys may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channels {
    /// Whether this process uses keys itself.
    pub here: bool,
    /// The addresses of key services, as written, in the order in which they are tried.
    pub there: Vec<String>,
}

/// Which of the channels an attempt takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// This process only.
    Here,
    /// The named key services only.
    There,
    /// This process, then the key services.
    Anywhere,
}

impl Channels {
    /// Those of `SOPS_KEYSERVICE` and `SOPS_ENABLE_LOCAL_KEYSERVICE`.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        let there = environment.text("SOPS_KEYSERVICE").unwrap_or_default();
        let here = environment.text("SOPS_ENABLE_LOCAL_KEYSERVICE");
        Self {
            here: here.is_none_or(|text| !NO.contains(&text)),
            there: there
                .split(',')
                .map(|address| address.trim().to_owned())
                .filter(|address| !address.is_empty())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Channels;
    use crate::host::Environment;

    #[test]
    fn the_variables_of_sops_say_which_key_services_there_are() {
        let of = |there: &str, here: &str| {
            let variables = [("SOPS_KEYSERVICE", there), ("SOPS_ENABLE_LOCAL_KEYSERVICE", here)];
            Channels::of(&Environment::new(variables, "/"))
        };
        assert_eq!(
            of("", ""),
            Channels {
                here: true,
                there: Vec::new()
            }
        );
        assert_eq!(
            of("unix:///a,tcp://b:1", "false"),
            Channels {
                here: false,
                there: vec!["unix:///a".to_owned(), "tcp://b:1".to_owned()]
            }
        );
        assert!(of("", "true").here);
    }
}
