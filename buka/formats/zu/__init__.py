"""isiZulu, as in South Africa."""
