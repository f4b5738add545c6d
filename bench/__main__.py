"""Run every measurement."""

import os
import platform

from bench import cursor

if __name__ == "__main__":
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    cursor.main()
