//! Where things stand in the text: what the patch writer replaces must be exactly what was read.

use crate::support::yaml_cases;
use lazysops::format::yaml::{self, Layout, layout::Form, layout::Span, resolve};
use lazysops::tree::{Body, Leaf, NodeId, Step, Tree};

struct Text<'a> {
    source: &'a str,
    tree: &'a Tree,
    layout: &'a Layout,
}

impl Text<'_> {
    fn check(&self) {
        for id in self.tree.walk().map(|step| step.id()) {
            if let Some(span) = self.layout.span(id) {
                self.check_place(span);
                self.check_body(id, span);
            } else {
                assert!(self.is_copy(id), "a node of the text has no span");
            }
        }
        let mut end = self.layout.documents.first().unwrap().start;
        for document in &self.layout.documents {
            assert_eq!(document.start, end, "documents follow each other");
            end = document.end;
        }
        assert_eq!(end, self.source.len());
    }

    fn is_copy(&self, id: NodeId) -> bool {
        let parent = self.tree.node(id).parent;
        parent.is_some_and(|parent| {
            let span = self.layout.span(parent);
            span.is_none_or(|span| span.form == Form::Alias)
        })
    }

    fn slice(&self, range: &std::ops::Range<usize>) -> &str {
        self.source
            .get(range.clone())
            .expect("a span on character boundaries")
    }

    fn check_place(&self, span: &Span) {
        for range in [&span.key, &span.properties, &span.value] {
            self.slice(range);
        }
        let line = self.source[..span.start]
            .rfind(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
            .map_or(0, |at| at + self.source[at..].chars().next().unwrap().len_utf8());
        let before = self.source[line..span.start].trim_start_matches('\u{feff}');
        assert_eq!(before.chars().count(), span.column as usize);
        assert!(span.start <= span.key.start || span.form == Form::Comment);
        assert!(span.key.end <= span.value.start || span.key.is_empty());
        assert!(span.properties.end <= span.value.start);
    }

    fn check_body(&self, id: NodeId, span: &Span) {
        let text = self.slice(&span.value);
        let node = self.tree.node(id);
        match (span.form, &node.body) {
            (Form::Comment, Body::Comment(comment)) => {
                assert_eq!(text.strip_prefix('#').unwrap().as_bytes(), comment.text.expose());
            }
            (Form::Plain, Body::Leaf(leaf)) => {
                assert_eq!(text.trim_matches([' ', '\t', '\n', '\r']), text);
                let one_line = !text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
                if span.properties.is_empty() && one_line {
                    assert!(resolve::plain(text) == *leaf);
                }
            }
            (Form::Plain | Form::Empty, Body::Map(_)) => assert!(node.parent.is_none()),
            (Form::Single, Body::Leaf(_)) => self.is_between(text, '\'', '\''),
            (Form::Double, Body::Leaf(_)) => self.is_between(text, '"', '"'),
            (Form::Literal | Form::Folded, Body::Leaf(_)) => {
                assert!(text.starts_with(['|', '>']));
                assert!(
                    text.ends_with(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
                        || span.value.end == self.source.len()
                );
            }
            (Form::Empty, Body::Leaf(leaf)) => {
                assert!(text.is_empty());
                assert!(!span.properties.is_empty() || *leaf == Leaf::Null);
            }
            (Form::Alias, _) => assert!(text.starts_with('*')),
            (Form::FlowMap, Body::Map(_)) if text.starts_with('{') => self.is_between(text, '{', '}'),
            (Form::FlowList, Body::List(_)) => self.is_between(text, '[', ']'),
            (Form::FlowMap | Form::BlockMap, Body::Map(_)) | (Form::BlockList, Body::List(_)) => {
                self.check_children(id, span);
            }
            (form, _) => panic!("a {form:?} where there is none"),
        }
    }

    fn is_between(&self, text: &str, open: char, close: char) {
        assert!(text.len() > 1 && text.starts_with(open) && text.ends_with(close));
    }

    /// A collection without brackets spans its entries exactly.
    fn check_children(&self, id: NodeId, span: &Span) {
        let entries = self.tree.children(id).iter();
        let spans: Vec<&Span> = entries
            .filter_map(|child| self.layout.span(*child))
            .filter(|span| span.form != Form::Comment)
            .collect();
        let first = spans.first().unwrap();
        assert_eq!(first.start, span.value.start);
        let last = spans.last().unwrap();
        assert_eq!(span.value.end, last.value.end.max(last.properties.end));
        for pair in spans.windows(2) {
            assert!(pair[0].value.end <= pair[1].start, "entries do not overlap");
        }
    }
}

#[test]
fn the_spans_of_every_recorded_text_hold_what_was_read() {
    let mut checked = 0;
    for case in yaml_cases::all() {
        let input = case.input();
        let Ok((tree, layout)) = yaml::load(&input) else {
            continue;
        };
        if layout.opaque {
            assert!(layout.spans.iter().all(Option::is_none));
            continue;
        }
        let source = std::str::from_utf8(&input).unwrap();
        println!("{}\n{source}", case.name());
        let text = Text {
            source,
            tree: &tree,
            layout: &layout,
        };
        text.check();
        checked += 1;
    }
    assert!(checked > 4000);
}

/// Renders the spans of a text: one line a node, with what each range holds.
fn outline(source: &str) -> Vec<String> {
    let (tree, layout) = yaml::load(source.as_bytes()).unwrap();
    tree.walk()
        .filter(|step| !matches!(step, Step::Leave(_)))
        .map(|step| match layout.span(step.id()) {
            None => "copy".to_owned(),
            Some(span) => format!(
                "{:?} {}:{} key={:?} properties={:?} value={:?} flow={}",
                span.form,
                span.start,
                span.column,
                &source[span.key.clone()],
                &source[span.properties.clone()],
                &source[span.value.clone()],
                span.flow
            ),
        })
        .collect()
}

#[test]
fn an_entry_is_told_apart_into_key_properties_and_value() {
    assert_eq!(
        outline("\u{feff}&k é: !x &a \"v\" # c\nl:\n- *a\n- ? x\n  : [1, y: ]\n"),
        [
            r#"BlockMap 3:0 key="" properties="" value="&k é: !x &a \"v\" # c\nl:\n- *a\n- ? x\n  : [1, y: ]" flow=0"#,
            r##"Comment 20:16 key="" properties="" value="# c" flow=0"##,
            r#"Double 3:0 key="&k é" properties="!x &a" value="\"v\"" flow=0"#,
            r#"BlockList 24:0 key="l" properties="" value="- *a\n- ? x\n  : [1, y: ]" flow=0"#,
            r#"Alias 27:0 key="" properties="" value="*a" flow=0"#,
            r#"BlockMap 32:0 key="" properties="" value="? x\n  : [1, y: ]" flow=0"#,
            r#"FlowList 34:2 key="x" properties="" value="[1, y: ]" flow=0"#,
            r#"Plain 43:5 key="" properties="" value="1" flow=1"#,
            r#"FlowMap 46:8 key="" properties="" value="y:" flow=1"#,
            r#"Empty 46:8 key="y" properties="" value="" flow=2"#,
        ]
    );
}

#[test]
fn block_scalars_end_behind_their_last_line_and_kept_empty_lines() {
    assert_eq!(
        outline("a: | # c\n x\n\n\nb: |+\n y\n\n\nc: >-\n z"),
        [
            "BlockMap 0:0 key=\"\" properties=\"\" value=\"a: | # c\\n x\\n\\n\\nb: |+\\n y\\n\\n\\nc: >-\\n z\" flow=0",
            "Comment 5:5 key=\"\" properties=\"\" value=\"# c\" flow=0",
            "Literal 0:0 key=\"a\" properties=\"\" value=\"| # c\\n x\\n\" flow=0",
            "Literal 14:0 key=\"b\" properties=\"\" value=\"|+\\n y\\n\\n\\n\" flow=0",
            "Folded 25:0 key=\"c\" properties=\"\" value=\">-\\n z\" flow=0",
        ]
    );
}

#[test]
fn documents_begin_at_their_marker_or_first_comment() {
    let source = "# a\na: 1\n# end\n---\nb: 1\n...\n# c\n---\nc: 1\n";
    let (_, layout) = yaml::load(source.as_bytes()).unwrap();
    let parts: Vec<&str> = layout
        .documents
        .iter()
        .map(|part| &source[part.clone()])
        .collect();
    assert_eq!(
        parts,
        ["# a\na: 1\n# end\n", "---\nb: 1\n...\n", "# c\n---\nc: 1\n"]
    );
}
