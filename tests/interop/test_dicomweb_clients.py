"""Foreign DICOMweb clients: `dicomweb-client` over real HTTP, and the very requests that OHIF 3.13 was seen to send."""

from __future__ import annotations

import io
import json
import re

import pytest
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom import dcmread
from pydicom.uid import JPEGBaseline8Bit, JPEGLSLossless

from tests import synth
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.peers import Scanner, sent

JSON = "application/dicom+json"
CORNERSTONE = "multipart/related; type=application/octet-stream; transfer-syntax=*"


@pytest.fixture
def client(dicomweb: str) -> DICOMwebClient:
    return DICOMwebClient(url=dicomweb)


def test_the_client_searches_on_every_level(client: DICOMwebClient, scanner: Scanner) -> None:
    series = synth.a_ct_series(3)
    scanner.send(*map(sent, series))
    study, uid = series[0].StudyInstanceUID, series[0].SeriesInstanceUID
    (found,) = client.search_for_studies(search_filters={"PatientID": "T0001"}, fields=["StudyDescription"], limit=5)
    assert found["0020000D"]["Value"] == [study]
    assert client.search_for_studies(search_filters={"PatientID": "NOBODY"}) == []
    (of_study,) = client.search_for_series(study)
    assert of_study["0020000E"]["Value"] == [uid]
    assert len(client.search_for_instances(study, uid)) == 3
    assert len(client.search_for_instances(limit=2, offset=1)) == 2


def test_the_client_retrieves_metadata_frames_objects_and_pictures(client: DICOMwebClient, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    pixels, item = bytes(ds.PixelData), sent(ds, JPEGLSLossless)
    scanner.send(item)
    where = ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID
    (described,) = client.retrieve_series_metadata(*where[:2])
    assert described["00280010"]["Value"] == [64]
    assert client.retrieve_instance_metadata(*where) == described
    (raw,) = client.retrieve_instance_frames(*where, [1], media_types=("application/octet-stream",))
    assert raw == pixels
    (stored,) = client.retrieve_instance_frames(*where, [1], media_types=(("image/jls", JPEGLSLossless),))
    assert stored in item.data_set
    whole = client.retrieve_instance(*where, media_types=(("application/dicom", "*"),))
    assert whole.file_meta.TransferSyntaxUID == JPEGLSLossless
    assert whole.PixelData in item.data_set
    assert [one.SOPInstanceUID for one in client.retrieve_study(where[0])] == [where[2]]
    rendered = client.retrieve_instance_frames_rendered(*where, [1], media_types=("image/png",))
    assert Image.open(io.BytesIO(rendered)).size == (64, 64)


def test_the_client_retrieves_several_frames_as_pictures_in_the_order_asked_for(
    client: DICOMwebClient, scanner: Scanner
) -> None:
    cine = synth.a_us_cine(frames=3)
    scanner.send(sent(cine))
    where = cine.StudyInstanceUID, cine.SeriesInstanceUID, cine.SOPInstanceUID
    one, two = (client.retrieve_instance_frames_rendered(*where, frame_numbers=[number]) for number in (1, 2))
    assert one != two
    for numbers, pictures in (([1, 2], [one, two]), ([2, 1, 2], [two, one, two])):
        answer = client.retrieve_instance_frames_rendered(*where, frame_numbers=numbers)
        pieces = re.split(rb"\r\n--teleconsult-[0-9a-f]+(?:--)?\r\n", answer)
        assert pieces == [b"", *(b"Content-Type: image/jpeg\r\n\r\n" + picture for picture in pictures), b""]


def test_the_client_retrieves_bulk_data(client: DICOMwebClient, scanner: Scanner) -> None:
    ecg = synth.an_ecg()
    scanner.send(sent(ecg))
    (described,) = client.retrieve_study_metadata(ecg.StudyInstanceUID)
    uri = described["54000100"]["Value"][0]["54001010"]["BulkDataURI"]
    url = f"{client.base_url}/studies/{ecg.StudyInstanceUID}/{uri}"
    (samples,) = client.retrieve_bulkdata(url, media_types=("application/octet-stream",))
    assert samples == ecg.WaveformSequence[0].WaveformData


def test_ohif_opens_its_study_list(browser: Browser, scanner: Scanner) -> None:
    scanner.send(sent(synth.ct_slice(patient_name="WANG^XIAODONG", charset=synth.LATIN1, patient_id="P0001")))
    listed = "/studies?limit=101&offset=0&fuzzymatching=true&includefield=00081030,00080060,00080090,00100030"
    (row,) = json.loads(browser.get(listed, JSON).get_data())
    needed = ("0020000D", "00080020", "00080061", "00201208", "00100010", "00100020", "00081030", "00080050")
    assert all("Value" in row[tag] for tag in needed)
    (same,) = json.loads(browser.get(f"{listed}&StudyInstanceUID={row['0020000D']['Value'][0]}", JSON).get_data())
    assert same == row
    filtered = (
        "/studies?PatientName=*WANG*&00100020=*P0*&AccessionNumber=*A0*&StudyDescription=*hest*&ModalitiesInStudy=CT"
        "&limit=101&offset=0&fuzzymatching=true&includefield=00081030,00080060,00080090,00100030&StudyDate=20251201-20260130"
    )
    assert json.loads(browser.get(filtered, JSON).get_data()) == [row]
    priors = "/studies?00100020=P0001&limit=101&offset=0&fuzzymatching=true&includefield=00081030,00080060"
    assert json.loads(browser.get(priors, JSON).get_data()) == [row]


def test_ohif_opens_a_series_and_its_images(browser: Browser, scanner: Scanner) -> None:
    series = synth.a_ct_series(3)
    pixels = bytes(series[1].PixelData)
    scanner.send(*map(sent, series))
    study = f"/studies/{series[0].StudyInstanceUID}"
    (row,) = json.loads(
        browser.get(f"{study}/series?includefield=00080021,00080031,0008103E,00200011", JSON).get_data()
    )
    one = f"{study}/series/{row['0020000E']['Value'][0]}"
    described = json.loads(browser.get(f"{one}/metadata", JSON).get_data())
    needed = ("00200032", "00200037", "00280030", "00281050", "00281051", "00280100", "00280103", "00083002")
    assert all("Value" in entry[tag] for entry in described for tag in needed)
    instance = f"{one}/instances/{series[1].SOPInstanceUID}"
    thumb = browser.get(f"{instance}/thumbnail?accept=image%2Fjpeg", "*/*")
    assert (thumb.status_code, thumb.mimetype) == (200, "image/jpeg")
    answer = browser.get(f"{instance}/frames/1", CORNERSTONE)
    assert b"\r\nContent-Type: " in answer.get_data()
    assert [body for _, body in parts(answer)] == [pixels]


def test_ohif_opens_an_ultrasound(browser: Browser, scanner: Scanner) -> None:
    cine = synth.a_us_cine(frames=3)
    scanner.send(sent(cine, JPEGBaseline8Bit))
    one = f"/studies/{cine.StudyInstanceUID}/series/{cine.SeriesInstanceUID}"
    (described,) = json.loads(browser.get(f"{one}/metadata", JSON).get_data())
    assert described["00280008"]["Value"] == [3]
    assert described["00083002"]["Value"] == [JPEGBaseline8Bit]
    for frame in (1, 2, 3):
        answer = browser.get(f"{one}/instances/{cine.SOPInstanceUID}/frames/{frame}", CORNERSTONE)
        ((kind, body),) = parts(answer)
        assert kind == f"image/jpeg; transfer-syntax={JPEGBaseline8Bit}"
        assert Image.open(io.BytesIO(body)).size == (64, 48)
    assert browser.get(f"{one}/instances/{cine.SOPInstanceUID}/thumbnail?accept=image%2Fjpeg", "*/*").status_code == 200


def test_ohif_opens_an_ecg(browser: Browser, scanner: Scanner) -> None:
    ecg = synth.an_ecg()
    scanner.send(sent(ecg))
    study = f"/studies/{ecg.StudyInstanceUID}"
    (described,) = json.loads(browser.get(f"{study}/series/{ecg.SeriesInstanceUID}/metadata", JSON).get_data())
    uri = described["54000100"]["Value"][0]["54001010"]["BulkDataURI"]
    assert not uri.startswith("/"), "a path from the root would be appended to the study's URL"
    answer = browser.get(f"{study}/{uri}", "application/octet-stream")
    assert answer.mimetype == "application/octet-stream"
    assert answer.get_data() == ecg.WaveformSequence[0].WaveformData


def test_the_client_stores_a_series(client: DICOMwebClient, browser: Browser) -> None:
    browser.who = "technician_a"
    series = synth.a_ct_series(3)
    files = [dcmread(io.BytesIO(synth.as_bytes(ds))) for ds in series]
    answer = client.store_instances(files, study_instance_uid=series[0].StudyInstanceUID)
    assert [item.ReferencedSOPInstanceUID for item in answer.ReferencedSOPSequence] == [
        ds.SOPInstanceUID for ds in series
    ]
    assert "FailedSOPSequence" not in answer
    assert len(client.search_for_instances(series[0].StudyInstanceUID)) == 3
    files.append(dcmread(io.BytesIO(synth.as_bytes(synth.ct_slice()))))
    answer = client.store_instances(files, study_instance_uid=series[0].StudyInstanceUID)
    assert [item.FailureReason for item in answer.FailedSOPSequence] == [0xA901]
