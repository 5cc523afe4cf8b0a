"""Every parameter of the API, declared once, and the list of each route.

Every function knows all of them, so what takes long to load is deferred.
"""
