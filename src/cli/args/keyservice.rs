//! Where keys are used: the flags of every command that needs keys, and those of the key service itself.

use super::Common;
use clap::Args;

/// Which key services are used.
#[derive(Clone, Debug, Default, Args)]
pub struct KeyServices {
    /// Use keys through tcp://HOST:PORT or unix:///PATH, too; may stand several times, and with
    /// --enable-local-keyservice=false keys are used there only [env: SOPS_KEYSERVICE, SOPS_ENABLE_LOCAL_KEYSERVICE]
    #[arg(long, value_name = "ADDRESS", action = clap::ArgAction::Append)]
    pub keyservice: Vec<String>,
    /// Whether this process uses keys itself, true or false
    #[arg(long, hide = true, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub enable_local_keyservice: Option<String>,
}

/// `keyservice`
#[derive(Debug, Args)]
pub struct KeyService {
    /// What to listen on: tcp or unix
    #[arg(long, visible_alias = "net", value_name = "NETWORK", default_value = "tcp")]
    pub network: String,
    /// Where to listen: HOST:PORT, or the path of a socket
    #[arg(
        long,
        visible_alias = "addr",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:5000"
    )]
    pub address: String,
    /// Ask before each request is served
    #[arg(long)]
    pub prompt: bool,
    #[command(flatten)]
    pub common: Common,
}
