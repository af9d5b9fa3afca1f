"""Types of the part of APScheduler 3.11 that is used: the tick inside one process."""
