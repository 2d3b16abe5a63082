//! The form that adds a printer: what came of its connection test, and of saving it.
