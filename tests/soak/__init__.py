"""Many programs at work on one office at once, for minutes: `dev.py soak`. Not collected by pytest."""
