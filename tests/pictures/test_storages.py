"""Pictures in a bucket: the same life as on a disk, and a bucket that does not answer is said to be ours to mend."""

import io
import socket
from datetime import timedelta

import boto3
import pytest
from django.core.files.base import ContentFile, File
from moto import mock_aws

from pictures import storages, uploads
from pictures.models import Picture
from pictures.storages import BucketStorage, StorageUnreachable
from pictures.sweep import Sweep
from tests.pictures.factories import jpeg_bytes, kept_picture, png_bytes
from tests.pictures.transfers import transferred

pytestmark = pytest.mark.django_db

BUCKET = {"bucket_name": "bilder", "region_name": "eu-north-1", "access_key": "test", "secret_key": "test"}


def in_bucket(settings, **options) -> None:
    default = {"BACKEND": "pictures.storages.BucketStorage", "OPTIONS": {**BUCKET, **options}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def bucket(settings, no_broker):
    in_bucket(settings)
    with mock_aws():
        account = boto3.resource("s3", region_name="eu-north-1")
        yield account.create_bucket(Bucket="bilder", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})


@pytest.fixture
def no_bucket(settings):
    """An address where nobody answers: the port is ours for as long as the test runs, and we do not listen."""
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        in_bucket(settings, endpoint_url=f"http://127.0.0.1:{ours.getsockname()[1]}")
        yield


def names(bucket) -> list[str]:
    return sorted(each.key for each in bucket.objects.all())


def test_a_picture_lives_its_life_in_the_bucket(client, bucket, coordinator_client, django_capture_on_commit_callbacks):
    content = jpeg_bytes(800, 600, quality=100, subsampling=0)
    assert transferred(client, content, "a.jpg").status_code == 201
    picture = Picture.objects.get()
    assert names(bucket) == [picture.original.name]
    picture.render()
    picture.refresh_from_db()
    assert picture.is_ready
    assert names(bucket) == sorted([picture.original.name, *picture.rendition_files])
    picture.publish()
    shown = b"".join(client.get(picture.url(640, "webp")).streaming_content)
    assert shown[:4] == b"RIFF"
    assert b"".join(coordinator_client.get(picture.get_absolute_url()).streaming_content) == content
    with django_capture_on_commit_callbacks(execute=True):
        picture.delete()
    assert names(bucket) == []
    assert list(uploads.spool_dir().iterdir()) == []


def test_nobody_is_given_the_buckets_addresses_and_its_objects_are_private(bucket):
    picture = kept_picture()
    with pytest.raises(NotImplementedError):
        picture.original.storage.url(picture.original.name)
    grants = bucket.Object(picture.original.name).Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


def test_a_large_file_goes_up_in_parts_of_eight_mebibytes(bucket):
    class Counted(io.BytesIO):
        most = 0

        def read(self, size=-1, /):
            found = super().read(size)
            Counted.most = max(Counted.most, len(found))
            return found

    storage = BucketStorage(**BUCKET)
    storage.save("stor", File(Counted(bytes(20_000_000))))
    assert (storage.size("stor"), Counted.most) == (20_000_000, 8 * storages.MIB)


def test_it_comes_back_over_disk_and_not_through_memory(bucket):
    storage = BucketStorage(**BUCKET)
    storage.save("stor", ContentFile(bytes(100_000)))
    with storage.open("stor") as file:
        assert file.file._rolled
        assert file.read() == bytes(100_000)


def test_what_is_gone_is_not_found_and_not_trouble(bucket, coordinator_client):
    picture = kept_picture()
    bucket.Object(picture.original.name).delete()
    assert coordinator_client.get(picture.get_absolute_url()).status_code == 404
    picture.render()
    picture.refresh_from_db()
    assert (picture.state, picture.reason) == ("rejected", "lost")


def test_the_sweep_finds_what_no_row_knows_there_too(bucket, monkeypatch):
    known = kept_picture()
    shard = known.pk.hex[:2]
    orphan = f"pictures/originals/{shard}/{shard}000000-0000-4000-8000-000000000000.png"
    bucket.put_object(Key=orphan, Body=b"x")
    assert Sweep().remove_orphans(int(shard, 16)) == 0
    moment = known.uploaded_at + timedelta(days=2)
    monkeypatch.setattr("pictures.sweep.timezone.now", lambda: moment)
    assert Sweep().remove_orphans(int(shard, 16)) == 1
    assert names(bucket) == [known.original.name]


def test_and_the_renditions_of_no_picture(bucket, monkeypatch):
    known = kept_picture()
    known.render()
    known.refresh_from_db()
    shard = known.pk.hex[:2]
    bucket.put_object(Key=f"pictures/renditions/{shard}/{shard}000000-0000-4000-8000-000000000000/320.webp", Body=b"x")
    assert Sweep().remove_orphaned_renditions(int(shard, 16)) == 0
    moment = known.uploaded_at + timedelta(days=2)
    monkeypatch.setattr("pictures.sweep.timezone.now", lambda: moment)
    assert Sweep().remove_orphaned_renditions(int(shard, 16)) == 1
    assert names(bucket) == sorted([known.original.name, *known.rendition_files])


def test_an_upload_to_a_bucket_that_does_not_answer_gets_a_sentence(client, no_bucket):
    response = transferred(client, png_bytes())
    assert response.status_code == 503
    assert response.json()["sentence"].startswith("Just nu kan vi inte spara bilder. Det är inget fel på din")
    assert not Picture.objects.exists()


def test_every_trouble_with_the_bucket_is_an_oserror(no_bucket):
    storage = Picture._meta.get_field("original").storage
    for ask in (
        lambda: storage.open("x"),
        lambda: storage.save("x", ContentFile(b"x")),
        lambda: storage.delete("x"),
        lambda: storage.exists("x"),
        lambda: storage.size("x"),
        lambda: storage.listdir("x"),
        lambda: storage.get_modified_time("x"),
    ):
        with pytest.raises(StorageUnreachable):
            ask()


def test_a_bucket_that_refuses_us_is_trouble_too(bucket):
    storage = BucketStorage(**{**BUCKET, "bucket_name": "nagon-annans"})
    with pytest.raises(StorageUnreachable, match="NoSuchBucket"):
        storage.save("x", ContentFile(b"x"))
