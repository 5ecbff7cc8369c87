//! Reading YAML as sops does.

mod hostile;
mod layout;
mod vectors;
