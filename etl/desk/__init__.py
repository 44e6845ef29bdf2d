"""The stewards' desk of the pipeline: how what is held is shown and decided on."""
