"""The whole record and the whole log as files to download."""
