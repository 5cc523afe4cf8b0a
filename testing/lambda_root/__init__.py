"""A machine like Lambda's on this one: its root, its Runtime API and our functions.

``machine`` lays out the root folder, ``enter`` runs a program in it, ``runtime_api``
hands out events, and ``function`` is a running function. ``service`` installs ours.
"""
