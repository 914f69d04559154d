"""A thousand 合格证书 by the job that makes them one file, beside ReportLab drawing the same page.

Rate, and how far the memory of the worker grows. Every page has a photo and a code of its own.
"""

import io
import time
from typing import Any

from PIL import Image
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from app.crypto import keyring
from app.documents import certificates as documents
from app.documents import faces
from app.enums import FilingStatus, Verdict
from app.jobs import certificate_files
from app.models import Certificate, Conclusion, Job, Physician, Portrait
from app.operations import certificates
from app.security.actor import acting_as, unscoped
from app.views.clock import now
from bench.country_site import Bench
from bench.harness import Report, resident
from tests.support.jobs import run_jobs

NUMBER = 1000
BASE = "https://dingkao.example"


def measure(bench: Bench, report: Report) -> None:
    """Measure the job, and the canvas on the same rows in the same process."""
    rows = _prepare(bench)
    with bench.site.app.test_request_context():
        documents.drawn(rows[:2], base=BASE)  # faces are read once in a worker's life
    before, started = resident(), time.perf_counter()
    _job(bench, [row.id for row, _photo in rows])
    seconds, growth = time.perf_counter() - started, resident() - before
    started = time.perf_counter()
    _canvas(rows)
    bare = time.perf_counter() - started
    report.add(
        "certificates by job", NUMBER / seconds, "a second", beside="ReportLab's canvas",
        ratio=bare / seconds,
    )  # fmt: skip
    report.add("certificates, memory growth of 1,000", growth, "MB")


def _prepare(bench: Bench) -> list[tuple[Certificate, bytes | None]]:
    """Give a thousand physicians of the province a result, a certificate and a photo."""
    actor = bench.site.actor(bench.facts["province_account"])
    photo = _photo()
    sealed = keyring_of(bench, photo)
    with bench.site.session() as session, unscoped("the bench makes what it measures"):
        people = session.scalars(
            select(Physician)
            .where(Physician.province_id == actor.province_id)
            .order_by(Physician.id)
            .limit(NUMBER)
        ).all()
        found = []
        for place, person in enumerate(people):
            owner = {
                name: getattr(person, name)
                for name in ("province_id", "authority_path", "institution_id")
            }
            row = Conclusion(
                status=FilingStatus.FILED, status_since=now(), result=Verdict.PASS,
                cycle_label="bench", institution_name="某医院", concluded_on=now().date(),
                concluded_at=now(), document="bench", physician_id=person.id, **owner,
            )  # fmt: skip
            session.add(row)
            session.add(
                Portrait(
                    physician_id=person.id, content=sealed, sha256="0" * 64, taken_at=now(), **owner
                )
            )
            session.flush()
            facts = _facts(person.name, place)
            found.append(
                Certificate(
                    status_since=now(), token=f"{place:022d}", number=facts["number"], facts=facts,
                    seal=certificates.sealed(facts), issued_on=now().date(), issued_at=now(),
                    issued_by="bench", physician_id=person.id, conclusion_id=row.id, **owner,
                )
            )  # fmt: skip
        session.add_all(found)
        session.commit()
        for one in found:
            session.refresh(one)
        session.expunge_all()
    return [(one, photo) for one in found]


def keyring_of(bench: Bench, photo: bytes) -> bytes:
    """Seal the photo with the installation's key."""
    with bench.site.app.app_context():
        return keyring().seal_bytes(photo, context="portrait")


def _facts(name: str, place: int) -> dict[str, Any]:
    return {
        "title": "医师定期考核合格证书", "name": name, "institution": "某医院", "category": "CLINICAL",
        "level": "PHYSICIAN", "cycle": "02", "starts_on": "2024-05-10", "last_day": "2024-10-31",
        "result": "PASS", "issuer": "某省卫生健康委员会", "note": "本证书加盖发证机关公章后方可生效。",
        "number": f"02-{place:08d}", "issued_on": "2024-11-05",
    }  # fmt: skip


def _photo() -> bytes:
    stream = io.BytesIO()
    noise = Image.effect_noise((103, 145), 60).resize((413, 579)).convert("RGB")
    noise.save(stream, "JPEG", quality=88)
    return stream.getvalue()


def _job(bench: Bench, ids: list[int]) -> None:
    actor = bench.site.actor(bench.facts["province_account"])
    with bench.site.app.app_context(), acting_as(actor):
        session = bench.site.app.extensions["sqlalchemy"].session()
        certificate_files.ask(session, ids, form="pdf", base=BASE, actor=actor, at=now())
        session.commit()
    run_jobs(bench.site)
    with bench.site.session() as session, unscoped("the bench looks"):
        job = session.scalars(select(Job).order_by(Job.id.desc())).first()
        if job is None or (job.summary or {}).get("done") != len(ids):
            raise RuntimeError("the job has not made every certificate")


def _canvas(rows: list[tuple[Certificate, bytes | None]]) -> None:
    """Draw the same words, photo and code by hand: what the page costs without HTML and CSS."""
    width, height = landscape(A4)
    canvas = Canvas(io.BytesIO(), pagesize=(width, height))
    for row, photo in rows:
        canvas.setFont(f"{faces.USUAL}-bold", 27)
        canvas.drawCentredString(width / 2, height - 50 * mm, row.facts["title"])
        canvas.setFont(faces.USUAL, 13)
        for place, text in enumerate(
            (row.number, *row.facts.values(), certificates.check_code(row))
        ):
            canvas.drawString(30 * mm, height - (60 + 6 * place) * mm, str(text))
        if photo is not None:
            picture = ImageReader(io.BytesIO(photo))
            canvas.drawImage(picture, width - 70 * mm, height - 110 * mm, 98, 137)
        code = QrCodeWidget(documents.address(row, base=BASE), barWidth=28 * mm, barHeight=28 * mm)
        drawing = Drawing(28 * mm, 28 * mm)
        drawing.add(code)
        renderPDF.draw(drawing, canvas, 20 * mm, 15 * mm)
        canvas.showPage()
    canvas.save()
