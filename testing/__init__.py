"""What tests, scripts and benchmarks share: it plays the world around the service.

``client`` invokes the functions as API Gateway does, ``rangeserver`` is an object store
with faults, ``lambda_root`` a machine like Lambda's, ``sanitizing`` has the kernels
watched. Nothing here is deployed, and nothing here imports from ``tests``.
"""
