// Ana registers, adds an authenticator app, signs in with a code of it, creates tasks, clears a
// field, reads a list page by page and reads a refusal.
//
//     node src/main.ts http://127.0.0.1:8080 ../../../data/mails

import { client } from "../generated/client.gen.ts";
import {
  completeSignIn,
  confirmRegistration,
  confirmTotp,
  createCircle,
  createTask,
  enrollTotp,
  listTasks,
  register,
  signIn,
  updateTask,
} from "../generated/index.ts";
import { waitForCode } from "../../../typescript/src/mails.ts";
import { totpCode } from "../../../typescript/src/totp.ts";

const [server, mails] = process.argv.slice(2);
if (server === undefined || mails === undefined) {
  console.error("usage: node src/main.ts SERVER FOLDER_OF_MAILS");
  process.exit(2);
}

let token = "";
client.setConfig({ baseUrl: server, auth: () => token });
// With it a refusal is thrown, and `data` is always there.
const throwOnError = true;

const email = `ana.${Date.now()}@example.org`;
const password = "correct horse battery staple";

const registration = await register({ body: { email, password, name: "Ana Díaz" }, throwOnError });
const registered = await confirmRegistration({
  path: { registration_id: registration.data.id },
  body: { code: await waitForCode(mails, email) },
  throwOnError,
});
if (registered.data.session === null) {
  throw new Error("a new registration is confirmed already");
}
token = registered.data.session.access_token;

const { secret } = (await enrollTotp({ throwOnError })).data;
await confirmTotp({ body: { code: totpCode(secret) }, throwOnError });

const firstStep = await signIn({ body: { email, password }, throwOnError });
if (firstStep.data.second_factor === null) {
  throw new Error("signed in without the second factor");
}
const session = await completeSignIn({
  body: { ticket: firstStep.data.second_factor.ticket, code: totpCode(secret, 1) },
  throwOnError,
});
token = session.data.access_token;
console.log("Ana is signed in with a code of the app.");

const circle = await createCircle({ body: { patient_name: "Rosa" }, throwOnError });
const path = { circle_id: circle.data.id };
const add = async (title: string) => {
  const body = { title, notes: "The blue bag", due_on: "2030-01-02" };
  const { data } = await createTask({ path, body, throwOnError });
  if (!data) {
    throw new Error("the token may not read what it creates");
  }
  return data;
};
const task = await add("Pick up the prescription");
await add("Water the plants");
await add("Call the insurance");

// `null` clears a field. A field that is not sent stays as it is.
const cleared = await updateTask({
  path: { ...path, task_id: task.id },
  body: { notes: null },
  throwOnError,
});
if (!cleared.data || cleared.data.notes !== null || cleared.data.due_on !== "2030-01-02") {
  throw new Error(`not cleared: ${JSON.stringify(cleared.data)}`);
}

const titles: string[] = [];
let pages = 0;
let cursor: string | null | undefined;
do {
  const query = { limit: 2, ...(cursor ? { cursor } : {}) };
  const page: Awaited<ReturnType<typeof listTasks<true>>> = await listTasks({
    path,
    query,
    throwOnError,
  });
  titles.push(...page.data.data.map(({ title }) => title));
  pages += 1;
  cursor = page.data.next_cursor;
} while (cursor !== null);
if (titles.length !== 3 || pages !== 2) {
  throw new Error(`${pages} pages: ${titles.join(", ")}`);
}

const { error: problem } = await createTask({ path, body: { title: "Cook", effort_minutes: 0 } });
const field = problem?.errors?.[0];
if (problem?.code !== "validation_failed" || field?.pointer !== "/effort_minutes") {
  throw new Error(`unexpected refusal: ${problem?.code}: ${problem?.detail}`);
}
console.log(`hey-api: ${titles.length} tasks on ${pages} pages; refused: ${field.detail}`);
