"""Where articles come from: one module a kind, each yielding `Article` or `Skipped`."""
