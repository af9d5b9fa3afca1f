"""``python -m config``: the same as the command ``sidestage``."""

from config.main import main

main()
