"""A page of a case: its frame at once, its kernel under a cap, its cells as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import authenticated
from voila.configuration import VoilaConfiguration
from voila.utils import get_page_config

from casebook import language
from casebook.language import N_, _
from casebook.serve import chrome, incidents
from casebook.serve.inside.files import Shelf
from casebook.serve.inside.preload import preloaded
from casebook.serve.inside.render import Renderer, failed
from casebook.serve.inside.told import Told
from casebook.serve.pages import Page


class LandingHandler(Told):
    """The pages that the case offers."""

    @authenticated
    async def get(self) -> None:
        """A page with a link to each; no kernel is needed for it."""
        plan = self.plan
        with language.using(plan.frame.language):
            offers = [
                chrome.Offer(_(page.title), f"{self.base_url}{page.name}", _(page.says), why_not)
                for page, why_not in plan.offers()
            ]
            shown = chrome.plain_page(
                plan.frame, plan.frame.case, [_(_CHOOSE)], offers=offers, limits=plan.limits(),
                card=card_of(self),
            )  # fmt: skip
        self.set_header("Cache-Control", "no-store")
        await self.finish(shown)


def card_of(handler: Told) -> str:
    """The address of the model's card; empty where there is none."""
    return f"{handler.base_url}card" if handler.plan.has_card() else ""


_CHOOSE = N_("Choose what you came for.")


class PageHandler(Told):
    """A notebook as a page, for one visitor, with a kernel of its own.

    Voila's handler starts a kernel before it sends a byte, never refuses one, and goes on where the
    visitor has left.
    """

    def initialize(
        self, page: Page, files: Shelf, voila_configuration: VoilaConfiguration,
        template_paths: list[str], config: Any,
    ) -> None:  # fmt: skip
        """page: what is shown. The rest is Voila's own."""
        self.page, self.files = page, files
        self._voila, self._templates, self._config = voila_configuration, template_paths, config
        self._work: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[Any] | None = None

    @authenticated
    async def get(self) -> None:
        """The page, or in plain words why it cannot be had now."""
        if self.say_not_yet(self.page.name):
            return
        kernel_id = self.kernels.reserve()
        if kernel_id is None:
            self.send_error(503)
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.xsrf_token  # noqa: B018 asking for it sets the cookie with which the page closes itself
        self.set_header("X-Accel-Buffering", "no")  # nginx passes on what is there
        self._work = asyncio.ensure_future(self._made(kernel_id))
        try:
            await self._work
        except (asyncio.CancelledError, StreamClosedError):
            if self._starting is not None:  # half a kernel cannot be ended
                await asyncio.wait({self._starting})
            await self.kernels.end(kernel_id, "away")
        finally:
            self.kernels.release(kernel_id)
            self.kernels.ahead.soon()

    def on_connection_close(self) -> None:
        """The visitor has left before the page was made: nothing more is computed for it."""
        super().on_connection_close()
        if self._work is not None:
            self._work.cancel()

    async def _made(self, kernel_id: str) -> None:
        """Write the page piece by piece."""
        with language.using(self.plan.frame.language):
            renderer = self._renderer(kernel_id)
            await renderer.initialize()
            self._starting = asyncio.ensure_future(self._started(renderer, kernel_id))
            started = asyncio.shield(self._starting)
            try:
                pieces = renderer.generate_content_generator(kernel_id, started)
                async for piece, _resources in pieces:
                    self.write(piece)
            except (asyncio.CancelledError, StreamClosedError):
                raise
            except Exception as error:  # noqa: BLE001 the frame is out: it ends with a card
                self.write(failed(incidents.record(error, self.page.name)))
                self.write(renderer.resources["casebook"]["end"])
            finally:
                await renderer.close()
                self.kernels.notify_disconnect(kernel_id)
        await self.finish()

    def _flush(self) -> None:
        self.flush()

    async def _started(self, renderer: Renderer, kernel_id: str) -> Any:
        """The kernel, once it runs; while the page is made it counts as looked at."""
        return await self.kernels.begin(kernel_id, renderer.notebook.metadata.kernelspec.name)

    def _renderer(self, kernel_id: str) -> Renderer:
        config = self._page_config(kernel_id)
        return Renderer(
            self._flush,
            self._around(kernel_id, config),
            self.plan.folder,
            self.plan.told(self.page.name, self.request.query),
            request_handler=self,
            voila_configuration=self._voila,
            traitlet_config=self._config,
            notebook_path=f"{self.page.notebook}.ipynb",
            template_paths=self._templates,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            base_url=self.base_url,
            kernel_spec_manager=self.kernel_spec_manager,
            page_config=config,
        )

    def _page_config(self, kernel_id: str) -> dict[str, Any]:
        found: dict[str, Any] = get_page_config(
            base_url=self.base_url, settings=self.settings, log=self.log,
            voila_configuration=self._voila,
        )  # fmt: skip
        top = f"{self.base_url}casebook/files/{self.files.digest}"
        return found | {
            "kernelId": kernel_id,
            "jupyterLabTheme": "light",  # Voila's own, of which nothing is loaded
            "fullStaticUrl": f"{top}/voila",
            "fullLabextensionsUrl": f"{top}/extensions",
        }

    def _around(self, kernel_id: str, config: Mapping[str, Any]) -> dict[str, str]:
        plan, static = self.plan, config["fullStaticUrl"]
        top, end = chrome.around(
            plan.frame, self.page.name, _(self.page.title), base=self.base_url,
            home=self.base_url if plan.has_landing else "", card=card_of(self),
            kernel=kernel_id, config=config,
            scripts=[f"{static}/voila.js"],
            preload=[f"{static.removesuffix('/voila')}/{name}" for name in preloaded(self.files)],
            letters=plan.letters(self.page) + failed("0"),
        )  # fmt: skip
        return {"top": top, "end": end}
