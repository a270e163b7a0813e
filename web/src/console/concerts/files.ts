// The calls about concert files.
import { answered, api, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";
import { keep } from "../shell/files.ts";
import type { Table } from "./fields.ts";

export type Comparison = Schemas["ConcertFileComparison"];
export type ConcertFile = Schemas["ConcertFile"];

/** What is compared: a file's text, or its document. */
export type Source = { readonly toml: string } | { readonly document: Table };

/** The file of a concert. Throws Refused. */
export function fileOf(concert: string): Promise<ConcertFile> {
  const params = { path: { concert_id: concert } };
  return answered(api.GET("/v1/admin/concerts/{concert_id}/file", { params, headers: headers() }));
}

/** The file of a new concert like another one. Throws Refused. */
export function copyOf(concert: string, id: string): Promise<ConcertFile> {
  const params = { path: { concert_id: concert }, query: { id } };
  return answered(api.GET("/v1/admin/concerts/{concert_id}/copy", { params, headers: headers() }));
}

/** What a file would change. Throws Refused. */
export function compare(source: Source): Promise<Comparison> {
  const body = source as unknown as Schemas["CompareConcertFile"];
  return answered(api.POST("/v1/admin/concert-files/comparison", { body, headers: headers() }));
}

/** Change what was shown. Throws Refused. */
export function apply(source: Source, digest: string, agreed: boolean): Promise<Comparison> {
  const body = { ...source, digest, agreed } as unknown as Schemas["ApplyConcertFile"];
  return answered(api.POST("/v1/admin/concert-files", { body, headers: headers() }));
}

/** Let the browser save a file. */
export function save({ concert_id, toml }: ConcertFile): void {
  keep(new Blob([toml], { type: "application/toml;charset=utf-8" }), `${concert_id}.toml`);
}
