"""Set-up, locks and test runs. Standard library only: these run before anything is installed."""
