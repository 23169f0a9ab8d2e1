"""What both packages need: the root of the errors and of the settings. Imports nothing of ours."""
