//! The editor: model, update, view, and the loop around them.
//!
//! A message changes the model (`update`) and gives effects as data; the loop carries them out and draws the model
//! (`view`). Only the loop, the terminal and the worker touch the machine; all else is tested without one.

mod action;
mod asker;
mod clipboard;
mod clock;
mod effect;
mod event_loop;
mod guard;
mod jumps;
mod key;
mod keyboard;
mod keymap;
mod kind;
mod layout;
mod lock_screen;
mod model;
mod mouse;
mod msg;
mod open_file;
mod outside;
mod overlays;
mod panes;
mod settings;
mod terminal;
mod text;
mod theme;
mod toml_file;
mod update;
mod view;
mod widgets;
mod worker;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::demo::Demo;
use crate::ops::start::{Start, Subject};
use crate::ops::unlock;
pub use terminal::Screen;

use event_loop::{End, Event};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The settings of the user as text: what is in force, and from where.
///
/// # Errors
/// With file and line, when something in them is unknown or means nothing.
pub fn settings(environment: &Environment) -> Result<String, Failure> {
    Ok(settings::Settings::load(environment)?.report())
}

/// Runs the editor on the terminal until the user leaves it.
///
/// # Errors
/// When there is no terminal, or what was asked for cannot be shown at all.
pub fn run(start: &Start, environment: &Environment) -> Result<(), Failure> {
    let settings = settings::Settings::load(environment)?;
    let limits = settings.limits();
    let demo = start.demo.then(|| Demo::create(environment)).transpose()?;
    let environment = demo.as_ref().map_or(environment, Demo::environment);
    let (send, events) = std::sync::mpsc::channel();
    let asker = Arc::new(asker::Asker::new(send.clone()));
    let environment = &with_config(environment, start).asking(asker);
    let mut worker = worker::Threads::new(environment.clone(), send.clone(), Event::Done, Event::Progress);
    let mut clipboard = clipboard::ClipboardThread::new(environment.clone(), send.clone());
    let end = {
        let mut screen = Screen::enter(settings.mouse()).map_err(no_terminal)?;
        let size = screen.size().map_err(no_terminal)?;
        let mut model = model::Model::new(settings.theme, settings.keymap, size, Instant::now());
        model.read_only = start.read_only;
        model.guard.limits = limits;
        let first = match &demo {
            Some(demo) => demo_effects(&mut model, demo.folder()),
            None => first_effects(&mut model, start, environment),
        };
        event_loop::read_signals(send.clone()).map_err(no_terminal)?;
        let gate = keyboard::read_input(send);
        let mut machine = event_loop::Machine {
            worker: &mut worker,
            clipboard: &mut clipboard,
            screen: &mut screen,
            clock: clock::Clock::start(),
            environment,
            held: VecDeque::new(),
        };
        event_loop::run(&mut model, first, &mut machine, &gate, &events)
    };
    clipboard.finish();
    // A signal ends the process at once, so the demo must be gone before.
    drop(demo);
    match end.map_err(no_terminal)? {
        End::Quit => Ok(()),
        End::Signal(signal) => {
            // Everything is given back and wiped by now; the process ends as the signal says.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            Ok(())
        }
    }
}

/// What was named on the command line goes before what the environment says: the `.sops.yaml`, and key services.
fn with_config(environment: &Environment, start: &Start) -> Environment {
    let mut environment =
        unlock::with_services(environment, &start.keyservices, start.local_keyservice.as_deref());
    if let Some(config) = &start.config {
        let config = environment.directory().join(config);
        environment = environment.with("SOPS_CONFIG", config);
    }
    environment
}

fn no_terminal(error: std::io::Error) -> Failure {
    Failure::new(Kind::Usage, format!("the editor needs a terminal: {error}"))
}

/// The demo begins with the file that its guide is about.
fn demo_effects(model: &mut model::Model, folder: &Path) -> Vec<effect::Effect> {
    let first = folder.join("charts/status-page/values.sops.yaml");
    let scan = update::begin_scan(model, folder.to_path_buf());
    vec![update::begin_open(model, first), scan]
}

/// What is read first: a file with the list that it stands in, or a folder.
fn first_effects(model: &mut model::Model, start: &Start, environment: &Environment) -> Vec<effect::Effect> {
    match start.subject(environment) {
        Subject::Folder(folder) => {
            model.focus = layout::Pane::Files;
            vec![update::begin_scan(model, folder)]
        }
        Subject::File(path, folder) => {
            // What is told of the file names it as it is listed.
            model.files.folder.clone_from(&folder);
            vec![update::begin_open(model, path), update::begin_scan(model, folder)]
        }
    }
}
