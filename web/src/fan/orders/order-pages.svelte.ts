// The fan's orders, newest first, a page after the other.
import { answered, api, type Schemas } from "../../api/client.ts";
import { learnHolds } from "./holds.svelte.ts";
import { bearer } from "../accounts/session.svelte.ts";
import { Loading } from "../calls/loading.svelte.ts";

export class OrderPages {
  readonly page: Loading<Schemas["Orders"]>;
  #earlier = $state.raw<Schemas["Order"][]>([]);
  #cursor: string | null = null;

  constructor(limit: number) {
    this.page = new Loading(async () => {
      const query = { limit, ...(this.#cursor !== null && { cursor: this.#cursor }) };
      const call = api.GET("/v1/orders", { params: { query }, headers: await bearer() });
      const page = await answered(call);
      learnHolds(page.orders);
      return page;
    });
  }

  /** All that have come so far. */
  get orders(): Schemas["Order"][] {
    return [...this.#earlier, ...(this.page.value?.orders ?? [])];
  }

  /** Whether these are all. */
  get complete(): boolean {
    return this.page.value !== null && this.page.value.next_cursor === null;
  }

  /** Ask for the next page. */
  more = (): void => {
    const { orders } = this;
    this.#cursor = this.page.value?.next_cursor ?? null;
    this.#earlier = orders;
    this.page.value = null;
    void this.page.load();
  };
}
