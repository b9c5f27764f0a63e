// The client: openapi-fetch with the generated types and the access token.

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
 * Returns the answer, or throws if the request is refused. Only a token that can write but not
 * read gets an answer without a body.
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
