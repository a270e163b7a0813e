// The calls that steer a queue.
import { answered, api, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";

export type Move = "pause" | "resume" | "drain" | "open";
type Control = Schemas["QueueReport"]["control"];

/** The operation of each move, as roles name it. */
export const CALLS = {
  pause: "pause_queue",
  resume: "resume_queue",
  drain: "drain_queue",
  open: "open_sale_now",
} as const;

/** The move that leads to each state. */
export const MOVE_TO: Readonly<Record<Control, Move>> = {
  running: "resume",
  paused: "pause",
  draining: "drain",
};

/** Make a move. Throws Refused. */
export async function steer(queue: string, move: Move): Promise<void> {
  const asked = { params: { path: { concert_id: queue } }, headers: headers() };
  if (move === "pause") {
    await answered(api.POST("/v1/admin/concerts/{concert_id}/queue/pause", asked));
  } else if (move === "resume") {
    await answered(api.POST("/v1/admin/concerts/{concert_id}/queue/resume", asked));
  } else if (move === "drain") {
    await answered(api.POST("/v1/admin/concerts/{concert_id}/queue/drain", asked));
  } else {
    await answered(api.POST("/v1/admin/concerts/{concert_id}/queue/open-now", asked));
  }
}

/** The moves that change anything now. */
export function movesOf({ control, state }: Schemas["QueueReport"]): Move[] {
  if (state === "closed") return [];
  const open: Move[] = state === "before_sale" || state === "prequeue" ? ["open"] : [];
  if (control === "paused") return ["resume", "drain", ...open];
  if (control === "draining") return ["resume", "pause", ...open];
  return ["pause", "drain", ...open];
}

/** The move that undoes another; null where it cannot be undone. */
export function undoOf(move: Move, before: Control): Move | null {
  return move === "open" ? null : MOVE_TO[before];
}

/** Change settings; returns the queue as it is then. Throws Refused. */
export function change(
  queue: string,
  body: Schemas["ChangeQueue"],
): Promise<Schemas["QueueReport"]> {
  return answered(
    api.PATCH("/v1/admin/concerts/{concert_id}/queue", {
      params: { path: { concert_id: queue } },
      headers: headers(),
      body,
    }),
  );
}

/** Admit fans at once; returns how many were. Throws Refused. */
export async function admit(queue: string, count: number): Promise<number> {
  const { admitted } = await answered(
    api.POST("/v1/admin/concerts/{concert_id}/queue/admit", {
      params: { path: { concert_id: queue } },
      headers: headers(),
      body: { count },
    }),
  );
  return admitted;
}
