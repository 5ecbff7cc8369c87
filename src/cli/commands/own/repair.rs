//! `repair`

use super::{Verdict, at_hand, line, print};
use crate::cli::args::own::Repair;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, plain_line};
use crate::ops::caution::Caution;
use crate::ops::config::absolute;
use crate::ops::mismatch::{Explanation, Way, repair};
use serde_json::{Value, json};

pub fn run(args: &Repair, environment: &Environment) -> Result<Verdict, Failure> {
    let [file] = args.files.as_slice() else {
        return Err(Failure::new(Kind::Usage, "name one file").hint("lazysops repair FILE"));
    };
    let caution = Caution::new(false, environment);
    let environment = at_hand(&args.unlock, &args.services, caution, environment)?;
    let way = if args.restore { Way::Restore } else { Way::Accept };
    let name = file.display();
    let Some(repaired) = repair(&absolute(&environment, file), way, &environment)? else {
        if args.json {
            print(&json!({"path": name.to_string(), "holds": true, "written": false}))?;
        } else {
            output::result(format!("{name}: its MAC holds, there is nothing to repair\n").as_bytes())?;
        }
        return Ok(Verdict::Clean);
    };
    let report = |written: bool| -> Result<(), Failure> {
        let mut value = as_json(&repaired.explanation);
        if let Value::Object(entries) = &mut value {
            entries.insert("path".to_owned(), name.to_string().into());
            entries.insert("holds".to_owned(), false.into());
            entries.insert("written".to_owned(), written.into());
        }
        print(&value)
    };
    if !args.json {
        let mut text = String::new();
        describe(&mut text, &repaired.explanation);
        output::result(text.as_bytes())?;
    }
    if args.dry_run {
        if args.json {
            report(false)?;
        }
        return Ok(Verdict::Findings);
    }
    if !args.yes && !agreed(args)? {
        return Ok(Verdict::Clean);
    }
    repaired.write(&environment)?;
    if args.json {
        report(true)?;
    } else {
        let done = match way {
            Way::Accept => "its MAC is new",
            Way::Restore => "it is as it was when its MAC held",
        };
        output::result(format!("{name}: {done}\n").as_bytes())?;
    }
    Ok(Verdict::Done)
}

fn agreed(args: &Repair) -> Result<bool, Failure> {
    if args.json || !output::can_ask() {
        let text = "nobody can be asked whether this is right; nothing was written";
        return Err(Failure::new(Kind::Usage, text)
            .hint("--yes answers beforehand, --dry-run only says what is wrong"));
    }
    output::confirmed(if args.restore {
        "Bring that version back? What the file says now is lost. (y/n):"
    } else {
        "Accept the file as it stands? (y/n):"
    })
}

/// Why the MAC does not hold, in lines.
pub fn describe(text: &mut String, explanation: &Explanation) {
    for told in explanation.lines() {
        line(text, format_args!("{}", plain_line(&told)));
    }
}

/// The same for scripts.
pub fn as_json(explanation: &Explanation) -> Value {
    let findings = explanation.findings.iter().map(|finding| {
        json!({
            "path": finding.path,
            "line": finding.line,
            "fault": finding.fault.name(),
            "text": finding.words,
        })
    });
    json!({
        "verdict": explanation.verdict,
        "good": explanation.good.as_ref().map(|good| json!({
            "commit": good.commit,
            "author": good.author,
            "when": good.when,
            "subject": good.subject,
        })),
        "versions": explanation.versions,
        "findings": findings.collect::<Value>(),
        "remarks": explanation.remarks,
        "acceptable": explanation.is_whole(),
    })
}
