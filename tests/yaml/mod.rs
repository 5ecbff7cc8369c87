//! YAML as sops reads and writes it.

mod vectors;
