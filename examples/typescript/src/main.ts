// A day with Kith: Ana registers, creates a circle around Rosa, creates a task, claims it, looks at
// her week and at one in ten weeks, and completes the task. Then she tries to claim it again and is
// refused.
//
//     node dist/main.js http://127.0.0.1:8080 ../../data/mails
//
// The second argument is the folder into which a server without a mail server writes its mails.

import { connect, answer } from "./kith.js";
import { waitForCode } from "./mails.js";
import { keyOf, lineOf, midnight, weekOf } from "./week.js";

const [server, mails] = process.argv.slice(2);
if (server === undefined || mails === undefined) {
  console.error("usage: node dist/main.js SERVER FOLDER_OF_MAILS");
  process.exit(2);
}

const kith = connect(server);

// A new address in each run, so that the example can be run again.
const email = `ana.${Date.now()}@example.org`;
const registration = answer(
  await kith.api.POST("/v1/registrations", {
    body: {
      email,
      password: "correct horse battery staple",
      name: "Ana Díaz",
      time_zone: "Europe/Berlin",
    },
  }),
);
const outcome = answer(
  await kith.api.POST("/v1/registrations/{registration_id}/confirm", {
    params: { path: { registration_id: registration.id } },
    body: { code: await waitForCode(mails, email), device_label: "An example" },
  }),
);
if (outcome.session === null) {
  throw new Error("a new registration is confirmed already");
}
kith.signIn(outcome.session.access_token);
console.log(`${email} is signed in.`);

const circle = answer(await kith.api.POST("/v1/circles", { body: { patient_name: "Rosa" } }));
const inCircle = { circle_id: circle.id };
console.log(`${circle.name}: a circle in which Ana is ${circle.my_access}.`);

const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
const task = answer(
  await kith.api.POST("/v1/circles/{circle_id}/tasks", {
    params: { path: inCircle },
    body: {
      title: "Pick up the prescription",
      category: "medication",
      due_on: tomorrow,
      effort_minutes: 30,
    },
  }),
);
const atTask = { ...inCircle, task_id: task.id };

const claim = () =>
  kith.api.POST("/v1/circles/{circle_id}/tasks/{task_id}/claim", { params: { path: atTask } });

const claimed = answer(await claim());
console.log(`Claimed: ${claimed.title}. Now Ana can ${claimed.actions.join(", ")}.`);

for (const { date, items } of await weekOf(kith, midnight(0))) {
  console.log(`${date}: ${items.map(lineOf).join("; ")}`);
}

answer(
  await kith.api.POST("/v1/circles/{circle_id}/task-series", {
    params: { path: inCircle },
    body: { title: "Fill the pill box", due_on: tomorrow, recurrence: "FREQ=WEEKLY" },
  }),
);
// In ten weeks there is no task yet: the calendar computes the items from the series.
for (const { date, items } of await weekOf(kith, midnight(70))) {
  console.log(`${date}: ${items.map((item) => `${lineOf(item)} (${keyOf(item)})`).join("; ")}`);
}

// The number on the icon of an app, and the one at its list of notifications.
const { waiting_for_you, unread_notifications } = answer(await kith.api.GET("/v1/me/summary"));
console.log(`Waiting for Ana: ${waiting_for_you}. Not read: ${unread_notifications}.`);

const { data: told } = answer(
  await kith.api.GET("/v1/me/notifications", { params: { query: { unread: true } } }),
);
for (const { title, subject_kind, text } of told) {
  console.log(`- ${title ?? subject_kind ?? "Kith"}: ${text}`);
}

const done = answer(
  await kith.api.POST("/v1/circles/{circle_id}/tasks/{task_id}/complete", {
    // Only if nobody has changed the task since Ana claimed it.
    params: { path: atTask, header: { "If-Match": `"${claimed.version}"` } },
  }),
);
console.log(`Completed: ${done.title}.`);

const page = answer(
  await kith.api.GET("/v1/circles/{circle_id}/tasks", {
    params: { path: inCircle, query: { state: ["open", "completed"], limit: 10 } },
  }),
);
for (const { title, state, assignments } of page.data) {
  console.log(`- ${title}: ${state}, by ${assignments.map(({ name }) => name).join(" and ")}`);
}

// A refusal is a typed value. `code` says which refusal it is. This 409 also has the current
// state and what Ana can do instead.
const { error: problem } = await claim();
switch (problem?.code) {
  case "invalid_transition":
    console.log(`Refused: it is ${problem.state}; Ana can ${problem.actions?.join(", ")}.`);
    break;
  case undefined:
    throw new Error("a completed task was claimed");
  default:
    throw new Error(`unexpected refusal: ${problem?.detail}`);
}
