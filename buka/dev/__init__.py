"""What `make` is made of: the supervisor, embedded servers, the plugin of the tests, the ceilings."""
