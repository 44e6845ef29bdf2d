"""What stewards do: corrections, readers’ reports, and the answers of those who are concerned."""
