//! The clipboard of the desktop, without a program in between.

use super::Provider;
use arboard::Clipboard;
use zeroize::Zeroizing;

#[cfg(target_os = "linux")]
use arboard::SetExtLinux as _;

/// A connection to it. Whoever copied hands the text out, so it must live as long as the text is wanted.
pub struct Desktop {
    clipboard: Clipboard,
    provider: Provider,
}

impl Desktop {
    /// Connects, if there is a desktop: to Wayland where programs without a window may use its clipboard, else to X11.
    pub fn connect(wayland: bool, x11: bool) -> Option<Self> {
        let provider = Self::provider_of(wayland, x11)?;
        let clipboard = Clipboard::new().ok()?;
        Some(Self { clipboard, provider })
    }

    #[cfg(target_os = "linux")]
    fn provider_of(wayland: bool, x11: bool) -> Option<Provider> {
        if wayland && wl_clipboard_rs::utils::is_primary_selection_supported().is_ok() {
            return Some(Provider::Wayland);
        }
        x11.then_some(Provider::X11)
    }

    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unnecessary_wraps, reason = "on Linux there may be none")]
    fn provider_of(_: bool, _: bool) -> Option<Provider> {
        Some(Provider::System)
    }

    /// Who keeps the text.
    pub const fn provider(&self) -> Provider {
        self.provider
    }

    /// Copies; who keeps it, or `None` when it did not work.
    pub fn copy(&mut self, text: &str, secret: bool) -> Option<Provider> {
        let set = self.clipboard.set();
        #[cfg(target_os = "linux")]
        let set = if secret { set.exclude_from_history() } else { set };
        #[cfg(not(target_os = "linux"))]
        let _ = secret;
        set.text(text).ok()?;
        Some(self.provider)
    }

    /// Clears the clipboard if what it holds is accepted; whether it was.
    pub fn clear_if(&mut self, ours: impl FnOnce(&[u8]) -> bool) -> bool {
        let Ok(held) = self.clipboard.get_text().map(Zeroizing::new) else {
            return false;
        };
        ours(held.as_bytes()) && self.clipboard.clear().is_ok()
    }
}
