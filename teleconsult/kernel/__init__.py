"""The words that every part shares. Standard library only, no input or output."""
