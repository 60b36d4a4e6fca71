"""Frames → HoloViews figures and the words beside them; used by notebooks, dashboards and reports alike.

One file a figure. Each file has ``QUESTION``, the title of its figure, and one public function that is
pure: frames and plain parameters in, a figure out. A frame without rows gives a figure that says so.
"""
