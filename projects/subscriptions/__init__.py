"""Who is told of what: subscriptions to searches, without an account. `docs/alerts.md` has the picture."""
