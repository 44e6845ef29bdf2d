#!/usr/bin/env python
"""Django's command line."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    from django.core.management import execute_from_command_line

    from buka import command_line

    command_line.run(sys.argv, execute_from_command_line)


if __name__ == "__main__":
    main()
