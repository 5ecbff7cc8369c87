//! What a new file holds before somebody writes something of their own into it.

use crate::format::Format;

/// The text an editor shows for a file that does not exist yet.
pub const fn template(format: Format) -> &'static str {
    match format {
        Format::Yaml => {
            "# A new file. Replace this by your own keys and values; saved unchanged, it is not written.\n\
             user: name\n\
             password: example\n\
             port: 5432\n\
             enabled: true\n\
             hosts:\n    - one.example.org\n    - two.example.org\n"
        }
        Format::Json => {
            "{\n\t\"user\": \"name\",\n\t\"password\": \"example\",\n\t\"port\": 5432,\n\t\"enabled\": true,\n\
             \t\"hosts\": [\n\t\t\"one.example.org\",\n\t\t\"two.example.org\"\n\t]\n}\n"
        }
        Format::Dotenv => {
            "# A new file. Replace this by your own variables; saved unchanged, it is not written.\n\
             USER=name\nPASSWORD=example\nGREETING=two\\nlines\n"
        }
        Format::Ini => {
            "; A new file. Replace this by your own keys and values; saved unchanged, it is not written.\n\
             [database]\nuser     = name\npassword = example\n"
        }
        Format::Binary => "A new file. Replace this by any text; saved unchanged, it is not written.\n",
    }
}

#[cfg(test)]
mod tests {
    use super::template;
    use crate::format::{Format, Style, emit, load};

    #[test]
    fn every_template_is_a_text_of_its_format_in_our_layout() {
        for format in [
            Format::Yaml,
            Format::Json,
            Format::Dotenv,
            Format::Ini,
            Format::Binary,
        ] {
            let loaded = load(format, template(format).as_bytes()).unwrap();
            let text = emit(format, &loaded.tree, Style::default()).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), template(format));
        }
    }
}
