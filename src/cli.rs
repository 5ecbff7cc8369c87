//! The command line: arguments to a use case, results to the standard streams. Never draws a screen.
