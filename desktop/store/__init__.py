"""Tables, engine, journal, files and migrations; services alone come in here."""
