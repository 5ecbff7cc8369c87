//! How the result is laid out: `--indent`, else `stores` of the `.sops.yaml` (spec §10.3, §11.2).

use super::config::Located;
use crate::failure::{Failure, Kind};
use crate::format::{Format, Style};

/// The style of a format. `flag` is the value of `--indent`.
///
/// # Errors
/// When the number has no meaning.
pub fn style(format: Format, flag: Option<i64>, config: Option<&Located>) -> Result<Style, Failure> {
    let stores = config.map(|located| located.config.stores).unwrap_or_default();
    let given = match format {
        Format::Dotenv | Format::Ini => return Ok(Style::default()),
        Format::Yaml | Format::Json | Format::Binary => flag.or_else(|| stores.indent(format)),
    };
    let indent = match (format, given) {
        (_, None) | (Format::Yaml, Some(0)) => None,
        (Format::Yaml, Some(number @ 2..=9)) => u8::try_from(number).ok(),
        (Format::Yaml, Some(1 | 10..)) => Some(2),
        (Format::Json | Format::Binary, Some(-1)) => None,
        (Format::Json | Format::Binary, Some(number @ 0..)) => Some(u8::try_from(number).unwrap_or(u8::MAX)),
        _ => {
            let text = format!("the indentation of {} must not be negative", format.name());
            return Err(Failure::new(Kind::Serialise, text));
        }
    };
    Ok(Style { indent })
}

#[cfg(test)]
mod tests {
    use super::style;
    use crate::format::Format::{self, Binary, Dotenv, Json, Yaml};

    #[test]
    fn every_number_means_what_it_means_to_sops() {
        let indent =
            |format: Format, number| style(format, Some(number), None).map(|style| style.indent).ok();
        assert_eq!(indent(Yaml, 0), Some(None));
        assert_eq!(indent(Yaml, 1), Some(Some(2)));
        assert_eq!(indent(Yaml, 3), Some(Some(3)));
        assert_eq!(indent(Yaml, 10), Some(Some(2)));
        assert_eq!(indent(Yaml, -1), None);
        assert_eq!(indent(Json, -1), Some(None));
        assert_eq!(indent(Json, 0), Some(Some(0)));
        assert_eq!(indent(Binary, 2), Some(Some(2)));
        assert_eq!(indent(Json, -2), None);
        assert_eq!(indent(Dotenv, -2), Some(None));
    }
}
