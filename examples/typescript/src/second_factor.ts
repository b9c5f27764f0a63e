// An account with an authenticator app: Ana registers, adds the app and signs in again with a
// code of it. Then what an app often needs: a field is cleared, a list is read page by page, and
// a refusal says which field is wrong.
//
//     node dist/second_factor.js http://127.0.0.1:8080 ../../data/mails
//
// The second argument is the folder into which a server without a mail server writes its mails.

import { answer, connect } from "./kith.js";
import { waitForCode } from "./mails.js";
import { totpCode } from "./totp.js";

const [server, mails] = process.argv.slice(2);
if (server === undefined || mails === undefined) {
  console.error("usage: node dist/second_factor.js SERVER FOLDER_OF_MAILS");
  process.exit(2);
}

const { api, signIn } = connect(server);
const email = `ana.${Date.now()}@example.org`;
const password = "correct horse battery staple";

const registration = answer(
  await api.POST("/v1/registrations", { body: { email, password, name: "Ana Díaz" } }),
);
const registered = answer(
  await api.POST("/v1/registrations/{registration_id}/confirm", {
    params: { path: { registration_id: registration.id } },
    body: { code: await waitForCode(mails, email) },
  }),
);
if (registered.session === null) {
  throw new Error("a new registration is confirmed already");
}
signIn(registered.session.access_token);

const { secret } = answer(await api.POST("/v1/me/totp"));
const recovery = answer(
  await api.POST("/v1/me/totp/confirm", { body: { code: totpCode(secret) } }),
);
console.log(`The app is added. Ana notes ${recovery.codes.length} recovery codes.`);

const firstStep = answer(await api.POST("/v1/sessions", { body: { email, password } }));
if (firstStep.second_factor === null) {
  throw new Error("signed in without the second factor");
}
const session = answer(
  await api.POST("/v1/sessions/second-factor", {
    body: { ticket: firstStep.second_factor.ticket, code: totpCode(secret, 1) },
  }),
);
signIn(session.access_token);
console.log("Ana is signed in with a code of the app.");

const circle = answer(await api.POST("/v1/circles", { body: { patient_name: "Rosa" } }));
const inCircle = { circle_id: circle.id };
const createTask = (title: string) =>
  api.POST("/v1/circles/{circle_id}/tasks", {
    params: { path: inCircle },
    body: { title, category: "errand", notes: "The blue bag", due_on: "2030-01-02" },
  });
const task = answer(await createTask("Pick up the prescription"));
answer(await createTask("Water the plants"));
answer(await createTask("Call the insurance"));

// `null` clears a field. A field that is not sent stays as it is.
const cleared = answer(
  await api.PATCH("/v1/circles/{circle_id}/tasks/{task_id}", {
    params: { path: { ...inCircle, task_id: task.id } },
    body: { notes: null },
  }),
);
if (cleared.notes !== null || cleared.due_on !== "2030-01-02") {
  throw new Error(`notes: ${cleared.notes}, due_on: ${cleared.due_on}`);
}
console.log("The notes are cleared, and the date stays.");

const titles: string[] = [];
let pages = 0;
let cursor: string | null | undefined;
do {
  const page = answer(
    await api.GET("/v1/circles/{circle_id}/tasks", {
      params: { path: inCircle, query: { limit: 2, ...(cursor ? { cursor } : {}) } },
    }),
  );
  titles.push(...page.data.map(({ title }) => title));
  pages += 1;
  cursor = page.next_cursor;
} while (cursor !== null);
if (titles.length !== 3 || pages !== 2) {
  throw new Error(`${pages} pages: ${titles.join(", ")}`);
}
console.log(`${titles.length} tasks on ${pages} pages.`);

const { error: problem } = await api.POST("/v1/circles/{circle_id}/tasks", {
  params: { path: inCircle },
  body: { title: "Cook", category: "meals", effort_minutes: 0 },
});
const field = problem?.errors?.[0];
if (problem?.code !== "validation_failed" || field?.pointer !== "/effort_minutes") {
  throw new Error(`unexpected refusal: ${problem?.code}: ${problem?.detail}`);
}
console.log(`Refused: ${field.pointer}: ${field.detail}`);
