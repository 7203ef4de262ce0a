"""Excel, packages and other files on one side, domain values on the other."""
