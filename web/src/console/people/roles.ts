// The calls about roles.
import { answered, api, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";

export type Held = Schemas["RoleOfUser"];
export type Role = Held["role"];
export type Change = Schemas["ChangeRole"];

/** In the order of what they open. */
export const ROLES: readonly Role[] = [
  "viewer",
  "door",
  "support",
  "box_office",
  "operator",
  "finance",
  "admin",
];

/** A page of the roles that were given. Throws Refused. */
export function listed(cursor: string | null): Promise<Schemas["RolesOfUsers"]> {
  const query = { limit: 100, ...(cursor !== null && { cursor }) };
  return answered(api.GET("/v1/admin/roles", { params: { query }, headers: headers() }));
}

/** Give a role. Throws Refused. */
export function give(body: Change): Promise<Held> {
  return answered(api.POST("/v1/admin/roles", { headers: headers(), body }));
}

/** Take a role back. Throws Refused. */
export async function takeBack(body: Change): Promise<void> {
  await answered(api.POST("/v1/admin/roles/revoke", { headers: headers(), body }));
}

/** What changes who has which role. */
export function changeOf({ user_id: user, role, concert_id }: Held): Change {
  return { user, role, concert_id };
}
