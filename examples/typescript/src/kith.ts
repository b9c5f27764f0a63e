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

/**
 * The answer, where a refusal would be a surprise. It is without a body only for a token that may
 * write but not read.
 */
export function answer<T>(result: {
  data?: T;
  error?: Problem;
  response: Response;
}): NonNullable<T> {
  if (result.data === undefined || result.data === null) {
    const { error, response } = result;
    throw new Error(`${response.status} at ${response.url}: ${error?.code} ${error?.detail}`);
  }
  return result.data;
}
