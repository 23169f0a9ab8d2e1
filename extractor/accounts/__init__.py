"""Each meter's service, and what it goes by: on bills, in the roster, in readings, and by what that is known.

Service accounts that aliases join are one service, whichever days they hold on; a succession joins nothing.
Asked for one customer, only his bills, his rows of the roster and numbers that are nobody else's count, and
of a number that was another's before or after, only the days that are his.
"""
