"""Finding a place or a project by what a reader types: prefixes, accents and misspellings forgiven."""
