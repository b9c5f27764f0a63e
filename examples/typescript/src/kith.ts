// The client: what openapi-fetch makes of the generated types, and the access token.

import createClient from "openapi-fetch";

import type { components, paths } from "./generated/kith.js";

export type Problem = components["schemas"]["Problem"];

export function connect(server: string) {
  const api = createClient<paths>({ baseUrl: server });
  let token: string | undefined;
  api.use({
    onRequest({ request }) {
      if (token !== undefined) {
        request.headers.set("authorization", `Bearer ${token}`);
      }
      return request;
    },
  });
  return {
    api,
    signIn(accessToken: string) {
      token = accessToken;
    },
  };
}

/** The answer, where a refusal would be a surprise. */
export function answer<T>(result: { data?: T; error?: Problem; response: Response }): T {
  if (result.data === undefined) {
    const { error, response } = result;
    throw new Error(`${response.status} at ${response.url}: ${error?.code} ${error?.detail}`);
  }
  return result.data;
}
