//! `git-setup`

use super::{Verdict, line, print};
use crate::cli::args::own::GitSetup as Args;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, this_program};
use crate::ops::git_setup::{self, Plan, Scope, State};
use serde_json::{Value, json};

pub fn run(args: &Args, environment: &Environment) -> Result<Verdict, Failure> {
    let scope = if args.global { Scope::Global } else { Scope::Local };
    let plan = if args.undo {
        git_setup::plan_undo(scope, environment)?
    } else {
        let this = this_program().unwrap_or_default();
        git_setup::plan(scope, &git_setup::program(environment, &this), environment)?
    };
    let nothing = plan.is_empty();
    if args.json {
        if !(args.dry_run || nothing || args.yes) {
            return Err(unasked());
        }
    } else {
        output::result(as_text(&plan).as_bytes())?;
    }
    let mut done = false;
    if !args.dry_run && !nothing && (args.yes || asked()?) {
        plan.apply()?;
        done = true;
    }
    if args.json {
        print(&as_json(&plan, done))?;
    } else if done {
        output::tell(if args.undo { "taken back" } else { "git is set up" });
    }
    Ok(Verdict::of(plan.leaves()))
}

fn asked() -> Result<bool, Failure> {
    if !output::can_ask() {
        return Err(unasked());
    }
    output::confirmed("Is this okay? (y/n):")
}

fn unasked() -> Failure {
    let text = "nobody can be asked whether this is right; nothing was written";
    Failure::new(Kind::Usage, text).hint("--yes answers beforehand, --dry-run only shows the plan")
}

/// A line for each step: `+` is to be done, `=` is done, `!` is left to the user.
fn as_text(plan: &Plan) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        match &step.state {
            State::ToDo => line(&mut text, format_args!("+ {}: {}", step.about, step.what)),
            State::Done => line(&mut text, format_args!("= {}: nothing to do", step.about)),
            State::Left(why) => line(&mut text, format_args!("! {}: {why}", step.about)),
        }
    }
    text
}

fn as_json(plan: &Plan, done: bool) -> Value {
    let steps = plan.steps.iter().map(|step| {
        let (state, reason) = match &step.state {
            State::ToDo if done => ("written", None),
            State::ToDo => ("planned", None),
            State::Done => ("unchanged", None),
            State::Left(why) => ("left", Some(why)),
        };
        json!({"about": step.about, "does": step.what, "state": state, "reason": reason})
    });
    json!({"steps": steps.collect::<Value>(), "written": done})
}
