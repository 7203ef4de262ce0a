"""工程项目管理台 (epm-desk): a desktop program for project offices."""

__version__ = "0.1.0"
