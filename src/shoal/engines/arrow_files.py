"""Arrow files as a table that is read anew each time it is asked for.

In: files of one schema. Out: an object that any engine which takes Arrow streams can scan again and again. The one
thing to know: `pyarrow.dataset` would do the same, but it imports pandas, which takes a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

MOST_MAPPED = 256 << 20
"""Files up to this size are mapped, so that columns nobody asks for are not read; larger ones would fill the memory."""


@dataclass(frozen=True, slots=True)
class ArrowFiles:
    """Files in Arrow's own format (IPC), as one table. Only one batch a thread is held at a time.

    `kept` are flags of the rows, packed as Arrow packs them, one piece a batch: they make one more column of that name.
    `names` are what the files are called, one each: they make one more column, ``source_file``.
    """

    files: Sequence[Path]
    kept: Sequence[bytes] | None = None
    names: Sequence[str] | None = None

    def __arrow_c_schema__(self) -> object:
        return self._schema().__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.RecordBatchReader.from_batches(self._schema(), self._batches()).__arrow_c_stream__(requested_schema)

    def _schema(self) -> pa.Schema:
        with pa.OSFile(str(self.files[0])) as file:
            schema = pa.ipc.open_file(file).schema
        if self.names is not None:
            schema = schema.append(pa.field("source_file", pa.dictionary(pa.int32(), pa.string())))
        return schema if self.kept is None else schema.append(pa.field("kept", pa.bool_()))

    def _batches(self) -> Iterator[pa.RecordBatch]:
        schema, names, kept = self._schema(), _texts(self.names or ()), iter(self.kept or ())
        for at, path in enumerate(self.files):
            for batch in _stored(path):
                columns = list(batch.columns)
                if self.names is not None:
                    columns.append(pa.DictionaryArray.from_arrays(_same(at, batch.num_rows), names))
                if self.kept is not None:
                    flags = pa.py_buffer(next(kept))
                    columns.append(pa.Array.from_buffers(pa.bool_(), batch.num_rows, [None, flags]))
                yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def stored(self) -> Iterator[pa.RecordBatch]:
        """The batches as they lie in the files."""
        for path in self.files:
            yield from _stored(path)


def _stored(path: Path) -> Iterator[pa.RecordBatch]:
    opened = pa.memory_map if path.stat().st_size <= MOST_MAPPED else pa.OSFile
    with opened(str(path)) as file, pa.ipc.open_file(file) as reader:
        for at in range(reader.num_record_batches):
            yield reader.get_batch(at)


def _same(number: int, count: int) -> pa.Array:
    """The same number so often, without ``pa.array``, which imports pandas."""
    return pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(number.to_bytes(4, "little") * count)])


def _texts(values: Sequence[str]) -> pa.Array:
    builder = [value.encode() for value in values]
    ends = [0, *accumulate(map(len, builder))]
    offsets = pa.py_buffer(b"".join(end.to_bytes(4, "little") for end in ends))
    return pa.Array.from_buffers(pa.string(), len(builder), [None, offsets, pa.py_buffer(b"".join(builder))])
