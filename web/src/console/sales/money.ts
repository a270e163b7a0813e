// The money of a concert by method, and whether the books add up. Calls throw Refused.
import { answered, api, fetchFile, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";

export type Money = Schemas["Money"];
export type Books = Schemas["Reconcile"];

/** The money of a concert. */
export function moneyOf(concert_id: string): Promise<Money> {
  const params = { path: { concert_id } };
  return answered(
    api.GET("/v1/admin/concerts/{concert_id}/sales/money", { params, headers: headers() }),
  );
}

/** What the last check of the books found. */
export function booksNow(): Promise<Books> {
  return answered(api.GET("/v1/admin/reconcile", { headers: headers() }));
}

/** Have the books checked now. */
export async function checkBooks(): Promise<void> {
  await answered(api.POST("/v1/admin/reconcile", { headers: headers() }));
}

/** What was sold, as a file for spreadsheets. */
export async function workbookOf(concert_id: string, language: "ko" | "en"): Promise<Blob> {
  const asked = api.GET("/v1/admin/concerts/{concert_id}/sales/workbook", {
    params: { path: { concert_id }, query: { language } },
    headers: headers(),
    fetch: fetchFile,
    parseAs: "blob",
  });
  return (await answered(asked)) as unknown as Blob;
}

/** From when and until when; null: from the first, to the last. */
export interface Period {
  readonly since: string | null;
  readonly until: string | null;
}

/** The payments of a time one by one, as a file for spreadsheets. */
export async function paymentsOf(
  concert_id: string,
  language: "ko" | "en",
  period: Period,
): Promise<Blob> {
  const asked = api.POST("/v1/admin/concerts/{concert_id}/sales/payments", {
    params: { path: { concert_id } },
    body: { language, ...period },
    headers: headers(),
    fetch: fetchFile,
    parseAs: "blob",
  });
  return (await answered(asked)) as unknown as Blob;
}
