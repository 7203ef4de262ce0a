"""The Gantt chart on the screen (CTRL-6): looked at on a project's page, edited in a form's schedule."""
