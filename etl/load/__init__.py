"""Changes → rows and their log rows, in one transaction."""
