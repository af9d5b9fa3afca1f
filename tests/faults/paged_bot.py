"""The bot of ``mortal_bot`` with a form of eight fields in the place of people's settings; modals cost nothing."""

from adapters.slack import limits
from config.main import app
from tests.fakes import long_form
from tests.faults import mortal_bot as mortal_bot

limits.TIER_4 = 0

if __name__ == "__main__":
    long_form.register()
    app(["run"])
