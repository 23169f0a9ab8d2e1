"""What an account manager sees on Monday morning: questions over bills, readings and requests.

Everything here is asked of the store and kept nowhere; nothing is changed by looking at it.
"""
