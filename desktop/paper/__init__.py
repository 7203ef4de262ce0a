"""Sheets become PDF: fonts, line breaking, layout, QR codes."""
