// Reads the folder into which a server without a mail server writes its mails.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Waits for the code in the mail to an address. The server writes the mail after its answer. */
export async function waitForCode(folder: string, email: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const files = await readdir(folder).catch(() => []);
    for (const file of files) {
      const mail = await readFile(join(folder, file), "utf8");
      const code = /^Code: (\d{6})/m.exec(mail)?.[1];
      if (mail.includes(`\nTo: ${email}\r\n`) && code !== undefined) {
        return code;
      }
    }
    await setTimeout(100);
  }
  throw new Error(`no mail to ${email} in ${folder}`);
}
