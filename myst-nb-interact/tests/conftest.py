"""What this folder's tests have in common."""


def pytest_configure(config):
    config.addinivalue_line("markers", "lento: takes a minute or more (installs packages)")
