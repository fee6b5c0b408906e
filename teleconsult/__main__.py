"""`python -m teleconsult` is the command `teleconsult`."""

import sys

from teleconsult.cli import main

sys.exit(main())
