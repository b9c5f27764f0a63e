// Ana registers, adds an authenticator app, signs in with a code of it, creates tasks, clears a
// field, reads a list page by page and reads a refusal.
//
//     node src/main.ts http://127.0.0.1:8080 ../../../data/mails

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
} from "../generated/kith.ts";
import { connect, expect, signInWith } from "./send.ts";
import { waitForCode } from "../../../typescript/src/mails.ts";
import { totpCode } from "../../../typescript/src/totp.ts";

const [server, mails] = process.argv.slice(2);
if (server === undefined || mails === undefined) {
  console.error("usage: node src/main.ts SERVER FOLDER_OF_MAILS");
  process.exit(2);
}

connect(server);
const email = `ana.${Date.now()}@example.org`;
const password = "correct horse battery staple";

const registration = expect(await register({ email, password, name: "Ana Díaz" }), 202);
const code = await waitForCode(mails, email);
const registered = expect(await confirmRegistration(registration.id, { code }), 200);
if (registered.session === null) {
  throw new Error("a new registration is confirmed already");
}
signInWith(registered.session.access_token);

const { secret } = expect(await enrollTotp(), 201);
expect(await confirmTotp({ code: totpCode(secret) }), 200);

const firstStep = expect(await signIn({ email, password }), 200);
if (firstStep.second_factor === null) {
  throw new Error("signed in without the second factor");
}
const { ticket } = firstStep.second_factor;
const session = expect(await completeSignIn({ ticket, code: totpCode(secret, 1) }), 201);
signInWith(session.access_token);
console.log("Ana is signed in with a code of the app.");

const circle = expect(await createCircle({ patient_name: "Rosa" }), 201);
const add = async (title: string) =>
  expect(await createTask(circle.id, { title, notes: "The blue bag", due_on: "2030-01-02" }), 201);
const task = await add("Pick up the prescription");
await add("Water the plants");
await add("Call the insurance");

// `null` clears a field. A field that is not sent stays as it is.
const cleared = expect(await updateTask(circle.id, task.id, { notes: null }), 200);
if (cleared.notes !== null || cleared.due_on !== "2030-01-02") {
  throw new Error(`not cleared: ${JSON.stringify(cleared)}`);
}

const titles: string[] = [];
let pages = 0;
let cursor: string | null | undefined;
do {
  const page = expect(
    await listTasks(circle.id, { limit: 2, ...(cursor ? { cursor } : {}) }),
    200,
  );
  titles.push(...page.data.map(({ title }) => title));
  pages += 1;
  cursor = page.next_cursor;
} while (cursor !== null);
if (titles.length !== 3 || pages !== 2) {
  throw new Error(`${pages} pages: ${titles.join(", ")}`);
}

const problem = expect(await createTask(circle.id, { title: "Cook", effort_minutes: 0 }), 422);
const field = problem.errors?.[0];
if (problem.code !== "validation_failed" || field?.pointer !== "/effort_minutes") {
  throw new Error(`unexpected refusal: ${problem.code}: ${problem.detail}`);
}
console.log(`orval: ${titles.length} tasks on ${pages} pages; refused: ${field.detail}`);
