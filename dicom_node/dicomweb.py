"""DICOMweb as a Flask blueprint: QIDO-RS, WADO-RS, STOW-RS, WADO-URI. The composition gives it to web, which guards it by session or token."""

import weakref
from collections.abc import Callable

from flask import Blueprint, Response

from dicom_node import dicomweb_answers as answers
from dicom_node.dicomweb_frames import Drawing
from dicom_node.dicomweb_objects import Objects
from dicom_node.dicomweb_retrieve import Retrieve
from dicom_node.dicomweb_search import Search
from dicom_node.dicomweb_store import Store
from dicom_node.dicomweb_uri import WadoUri
from teleconsult.access import Actor
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_pool import RenderPool
from teleconsult.kernel.errors import Refused
from teleconsult.system import System

_STUDY = "/studies/<study>"
_SERIES = f"{_STUDY}/series/<series>"
_INSTANCE = f"{_SERIES}/instances/<sop>"


def blueprint(system: System, actor_of: Callable[[], Actor], apart: Drawing | None = None) -> Blueprint:
    """The DICOMweb door below /dicom-web. `actor_of` tells who sends the current request, or raises.

    Pictures are drawn by `apart`; without one by a few child processes of the door's own.
    """
    door = Blueprint("dicomweb", __name__, url_prefix="/dicom-web")
    if apart is None:
        apart = RenderPool()
        weakref.finalize(door, apart.close)  # its child processes end with the application, and with this process
    objects = Objects(system)
    search, retrieve = Search(objects, system, actor_of), Retrieve(objects, actor_of, apart)
    store, uri = Store(system, actor_of), WadoUri(objects, retrieve, actor_of)
    door.add_url_rule("/wado", "uri", uri.fetch, methods=["GET"])
    for rule in ("/studies", _STUDY):
        door.add_url_rule(rule, f"store{len(rule)}", store.store, methods=["POST"])
    for rule, view in _rules(search, retrieve):
        endpoint = f"{view.__name__}{rule.replace('/', '-').replace('<', '').replace('>', '').replace(':', '-')}"
        door.add_url_rule(rule, endpoint, view, methods=["GET"])
    door.register_error_handler(Refused, answers.problem)
    door.register_error_handler(Undecodable, answers.undecodable)
    return door


def _rules(search: Search, retrieve: Retrieve) -> list[tuple[str, Callable[..., Response]]]:
    whole = (_STUDY, _SERIES, _INSTANCE)
    return [
        ("/studies", search.studies),
        ("/series", search.series),
        ("/instances", search.instances),
        (f"{_STUDY}/series", search.series),
        (f"{_STUDY}/instances", search.instances),
        (f"{_SERIES}/instances", search.instances),
        *((rule, retrieve.objects) for rule in whole),
        *((f"{rule}/metadata", retrieve.metadata) for rule in whole),
        *((f"{rule}/rendered", retrieve.rendered_all) for rule in whole[:2]),
        *((f"{rule}/thumbnail", retrieve.thumbnail) for rule in whole),
        (f"{_INSTANCE}/frames/<numbers>", retrieve.frames),
        (f"{_INSTANCE}/rendered", retrieve.rendered),
        (f"{_INSTANCE}/frames/<numbers>/rendered", retrieve.rendered),
        (f"{_INSTANCE}/frames/<numbers>/thumbnail", retrieve.thumbnail),
        (f"{_INSTANCE}/bulkdata/<path:tag_path>", retrieve.bulkdata),
    ]
