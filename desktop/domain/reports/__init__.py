"""The papers that the program writes itself, each declared once as a pure function from frozen values to a `Report`."""
