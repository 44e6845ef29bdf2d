"""What a person decides: a held run released or rejected, history read again."""
