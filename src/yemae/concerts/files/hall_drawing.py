"""The hall of a concert file that is still being written, drawn from its own tables alone. Pure.

What a form has of a concert has a plan long before it has a title or a date. The tables are read,
laid out and checked as those of a whole file, so that there is one program that places seats.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from yemae.concerts.files import blocks_table, concert_file, documents
from yemae.concerts.files.areas_table import AREAS_MAX, AreaTable
from yemae.concerts.files.blocks_table import BlockTables, FileBlock
from yemae.concerts.files.file_source import FileSource
from yemae.concerts.files.hall import SECTIONS_MAX, HallTables, SectionTable, drawn
from yemae.concerts.files.mark_tables import MARKS_MAX, MarkTable, marked
from yemae.concerts.files.price_tables import GradeTable
from yemae.concerts.files.venue_time import read_times
from yemae.concerts.limits import PATTERN_WORDS
from yemae.concerts.seat_map.layout import Point, StageLayout
from yemae.concerts.seat_map.plan import Plan

# Stands for the file in sentences about it.
NAME = "file"
# Stands for every date that no block names.
ANY_DATE = ""


class _Hall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tables of a concert file that its plan follows from."""

    time_zone: str | None = None
    numbering: str = concert_file.NUMBERING
    grades: Annotated[list[GradeTable], Meta(max_length=concert_file.GRADES_MAX)] = []
    sections: Annotated[list[SectionTable], Meta(max_length=SECTIONS_MAX)] = []
    areas: Annotated[list[AreaTable], Meta(max_length=AREAS_MAX)] = []
    stage: StageLayout | None = None
    marks: Annotated[list[MarkTable], Meta(max_length=MARKS_MAX)] = []
    blocks: BlockTables = ()


class HallDrawing(NamedTuple):
    """A plan and what its file says of it. `origin` is where the file's (0, 0) is on the plan;
    `tables` says which of the file's sections each of the plan is of, and `points` has the
    reference point of that in the file's units. The seats of blocks are places in plan order."""

    plan: Plan
    origin: Point
    tables: list[int]
    points: list[Point]
    blocks: list[tuple[FileBlock, list[int]]]


def draw(document: Mapping[str, Any]) -> HallDrawing:
    """The plan of a document of a concert file, whatever else that has or does not have yet. Raises
    ConcertFileError."""
    source = FileSource(documents.text_of(_hall_of(document)), NAME)
    patterns = PATTERN_WORDS | blocks_table.PATTERN_WORDS
    file = source.load(_Hall, patterns, concert_file.CHOICE_WORDS, read_times)
    names: dict[str, str] = {}
    for index, grade in enumerate(file.grades):
        source.once(names, grade.name, f"grades[{index}].name", "grade")
    prices = {grade.name: grade.price for grade in file.grades}
    grades_en = {grade.name: grade.name_en for grade in file.grades}
    tables = HallTables(file.sections, file.stage, file.numbering, prices, grades_en, file.areas)
    hall = drawn(source, tables)
    _, plan = marked(source, file.marks, hall.seats, hall.drawing.plan)
    dates = dict.fromkeys(date for block in file.blocks for date in block.performances)
    blocks = blocks_table.checked(source, file.blocks, plan, [*dates, ANY_DATE])
    places = {number: place for place, number in enumerate(plan.numbers())}
    drawing = hall.drawing
    return HallDrawing(
        plan,
        drawing.origin,
        hall.tables,
        [drawing.points[index] for index in drawing.of],
        [(block, [places[number] for number in block.seats]) for block in blocks],
    )


def _hall_of(document: Mapping[str, Any]) -> documents.Document:
    """The tables of the hall. A grade has a plan before it has a price."""
    hall = {name: document[name] for name in _Hall.__struct_fields__ if name in document}
    grades = hall.get("grades")
    if isinstance(grades, list):
        hall["grades"] = [_priced(each) for each in grades]
    return hall


def _priced(grade: Any) -> Any:
    if not isinstance(grade, dict) or grade.get("price") is not None:
        return grade
    return grade | {"price": 0}
