//! One row of the tree: mark, fold arrow, key with what the rule matched in it, value or mask, type, rule.

use super::super::View;
use super::filter::Filter;
use super::rows::Row;
use super::words::{facts, label};
use crate::seal::selection::Decision;
use crate::tree::{Body, Leaf, NodeId};
use crate::tui::open_file::{Mark, OpenFile};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::Pen;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

#[cfg(test)]
thread_local! {
    /// How many rows were drawn; a test holds it against the height of the screen.
    pub static DRAWN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How a row looks now.
pub struct Look<'m> {
    /// The cursor is on it.
    pub selected: bool,
    /// Its value is shown for a time.
    pub revealed: bool,
    /// It is a branch whose rows are hidden.
    pub folded: bool,
    /// What is being filtered for.
    pub filter: Option<&'m Filter>,
}

/// Where the columns begin, and how wide they are; 0 is not shown.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    value: u16,
    kind: u16,
    rule: u16,
}

impl Columns {
    /// Columns for a pane of this width whose widest key with its indentation is `widest`.
    #[must_use]
    pub fn of(width: u16, widest: usize) -> Self {
        let rule = match width {
            0..34 => 0,
            34..NARROW => 9,
            _ => 14,
        };
        let kind = if width >= 46 { 6 } else { 0 };
        let rest = width.saturating_sub(rule + kind);
        let wanted = u16::try_from(widest).unwrap_or(u16::MAX).saturating_add(6);
        // A mask always fits beside the key, and where there is room for more, a third of it is for values.
        let most = rest.saturating_sub(10).min((rest.saturating_mul(2) / 3).max(40));
        Self {
            value: wanted.clamp(12.min(most), most),
            kind,
            rule,
        }
    }
}

impl Columns {
    /// How far a row is indented.
    fn indent(self, row: Row) -> u16 {
        row.depth.saturating_mul(2).min(self.value / 2)
    }

    /// The column of the fold mark.
    pub fn mark(self, row: Row) -> u16 {
        self.indent(row) + 2
    }
}

/// How a key without a character is shown.
const EMPTY: &str = "\"\"";

/// From this width on, the right column names the rule and not only its kind.
const NARROW: u16 = 64;

/// Draws a row on one line.
pub fn draw(
    view: View<'_>,
    file: &OpenFile,
    buffer: &mut Buffer,
    area: Rect,
    columns: Columns,
    row: Row,
    look: Look<'_>,
) {
    #[cfg(test)]
    DRAWN.with(|drawn| drawn.set(drawn.get() + 1));
    let theme = view.theme;
    let paint = Paint {
        view,
        over: look.selected.then(|| {
            theme.style(if view.focused {
                Role::Selected
            } else {
                Role::SelectedUnfocused
            })
        }),
    };
    if let Some(style) = paint.over {
        buffer.set_style(area, style);
    }
    let decision = file.decide(row.id);
    let mark = if row.deleted {
        Mark::Deleted
    } else {
        file.mark(row.id)
    };
    let (sign, sign_role) = sign(mark);
    let mut pen = Pen::new(buffer, area, 0);
    pen.put(sign, paint.style(sign_role))
        .put(" ", paint.style(Role::Text));
    let indent = usize::from(columns.indent(row));
    pen.put(&" ".repeat(indent), paint.style(Role::Text));
    let value_column = area.x + columns.value;
    draw_key(&paint, file, &mut pen, value_column, row, &look, &decision);
    let end = area.right().saturating_sub(columns.rule + columns.kind);
    let comment = file.tree().node(row.id).comment().is_some();
    let narrow = area.width < NARROW;
    let (label, role) = label(file, row, mark, &decision, narrow);
    let room_to = |end: u16, pen: &Pen<'_>| usize::from(end.saturating_sub(pen.column()).saturating_sub(1));
    let most = usize::from(area.width);
    let needed = shown_width(view, file, row, &look, &decision, most);
    // Whoever looks at a long value sees more of it: its type and rule stand in the line below the tree.
    let wide = (look.selected || look.revealed) && needed > usize::from(end.saturating_sub(value_column + 1));
    let end_of_value = match (comment, wide) {
        (true, _) if label.is_empty() => area.right(),
        (true, _) => end + columns.kind,
        (false, true) => area.right(),
        (false, false) => end,
    };
    if !comment && wide && needed > usize::from(area.right().saturating_sub(value_column + 1)) {
        pen.put("  ", paint.style(Role::Text));
    } else if !comment {
        pen.tab(value_column);
    }
    let room = room_to(end_of_value, &pen);
    draw_value(&paint, file, &mut pen, room, row, &look, &decision);
    if wide {
        return;
    }
    let (kind, _) = facts(file, row);
    if columns.kind > 0 && file.tree().node(row.id).leaf().is_some() {
        let place = Rect {
            x: end,
            width: columns.kind,
            ..area
        };
        Pen::new(buffer, place, 0).put(&kind, paint.style(Role::Type));
    }
    if columns.rule > 0 {
        let place = Rect {
            x: area.right().saturating_sub(columns.rule),
            width: columns.rule.saturating_sub(1),
            ..area
        };
        let cut = text::prefix(&label, usize::from(place.width));
        Pen::new(buffer, place, 0).put_right(cut, paint.style(role));
    }
}

/// Styles of a row: those of the roles, or where it is selected, those of the selection with their attributes.
struct Paint<'m> {
    view: View<'m>,
    over: Option<Style>,
}

impl Paint<'_> {
    fn style(&self, role: Role) -> Style {
        let own = self.view.theme.style(role);
        match self.over {
            Some(_) if self.view.focused && role == Role::KeyMatch => {
                self.view.theme.style(Role::SelectedMatch)
            }
            Some(over) if self.view.focused => Style {
                fg: over.fg.or(own.fg),
                bg: over.bg.or(own.bg),
                ..own.patch(over)
            },
            Some(over) => own.patch(over),
            None => own,
        }
    }
}

fn sign(mark: Mark) -> (&'static str, Role) {
    match mark {
        Mark::Same => (" ", Role::Text),
        Mark::New => ("+", Role::Added),
        Mark::Edited => ("~", Role::Edited),
        Mark::Moved => ("~", Role::Moved),
        Mark::Deleted => ("-", Role::Deleted),
    }
}

fn draw_key(
    paint: &Paint<'_>,
    file: &OpenFile,
    pen: &mut Pen<'_>,
    value_column: u16,
    row: Row,
    look: &Look<'_>,
    decision: &Decision,
) {
    let theme = paint.view.theme;
    let node = file.tree().node(row.id);
    let arrow = match (node.is_branch(), look.folded && look.filter.is_none()) {
        (true, true) => theme.glyphs.folded,
        (true, false) => theme.glyphs.open,
        (false, _) => " ",
    };
    pen.put(arrow, paint.style(Role::Arrow))
        .put(" ", paint.style(Role::Text));
    let role = if node.is_branch() { Role::Branch } else { Role::Key };
    let room = usize::from(value_column.saturating_sub(pen.column()).saturating_sub(1)).min(pen.left());
    match (&node.key, &node.body) {
        (Some(key), _) if key.text() == Some(b"") => {
            pen.put_cut(EMPTY, room, theme.glyphs.cut, paint.style(Role::Dim));
        }
        (Some(key), _) => {
            let bytes = key.display();
            let matched = decision
                .matched
                .as_ref()
                .filter(|(id, _)| *id == row.id)
                .map(|(_, range)| range);
            let split = matched.and_then(|range| {
                Some((
                    bytes.get(..range.start)?,
                    bytes.get(range.clone())?,
                    bytes.get(range.end..)?,
                ))
            });
            let (head, middle, tail) = split.unwrap_or((&bytes, "", ""));
            let parts = [(head, role), (middle, Role::KeyMatch), (tail, role)];
            put_parts(pen, &parts, room, theme.glyphs.cut, paint);
        }
        (None, Body::Comment(_)) => {}
        (None, _) => {
            let name = match node.parent {
                Some(parent) if !row.deleted => format!("[{}]", item(file, parent, row.id)),
                Some(_) | None if file.tree().documents().contains(&row.id) => document_name(file, row.id),
                _ => "[–]".to_owned(),
            };
            let role = if node.is_branch() {
                Role::Branch
            } else {
                Role::Index
            };
            pen.put_cut(&name, room, theme.glyphs.cut, paint.style(role));
        }
    }
    if node.is_branch() {
        let count = file
            .tree()
            .children(row.id)
            .iter()
            .filter(|id| file.tree().node(**id).comment().is_none())
            .take(1000)
            .count();
        let note = match (look.folded, &node.body) {
            (true, Body::List(_)) => format!(" [{count}]"),
            (true, _) => format!(" {{{count}}}"),
            (false, _) if count == 0 => " empty".to_owned(),
            (false, _) => String::new(),
        };
        pen.put(&note, paint.style(Role::Dim));
    }
}

fn put_parts(pen: &mut Pen<'_>, parts: &[(&str, Role)], room: usize, cut: &str, paint: &Paint<'_>) {
    let shown: Vec<(String, Role)> = parts
        .iter()
        .map(|(part, role)| (text::escape(part), *role))
        .collect();
    let whole: usize = shown.iter().map(|(part, _)| text::width(part)).sum();
    let mut left = if whole > room {
        room.saturating_sub(text::width(cut))
    } else {
        room
    };
    for (part, role) in &shown {
        let fitting = text::prefix(part, left);
        left -= text::width(fitting).min(left);
        pen.put(fitting, paint.style(*role));
        if fitting.len() < part.len() {
            left = 0;
        }
    }
    if whole > room {
        pen.put(cut, paint.style(Role::Dim));
    }
}

fn item(file: &OpenFile, parent: NodeId, id: NodeId) -> usize {
    crate::tui::open_file::item_number(file.tree(), Some(parent), id)
}

fn document_name(file: &OpenFile, id: NodeId) -> String {
    let number = file
        .tree()
        .documents()
        .iter()
        .position(|root| *root == id)
        .unwrap_or_default();
    format!("document {}", number + 1)
}

/// Whether a value or comment is kept from view.
fn is_hidden(view: View<'_>, file: &OpenFile, row: Row, look: &Look<'_>, decision: &Decision) -> bool {
    let secret = file.is_secret(row.id) || (!row.deleted && decision.encrypted);
    let value = file.tree().node(row.id).leaf().is_some();
    (secret || (value && view.share_safe)) && !look.revealed
}

/// How many cells a value takes that is in view, up to one more than `most`; 0 for what is hidden.
fn shown_width(
    view: View<'_>,
    file: &OpenFile,
    row: Row,
    look: &Look<'_>,
    decision: &Decision,
    most: usize,
) -> usize {
    match &file.tree().node(row.id).body {
        Body::Leaf(leaf) if !matches!(leaf, Leaf::Null) && !is_hidden(view, file, row, look, decision) => {
            text::width(&text::escape_value(&file.shown(row.id, leaf), most))
        }
        _ => 0,
    }
}

fn draw_value(
    paint: &Paint<'_>,
    file: &OpenFile,
    pen: &mut Pen<'_>,
    room: usize,
    row: Row,
    look: &Look<'_>,
    decision: &Decision,
) {
    let theme = paint.view.theme;
    let node = file.tree().node(row.id);
    let secret = file.is_secret(row.id) || (!row.deleted && decision.encrypted);
    let hidden = is_hidden(paint.view, file, row, look, decision);
    match &node.body {
        Body::Leaf(Leaf::Null) => {
            pen.put_cut("null", room, theme.glyphs.cut, paint.style(Role::Dim));
        }
        Body::Leaf(_) if hidden => {
            pen.put_cut(theme.glyphs.mask, room, "", paint.style(Role::Mask));
        }
        Body::Leaf(leaf) => {
            let bytes = file.shown(row.id, leaf);
            let shown = text::escape_value(&bytes, room);
            let role = if secret { Role::Revealed } else { Role::Clear };
            pen.put_cut(&shown, room, theme.glyphs.cut, paint.style(role));
        }
        Body::Comment(comment) => {
            pen.put("# ", paint.style(Role::Comment));
            if hidden {
                pen.put(theme.glyphs.mask, paint.style(Role::Mask));
            } else {
                let shown = text::escape_value(comment.text.expose(), room);
                pen.put_cut(
                    shown.trim_start(),
                    room,
                    theme.glyphs.cut,
                    paint.style(Role::Comment),
                );
            }
        }
        Body::Map(_) | Body::List(_) => {}
    }
}
