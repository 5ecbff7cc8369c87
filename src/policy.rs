//! `.sops.yaml`: finding it, parsing it, matching a creation rule.
