import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "../../../openapi/openapi.json",
  // With the extension Node runs the files as they are, without a build.
  output: { path: "generated", module: { extension: ".ts" } },
  plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"],
});
