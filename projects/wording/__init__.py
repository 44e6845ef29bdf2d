"""How things are said: rules, phrases, causes, figures. Pure."""
