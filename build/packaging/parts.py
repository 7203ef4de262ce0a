"""What lies in a package and is no Python distribution: by which files it is known, and under which licence it comes.

Places are regular expressions on the path inside the library folder of a program, with ``/`` between its parts and
without the ``Qt/`` that Qt's files have below ``PySide6/`` on Linux. Versions are read from the files themselves.
Texts are files of ``licence-texts/``, or, as ``distribution:``, those that a distribution carries.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A work that lies in files of its own."""

    name: str
    licence: str  # an SPDX expression
    texts: tuple[str, ...]
    places: tuple[str, ...]
    version: bytes = b""  # how its version stands in its files
    named: str = ""  # how its version stands in their names
    of: str = ""  # the distribution whose version is also its own


@dataclass(frozen=True)
class Embedded:
    """A work that was linked into files of another."""

    name: str
    licence: str
    texts: tuple[str, ...]
    version: bytes  # how it shows in a file, with its version
    places: tuple[str, ...] = (r".*",)


_QT_TEXTS = ("LGPL-3.0.txt", "GPL-3.0.txt", "qt-third-party.txt")
_PILLOW = ("pillow:",)
_IMAGES = "pillow.libs/"

PARTS = (
    Part(
        "PyInstaller bootloader",
        "GPL-2.0-or-later WITH Bootloader-exception",
        ("pyinstaller:",),
        (r"epm-desk(\.exe)?",),
        of="pyinstaller",
    ),
    Part(
        "CPython",
        "PSF-2.0",
        ("python.txt",),
        (r"python3\d*\.dll", r"libpython3[^/]*", r"base_library\.zip", r"[^/]+\.pyd", r"python3[^/]*/lib-dynload/.*"),
    ),
    Part(
        "OpenSSL",
        "Apache-2.0",
        ("Apache-2.0.txt",),
        (r"lib(crypto|ssl)-3[^/]*\.dll", r"psycopg_binary\.libs/lib(crypto|ssl)-[^/]*"),
        version=rb"OpenSSL (\d+\.\d+\.\d+) \d",
    ),
    Part("SQLite", "blessing", ("sqlite.txt",), (r"sqlite3\.dll",)),
    Part("libffi", "MIT", ("libffi.txt",), (r"libffi-[^/]*\.dll",)),
    Part(
        "Microsoft Visual C++ Runtime",
        "LicenseRef-Microsoft-Visual-Cpp-Runtime",
        ("microsoft-runtime.txt",),
        (r"(.*/)?(vcruntime|msvcp|concrt)\d+[^/]*\.dll", r"(ucrtbase|api-ms-win-[^/]*)\.dll"),
    ),
    Part(
        "Qt",
        "LGPL-3.0-only",
        _QT_TEXTS,
        (r"PySide6/Qt6[^/]*\.dll", r"PySide6/lib/libQt6.*", r"PySide6/(plugins|translations)/.*"),
        version=rb"Qt (\d+\.\d+\.\d+) \(",
        of="PySide6_Essentials",
    ),
    Part("ICU", "Unicode-3.0", ("icu.txt",), (r"PySide6/lib/libicu.*",), named=r"\.so\.(\d+)$"),
    Part(
        "PostgreSQL libpq",
        "PostgreSQL",
        ("postgresql.txt",),
        (r"psycopg_binary\.libs/libpq-.*",),
        named=r"\.so\.5\.(\d+)$",
    ),
    Part(
        "MIT Kerberos",
        "LicenseRef-MIT-Kerberos",
        ("krb5.txt",),
        (r"psycopg_binary\.libs/lib(gssapi_krb5|k5crypto|krb5|krb5support)-.*", r".*/libcom_err-\w+\.so\.3.*"),
        version=rb"krb5-(\d+\.\d+(?:\.\d+)?)-final",
    ),
    Part("libcom_err", "LicenseRef-com-err", ("com_err.txt",), (r"psycopg_binary\.libs/libcom_err-\w+\.so\.2.*",)),
    Part("OpenLDAP", "OLDAP-2.8", ("openldap.txt",), (r"psycopg_binary\.libs/lib(ldap|lber)-.*",)),
    Part(
        "Cyrus SASL",
        "BSD-Attribution-HPND-disclaimer",
        ("cyrus-sasl.txt",),
        (r"psycopg_binary\.libs/libsasl2-.*",),
        version=rb"\0(2\.1\.\d+)\0",
    ),
    Part(
        "keyutils",
        "LGPL-2.0-or-later",
        ("keyutils.txt", "LGPL-2.1.txt"),
        (r"psycopg_binary\.libs/libkeyutils-.*",),
        version=rb"keyutils-(\d[\d.]+\d)",
    ),
    Part(
        "glibc libcrypt",
        "LGPL-2.1-or-later",
        ("libcrypt.txt", "LGPL-2.1.txt"),
        (r"psycopg_binary\.libs/libcrypt-.*",),
    ),
    Part(
        "PDFium",
        "BSD-3-Clause AND Apache-2.0",
        ("pypdfium2:",),
        (r"pypdfium2_raw/(lib)?pdfium\.(dll|so)",),
    ),
    Part(
        "libjpeg-turbo",
        "IJG AND BSD-3-Clause",
        _PILLOW,
        (_IMAGES + r"libjpeg-.*",),
        version=rb"libjpeg-turbo version (\d[\d.]+\d)",
    ),
    Part("libtiff", "libtiff", _PILLOW, (_IMAGES + r"libtiff-.*",), version=rb"LIBTIFF, Version (\d[\d.]+\d)"),
    Part("libpng", "libpng-2.0", _PILLOW, (_IMAGES + r"libpng16-.*",), version=rb"libpng version (\d[\d.]+\d)"),
    Part("OpenJPEG", "BSD-2-Clause", _PILLOW, (_IMAGES + r"libopenjp2-.*",), named=r"\.so\.(\d+\.\d+\.\d+)$"),
    Part("XZ Utils liblzma", "0BSD", ("xz.txt",), (_IMAGES + r"liblzma-.*",), named=r"\.so\.(\d+\.\d+\.\d+)$"),
    Part("Zstandard", "BSD-3-Clause", _PILLOW, (_IMAGES + r"libzstd-.*",), named=r"\.so\.(\d+\.\d+\.\d+)$"),
    Part("libxcb", "X11", _PILLOW, (_IMAGES + r"libxcb-.*",)),
    Part("libXau", "MIT-open-group", _PILLOW, (_IMAGES + r"libXau-.*",)),
    Part(
        "Noto Serif CJK, Noto Sans CJK",
        "OFL-1.1",
        ("../../../resources/fonts/OFL.txt",),
        (r"resources/fonts/(song|hei|hei-bold)\.ttf",),
    ),
    Part(
        "Hanazono Mincho",
        "LicenseRef-Hanazono",
        ("../../../resources/fonts/HANAZONO.txt",),
        (r"resources/fonts/rare\.ttf",),
    ),
    Part(
        "DejaVu Sans",
        "Bitstream-Vera",
        ("../../../resources/fonts/DEJAVU.txt",),
        (r"resources/fonts/marks\.ttf",),
    ),
)
"""The works in files of their own; the first whose place fits has the file."""

EMBEDDED = (
    Embedded("zlib", "Zlib", ("zlib.txt",), rb"(?:de|in)flate (\d+\.\d+(?:\.\d+)*) Copyright 1995", (r"(?!PIL/).*",)),
    Embedded("zlib", "Zlib", ("zlib.txt",), rb"\0(1\.[23](?:\.\d+)*)\0", (r"python3\d+\.dll",)),
    Embedded("zlib-ng", "Zlib", ("zlib.txt",), rb"zlib-ng (\d+\.\d+\.\d+)", (r"PIL/.*",)),
    Embedded("bzip2", "bzip2-1.0.6", ("bzip2.txt",), rb"(\d\.\d\.\d), \d+-\w+-\d{4}"),
    Embedded("Expat", "MIT", ("expat.txt",), rb"expat_(\d+\.\d+\.\d+)"),
    Embedded("mpdecimal", "BSD-2-Clause", ("mpdecimal.txt",), rb"\0(2\.\d\.\d)\0", (r".*_decimal\..*",)),
    Embedded("XZ Utils liblzma", "0BSD", ("xz.txt",), rb"PyInit__(lzma)", (r"_lzma\.pyd",)),
    Embedded("OpenSSL", "Apache-2.0", ("Apache-2.0.txt",), rb"OpenSSL (\d+\.\d+\.\d+) \d", (r"cryptography/.*",)),
    Embedded("PCRE2", "BSD-3-Clause", ("qt-third-party.txt",), rb"(10\.\d\d) 20\d\d-\d\d-\d\d"),
    Embedded("libpng", "libpng-2.0", ("qt-third-party.txt",), rb"libpng version (\d[\d.]+\d)", (r"PySide6/.*",)),
    Embedded(
        "libjpeg-turbo",
        "IJG AND BSD-3-Clause",
        ("qt-third-party.txt",),
        rb"libjpeg-turbo version (\d[\d.]+\d)",
        (r"PySide6/.*", r"pypdfium2_raw/.*"),
    ),
)
"""The works that show inside the files of others. Pillow's stand in the list that Pillow carries."""

NOT_IN_PILLOW = ("libimagequant", "FriBiDi", "pybind11", "libxcb", "fribidi-shim")
"""On Pillow's list, but not linked into its wheels: optional, loaded if a system has it, or a file of its own."""

PILLOW_NAMES = {"libjpeg / libjpeg-turbo": "libjpeg-turbo", "zlib": "zlib-ng", "Little CMS 2": "lcms2"}
"""Works that Pillow's list calls otherwise than the tables above (its zlib is zlib-ng, by its version)."""

DISTRIBUTIONS = {
    "PySide6_Essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
    "backports.tarfile": "MIT",
    "bcrypt": "Apache-2.0",
    "charset-normalizer": "MIT",
    "chinesecalendar": "MIT",
    "defusedxml": "PSF-2.0",
    "et_xmlfile": "MIT AND PSF-2.0",
    "jaraco.classes": "MIT",
    "openpyxl": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pypinyin": "MIT",
    "pywin32-ctypes": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}
"""Licences of the distributions that do not state theirs as an SPDX expression (of Qt's: the one we use it under)."""

DISTRIBUTION_TEXTS = {
    "PySide6_Essentials": _QT_TEXTS,
    "shiboken6": _QT_TEXTS[:2],
    "psycopg": ("GPL-3.0.txt",),
    "psycopg-binary": ("GPL-3.0.txt",),
    "chinesecalendar": ("chinesecalendar.txt",),
}
"""Licence texts that the wheels do not carry (the LGPL is an addition to the GPL, which belongs to it)."""

INSTALLER = Part("NSIS", "Zlib AND bzip2-1.0.6 AND CPL-1.0 WITH LZMA-exception", ("nsis.txt",), ())
"""What unpacks itself in the Windows installer and removes the program again; not in the program's folder."""

DEBIAN = {
    "avahi": "LGPL-2.1-or-later",
    "brotli": "MIT",
    "bzip2": "bzip2-1.0.6",
    "cups": "Apache-2.0",
    "dbus": "AFL-2.1 OR GPL-2.0-or-later",
    "e2fsprogs": "LicenseRef-com-err",
    "expat": "MIT",
    "fontconfig": "HPND-sell-variant",
    "freetype": "FTL OR GPL-2.0-or-later",
    "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gcc-14": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glib2.0": "LGPL-2.1-or-later",
    "gmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "gnutls28": "LGPL-2.1-or-later",
    "keyutils": "LGPL-2.0-or-later",
    "krb5": "LicenseRef-MIT-Kerberos",
    "libbsd": "BSD-3-Clause",
    "libcap2": "BSD-3-Clause OR GPL-2.0-only",
    "libffi": "MIT",
    "libgcrypt20": "LGPL-2.1-or-later",
    "libglvnd": "MIT",
    "libgpg-error": "LGPL-2.1-or-later",
    "libidn2": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libmd": "BSD-3-Clause",
    "libpng1.6": "libpng-2.0",
    "libselinux": "LicenseRef-public-domain",
    "libtasn1-6": "LGPL-2.1-or-later",
    "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libx11": "MIT-open-group",
    "libxau": "MIT-open-group",
    "libxcb": "X11",
    "libxdmcp": "MIT-open-group",
    "libxext": "MIT-open-group",
    "libxkbcommon": "MIT",
    "libxrender": "HPND-sell-variant",
    "libzstd": "BSD-3-Clause OR GPL-2.0-only",
    "lz4": "BSD-2-Clause",
    "ncurses": "X11-distribute-modifications-variant",
    "nettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "openssl": "Apache-2.0",
    "p11-kit": "BSD-3-Clause",
    "pcre2": "BSD-3-Clause",
    "readline": "GPL-3.0-or-later",
    "sqlite3": "blessing",
    "systemd": "LGPL-2.1-or-later",
    "util-linux": "BSD-3-Clause AND LGPL-2.1-or-later",
    "xcb-util": "X11",
    "xcb-util-cursor": "X11",
    "xcb-util-image": "X11",
    "xcb-util-keysyms": "X11",
    "xcb-util-renderutil": "HPND-sell-variant",
    "xcb-util-wm": "X11",
    "xz-utils": "0BSD",
    "zlib": "Zlib",
}
"""Licences of system libraries by their Debian source package; of others, Debian's own text is named."""
