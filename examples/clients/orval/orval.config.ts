import { defineConfig } from "orval";

export default defineConfig({
  kith: {
    input: "../../../openapi/openapi.json",
    output: {
      target: "generated/kith.ts",
      client: "fetch",
      // It adds the server and the access token. With the extension Node runs the files as they
      // are, without a build.
      override: { mutator: { path: "src/send.ts", name: "send", extension: ".ts" } },
    },
  },
});
