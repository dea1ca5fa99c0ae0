from hypothesis import settings

# A small machine that is busy with other things makes single examples slow; that is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
