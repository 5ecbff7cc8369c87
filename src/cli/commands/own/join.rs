//! `join` and `approve`

use super::rekey::{Way, carry_out};
use super::{Verdict, book, print};
use crate::cli::args::own::{Approve, Join};
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::join;
use crate::ops::rekey_files::Request;
use crate::ops::survey::name_of;
use serde_json::json;

/// `join`
pub fn ask(args: &Join, environment: &Environment) -> Result<Verdict, Failure> {
    let [name] = args.words.as_slice() else {
        let text = "join takes one name";
        return Err(Failure::new(Kind::Usage, text).hint("lazysops join ops-laptop"));
    };
    let request = join::draft(name, args.key.as_deref(), environment)?;
    if !args.dry_run {
        join::ask(&request)?;
    }
    let path = name_of(&request.path, environment);
    if args.json {
        print(&json!({"path": path, "name": request.name, "recipient": request.key}))?;
        return Ok(Verdict::Clean);
    }
    let text = if args.dry_run {
        format!("{path}:\n{}", request.text())
    } else {
        format!(
            "{path} is written: commit it, and tell who approves it the end of your key: {}\n",
            end(&request.key)
        )
    };
    output::result(text.as_bytes())?;
    Ok(Verdict::Clean)
}

/// `approve`
pub fn approve(args: &Approve, environment: &Environment) -> Result<Verdict, Failure> {
    let Some((name, paths)) = args.words.split_first() else {
        let text = "approve takes the name of a request";
        return Err(Failure::new(Kind::Usage, text).hint("lazysops approve NAME [PATH…]"));
    };
    let request = join::find(&name.to_string_lossy(), environment)?;
    let paths = if paths.is_empty() {
        vec![join::root(environment)]
    } else {
        paths.to_vec()
    };
    let rekey = Request {
        paths,
        add: vec![request.recipient()?],
        names: vec![(request.recipient()?, request.name.clone())],
        rules: true,
        ..Request::default()
    };
    let way = Way {
        json: args.common.json,
        dry_run: args.dry_run,
        yes: args.yes,
    };
    if !way.json {
        // Anybody can write a request with any name.
        output::tell(&format!(
            "{} asks with {}; let them read the end of it to you another way: {}",
            request.name,
            request.key,
            end(&request.key)
        ));
    }
    let book = book(&args.common, environment);
    let granted = carry_out(&rekey, &way, &book, environment)?;
    if granted == Verdict::Done && !way.dry_run {
        join::close(&request)?;
    }
    Ok(granted)
}

/// What people compare.
fn end(key: &str) -> String {
    let key = key.split_whitespace().nth(1).unwrap_or(key);
    let count = key.chars().count();
    key.chars().skip(count.saturating_sub(8)).collect()
}
