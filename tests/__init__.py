"""What proves the product, sorted by what each test needs."""
