"""How days and figures are written, by language (Django's FORMAT_MODULE_PATH)."""
