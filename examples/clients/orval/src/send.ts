// What the generated functions call: it adds the server and the access token.

let base = "";
let token: string | undefined;

export function connect(server: string): void {
  base = server;
}

export function signInWith(accessToken: string): void {
  token = accessToken;
}

export async function send<T>(path: string, options: RequestInit): Promise<T> {
  const headers = new Headers(options.headers);
  if (token !== undefined) {
    headers.set("authorization", `Bearer ${token}`);
  }
  const response = await fetch(base + path, { ...options, headers });
  const text = await response.text();
  const data: unknown = text === "" ? undefined : JSON.parse(text);
  // The generated types say which data belongs to which status.
  return { data, status: response.status, headers: response.headers } as T;
}

/** Returns the data of the expected status, or throws what the server said. */
export function expect<R extends { status: number; data: unknown }, S extends R["status"]>(
  result: R,
  status: S,
): Extract<R, { status: S }>["data"] {
  if (result.status !== status) {
    throw new Error(`${result.status}: ${JSON.stringify(result.data)}`);
  }
  return result.data;
}
