//! `check`

mod sarif;

use super::{Verdict, book, line, looked_everywhere, print, skipped_json, tell_skipped};
use crate::cli::args::own::{Check, ReportFormat};
use crate::cli::output;
use crate::failure::Failure;
use crate::host::Environment;
use crate::ops::check::{self, Finding, Report, Request, Wish};
use crate::ops::counted::counted;
use serde_json::{Value, json};

pub fn run(args: &Check, environment: &Environment) -> Result<Verdict, Failure> {
    let book = book(&args.common, environment);
    let request = Request {
        paths: args.paths.clone(),
        staged: args.staged,
        health: args.health.then_some(Wish {
            older_than: args.older_than,
        }),
        ..Request::default()
    };
    let report = check::check(&request, &book, environment)?;
    let format = if args.common.json {
        ReportFormat::Json
    } else {
        args.format
    };
    match format {
        ReportFormat::Json => print(&as_json(&report))?,
        ReportFormat::Sarif => print(&sarif::log(&report))?,
        ReportFormat::Text => {
            output::result(as_text(&report).as_bytes())?;
            tell_skipped(&report.skipped);
        }
    }
    looked_everywhere(&report.skipped)?;
    Ok(Verdict::of(report.failed()))
}

fn as_text(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let at = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        line(
            &mut text,
            format_args!(
                "{}{at}: {}: {} [{}]",
                finding.name,
                finding.severity.name(),
                finding.text,
                finding.code
            ),
        );
        line(&mut text, format_args!("    {}", finding.advice));
    }
    for mention in &report.mentions {
        line(
            &mut text,
            format_args!("{} is named by {}:{}", mention.target, mention.by, mention.line),
        );
    }
    let count = report.findings.len();
    let what = match count {
        0 => "nothing found".to_owned(),
        _ => counted(count, "finding"),
    };
    line(
        &mut text,
        format_args!("{} checked, {what}", counted(report.files, "file")),
    );
    text
}

fn as_json(report: &Report) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "path": finding.name,
            "line": finding.line,
            "severity": finding.severity.name(),
            "code": finding.code,
            "text": finding.text,
            "advice": finding.advice,
        })
    };
    let mentions = report
        .mentions
        .iter()
        .map(|mention| json!({"path": mention.target, "by": mention.by, "line": mention.line}));
    json!({
        "files": report.files,
        "findings": report.findings.iter().map(finding).collect::<Value>(),
        "mentions": mentions.collect::<Value>(),
        "skipped": skipped_json(&report.skipped),
    })
}
