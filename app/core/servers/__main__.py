"""`python -m app.core.servers`: the whole product on this machine, until Ctrl-C."""

import sys

from app.core.servers.supervisor import main

sys.exit(main())
