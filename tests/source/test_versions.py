import hashlib

from raster_core.source.versions import digest_versions, join_versions


def test_each_version_stands_once_in_the_joined_one():
    assert join_versions(["b", "a", "b"]) == "b a"
    assert join_versions(iter(["a"])) == "a"


def test_a_digest_is_of_all_versions_in_their_order():
    assert digest_versions(["a", "b"]) == hashlib.sha256(b"a b").hexdigest()[:16]
    assert digest_versions(["b", "a"]) != digest_versions(["a", "b"])
