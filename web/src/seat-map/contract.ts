// What the map gets from the server, typed by openapi.json.
import type { Schemas } from "../api/client.ts";

export type PlanAnswer = Schemas["Plan"];
