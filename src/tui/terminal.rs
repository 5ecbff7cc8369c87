//! The terminal: taken over on entry, given back on every way out.

mod output;

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
};
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use output::Output;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::io::{self, Write as _};

/// Asks for presses, the wheel and moves with a button held, in the form without a limit on the columns. crossterm's own
/// command asks for every move of the pointer too, each of which would wake the editor up.
const MOUSE: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";

/// The screen while the editor has it.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Output>>,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal over, with the mouse or without. A panic gives it back before it prints.
    ///
    /// # Errors
    /// When it is no terminal.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        take(mouse)?;
        let main = std::thread::current().id();
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // A panic on another thread is caught there and told by the editor.
            if std::thread::current().id() == main {
                give_back();
                print(info);
            }
        }));
        Ok(Self {
            terminal: Terminal::new(CrosstermBackend::new(Output::open()?))?,
            mouse,
        })
    }

    /// The size in cells.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn size(&self) -> io::Result<Rect> {
        let size = self.terminal.size()?;
        Ok(Rect::new(0, 0, size.width, size.height))
    }

    /// Draws one frame; the terminal shows it at once or not at all.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| {
            if let Some(at) = paint(frame.buffer_mut()) {
                frame.set_cursor_position(at);
            }
        })?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Forgets what is on screen, so that the next frame draws every cell.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn clear(&mut self) -> io::Result<()> {
        // `Terminal::clear` asks the terminal where its cursor is and waits for an answer that the input thread gets.
        self.terminal = Terminal::new(CrosstermBackend::new(Output::open()?))?;
        execute!(self.terminal.backend_mut(), Clear(ClearType::All))
    }

    /// Asks the terminal to put text on the clipboard (OSC 52).
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&mut self, text: &[u8]) -> io::Result<()> {
        execute!(
            self.terminal.backend_mut(),
            CopyToClipboard::to_clipboard_from(text)
        )
    }

    /// Gives the terminal to the shell; [`Screen::resume`] takes it back.
    pub fn suspend(&mut self) {
        give_back();
    }

    /// Takes the terminal back.
    ///
    /// # Errors
    /// When it is gone.
    pub fn resume(&mut self) -> io::Result<()> {
        // The shell may have changed the mode meanwhile, which only a new beginning overrides.
        let _ = disable_raw_mode();
        take(self.mouse)?;
        self.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
        // The hook would give back a terminal that is not ours any more.
        if !std::thread::panicking() {
            let _ = std::panic::take_hook();
        }
    }
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        cursor::Hide,
        EnableBracketedPaste,
        EnableFocusChange,
        Print(if mouse { MOUSE } else { "" })
    )
}

fn give_back() {
    let mut out = io::stdout();
    // Nothing can be done about a terminal that is gone.
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste
    );
    // Whoever sees the normal screen may type at once, and a line must end with Enter then.
    let _ = disable_raw_mode();
    let _ = execute!(out, LeaveAlternateScreen, cursor::Show);
    let _ = out.flush();
}
