//! What shells and `man` are told about the program, from the one definition of the command line.

use crate::cli::args::{Completion, Man};
use crate::cli::definition::definition;
use crate::cli::files;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::file::make_folders;
use crate::ops::caution::Caution;
use crate::ops::config::absolute;
use clap::Command;

/// `completion`
pub fn completion(args: &Completion, is_sops: bool) -> Result<(), Failure> {
    let mut root = definition(is_sops);
    let Some(shell) = args.shell else {
        let mut own = root
            .find_subcommand_mut("completion")
            .cloned()
            .unwrap_or_default();
        return output::result(own.render_help().to_string().as_bytes());
    };
    let name = root.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut root, name, &mut script);
    output::result(&script)
}

/// `man`
pub fn man(
    args: &Man,
    is_sops: bool,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let mut root = definition(is_sops);
    root.build();
    let Some(folder) = &args.folder else {
        return output::result(&page(root)?);
    };
    let folder = absolute(environment, folder);
    make_folders(&folder).map_err(|error| {
        Failure::new(
            Kind::Write,
            format!("{}: cannot be made: {error}", folder.display()),
        )
    })?;
    let mut waiting = vec![root];
    while let Some(command) = waiting.pop() {
        waiting.extend(
            command
                .get_subcommands()
                .filter(|below| !below.is_hide_set() && below.get_name() != "help")
                .cloned(),
        );
        let name = command
            .get_display_name()
            .unwrap_or(command.get_name())
            .to_owned();
        files::store(&folder.join(format!("{name}.1")), &page(command)?, None, caution)?;
    }
    Ok(())
}

fn page(command: Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .date("")
        .render(&mut page)
        .map_err(|error| Failure::new(Kind::Serialise, format!("cannot write a man page: {error}")))?;
    Ok(page)
}
