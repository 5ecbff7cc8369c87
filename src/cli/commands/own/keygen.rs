//! `keygen`

use super::{Verdict, print};
use crate::cli::args::own::Keygen;
use crate::cli::output;
use crate::failure::Failure;
use crate::host::Environment;
use crate::ops::keygen;
use serde_json::json;

pub fn run(args: &Keygen, environment: &Environment) -> Result<Verdict, Failure> {
    let output = args.output.as_deref();
    let (path, recipient) = if args.dry_run {
        (keygen::place(output, environment)?, None)
    } else {
        let made = keygen::make(output, args.pq, environment)?;
        (made.path, Some(made.recipient))
    };
    let path = path.display().to_string();
    if args.json {
        print(&json!({"path": path, "recipient": recipient}))?;
        return Ok(Verdict::Clean);
    }
    match recipient {
        Some(recipient) => {
            output::tell(&format!("written to {path}; keep a copy in a safe place"));
            output::result(format!("{recipient}\n").as_bytes())?;
        }
        None => output::result(format!("{path}\n").as_bytes())?,
    }
    Ok(Verdict::Clean)
}
