"""Windows, item models, widgets and background operations; Qt lives here alone."""
