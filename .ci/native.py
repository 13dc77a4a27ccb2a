"""Is everything here that pip cannot bring? Installed as root on Debian and Ubuntu; elsewhere one line says how.

Run by `make setup` with the system's Python, before there is a virtual environment.
"""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys

# What WeasyPrint opens, by platform-independent name and by the name the loader knows on Linux.
LIBRARIES = {
    "gobject-2.0": "libgobject-2.0.so.0",
    "pango-1.0": "libpango-1.0.so.0",
    "pangoft2-1.0": "libpangoft2-1.0.so.0",
    "harfbuzz": "libharfbuzz.so.0",
    "harfbuzz-subset": "libharfbuzz-subset.so.0",
    "fontconfig": "libfontconfig.so.1",
}
APT = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


def loads(name, soname):
    try:
        ctypes.CDLL(soname)
    except OSError:
        return ctypes.util.find_library(name) is not None
    return True


def has_venv():
    try:
        import ensurepip  # noqa: F401  Debian keeps it in a package of its own
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def missing():
    packages = [] if all(loads(*pair) for pair in LIBRARIES.items()) else list(APT)
    return packages if has_venv() else [*packages, "python3-venv"]


def advice(packages):
    if shutil.which("apt-get"):
        return "sudo apt-get install " + " ".join(packages)
    if shutil.which("dnf"):
        return "sudo dnf install pango harfbuzz"
    if shutil.which("brew"):
        return "brew install pango"
    return "install Pango 1.44 or newer, with HarfBuzz, by your system's package manager"


def main():
    if sys.version_info < (3, 11):
        sys.exit(
            f"Tessera needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11 ..."
        )
    packages = missing()
    if not packages:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing native libraries:", " ".join(packages), flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *command], check=True, env=environment, stdout=subprocess.DEVNULL)
        packages = missing()
    if packages:
        sys.exit(f"Native libraries are missing. Run: {advice(packages)}")


if __name__ == "__main__":
    main()
