//! Adding and removing whole key groups (spec §12.10). What nobody could open is refused.

use super::caution::Caution;
use super::config::Located;
use super::rekey::{rekeyed, wrap};
use super::set::Target;
use super::style::style;
use super::{decrypt, unlock};
use crate::failure::{Failure, Kind};
use crate::host::{Environment, clock};
use crate::metadata::{Group, KeyEntry, Metadata};

/// What happens to the groups of a file.
#[derive(Clone, Debug)]
pub enum GroupChange {
    /// A group is put behind the others.
    Add(Group),
    /// The group of this number, from 0, is removed.
    Delete(usize),
}

/// The text of a file with one group more or less; `threshold` is how many are needed from then on.
///
/// # Errors
/// When the file cannot be opened, there is no such group, or the threshold does not fit what is left.
pub fn change(
    target: &Target<'_>,
    change: &GroupChange,
    threshold: Option<u32>,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Vec<u8>, Failure> {
    let name = target.name;
    let sealed = decrypt::read(
        name,
        target.bytes,
        target.format,
        target.format_is_certain,
        caution,
    )?;
    let groups = changed(&sealed.metadata.groups, change, name)?;
    let threshold = needed(
        threshold.filter(|number| *number != 0),
        sealed.metadata.threshold.filter(|number| *number != 0),
        groups.len(),
        name,
    )?;
    let (key, _) = unlock::data_key(&sealed.metadata, name, environment)?;
    let metadata = Metadata {
        groups: wrap(&groups, threshold, &key, name, environment)?,
        threshold,
        ..sealed.metadata.clone()
    };
    let style = style(sealed.format, target.indent, config)?;
    rekeyed(name, target.bytes, &sealed, &metadata, style, caution)
}

fn changed(groups: &[Group], change: &GroupChange, name: &str) -> Result<Vec<Group>, Failure> {
    let mut groups = groups.to_vec();
    match change {
        GroupChange::Add(group) => {
            let now = clock::now();
            let entries = group.keys.iter();
            groups.push(Group {
                keys: entries
                    .map(|entry| KeyEntry::new(entry.recipient.clone(), &now))
                    .collect(),
            });
        }
        GroupChange::Delete(index) if *index < groups.len() => {
            groups.remove(*index);
        }
        GroupChange::Delete(index) => {
            let text = format!(
                "{name}: there is no key group {index}; the file has {}, counted from 0",
                groups.len()
            );
            return Err(Failure::new(Kind::Generic, text));
        }
    }
    Ok(groups)
}

/// How many groups are needed: what was asked for, else what the file says, else all of several.
fn needed(asked: Option<u32>, said: Option<u32>, groups: usize, name: &str) -> Result<Option<u32>, Failure> {
    let count = u32::try_from(groups).unwrap_or(u32::MAX);
    // One is what a file of a single group may say; of several groups it would give everything to each.
    let said = said.filter(|number| groups < 2 || *number > 1);
    let threshold = asked.or(said).or((groups > 1).then_some(count));
    match threshold {
        Some(number) if number > count => {
            let text = format!(
                "{name}: the Shamir threshold is {number}, but there would be {groups} key groups: nobody could open the file"
            );
            Err(Failure::new(Kind::Generic, text)
                .hint("--shamir-secret-sharing-threshold sets another threshold"))
        }
        other => Ok(other),
    }
}
