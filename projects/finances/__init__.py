"""Municipal finances as the pages and the API show them."""
