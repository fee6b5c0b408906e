"""Groups of routes of the JSON API. They describe themselves when somebody asks, not at each start of a process."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask_openapi3 import APIBlueprint, Tag


class Routes(APIBlueprint):
    """A blueprint that knows what each route takes, and makes the OpenAPI description of it only in `describe`.

    The JSON schemas of all answers are a fifth of what loading the web process costs, and none of them is needed for serving.
    """

    def __init__(self, name: str, import_name: str, tag: str, url_prefix: str | None = None) -> None:
        self._descriptions: list[Callable[[], object]] = []
        super().__init__(name, import_name, url_prefix=url_prefix, abp_tags=[Tag(name=tag)])

    def _collect_openapi_info(self, rule: str, func: Callable[..., Any], **told: Any) -> Any:
        collect = super()._collect_openapi_info
        self._descriptions.append(partial(collect, rule, func, **told))
        return collect(rule, func, **{**told, "doc_ui": False})

    def describe(self) -> None:
        """Make the description of every route, for the application that these routes are registered with next."""
        for make in self._descriptions:
            make()
        self._descriptions.clear()
