"""`/v1/jobs`: submit, follow, fetch; whose key sees what; quotas. A coordinator in a thread computes the chunks."""

import hashlib
import io
import json
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from job_requests import CSV, FEW, PROBLEM, QUERY, all_jobs, as_ndjson, assert_problem, compute, coordinator, submit
from openapi_spec_validator import validate
from scenarios import GRID, scattered
from sqlalchemy import update

from detectapi.batch.options import Options
from detectapi.jobs import local, tables
from detectapi.jobs.scopes import SCOPES
from detectapi.jobs.settings import Settings, from_environment
from detectapi.web import create_app

pytestmark = pytest.mark.slow


@pytest.fixture
def computing(desk):
    """Compute submitted jobs in the background."""
    stop = threading.Event()
    runner = coordinator(desk)
    thread = threading.Thread(target=runner.run, args=(stop.is_set,))
    thread.start()
    yield runner
    stop.set()
    thread.join()


def test_a_grid_from_beginning_to_end(client, desk):
    response = submit(client)
    assert response.status_code == 202
    place = response.headers["Location"]
    assert response.headers["Content-Location"] == place
    assert response.headers["Retry-After"]
    assert response.get_json()["state"] == "accepted"
    assert response.get_json()["progress"]["rows_total"] == 48
    compute(desk)
    status = client.get(place).get_json()
    assert status["state"] == "succeeded"
    assert status["progress"]["rows_done"] == 48
    assert status["reproduce"]["command"].startswith("detectapi batch grid.json")
    table = pq.read_table(io.BytesIO(client.get(status["links"]["results"]).data))
    assert table.num_rows == 48
    varied = [
        name
        for name, values in GRID.items()
        if isinstance(values, dict) or isinstance(values, list) and len(values) > 1
    ]
    assert sorted(f"in_{name}" for name in varied) == sorted(
        name for name in table.column_names if name.startswith("in_")
    )
    manifest = client.get(status["links"]["manifest"]).get_json()
    parts = Path(desk.store.job(status["id"])["folder"]) / "parts"
    for part in manifest["parts"]:
        raw = (parts / f"{part['part']:06}.parquet").read_bytes()
        assert hashlib.sha256(raw).hexdigest() == part["sha256"]
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404
    assert not parts.exists()


def test_a_job_gives_the_bytes_of_the_command(client, desk, tmp_path):
    rows = scattered(30)
    (tmp_path / "scenarios.ndjson").write_bytes(as_ndjson(rows))
    options = Options(draws=100, seed=7, times_h=(24.0, 72.0))
    local.run(tmp_path / "scenarios.ndjson", tmp_path / "out.parquet", options, executor="inline")
    client.post(f"/v1/jobs?{QUERY}", data=as_ndjson(rows), content_type="application/x-ndjson")
    compute(desk)
    (job,) = client.get("/v1/jobs").get_json()["items"]
    assert client.get(job["links"]["results"]).data == (tmp_path / "out.parquet").read_bytes()


def test_a_series_of_specimens_is_asked_for_in_the_query_or_in_the_body(client, desk):
    rows = scattered(2)
    in_query = client.post(f"/v1/jobs?{QUERY}&serial=true", data=as_ndjson(rows), content_type="application/x-ndjson")
    in_body = client.post("/v1/jobs", json={**FEW, "rows": rows, "serial": True})
    compute(desk)
    results = [client.get(f"{one.headers['Location']}/results?format=csv").data for one in (in_query, in_body)]
    assert b"last_positive_median_h" in results[0]
    assert results[0] == results[1]
    command = client.get(in_query.headers["Location"]).get_json()["reproduce"]["command"]
    assert "--serial" in command.split()


def test_a_series_is_asked_for_by_true_or_false(client):
    answer = client.post(
        f"/v1/jobs?{QUERY}&serial=yes", data=as_ndjson(scattered(1)), content_type="application/x-ndjson"
    )
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.get_json()["errors"]] == ["/serial"]


@pytest.mark.parametrize(("guard", "wanted"), [("true", b"'=1+1"), ("false", b"=1+1")])
def test_a_csv_download_is_guarded_against_formulas_and_is_the_bytes_of_the_command(
    client, desk, tmp_path, guard, wanted
):
    raw = as_ndjson([{**scattered(1)[0], "id": "=1+1"}])
    (tmp_path / "scenarios.ndjson").write_bytes(raw)
    options = Options(draws=100, seed=7, times_h=(24.0, 72.0), formula_guard=guard == "true")
    local.run(tmp_path / "scenarios.ndjson", tmp_path / "out.csv", options, executor="inline")
    job = client.post(f"/v1/jobs?{QUERY}&formula_guard={guard}", data=raw, content_type="application/x-ndjson")
    compute(desk)
    results = f"{job.headers['Location']}/results"
    download = client.get(f"{results}?format=csv").data
    assert download.splitlines()[1].startswith(b'"' + wanted + b'",')
    assert download == (tmp_path / "out.csv").read_bytes()
    assert json.loads(client.get(f"{results}?format=ndjson").data)["id"] == "=1+1"


@pytest.mark.parametrize("media", ["text/csv", "application/vnd.apache.parquet", "application/vnd.apache.arrow.file"])
def test_tables_are_taken_as_they_are(client, desk, media):
    table = pa.table(
        {"id": ["a", "b"], "substance": ["ketamine"] * 2, "amount_mg": [35.0, 70.0], "route": ["oral"] * 2}
    )
    sink = io.BytesIO()
    if media == "text/csv":
        pa.csv.write_csv(table, sink)
    elif media.endswith("parquet"):
        pq.write_table(table, sink)
    else:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    place = client.post(f"/v1/jobs?{QUERY}", data=sink.getvalue(), content_type=media).headers["Location"]
    compute(desk)
    answer = client.get(f"{place}/results?format=ndjson")
    assert [json.loads(line)["id"] for line in answer.data.splitlines()] == ["a", "b"]
    as_csv = client.get(f"{place}/results", headers={"Accept": "text/csv"})
    assert as_csv.content_type.startswith("text/csv")
    assert len(as_csv.data.splitlines()) == 3


def test_waiting_brings_the_result_at_once(client, computing):
    response = client.post("/v1/jobs", json={**FEW, "rows": scattered(2)}, headers={"Prefer": "respond-async, wait=20"})
    assert response.status_code == 200
    assert response.headers["Preference-Applied"] == "wait=20"
    assert len(response.data.splitlines()) == 2


def test_a_status_can_be_waited_for(client, computing):
    response = submit(client)
    place = response.headers["Location"]
    tag = client.get(place).headers["ETag"]
    changed = client.get(place, headers={"Prefer": "wait=20", "If-None-Match": tag})
    assert changed.status_code == 200
    end = client.get(place, headers={"Prefer": "wait=20"})
    assert end.get_json()["state"] == "succeeded"
    assert client.get(place, headers={"If-None-Match": end.headers["ETag"]}).status_code == 304


def test_results_come_in_ranges_and_are_told_by_a_tag(client, desk):
    place = submit(client).headers["Location"] + "/results"
    assert client.get(place).status_code == 409
    compute(desk)
    whole = client.get(place)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get(place, headers={"Range": "bytes=10-29"})
    assert (part.status_code, part.data) == (206, whole.data[10:30])
    assert client.get(place, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert client.get(place + "?format=csv").headers["ETag"] != whole.headers["ETag"]
    assert client.get(place + "?format=xlsx").status_code == 422
    assert client.get(place, headers={"Accept": "image/png"}).status_code == 406


def test_bad_rows_are_listed(client, desk):
    rows = scattered(4)
    rows[1]["route"] = "osmosis"
    rows[2]["cutoff_ng_ml"] = "fifty"
    place = submit(client, rows=rows).headers["Location"]
    compute(desk)
    assert client.get(place).get_json()["state"] == "partial"
    assert client.get(f"{place}/results").headers["Detectapi-Rows-Bad"] == "2"
    errors = [json.loads(line) for line in client.get(f"{place}/errors").data.splitlines()]
    assert [(one["row"], one["pointer"]) for one in errors] == [(2, "/route"), (3, "/cutoff_ng_ml")]
    assert "fifty" not in client.get(f"{place}/errors").text


def test_a_job_of_which_not_one_row_can_be_answered_has_failed(client, desk):
    rows = [{**row, "route": "osmosis"} for row in scattered(2)]
    place = submit(client, rows=rows).headers["Location"]
    compute(desk)
    status = client.get(place).get_json()
    assert (status["state"], status["problem"]["code"]) == ("failed", "bad-rows")
    assert len(client.get(f"{place}/errors").data.splitlines()) == 2


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-16", '"latin1"'])
def test_a_table_in_another_encoding_is_refused_with_what_to_send(client, charset):
    refused = client.post(f"/v1/jobs?{QUERY}", data=CSV, content_type=f"text/csv; charset={charset}")
    assert refused.status_code == 415
    assert "in UTF-8" in refused.get_json()["detail"]
    assert client.post(f"/v1/jobs?{QUERY}", data=CSV, content_type="text/csv; charset=UTF-8").status_code == 202
    assert (
        client.post("/v1/estimates", data="{}", content_type=f"application/json; charset={charset}").status_code == 415
    )


def test_a_table_that_cannot_be_read_fails_with_its_reason(client, desk):
    place = client.post(
        f"/v1/jobs?{QUERY}", data=b"PAR1nonsense", content_type="application/vnd.apache.parquet"
    ).headers["Location"]
    compute(desk)
    status = client.get(place).get_json()
    assert status["state"] == "failed"
    assert status["problem"]["code"] == "malformed-file"
    assert client.get(f"{place}/results").status_code == 409


def test_the_same_submission_is_the_same_job(client):
    headers = {"Idempotency-Key": "0d7f1a52-5a51-49c1-9a9f-2e6a3c1f9b07"}
    first = client.post("/v1/jobs", json={**FEW, "grid": GRID}, headers=headers)
    again = client.post("/v1/jobs", json={**FEW, "grid": GRID}, headers=headers)
    other = client.post("/v1/jobs", json={**FEW, "seed": 8, "grid": GRID}, headers=headers)
    assert first.headers["Location"] == again.headers["Location"]
    assert (again.status_code, other.status_code) == (202, 409)
    assert other.get_json()["type"] == "/problems/conflict-idempotency"


def test_cancelling(client, desk):
    place = submit(client).headers["Location"]
    assert client.delete(place).status_code == 409
    response = client.post(f"{place}/cancel")
    assert (response.status_code, response.get_json()["state"]) == (202, "cancelled")
    compute(desk)
    assert client.get(place).get_json()["state"] == "cancelled"
    place = submit(client).headers["Location"]
    compute(desk)
    assert client.post(f"{place}/cancel").status_code == 409


BAD = [
    ({}, ""),
    ({"rows": [], "grid": {}}, ""),
    ({"rows": []}, "/rows"),
    ({"rows": [1]}, "/rows/0"),
    ({"grid": {"dose": [1]}}, "/dose"),
    ({"grid": GRID, "draws": 10}, "/draws"),
    ({"grid": GRID, "times_h": [-1]}, "/times_h/0"),
    ({"grid": GRID, "echo": ["x"]}, "/echo/0"),
    ({"grid": GRID, "executor": "dask"}, "/executor"),
]


@pytest.mark.parametrize(("body", "pointer"), BAD)
def test_a_job_of_bad_form_is_refused(client, body, pointer):
    response = client.post("/v1/jobs", json=body)
    assert (response.status_code, response.content_type) == (422, PROBLEM)
    assert pointer in [error["pointer"] for error in response.get_json()["errors"]]
    assert client.get("/v1/jobs").get_json() == {"items": []}


def test_options_in_the_query_are_checked_like_those_in_the_body(client):
    for query in ("draws=x", "draws=1", "workers=4", "times_h=a,b"):
        assert client.post(f"/v1/jobs?{query}", data=b"id\n1\n", content_type="text/csv").status_code == 422


def test_other_media_and_large_bodies_are_refused(client, desk, settings):
    other = client.post("/v1/jobs", data=b"x", content_type="application/zip")
    assert other.status_code == 415
    assert "text/csv" in other.get_json()["detail"]
    table = b"id\n" + b"x" * (settings.largest_upload + 1)
    large = client.post("/v1/jobs", data=table, content_type="text/csv")
    assert large.status_code == 413
    assert str(settings.largest_upload) in large.get_json()["detail"]
    assert not list((Path(settings.folder) / "incoming").glob("*"))


def test_a_table_that_ends_before_its_end_is_no_job(client, desk, settings):
    environ = {"CONTENT_LENGTH": "1000", "wsgi.input_terminated": True}  # as gunicorn hands it on
    cut = client.post(
        f"/v1/jobs?{QUERY}", data=b"substance,route\nket", content_type="text/csv", environ_overrides=environ
    )

    assert cut.status_code == 400
    assert not all_jobs(desk)
    assert not list((Path(settings.folder) / "incoming").glob("*"))


# -- whose --------------------------------------------------------------------------------------------------------------


def test_without_a_key_there_are_no_jobs(app, client):
    place = submit(client).headers["Location"]
    stranger = app.test_client()
    assert "batch:write" not in stranger.environ_base
    for method, address in operations(app, place):
        response = stranger.open(address, method=method)
        assert (response.status_code, response.content_type) == (401, PROBLEM), address
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert stranger.post("/v1/estimates", json={}).status_code == 422


def test_nobody_sees_the_jobs_of_another_key(app, client, desk):
    place = submit(client).headers["Location"]
    other = app.test_client()
    other.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {desk.keys.issue('other', ['batch:read', 'batch:write'])}"
    for method, address in operations(app, place):
        if place in address:
            assert other.open(address, method=method).status_code == 404, address
    assert other.get("/v1/jobs").get_json() == {"items": []}
    assert client.get(place).status_code == 200


def test_a_key_needs_the_scope(app, client, desk):
    place = submit(client).headers["Location"]
    asked_for = {}
    for scope in SCOPES:
        holder = app.test_client()
        holder.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {desk.keys.issue('r', [scope])}"
        for method, address in operations(app, place):
            answer = holder.open(address, method=method)
            if answer.status_code == 403:
                lacks = assert_problem(answer, 403, "forbidden").get_json()["detail"].split()[-1].rstrip(".")
                assert lacks != scope, address
                asked_for.setdefault((method, address), set()).add(lacks)
    assert set(asked_for) == set(operations(app, place))  # every operation is closed to some key
    assert set.union(*asked_for.values()) == set(SCOPES)  # and every scope opens some operation


def test_a_scope_of_an_older_version_opens_nothing(app, client, desk):
    place = submit(client).headers["Location"]
    holder = app.test_client()
    holder.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {desk.keys.issue('r', ['batch:read'])}"
    with desk.engine.begin() as connection:
        connection.execute(update(tables.api_key).where(tables.api_key.c.owner == "r").values(scopes="estimate admin"))
    for method, address in operations(app, place):
        assert holder.open(address, method=method).status_code == 403, address


def test_a_scope_that_opens_nothing_is_not_offered(desk):
    for scope in ("estimate", "cds", "admin", ""):
        with pytest.raises(ValueError, match="scopes are: batch:write, batch:read"):
            desk.keys.issue("r", [scope])


def operations(app, place):
    """Every operation on jobs, of which one is at `place`."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v1/jobs"):
            for method in rule.methods & {"GET", "POST", "DELETE"}:
                yield method, rule.rule.replace("/v1/jobs/<job_id>", place)


def test_a_revoked_key_is_worth_nothing(client, desk, key):
    desk.keys.revoke(key.split("_")[2])
    assert client.get("/v1/jobs").status_code == 401


def test_anonymous_callers_have_jobs_where_the_operator_says_so(tmp_path):
    settings = Settings(str(tmp_path / "j"), f"sqlite:///{tmp_path / 'j.sqlite'}", anonymous=True)
    app = create_app({"TESTING": True, "JOBS": settings})
    assert submit(app.test_client()).status_code == 202
    app.extensions["detectapi-desk"].engine.dispose()


# -- quotas -------------------------------------------------------------------------------------------------------------


def refused(response):
    assert (response.status_code, response.content_type) == (429, PROBLEM)
    return response.get_json()


def test_jobs_at_once_have_a_limit(client, desk):
    for _ in range(3):
        assert submit(client).status_code == 202
    response = submit(client)
    assert "3 unfinished jobs" in refused(response)["detail"]
    assert response.headers["Retry-After"]
    compute(desk)
    assert submit(client).status_code == 202


def test_rows_a_day_have_a_limit(client, desk):
    grid = {**GRID, "amount_mg": {"from": 1, "to": 50, "step": 1}}
    assert "1000 rows" in refused(submit(client, grid=grid))["detail"]
    rows = b"id\n" + b"".join(b"%d\n" % i for i in range(1001))
    place = client.post(f"/v1/jobs?{QUERY}", data=rows, content_type="text/csv").headers["Location"]
    compute(desk)
    assert client.get(place).get_json()["problem"]["code"] == "quota-rows"


def test_rows_of_deleted_jobs_count_for_their_day(client, desk):
    axes = {**GRID, "amount_mg": {"from": 1, "to": 25, "step": 1}}
    place = submit(client, grid=axes).headers["Location"]
    assert client.get(place).get_json()["progress"]["rows_total"] > 500
    client.post(f"{place}/cancel")
    assert client.delete(place).status_code == 204
    assert "1000 rows" in refused(submit(client, grid=axes))["detail"]


def test_bytes_kept_have_a_limit(client, desk, settings):
    table = b"id\n" + (b"x" * 1000 + b"\n") * 600
    first = client.post(f"/v1/jobs?{QUERY}", data=table, content_type="text/csv")
    assert first.status_code == 202
    response = client.post(f"/v1/jobs?{QUERY}", data=table, content_type="text/csv")
    assert "1000000 bytes" in refused(response)["detail"]
    assert len([path for path in Path(settings.folder).iterdir() if path.name.startswith("job_")]) == 1
    desk.store.cancel(first.get_json()["id"])
    client.delete(first.headers["Location"])
    assert client.post(f"/v1/jobs?{QUERY}", data=table, content_type="text/csv").status_code == 202


# -- the rest -----------------------------------------------------------------------------------------------------------


def test_the_description_has_the_jobs(app):
    document = app.test_client().get("/openapi.json").get_json()
    validate(document)
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    assert {path for path in document["paths"] if "jobs" in path} == {
        rule for rule in rules if rule.startswith("/v1/jobs")
    }
    submit = document["paths"]["/v1/jobs"]["post"]
    assert submit["security"] == [{"key": []}]
    assert "executor" not in json.dumps(submit)


def test_without_settings_there_are_no_jobs():
    assert create_app({"TESTING": True}).test_client().get("/v1/jobs").status_code == 404


def test_settings_are_read_from_the_environment(tmp_path):
    assert from_environment({}) is None
    result = from_environment(
        {"DETECTAPI_JOBS": str(tmp_path), "DETECTAPI_EXECUTOR": "dask://host:8786", "DETECTAPI_QUOTA_JOBS": "2"}
    )
    assert result.database == f"sqlite:///{tmp_path}/jobs.sqlite"
    assert result.quota.jobs == 2
    for wrong in ({"DETECTAPI_EXECUTOR": "ray"}, {"DETECTAPI_JOBS": "s3://b/j"}):
        with pytest.raises(ValueError, match="DETECTAPI_"):
            from_environment({"DETECTAPI_JOBS": str(tmp_path), **wrong})


def test_results_are_removed_when_their_time_has_passed(client, desk):
    place = submit(client).headers["Location"]
    folder = Path(desk.store.job(place.rpartition("/")[2])["folder"])
    compute(desk)
    desk.store.clock = lambda: time.time() + 1000
    desk.clear()
    assert client.get(place).status_code == 404
    assert not folder.exists()
