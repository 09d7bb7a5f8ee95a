"""What this folder's tests have in common."""

from hypothesis import settings

# A busy machine is not an error.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure(config):
    config.addinivalue_line("markers", "lento: takes long (installs packages, draws hundreds of figures)")
