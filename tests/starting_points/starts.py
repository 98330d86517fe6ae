"""How the tests of this folder choose a start."""

from kerascls.settings import RunSettings
from kerascls.starting_points import choose_start


def start(data, **options):
    return choose_start(RunSettings.from_options(**options).model, data)
