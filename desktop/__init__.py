"""epm-desk (工程项目管理台): project offices carry out their paper policy on a desktop."""

__version__ = "0.1.0"
