//! Proxies, as the usual variables name them. This machine, and what tells machines in clouds who they are, is never reached
//! through one.

use crate::host::Environment;
use reqwest::{NoProxy, Proxy};

/// The proxies of an environment; what cannot be read is left out, as other programs do.
pub fn of(environment: &Environment) -> Vec<Proxy> {
    let text = |upper: &str| {
        let lower = upper.to_ascii_lowercase();
        environment.text(&lower).or_else(|| environment.text(upper))
    };
    let others = text("NO_PROXY").unwrap_or_default();
    let none = NoProxy::from_string(&format!("localhost,127.0.0.0/8,::1,169.254.169.254,{others}"));
    let proxies = [
        text("HTTPS_PROXY").and_then(|url| Proxy::https(url).ok()),
        text("HTTP_PROXY").and_then(|url| Proxy::http(url).ok()),
        text("ALL_PROXY").and_then(|url| Proxy::all(url).ok()),
    ];
    proxies
        .into_iter()
        .flatten()
        .map(|proxy| proxy.no_proxy(none.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_variables_name_proxies() {
        let count = |variables: &[(&str, &str)]| of(&Environment::new(variables.iter().copied(), "/")).len();
        assert_eq!(count(&[]), 0);
        assert_eq!(
            count(&[("https_proxy", "http://p.example:3128"), ("HTTPS_PROXY", "::")]),
            1
        );
        assert_eq!(
            count(&[("HTTP_PROXY", "p.example:1"), ("ALL_PROXY", "http://q.example")]),
            2
        );
    }
}
