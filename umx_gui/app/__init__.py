"""The application without its widgets: session, jobs, transport, settings (QtCore only)."""
