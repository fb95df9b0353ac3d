import logging

# unittest runs its loops in debug mode, which warns of each slow turn. On a busy machine that is every other one.
logging.getLogger("asyncio").setLevel(logging.ERROR)
