#!/usr/bin/env python3
"""Drives the official azure-storage-blob SDK against a Blob service, as any program would: the double, an emulator or an account.

    scripts/tests/blob_sdk.py CONNECTION_STRING

Makes a container of its own and deletes it. Ends with the number of checks, or with the one that failed.
"""

import datetime
import os
import sys
import uuid

from azure.core import MatchConditions
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import (
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    ContentSettings,
    generate_blob_sas,
)

checks = 0


def check(condition: bool, what: str) -> None:
    global checks
    if not condition:
        sys.exit(f"failed: {what}")
    checks += 1


def raises(kind: type[Exception], code: str, what: str, call) -> None:
    try:
        call()
    except kind as error:
        check(getattr(error, "error_code", None) == code, f"{what}: code {getattr(error, 'error_code', None)}, not {code}")
    else:
        sys.exit(f"failed: {what}: no error")


def containers(service: BlobServiceClient, name: str):
    container = service.create_container(name)
    raises(ResourceExistsError, "ContainerAlreadyExists", "a second creation", lambda: service.create_container(name))
    check(container.exists(), "the container exists")
    check(not service.get_container_client(name + "-not").exists(), "another does not")
    check(any(each.name == name for each in service.list_containers(name_starts_with=name)), "the account lists it")
    raises(
        ResourceNotFoundError,
        "ContainerNotFound",
        "a blob in no container",
        lambda: service.get_blob_client(name + "-not", "x").upload_blob(b"x"),
    )
    return container


def small_blobs(container) -> None:
    awkward = "a b/ü+%#?&=,;:@()!*'[]~日本.txt"
    blob = container.get_blob_client(awkward)
    content = b"hello, blob"
    blob.upload_blob(content, metadata={"Zed": "4", "a1": "1", "a_b": "2"}, content_settings=ContentSettings("text/plain"))
    check(blob.download_blob().readall() == content, "what went up comes down")
    found = blob.get_blob_properties()
    check(found.size == len(content) and found.metadata == {"Zed": "4", "a1": "1", "a_b": "2"}, "size and metadata")
    check(found.content_settings.content_type == "text/plain", "the content type")
    check(bool(found.content_settings.content_md5), "the service has an MD5")
    raises(ResourceExistsError, "BlobAlreadyExists", "no overwriting", lambda: blob.upload_blob(b"other"))
    blob.upload_blob(b"other", overwrite=True)
    check(blob.download_blob(offset=1, length=3).readall() == b"the", "a range")
    blob.set_blob_metadata({"new": "1"})
    check(blob.get_blob_properties().metadata == {"new": "1"}, "metadata is replaced")
    blob.set_http_headers(ContentSettings(content_type="application/json", cache_control="no-cache"))
    settings = blob.get_blob_properties().content_settings
    check(settings.content_type == "application/json" and settings.cache_control == "no-cache", "HTTP properties")
    empty = container.upload_blob("empty", b"")
    check(empty.download_blob().readall() == b"", "an empty blob")
    blob.delete_blob()
    raises(ResourceNotFoundError, "BlobNotFound", "a deleted blob", lambda: blob.download_blob())
    check(not blob.exists(), "a deleted blob does not exist")


def large_blobs(settings: dict) -> None:
    blob = BlobClient.from_connection_string(
        **settings, max_single_put_size=64 << 10, max_block_size=64 << 10, max_single_get_size=32 << 10, max_chunk_get_size=16 << 10
    )
    content = os.urandom(1_000_003)
    blob.upload_blob(content, max_concurrency=3, validate_content=True)
    check(blob.download_blob(max_concurrency=3, validate_content=True).readall() == content, "blocks up, ranges down")
    committed, staged = blob.get_block_list("all")
    check(len(committed) == 16 and not staged, "the blocks are committed")
    blob.stage_block("0" * 48, b"later")
    check(blob.download_blob().readall() == content, "a staged block is not seen")
    raises(HttpResponseError, "InvalidBlockList", "an unknown block", lambda: blob.commit_block_list(["1" * 48]))


def lists(container) -> None:
    for number in range(12):
        container.upload_blob(f"list/{number % 3}/{number:02}", b"x", metadata={"n": str(number)})
    pages = [list(page) for page in container.list_blobs(name_starts_with="list/", results_per_page=5).by_page()]
    check([len(page) for page in pages] == [5, 5, 2], "pages of five")
    names = [blob.name for page in pages for blob in page]
    check(names == sorted(names) and len(names) == 12, "every blob once, in order")
    folders = [item.name for item in container.walk_blobs(name_starts_with="list/", delimiter="/")]
    check(folders == ["list/0/", "list/1/", "list/2/"], "a delimiter makes folders")
    with_metadata = next(iter(container.list_blobs(name_starts_with="list/0/00", include=["metadata"])))
    check(with_metadata.metadata == {"n": "0"}, "metadata in a list")


def conditions(container) -> None:
    blob = container.get_blob_client("conditions")
    first = blob.upload_blob(b"1")["etag"]
    second = blob.upload_blob(b"2", overwrite=True, etag=first, match_condition=MatchConditions.IfNotModified)["etag"]
    check(first != second, "a change has another ETag")
    raises(
        ResourceModifiedError,
        "ConditionNotMet",
        "a write over a newer blob",
        lambda: blob.upload_blob(b"3", overwrite=True, etag=first, match_condition=MatchConditions.IfNotModified),
    )
    raises(
        ResourceModifiedError,
        "ConditionNotMet",
        "a read of an older blob",
        lambda: blob.download_blob(etag=first, match_condition=MatchConditions.IfNotModified),
    )
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    raises(HttpResponseError, "ConditionNotMet", "not modified since", lambda: blob.download_blob(if_modified_since=later))


def leases(container) -> None:
    blob = container.get_blob_client("leased")
    blob.upload_blob(b"1")
    lease = blob.acquire_lease(15)
    raises(ResourceExistsError, "LeaseAlreadyPresent", "a second lease", lambda: blob.acquire_lease(15))
    raises(HttpResponseError, "LeaseIdMissing", "a write without the lease", lambda: blob.upload_blob(b"2", overwrite=True))
    blob.upload_blob(b"2", overwrite=True, lease=lease)
    lease.renew()
    lease.change(str(uuid.uuid4()))
    check(blob.get_blob_properties().lease.state == "leased", "the lease shows")
    lease.release()
    blob.upload_blob(b"3", overwrite=True)
    endless = blob.acquire_lease(-1)
    check(endless.break_lease(0) == 0, "a broken lease ends at once")
    blob.upload_blob(b"4", overwrite=True)


def copies_and_tokens(service: BlobServiceClient, container) -> None:
    source = container.get_blob_client("source")
    source.upload_blob(b"to be copied")
    expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
    token = generate_blob_sas(
        service.account_name,
        container.container_name,
        "source",
        account_key=service.credential.account_key,
        permission=BlobSasPermissions(read=True),
        expiry=expiry,
    )
    url = f"{source.url}?{token}"
    bearer = BlobClient.from_blob_url(url)
    check(bearer.download_blob().readall() == b"to be copied", "a token reads")
    raises(
        HttpResponseError,
        "AuthorizationPermissionMismatch",
        "a reader's token does not write",
        lambda: bearer.upload_blob(b"x", overwrite=True),
    )
    raises(
        ClientAuthenticationError,
        "AuthenticationFailed",
        "a token of another blob",
        lambda: BlobClient.from_blob_url(url.replace("/source?", "/leased?")).download_blob(),
    )
    target = container.get_blob_client("copy")
    check(target.start_copy_from_url(url)["copy_status"] == "success", "a copy")
    check(target.download_blob().readall() == b"to be copied", "a copy holds the same")


def strangers(service: BlobServiceClient, container) -> None:
    wrong = BlobServiceClient(service.url, credential={"account_name": service.account_name, "account_key": "d3Jvbmc="})
    raises(
        ClientAuthenticationError,
        "AuthenticationFailed",
        "a wrong key",
        lambda: wrong.get_blob_client(container.container_name, "source").download_blob(),
    )


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    connection = sys.argv[1]
    service = BlobServiceClient.from_connection_string(connection, retry_total=0)
    name = f"sdk-{uuid.uuid4().hex[:12]}"
    container = containers(service, name)
    try:
        small_blobs(container)
        large_blobs({"conn_str": connection, "container_name": name, "blob_name": "large"})
        lists(container)
        conditions(container)
        leases(container)
        copies_and_tokens(service, container)
        strangers(service, container)
    finally:
        container.delete_container()
    check(not container.exists(), "the container is deleted")
    print(f"azure-storage-blob: {checks} checks hold")


if __name__ == "__main__":
    main()
