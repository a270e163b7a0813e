"""A concert file: one TOML file describes one concert, its seats and its performances.

Pure but for `read`. A `Concert` that comes out of here has kept every limit and every cross
check: seat numbers are unique, each seat's grade has a price, times keep the offset that the file
gives them. Any input either gives a `Concert` or raises `ConcertFileError`. The format is explained
in docs/concert-file.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from yemae.concerts import details
from yemae.concerts.cancellation_policy import BookingFeeBack, CancellationPolicy, Preset
from yemae.concerts.details import Details
from yemae.concerts.files import (
    blocks_table,
    cancellation_table,
    dates,
    price_tables,
    queue_table,
    sales_table,
)
from yemae.concerts.files.areas_table import AREAS_MAX, AreaTable
from yemae.concerts.files.blocks_table import BlockTables, FileBlock
from yemae.concerts.files.cancellation_table import NOT_CANCELLABLE, CancellationTable
from yemae.concerts.files.dates import PERFORMANCES_MAX, FilePerformance, SaleEndsBefore
from yemae.concerts.files.file_source import ConcertFileError, FileSource, shown
from yemae.concerts.files.hall import (
    SECTIONS_MAX,
    FileSeat,
    HallTables,
    SectionTable,
    hall,
    priced,
)
from yemae.concerts.files.mark_tables import MARKS_MAX, MarkTable, marked
from yemae.concerts.files.price_tables import (
    BookingFeeTable,
    DatePrices,
    GradeTable,
    PriceTypeTable,
)
from yemae.concerts.files.queue_table import QueueTable
from yemae.concerts.files.sales_table import SALES_MAX, SaleTable
from yemae.concerts.files.venue_time import read_times
from yemae.concerts.limits import (
    CURRENCY,
    PATTERN_WORDS,
    Moment,
    Slug,
    Text,
    one_of,
    wrong_moment,
    wrong_prequeue,
)
from yemae.concerts.posters import Poster
from yemae.concerts.pricing import TYPES_MAX, FeePer, Pricing
from yemae.concerts.queue_settings import CHOICES, OPENINGS, QueueSettings
from yemae.concerts.seat_blocks import REASON_WORDS
from yemae.concerts.seat_map.layout import Align, StageLayout
from yemae.concerts.seat_map.marks import MarkKind
from yemae.concerts.seat_map.plan import Plan
from yemae.values import money

__all__ = ["ConcertFileError", "FileConcert", "FilePerformance", "FileSeat", "parse", "read"]

FILE_MAX_BYTES = 5_000_000
GRADES_MAX = 200
NUMBERING = "{section}-{row}-{seat}"
# What the fields that are one of a few words may be.
CHOICE_WORDS = {
    **CHOICES,
    "align": one_of(Align),
    "booking_fee_back": one_of(BookingFeeBack),
    "mark": one_of(MarkKind),
    "per": one_of(FeePer),
    "preset": one_of(Preset),
    "reason": REASON_WORDS,
}


class FileConcert(msgspec.Struct, frozen=True, kw_only=True):
    """A whole concert. `seats` are in the order of the `plan`; every time has the offset of the
    venue's clocks."""

    id: str
    title: str
    artist: str
    venue: str
    time_zone: str | None
    title_en: str | None
    artist_en: str | None
    venue_en: str | None
    details: Details
    # The image file's name as the concert file has it, and what became of it once it was read.
    poster_file: str | None
    poster: Poster | None = None
    currency: str
    sale_opens_at: datetime
    prequeue_opens_at: datetime | None
    seat_limit: int
    seat_limit_per_concert: int | None
    listing: int
    hidden: bool
    archived: bool
    queue: QueueTable
    pricing: Pricing
    # None: no fan can cancel.
    cancellation: CancellationPolicy | None
    # Of the general sale; None: it ends with the sale of its last date.
    sale_ends_at: datetime | None
    sales: tuple[SaleTable, ...]
    # With the grades' own prices.
    seats: tuple[FileSeat, ...]
    plan: Plan
    performances: tuple[FilePerformance, ...]
    blocks: tuple[FileBlock, ...] = ()
    # The tables of the file as they were read, with the times on the venue's clocks.
    tables: Mapping[str, object] = {}

    def on(self, date: FilePerformance) -> tuple[Sequence[FileSeat], Plan]:
        """The seats and the plan of a date, with its prices."""
        if not date.prices:
            return self.seats, self.plan
        grades = {grade.name: grade.price for grade in self.plan.grades} | date.prices
        seats = [msgspec.structs.replace(each, price=grades[each.grade]) for each in self.seats]
        return seats, priced(self.plan, grades, self.pricing)

    def settings(self) -> dict[str, Any]:
        """The settings of its queue that an operator can override, by name."""
        openings = {name: getattr(self, name) for name in OPENINGS}
        names = QueueSettings.__struct_fields__
        return openings | {name: getattr(self.queue, name) for name in names}


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as it is written, before the cross checks."""

    id: Slug
    title: Text
    artist: Text
    venue: Text
    time_zone: str | None = None
    title_en: Text | None = None
    artist_en: Text | None = None
    venue_en: Text | None = None
    details: Details = details.NONE
    poster: Text | None = None
    currency: Annotated[str, Meta(pattern=CURRENCY)] = "KRW"
    sale_opens_at: Moment
    prequeue_opens_at: Moment | None = None
    sale_ends_at: Moment | None = None
    sale_ends_before_min: SaleEndsBefore = 0
    seat_limit: Annotated[int, Meta(ge=1, le=20)] = 4
    seat_limit_per_concert: Annotated[int, Meta(ge=1, le=100)] | None = None
    listing: Annotated[int, Meta(ge=0, le=1_000_000)] = 1_000
    hidden: bool = False
    archived: bool = False
    numbering: str = NUMBERING
    queue: QueueTable
    sales: Annotated[tuple[SaleTable, ...], Meta(max_length=SALES_MAX)] = ()
    stage: StageLayout | None = None
    grades: Annotated[list[GradeTable], Meta(max_length=GRADES_MAX)] = []
    price_types: Annotated[list[PriceTypeTable], Meta(max_length=TYPES_MAX)] = []
    booking_fee: BookingFeeTable | None = None
    cancellation: CancellationTable = NOT_CANCELLABLE
    sections: Annotated[list[SectionTable], Meta(max_length=SECTIONS_MAX)] = []
    marks: Annotated[list[MarkTable], Meta(max_length=MARKS_MAX)] = []
    areas: Annotated[list[AreaTable], Meta(max_length=AREAS_MAX)] = []
    performances: Annotated[list[FilePerformance], Meta(max_length=PERFORMANCES_MAX)] = []
    blocks: BlockTables = ()


def read(path: Path) -> FileConcert:
    """Read one concert file of at most FILE_MAX_BYTES. Raises ConcertFileError."""
    return read_with_text(path)[1]


def read_with_text(path: Path) -> tuple[str, FileConcert]:
    """The same with the text of the file. Raises ConcertFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConcertFileError(f"{path}: cannot be read: {reason}.") from error
    if len(content) > FILE_MAX_BYTES:
        raise ConcertFileError(f"{path}: may be at most {FILE_MAX_BYTES} bytes, and is larger.")
    try:
        # Editors on Windows put a byte order mark in front; it carries no meaning.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConcertFileError(f"{path}, line {line}: this is not UTF-8 text.") from error
    return text, parse(text, str(path))


def parse(text: str, name: str) -> FileConcert:
    """Make a Concert of a file's text; `name` stands for the file in the message of an error.

    Raises ConcertFileError.
    """
    source = FileSource(text, name)
    file = source.load(
        _File,
        PATTERN_WORDS | blocks_table.PATTERN_WORDS | cancellation_table.PATTERN_WORDS,
        CHOICE_WORDS,
        read_times,
    )
    sale_opens_at = _moment(source, "sale_opens_at", file.sale_opens_at)
    if file.currency not in money.DIGITS:
        problem = f"expected a currency of ISO 4217 such as KRW, found {shown(file.currency)}"
        source.refuse("currency", problem)
    queue_table.check(source, file.queue)
    sales_table.check_end(source, "sale_ends_at", file.sale_ends_at, "sale_opens_at", sale_opens_at)
    sales_table.check(source, file.id, file.sales)
    performances = dates.checked(source, file.performances, file.sale_ends_before_min)
    _check_details(source, file.details)
    prices = price_tables.grade_prices(source, file.currency, file.grades)
    pricing = _pricing(source, file, prices)
    grades_en = {grade.name: grade.name_en for grade in file.grades}
    tables = HallTables(file.sections, file.stage, file.numbering, prices, grades_en, file.areas)
    seats, plan = marked(source, file.marks, *hall(source, tables))
    sales_table.check_allotments(source, file.sales, len(seats))
    return FileConcert(
        id=file.id,
        title=file.title,
        artist=file.artist,
        venue=file.venue,
        time_zone=file.time_zone,
        title_en=file.title_en,
        artist_en=file.artist_en,
        venue_en=file.venue_en,
        details=file.details,
        poster_file=file.poster,
        currency=file.currency,
        sale_opens_at=sale_opens_at,
        prequeue_opens_at=_prequeue(source, file.prequeue_opens_at, sale_opens_at),
        seat_limit=file.seat_limit,
        seat_limit_per_concert=file.seat_limit_per_concert,
        listing=file.listing,
        hidden=file.hidden,
        archived=file.archived,
        queue=file.queue,
        pricing=pricing,
        cancellation=cancellation_table.policy(source, file.currency, file.cancellation),
        seats=seats,
        plan=priced(plan, prices, pricing),
        sale_ends_at=file.sale_ends_at,
        sales=file.sales,
        performances=sales_table.sold_in(source, file.id, file.sales, performances),
        blocks=blocks_table.checked(source, file.blocks, plan, [date.id for date in performances]),
        tables=source.data,
    )


def _moment(source: FileSource, path: str, moment: datetime) -> datetime:
    if wrong := wrong_moment(moment):
        source.refuse(path, wrong)
    return moment


def _prequeue(
    source: FileSource, moment: datetime | None, sale_opens_at: datetime
) -> datetime | None:
    if moment is None:
        return None
    prequeue_opens_at = _moment(source, "prequeue_opens_at", moment)
    if wrong := wrong_prequeue(prequeue_opens_at, sale_opens_at):
        source.refuse("prequeue_opens_at", f"{wrong}, found {shown(moment)}")
    return prequeue_opens_at


def _check_details(source: FileSource, details: Details) -> None:
    """Refuse `[details]` whose fields contradict one another."""
    whole, interval = details.running_time_minutes, details.interval_minutes
    if interval is not None and (whole is None or interval >= whole):
        source.refuse(
            "details.interval_minutes",
            f"expected less than running_time_minutes, which includes it, found {interval}",
        )


def _pricing(source: FileSource, file: _File, prices: dict[str, int]) -> Pricing:
    dates = [
        DatePrices(f"performances[{index}].prices", date.prices)
        for index, date in enumerate(file.performances)
    ]
    price_tables.check_dates(source, file.currency, prices, dates)
    full = [prices, *(prices | date.prices for date in file.performances if date.prices)]
    return price_tables.pricing(source, file.currency, file.price_types, file.booking_fee, full)
