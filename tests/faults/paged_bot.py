"""The bot of ``mortal_bot`` with a form of eight fields in the place of people's settings."""

from config.main import app
from tests.fakes import long_form
from tests.faults import mortal_bot as mortal_bot

if __name__ == "__main__":
    long_form.register()
    app(["run"])
