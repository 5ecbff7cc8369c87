//! The editor: model, update, view, and the loop around them.
