"""What is not kept, made into requests to whoever can deliver it; and requests whose data came another way.

`asked.plan` is the one question; `found` says what is missing, `ways` who can be asked for it and how.
"""
