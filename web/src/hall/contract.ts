// What the map gets from the server, typed by openapi.json.
import type { Schemas } from "../api/client.ts";

/** The client tells pairs as lists, so an outline is taken as lists too. */
type Section = Omit<Schemas["Section"], "outline"> & { outline: number[][] };

export type AreaAnswer = Omit<Schemas["Area"], "outline"> & { outline: number[][] };

export type PlanAnswer = Omit<Schemas["Plan"], "sections" | "areas"> & {
  sections: Section[];
  areas?: AreaAnswer[];
};
