//! age plugins.
