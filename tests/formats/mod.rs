//! JSON, dotenv, INI and binary files: what sops recorded, what edits leave alone, what hostile bytes do.

mod edits;
mod hostile;
mod real;
mod texts;
mod vectors;
