// The calls about a concert before its sale.
import { answered, api, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";

export type Readiness = Schemas["Readiness"];
export type Examination = Schemas["Examination"];
export type SignOff = Schemas["SignOff"];

function at(concert: string): { readonly path: { readonly concert_id: string } } {
  return { path: { concert_id: concert } };
}

/** What is known of a concert. Throws Refused. */
export function readiness(concert: string): Promise<Readiness> {
  const params = at(concert);
  return answered(
    api.GET("/v1/admin/concerts/{concert_id}/readiness", { params, headers: headers() }),
  );
}

/** What the doctor finds. Throws Refused. */
export function examined(): Promise<Examination> {
  return answered(api.GET("/v1/admin/doctor", { headers: headers() }));
}

/** Sign off; returns the id. Throws Refused. */
export async function sign(concert: string, body: Schemas["SignConcertOff"]): Promise<string> {
  const params = at(concert);
  const path = "/v1/admin/concerts/{concert_id}/readiness/sign-offs";
  const { id } = await answered(api.POST(path, { params, body, headers: headers() }));
  return id;
}

/** Take a sign-off back. Throws Refused. */
export async function takeBack(concert: string, id: string): Promise<void> {
  const params = { path: { concert_id: concert, sign_off_id: id } };
  const path = "/v1/admin/concerts/{concert_id}/readiness/sign-offs/{sign_off_id}";
  await answered(api.DELETE(path, { params, headers: headers() }));
}
