// Parses text/event-stream (HTML standard, section 9.2.6); the browser's EventSource cannot send the
// headers that the gates want. Not `eventsource-parser`, which gives the same events: it makes the
// seat map's script 6 % larger on every fan's phone, and the format does not change.
//
// Always holds: an event is returned only after its empty line, wherever the network cut the text.
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

export interface EventParser {
  /** Take the next chunk; returns the events that are complete now. */
  feed(text: string): StreamEvent[];
}

/** A parser for one connection. */
export function makeEventParser(): EventParser {
  let rest = "";
  let first = true;
  let name = "";
  let data: string[] = [];

  function take(line: string, events: StreamEvent[]): void {
    if (line === "") {
      if (data.length > 0) events.push({ name: name || "message", data: data.join("\n") });
      name = "";
      data = [];
      return;
    }
    const [field, value] = splitField(line);
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }

  return {
    feed(text) {
      rest += text;
      if (first && rest !== "") {
        rest = rest.replace(/^\uFEFF/, "");
        first = false;
      }
      const events: StreamEvent[] = [];
      for (;;) {
        const end = /\r\n|\n|\r(?!$)/.exec(rest);
        if (end === null) return events;
        const line = rest.slice(0, end.index);
        rest = rest.slice(end.index + end[0].length);
        take(line, events);
      }
    },
  };
}

/** "data: x" is x; a comment begins with a colon, so it is a field without a name. */
function splitField(line: string): [field: string, value: string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value];
}
