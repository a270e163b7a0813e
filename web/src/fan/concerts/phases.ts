// The phases of a concert's sale: which one is shown, what it is called, who may take part. Pure.
import type { Schemas } from "../../api/client.ts";
import type { Language } from "../../i18n/language.ts";

type Sale = Schemas["Sale"];

/** A phase's name; `general` is that of the general sale, which has none of its own. */
export function saleName(
  sale: Pick<Sale, "name" | "name_en">,
  language: Language,
  general: string,
): string {
  return (language === "en" ? (sale.name_en ?? sale.name) : sale.name) ?? general;
}

/** Which fans may take part. */
export function whoMayJoin(sale: Pick<Sale, "needs">): "all" | "code" | "group" | "either" {
  return sale.needs.length > 1 ? "either" : (sale.needs[0] ?? "all");
}

/** The phase whose queue stands for the concert; null: its general sale alone. */
export function currentPhase(
  concert: { id: string; current_sale: string; sales: readonly Sale[] } | null,
): Sale | null {
  if (concert === null || concert.current_sale === concert.id) return null;
  return concert.sales.find((sale) => sale.id === concert.current_sale) ?? null;
}

const SELLING = new Set<Sale["state"]>(["prequeue", "open", "paused"]);

/** Whether fans of a phase that is sold out may join another one now. */
export function sellsElsewhere(
  sales: readonly Pick<Sale, "id" | "state">[],
  soldOut: string | null,
): boolean {
  return soldOut !== null && sales.some((sale) => sale.id !== soldOut && SELLING.has(sale.state));
}
