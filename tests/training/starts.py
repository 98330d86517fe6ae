"""How the tests of this folder choose a start."""

from kerascls.settings.run_settings import RunSettings
from kerascls.training.choose_start import choose_start


def start(data, **options):
    return choose_start(RunSettings.from_options(**options).model, data)
