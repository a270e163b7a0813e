"""The `[[sales]]` of a concert file: the phases beside the general sale. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from yemae.concerts.files.dates import FilePerformance
from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.files.hall import SEATS_MAX
from yemae.concerts.files.queue_table import LANES_MAX, check_lanes
from yemae.concerts.lanes import CODES_MAX, GENERAL, Code, LaneSettings
from yemae.concerts.limits import Moment, ShortText, Slug, wrong_moment, wrong_prequeue
from yemae.concerts.phases import Phase
from yemae.concerts.queue_settings import QueueSettings

SALES_MAX = 12

ActiveLimit = Annotated[int, Meta(ge=1, le=1_000_000)]
AdmitPerMinute = Annotated[int, Meta(ge=1, le=10_000_000)]


class SaleTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one table says; `id` is the id of the phase's queue, unique on a server."""

    id: Slug
    name: ShortText
    name_en: ShortText | None = None
    opens_at: Moment
    ends_at: Moment | None = None
    prequeue_opens_at: Moment | None = None
    queueing_method: Literal["fifo", "draw", "passthrough"] = "fifo"
    codes: Annotated[tuple[Code, ...], Meta(max_length=CODES_MAX)] = ()
    # The codes that the server has of this phase stay, beside those above.
    keep_codes: bool = False
    group: ShortText | None = None
    # None: the concert's.
    seat_limit: Annotated[int, Meta(ge=1, le=20)] | None = None
    # A lane's codes and group let fans take part, too.
    lanes: Annotated[tuple[LaneSettings, ...], Meta(max_length=LANES_MAX)] = ()
    # At most one of them; without, all that is free.
    allotment: Annotated[int, Meta(ge=1, le=SEATS_MAX)] | None = None
    allotment_percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    # None: those of [queue].
    active_limit: ActiveLimit | None = None
    admit_per_minute: AdmitPerMinute | None = None

    def phase(self) -> Phase:
        """The phase, without its codes."""
        return Phase(
            self.name,
            self.name_en or "",
            self.ends_at,
            group=self.group or "",
            allotment=self.allotment,
            allotment_percent=self.allotment_percent,
        )

    def settings(self, queue: QueueSettings) -> dict[str, Any]:
        """The settings of its queue: those of `[queue]` and its own."""
        own = {
            "sale_opens_at": self.opens_at,
            "prequeue_opens_at": self.prequeue_opens_at,
            "queueing_method": self.queueing_method,
            "active_limit": self.active_limit or queue.active_limit,
            "admit_per_minute": self.admit_per_minute or queue.admit_per_minute,
        }
        return {name: getattr(queue, name) for name in QueueSettings.__struct_fields__} | own


def check(source: FileSource, concert_id: str, sales: Sequence[SaleTable]) -> None:
    """Refuse tables that contradict themselves or one another."""
    ids: dict[str, str] = {concert_id: "the concert", GENERAL: "the general sale"}
    for index, sale in enumerate(sales):
        path = f"sales[{index}]"
        source.once(ids, sale.id, f"{path}.id", "id of a sale")
        for name in ("opens_at", "ends_at", "prequeue_opens_at"):
            moment = getattr(sale, name)
            if moment is not None and (wrong := wrong_moment(moment)):
                source.refuse(f"{path}.{name}", wrong)
        if wrong := wrong_prequeue(sale.prequeue_opens_at, sale.opens_at, "opens_at"):
            found = shown(sale.prequeue_opens_at)
            source.refuse(f"{path}.prequeue_opens_at", f"{wrong}, found {found}")
        check_end(source, f"{path}.ends_at", sale.ends_at, "opens_at", sale.opens_at)
        if sale.allotment is not None and sale.allotment_percent is not None:
            problem = "expected either this or allotment, found both"
            source.refuse(f"{path}.allotment_percent", problem)
        codes: dict[str, str] = {}
        for number, code in enumerate(sale.codes):
            source.once(codes, code, f"{path}.codes[{number}]", "code")
        check_lanes(source, f"{path}.lanes", sale.lanes, codes)


def check_end(
    source: FileSource, path: str, ends_at: datetime | None, opening: str, opens_at: datetime
) -> None:
    """Refuse a sale that ends before it opens."""
    if ends_at is None:
        return
    if wrong := wrong_moment(ends_at):
        source.refuse(path, wrong)
    if ends_at <= opens_at:
        source.refuse(path, f"expected a time after {opening}, found {shown(ends_at)}")


def check_allotments(source: FileSource, sales: Sequence[SaleTable], seats: int) -> None:
    """Refuse an allotment without a seat, which would sell nothing."""
    for index, sale in enumerate(sales):
        if sale.phase().allotment_of(seats) == 0:
            problem = (
                f"expected at least one of the {seats:,} seats, found {sale.allotment_percent}"
            )
            source.refuse(f"sales[{index}].allotment_percent", problem)


def sold_in(
    source: FileSource,
    concert_id: str,
    sales: Sequence[SaleTable],
    dates: Sequence[FilePerformance],
) -> tuple[FilePerformance, ...]:
    """The dates with the ids of the queues that sell them. Refuses unknown sales, and sales without
    a date."""
    ids = {GENERAL: concert_id} | {sale.id: sale.id for sale in sales}
    sold: set[str] = set()
    found = []
    for index, date in enumerate(dates):
        queues = []
        for number, name in enumerate(date.sales or tuple(ids)):
            if name not in ids:
                problem = f"expected general or the id of a sale, found {shown(name)}"
                source.refuse(f"performances[{index}].sales[{number}]", problem)
            queues.append(ids[name])
        sold.update(queues)
        # None is every sale, also one that the file has later.
        kept = None if date.sales is None else tuple(sorted(set(queues)))
        found.append(msgspec.structs.replace(date, sales=kept))
    for index, sale in enumerate(sales):
        if sale.id not in sold:
            source.refuse(f"sales[{index}].id", "expected a sale of at least one performance")
    return tuple(found)
